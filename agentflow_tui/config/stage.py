"""The stages of mixed mode: `[[orchestration.mixed.stages]]` (semantics §3, §9)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from agentflow_tui.config.table import ConditionText, Table, TimedTable, conflict, settle

StageMode = Literal["route", "collaborative", "sequential", "loop", "parallel", "flow"]
"""What a stage can do; `parallel` runs branches, `flow` a nested file."""


class BodySettings(Table):
    """`config` of a stage, branch or choice."""

    failure_threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    """The fraction of agents that may fail."""
    max_concurrency: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """How many agents run at the same time."""
    max_iterations: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """The most iterations of a loop."""
    loop_condition: ConditionText | None = None
    """The loop ends when this holds after an iteration."""


class Body(TimedTable):
    """What a stage, a branch or a choice runs: agents in a mode, or a nested flow."""

    name: str | None = None
    """Shown in the graph and in errors."""
    mode: StageMode | None = None
    """How the agents of this part work together."""
    pattern: StageMode | None = None
    """Another spelling of mode."""
    agents: list[str] = []
    """Who works here."""
    flow: str | None = None
    """Another flow file, relative to this one, for mode = "flow"."""
    config: BodySettings = BodySettings()
    """Settings of the mode."""

    @model_validator(mode="after")
    def _one_mode(self) -> Self:
        if self.pattern is not None:
            if self.mode is not None and self.mode != self.pattern:
                raise conflict("pattern", "mode and pattern disagree", "keep one of them")
            settle(self, "mode", self.pattern)
        if self.flow is not None and self.mode is None:
            settle(self, "mode", "flow")
        if (self.mode == "flow") is not (self.flow is not None):
            key, hint = (
                ("mode", 'add flow = "other.toml"') if self.flow is None else ("flow", 'set mode = "flow"')
            )
            raise conflict(key, 'mode = "flow" and flow = "…" belong together', hint)
        return self


class BranchConfig(Body):
    """`[[…branches]]`: one of the parts that a parallel stage runs at once."""

    required: bool = True
    """Whether its failure fails the stage."""

    @model_validator(mode="after")
    def _has_body(self) -> Self:
        if self.mode == "parallel":
            raise conflict("mode", "a branch cannot be parallel itself", "put that into a flow of its own")
        needs_agents(self, "branch")
        return self


class ChoiceConfig(Body):
    """`[[…choices]]`: a part that runs if it is the first whose condition holds."""

    when: ConditionText | None = None
    """Asked in file order."""
    otherwise: bool = False
    """Runs if nothing before it did; comes last."""
    branches: list[BranchConfig] = []
    """What mode = "parallel" runs."""

    @model_validator(mode="after")
    def _has_body(self) -> Self:
        if (self.when is not None) is self.otherwise:
            raise conflict("when", "a choice needs either when or otherwise = true", "keep one of them")
        needs_agents(self, "choice")
        needs_branches(self, self.branches)
        return self


class StageConfig(Body):
    """`[[orchestration.mixed.stages]]`."""

    when: ConditionText | None = None
    """The stage is skipped unless this holds."""
    prerequisites: list[str] = []
    """Data keys that must be there before."""
    success_condition: ConditionText | None = None
    """Must hold afterwards."""
    branches: list[BranchConfig] = []
    """What mode = "parallel" runs."""
    choices: list[ChoiceConfig] = []
    """Alternatives; the first true one runs."""

    @model_validator(mode="after")
    def _has_body(self) -> Self:
        if self.choices:
            for position, choice in enumerate(self.choices[:-1]):
                if choice.otherwise:
                    raise conflict(
                        "choices",
                        f"choices[{position}] has otherwise, so none after it can run",
                        "move it to the end",
                    )
            return self
        needs_agents(self, "stage")
        needs_branches(self, self.branches)
        return self


def needs_agents(body: Body, what: str) -> None:
    """Refuse a body that names nothing to run."""
    if body.mode is None:
        raise conflict("mode", f"this {what} has no mode", 'add mode = "sequential" and agents = ["…"]')
    if body.mode not in ("parallel", "flow") and not body.agents:
        raise conflict("agents", f"this {what} has no agents", 'add agents = ["…"]')


def needs_branches(body: Body, branches: list[BranchConfig]) -> None:
    """Refuse `parallel` without branches, and branches without `parallel`."""
    if (body.mode == "parallel") is not bool(branches):
        raise conflict(
            "mode" if body.mode == "parallel" else "branches",
            'mode = "parallel" and branches belong together',
            'set mode = "parallel" and give each branch its own table',
        )
