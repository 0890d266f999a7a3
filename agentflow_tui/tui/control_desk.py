"""The finer hand on the live run: hold a branch, stop one agent, go to a place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.screen import Screen

from agentflow_tui.plan.node import Stage
from agentflow_tui.tui.keymap.named_keys import key_of, with_keys
from agentflow_tui.tui.run_desk import Place, RunDesk
from agentflow_tui.tui.safe_text import one_line

_LONGEST = 200
_SELECT = "Select a node in the graph first: {pane.graph}, then the arrows."
_NOTHING_RUNS = "Nothing runs. {run.toggle} runs the flow."


@dataclass(eq=False)
class ControlDesk:
    """Does to parts of a run what its keys ask for, and says what that means."""

    screen: Screen[None]
    """Shows what is said."""
    desk: RunDesk
    changed: Callable[[], None]
    """Told when other nodes are held."""

    @property
    def held(self) -> tuple[str, ...]:
        """Paths that are held in the live run."""
        run = self.desk.run
        return run.control.held if run is not None and self.desk.is_live else ()

    def hold(self, path: str | None) -> None:
        """Hold a node, or release what holds it."""
        run = self.desk.run
        if run is None or not self.desk.is_live:
            self._say(f"{with_keys(_NOTHING_RUNS)} Pause it to hold a branch.")
        elif not path:
            self._say(with_keys(_SELECT))
        elif holding := [where for where in self.held if path == where or path.startswith(f"{where}/")]:
            for where in holding:
                run.control.release(where)
            self._say(f"{', '.join(holding)} goes on")
            self.changed()
        else:
            run.control.hold(path)
            self._say(f"‖ {path} is held: it starts no further agent; {key_of('run.hold')} lets it go on")
            self.changed()

    def cancel_agent(self, path: str | None) -> None:
        """Stop the agents that run at or inside a node; without one, the only agent that runs."""
        run = self.desk.run
        if run is None or not self.desk.is_live:
            self._say(with_keys(_NOTHING_RUNS))
            return
        running = [each for each in self.desk.bridge.view.newest.agent_runs if each.status == "running"]
        if path:
            running = [each for each in running if each.path == path or each.path.startswith(f"{path}/")]
            if not running:
                self._say(f"No agent runs in {path} now.")
                return
        elif len(running) != 1:
            self._say(with_keys(_SELECT) if running else "No agent runs now.")
            return
        for each in running:
            run.control.cancel_agent(each.path)
        names = ", ".join(each.agent for each in running)
        self._say(f"⊗ stopped {names}: it counts as failed, and the flow deals with that")

    def place(self, path: str | None, *, is_in_timeline: bool) -> Place | None:
        """Return where to run to: the event under the timeline's cursor, or the selected node.

        None when there is no such place; what to do then is said.
        """
        view = self.desk.bridge.view
        if is_in_timeline and 0 <= view.cursor < view.length:
            event = view.history[view.cursor]
            where = getattr(event, "path", "")
            runs = [run for run in view.state.agent_runs if run.path == where]
            iteration = getattr(event, "iteration", None) or (runs[-1].iteration if runs else None)
            place = Place(where, iteration)
        else:
            place = Place(path or "")
        plan = self.desk.plan if self.desk.is_live else self.desk.workbench.plan
        if not place.path:
            self._say("This event belongs to no node." if is_in_timeline else with_keys(_SELECT))
        elif plan is not None and place.path not in plan.nodes:
            self._say(f"The flow has no node {place.path} now.")
        elif self.desk.is_live:
            # The iteration of an event may be over: the node's next turn is meant.
            return Place(place.path)
        else:
            return place
        return None

    def can_step_stage(self) -> bool:
        """Whether the flow has stages to step over; says so when it has none."""
        plan = self.desk.plan if self.desk.is_live else self.desk.workbench.plan
        if plan is None or any(isinstance(node, Stage) for node in plan.nodes.values()):
            return True
        self._say(
            with_keys("This flow has no stages. {run.iteration} runs to the end of an iteration or a phase.")
        )
        return False

    def _say(self, text: str) -> None:
        self.screen.app.notify(one_line(text, _LONGEST), markup=False, timeout=4)
