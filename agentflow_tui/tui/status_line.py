"""The top line: which flow, which model, and how the run stands."""

from __future__ import annotations

from dataclasses import dataclass, replace

from textual import events
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from agentflow_tui.history.run_state import RunState
from agentflow_tui.tui.safe_text import clean, one_line

SIGNS = {
    "idle": ("○", "READY", "$status-waiting"),
    "running": ("▶", "RUNNING", "$status-running"),
    "paused": ("⏸", "PAUSED", "$status-paused"),
    "completed": ("●", "COMPLETED", "$status-completed"),
    "failed": ("✗", "FAILED", "$status-failed"),
    "cancelled": ("⊘", "CANCELLED", "$status-cancelled"),
    "stepping": ("▶", "STEPPING", "$status-running"),
    "pausing": ("⏸", "PAUSING", "$status-paused"),
    "starting": ("◌", "STARTING", "$status-waiting"),
    "interrupted": ("◌", "INTERRUPTED", "$warning"),
}
_ACTION = "action"
"""In the style of a part: what a click on it does, an action of the screen."""
_LONGEST = 200
_SHORTEST = 8
"""Cells of the title that stay for as long as anything else can give way."""


@dataclass(frozen=True, slots=True)
class Headline:
    """All that the line tells; times in seconds."""

    title: str = ""
    is_modified: bool = False
    is_outdated: bool = False
    """True when another program wrote the file, and the text here does not follow."""
    mode: str = ""
    model: str = ""
    state: RunState = RunState()
    elapsed: float = 0.0
    limit: int | None = None
    """Iterations at most, of the loop that runs."""
    behind: int = 0
    """How many events the cursor is behind the newest one."""
    word: str = ""
    """A status of its own, one of `SIGNS`, that goes before the run's."""
    stopped_by: str = ""
    """The breakpoint at which the run stands; not yet cleaned."""
    note: str = ""
    """What one has to know about the run, in place of mode and model."""
    answers: str = ""
    """What is other than usual about where the next answers come from."""
    is_ticking: bool = False
    """True while time passes for the run."""


class StatusLine(Static):
    """One line of text, glyph and word and colour for the status; drawn again only when something changed.

    A click on a part does what one most likely wants of it.
    """

    def __init__(self) -> None:
        """Start with nothing to tell."""
        super().__init__(id="status", markup=False)
        self.headline = Headline()
        self._line = Content()

    def show(self, headline: Headline) -> None:
        """Tell what is so now."""
        if headline != self.headline:
            self.headline = headline
            self.on_resize()

    async def on_click(self, event: events.Click) -> None:
        """Do what the part that was clicked is for."""
        if action := event.style.meta.get(_ACTION):
            await self.screen.run_action(action)

    def on_resize(self) -> None:
        """Fit the line to the new width."""
        line = _line(self.headline, self.size.width)
        # While words stream in, the headline is another one 30 times a second, and looks the same.
        if not line.is_same(self._line):
            self._line = line
            self.update(line, layout=False)


def _line(headline: Headline, width: int) -> Content:
    right = _run(headline)
    room = max(width - right.cell_length - 3, _SHORTEST)
    left = _fitted(headline, room)
    gap = max(width - left.cell_length - right.cell_length - 2, 1)
    return Content.assemble(left, " ", ("─" * gap, "$border-blurred"), " ", right)


def _fitted(headline: Headline, room: int) -> Content:
    """Leave out the mode first, which the graph shows too, then shorten the title, then the model."""
    if _flow(headline).cell_length <= room:
        return _flow(headline)
    shorter = [replace(headline, mode="") if headline.model else headline]
    if headline.answers:
        # It says more than the model does, which may not even be asked.
        shorter.append(replace(headline, mode="", model=""))
    for shown in shorter:
        over = _flow(shown).cell_length - room
        title = Content(one_line(shown.title, _LONGEST))
        if over <= 0:
            return _flow(shown)
        if title.cell_length - over >= _SHORTEST:
            short = title.truncate(title.cell_length - over, ellipsis=True)
            return _flow(replace(shown, title=short.plain))
    short = title.truncate(min(_SHORTEST, title.cell_length), ellipsis=True)
    shown = replace(shorter[-1], title=short.plain)
    over = _flow(shown).cell_length - room
    return _flow(replace(shown, model=_shortened(shown.model, over))).truncate(room, ellipsis=True)


def _shortened(model: str, over: int) -> str:
    """Take so many cells out of a model's name, not out of what stands in brackets behind it."""
    name, bracket, remark = model.partition(" (")
    kept = len(name) - over - 1
    return f"{name[:kept]}…{bracket}{remark}" if over > 0 and bracket and kept > 0 else model


def _flow(headline: Headline) -> Content:
    bar = (" │ ", "$border-blurred")
    line = _clickable("app.open_gallery", one_line(headline.title, _LONGEST), "bold")
    if headline.is_modified:
        line = Content.assemble(line, (" ●", "$accent"))
    if headline.is_outdated:
        line = Content.assemble(line, bar, ("changed on disk", "bold $warning"))
    for part in (headline.note,) if headline.note else (headline.mode, headline.model):
        if part:
            line = Content.assemble(line, bar, one_line(part, _LONGEST))
    if headline.answers:
        answers = _clickable("choose_answers", one_line(headline.answers, _LONGEST), "$warning")
        line = Content.assemble(line, bar, answers)
    return line


def _run(headline: Headline) -> Content:
    state = headline.state
    glyph, word, color = SIGNS[headline.word or state.status]
    parts = [_clickable("toggle_run", clean(f"{glyph} {word}"), f"bold {color}")]
    if headline.stopped_by:
        stop = one_line(f"◆ {headline.stopped_by}", _LONGEST)
        parts.append(_clickable("list_breakpoints", stop, "bold $warning"))
    if state.status != "idle":
        parts.append(Content(clean(clock_time(headline.elapsed))))
    if state.iteration:
        limit = f"/{headline.limit:d}" if headline.limit else ""
        parts.append(Content(f"iteration {state.iteration:d}{limit}"))
    if tokens := state.prompt_tokens + state.completion_tokens:
        parts.append(Content(clean(f"{tokens:,d} tok".replace(",", " "))))
    if saved := state.calls_from_recordings:
        of_all = Content(f"{saved:d} of {state.answered_calls:d} from recordings")
        parts.append(of_all.stylize("$success"))
    if headline.behind:
        parts.append(_clickable("follow", f"looking {headline.behind:d} back", "bold $accent"))
    line = parts[0]
    for number, part in enumerate(parts[1:]):
        line = Content.assemble(line, " " if number == 0 and state.status != "idle" else " · ", part)
    return line


def _clickable(action: str, text: str, style: str) -> Content:
    return Content.styled(clean(text), style).stylize(Style.from_meta({_ACTION: action}))


def clock_time(seconds: float) -> str:
    """Return a duration in seconds as `mm:ss`, or `h:mm:ss` from an hour on."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
