"""How the agents of this flow did so far: one row per agent, live."""

from __future__ import annotations

from typing import ClassVar, Literal

from rich.text import Text
from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import DataTable, Static

from agentflow_tui.telemetry.agent_metrics import AgentMetrics
from agentflow_tui.tui.guard import guarded
from agentflow_tui.tui.key_footer import KeyFooter
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.metrics_keys import METRICS
from agentflow_tui.tui.keymap.named_keys import with_keys
from agentflow_tui.tui.safe_text import clean, plain
from agentflow_tui.tui.screens.metrics_columns import COLUMNS, Column, Rank
from agentflow_tui.tui.screens.metrics_totals import headline, totals
from agentflow_tui.tui.session_metrics import SessionMetrics

_NOTHING = (
    "No agent has run yet. Go back with {metrics.leave} and press {run.toggle}: every run of "
    "this flow is counted here."
)


class MetricsScreen(Screen[None]):
    """Shows what was counted over the runs of one workbench; redraws only the agents that changed."""

    CSS = """
    MetricsScreen {
        #metrics-title { height: 1; padding: 0 1; background: $panel; text-wrap: nowrap; }
        #metrics-table { height: 1fr; background: $background; }
        #metrics-table:focus { background-tint: transparent; }
        #metrics-table > .datatable--fixed { background: $background; color: $foreground; }
        #metrics-empty { height: 1fr; padding: 1 2; color: $muted; display: none; }
        #metrics-totals { height: auto; max-height: 40%; padding: 0 1; background: $panel; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(METRICS)
    BINDING_GROUP_TITLE = "Metrics"
    HELP = (
        "Counted over the runs of this workbench but not over races. `ok` is the share of successes among "
        "the runs that were not cancelled; times are over every run that succeeded or failed. `waits` are "
        "calls that a rate limit held back, `last` are the newest durations. Tokens of recorded answers do "
        "not count."
    )
    AUTO_FOCUS = "#metrics-table"

    table = getters.query_one("#metrics-table", DataTable)

    def __init__(self, source: SessionMetrics) -> None:
        """Take what counts."""
        super().__init__()
        self.source = source
        self.sorted_by: Column | None = None
        """None is the order in which the agents first ran."""
        self.is_reversed = False
        self._shown: dict[str, AgentMetrics] = {}

    def compose(self) -> ComposeResult:
        """Lay out the table and the totals."""
        yield Static(id="metrics-title", markup=False)
        yield DataTable(id="metrics-table", cursor_type="row", fixed_columns=1, zebra_stripes=True)
        yield Static(plain(with_keys(_NOTHING)), id="metrics-empty", markup=False)
        yield Static(id="metrics-totals", markup=False)
        yield KeyFooter(show_command_palette=False)

    @guarded
    def on_mount(self) -> None:
        """Show the numbers, and follow them."""
        for column in COLUMNS:
            self.table.add_column(self._title(column), key=column.key)
        self.source.on_change = self.show_newest
        self.show_newest()

    @guarded
    def on_unmount(self) -> None:
        """Stop to follow."""
        self.source.on_change = None

    @guarded
    def show_newest(self) -> None:
        """Show what changed; called once per frame at most."""
        metrics = self.source.metrics
        self.query_one("#metrics-title", Static).update(headline(metrics))
        below = self.query_one("#metrics-totals", Static)
        below.update(totals(metrics))
        below.display = bool(metrics.modes)
        self.table.display = bool(metrics.agents)
        self.query_one("#metrics-empty").display = not metrics.agents
        changed = [agent for name, agent in metrics.agents.items() if self._shown.get(name) is not agent]
        for agent in changed:
            self._show_agent(agent)
        if changed:
            self._sort()

    def _show_agent(self, agent: AgentMetrics) -> None:
        is_new = agent.agent not in self._shown
        self._shown[agent.agent] = agent
        cells = [_cell(column, agent) for column in COLUMNS]
        if is_new:
            self.table.add_row(*cells, key=agent.agent)
            return
        for column, cell in zip(COLUMNS, cells, strict=True):
            if self.table.get_cell(agent.agent, column.key) != cell:
                self.table.update_cell(agent.agent, column.key, cell, update_width=True)

    def _sort(self) -> None:
        agents = list(self._shown.values())
        if self.sorted_by is not None:
            rank = self.sorted_by.rank
            known = [agent for agent in agents if rank(agent) is not None]
            known.sort(key=lambda agent: _comparable(rank(agent)), reverse=self._is_downwards)
            agents = known + [agent for agent in agents if rank(agent) is None]
        elif self.is_reversed:
            agents.reverse()
        # The table sorts by what it shows; names that look alike stay beside each other.
        order = {COLUMNS[0].show(agent): place for place, agent in enumerate(agents)}
        at = self.table.cursor_row
        here = self.table.ordered_rows[at].key if self.table.is_valid_row_index(at) else None
        self.table.sort(COLUMNS[0].key, key=lambda cell: order[cell.plain])
        if here is not None and self.sorted_by is not None:
            self.table.move_cursor(row=self.table.get_row_index(here), animate=False, scroll=False)

    @property
    def _is_downwards(self) -> bool:
        """Whether the largest comes first."""
        return self.sorted_by is not None and self.sorted_by.is_number is not self.is_reversed

    def _title(self, column: Column) -> Text:
        mark = " " if column is not self.sorted_by else "▼" if self._is_downwards else "▲"
        shown = f"{mark}{column.title}" if column.is_number else f"{column.title}{mark}"
        return Text(clean(shown), justify=_side(column))

    def _sort_by(self, column: Column | None, *, is_reversed: bool) -> None:
        self.sorted_by, self.is_reversed = column, is_reversed
        for key, shown in zip(self.table.columns.values(), COLUMNS, strict=True):
            key.label = self._title(shown)
        self._sort()

    @on(DataTable.HeaderSelected)
    @guarded
    def _header_selected(self, event: DataTable.HeaderSelected) -> None:
        column = COLUMNS[event.column_index]
        again = column is self.sorted_by
        self._sort_by(column, is_reversed=not self.is_reversed if again else False)

    def action_sort_by_next(self, step: int) -> None:
        """Sort by the next column; after the last comes the order of the first starts."""
        choices: tuple[Column | None, ...] = (None, *COLUMNS)
        place = choices.index(self.sorted_by) + step
        self._sort_by(choices[place % len(choices)], is_reversed=False)

    def action_reverse_order(self) -> None:
        """Turn the order round."""
        self._sort_by(self.sorted_by, is_reversed=not self.is_reversed)

    def action_go_down(self) -> None:
        """Go to the next agent."""
        self.table.action_cursor_down()

    def action_go_up(self) -> None:
        """Go to the agent before."""
        self.table.action_cursor_up()

    def action_leave_metrics(self) -> None:
        """Go back to the workbench."""
        self.dismiss(None)


def _side(column: Column) -> Literal["left", "right"]:
    return "right" if column.is_number else "left"


def _cell(column: Column, agent: AgentMetrics) -> Text:
    return Text(column.show(agent), justify=_side(column), no_wrap=True)


def _comparable(rank: Rank) -> float | str:
    assert rank is not None
    return rank.lower() if isinstance(rank, str) else rank
