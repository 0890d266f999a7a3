"""Keeps the run on the screen as a test beside its flow."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from textual.content import Content
from textual.notifications import SeverityLevel
from textual.screen import Screen

from agentflow_tui.history.run_summary import RunSummary
from agentflow_tui.tui.dialogs.choice_dialog import Choice, ChoiceDialog
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.keymap.named_keys import key_of, with_keys
from agentflow_tui.tui.run_desk import RunDesk
from agentflow_tui.tui.runs_desk import RunsDesk
from agentflow_tui.tui.safe_text import one_line
from agentflow_tui.workbench.flow_case import FlowCase, folder_of, name_for

_LONGEST = 300
_NAME = 80


@dataclass(eq=False)
class CaseDesk:
    """Asks for a name, and saves; `save` waits for dialogs, so it needs a worker."""

    screen: Screen[None]
    """Shows the dialogs."""
    desk: RunDesk

    async def save(self) -> None:
        """Keep the run that is seen as a test of its flow, and say how it replays now."""
        if not self.desk.run_id:
            self._say(
                with_keys(
                    "There is no run yet: {run.toggle} runs the flow, {time.runs} lists the stored runs."
                )
            )
            return
        if self.desk.is_live:
            self._say("The run is live: a test is a run that has ended.")
            return
        tried = RunsDesk(self.screen, self.desk.workbench.archive).tried
        run = await tried(self.desk.workbench.archive.find(self.desk.run_id))
        if run is None:
            return
        flow = Path(run.flow_path) if run.flow_path else self.desk.workbench.path
        if flow is None:
            saving = key_of("file.save_as")
            self._say(f"The flow has no file yet, beside which a test could be: {saving} saves it.")
            return
        case = await self._asked(run, flow)
        found = None if case is None else await tried(case.save(self.desk.workbench, run.run_id))
        if case is None or found is None:
            return
        if found.is_exact:
            self._say(f"{case.name} is kept; agentflow-tui test replays it")
        else:
            self._say(
                f"{case.name} is kept, but {flow.name} as it is saved fails it: {found.text}",
                severity="warning",
            )

    async def _asked(self, run: RunSummary, flow: Path) -> FlowCase | None:
        answer = await self.screen.app.push_screen_wait(
            TextDialog(
                "SAVE AS TEST",
                value=name_for(run.name) or run.run_id[:8],
                note=f"a name, for a file in {folder_of(flow).name}",
                complaint=_wrong_name,
            )
        )
        if answer is None:
            return None
        case = FlowCase.named(flow, answer.strip())
        return case if not case.file.exists() or await self._may_replace(case) else None

    async def _may_replace(self, case: FlowCase) -> bool:
        body = Content.assemble(
            (one_line(case.name, _NAME), "bold"), " is there already; this run takes its place."
        )
        choices = (
            Choice("c", "cancel", "cancel"),
            Choice("o", "replace it", "replace", is_destructive=True),
        )
        answer = await self.screen.app.push_screen_wait(ChoiceDialog("REPLACE THE TEST?", body, choices))
        return answer == "replace"

    def _say(self, text: str, severity: SeverityLevel = "information") -> None:
        self.screen.app.notify(one_line(text, _LONGEST), markup=False, timeout=6, severity=severity)


def _wrong_name(answer: str) -> str:
    name = answer.strip()
    if not name:
        return "a name is needed"
    return (
        ""
        if name_for(name) == name
        else f"letters, digits, - and _ only, such as {name_for(name) or 'test-1'}"
    )
