"""The open text, taken over by a run that goes on."""

from __future__ import annotations

from agentflow_tui.workbench.departure import event_of
from agentflow_tui.workbench.flow_version import FlowVersion
from agentflow_tui.workbench.not_ready import NotReadyError
from agentflow_tui.workbench.open_flow import OpenFlow
from agentflow_tui.workbench.run import Run
from agentflow_tui.workbench.swap_proposal import SwapProposal

_START_ANEW = "run the edited text"


class LiveEdit(OpenFlow):
    """The open flow, and what its edits mean for a run of it."""

    def propose_swap(self, run: Run) -> SwapProposal:
        """Compare the text that was checked last with the config that a live run follows; changes nothing.

        Raises:
            NotReadyError: The text has errors, or the run is over.
        """
        if run.config is None or run.is_over:
            raise NotReadyError("the run is over, so nothing takes the text over", hints=(_START_ANEW,))
        self.current()
        new = FlowVersion.make(self.text, self.checked, event_of(run.history))
        return SwapProposal.make(run.config.version, new, run.history)

    async def swap(self, run: Run, proposal: SwapProposal | None = None) -> SwapProposal:
        """Let a live run take over the text, or what was proposed, before the next iteration of a loop.

        It takes the place of one that waits. A text that means the same withdraws that one, and counts as the
        text that runs.

        Raises:
            NotReadyError: As `propose_swap`; or a live run cannot take it over, or a model or the consent to
                its Python code is missing.
        """
        wanted = proposal or self.propose_swap(run)
        if run.config is None:
            raise NotReadyError("the run is over", hints=(_START_ANEW,))
        if wanted.is_empty:
            run.config.withdraw(run)
            run.config.version = wanted.new
        elif wanted.forecast.refusal:
            raise NotReadyError(wanted.forecast.refusal, hints=(wanted.forecast.way_out,))
        else:
            await run.config.queue(run, wanted)
        return wanted
