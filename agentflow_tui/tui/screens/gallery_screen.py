"""The first screen without a file: flows to open."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from agentflow_tui.tui.dialogs.target_file import path_of, wrong_target
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.guard import guarded
from agentflow_tui.tui.key_footer import KeyFooter
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.dialog_keys import GALLERY
from agentflow_tui.tui.keymap.named_keys import key_of
from agentflow_tui.tui.panes.editor.code_area import CodeArea
from agentflow_tui.tui.safe_text import clean, one_line, plain
from agentflow_tui.tui.screens.flow_entry import FlowEntry, find_here, find_samples, read_entry
from agentflow_tui.tui.settings import Settings

_HEADINGS = {
    "sample": "SAMPLES · one pattern each",
    "staged": "SAMPLES · several stages",
    "here": "THIS FOLDER",
    "recent": "RECENT",
}
_BRIEF_BELOW = 120
"""Columns; beside a narrow list the preview alone says when to choose a flow, in full."""
_PREVIEW_FROM = 80
_WELCOME = "edit agent flows, run them on a real model, step, look back"


class GalleryScreen(Screen[None]):
    """Lists samples, the flows of this folder and recent files, with a preview."""

    CSS_PATH = "gallery_screen.tcss"
    BINDINGS = bindings(GALLERY)
    BINDING_GROUP_TITLE = "Gallery"
    HELP = "Choose a flow. Samples open as copies, so nothing here can be broken."
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-medium"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]
    AUTO_FOCUS = "#flows"

    class FlowChosen(Message):
        """A flow is to be opened."""

        def __init__(self, path: Path, *, is_sample: bool) -> None:
            """Carry the file, and whether it must stay as it is."""
            super().__init__()
            self.path = path
            self.is_sample = is_sample

    flows = getters.query_one("#flows", OptionList)
    preview = getters.query_one("#code", CodeArea)
    about = getters.query_one("#about", Static)

    def __init__(self, settings: Settings, folder: Path, *, can_close: bool) -> None:
        """Take the settings, the folder to look in, and whether a flow is open already."""
        super().__init__()
        self.settings = settings
        self.folder = folder
        self.can_close = can_close
        self.entries: dict[str, FlowEntry] = {}

    def compose(self) -> ComposeResult:
        """Lay out the list and the preview."""
        yield Static(
            Content.assemble(("agentflow", "bold $accent"), f"  {_WELCOME}"), id="welcome", markup=False
        )
        with Horizontal(id="gallery"):
            yield OptionList(id="flows", markup=False)
            with Vertical(id="preview"):
                yield Static(id="about", markup=False)
                yield CodeArea()
        yield KeyFooter(show_command_palette=False)

    @guarded
    def on_mount(self) -> None:
        """Fill the list."""
        self.flows.border_title = "FLOWS"
        self.preview.can_focus = False
        self.preview.read_only = True
        self.preview.show_cursor = False
        here = find_here(self.folder)
        known = {entry.path.resolve() for entry in here}
        others = [path for path in self.settings.recent_files if path not in known]
        recent = [entry for path in others if (entry := read_entry("recent", path))]
        self._fill((*find_samples(), *here, *recent))

    def action_move(self, step: int) -> None:
        """Go up or down in the list."""
        self.flows.action_cursor_down() if step > 0 else self.flows.action_cursor_up()

    def action_open_chosen(self) -> None:
        """Open the highlighted flow."""
        option = self.flows.highlighted_option
        if option is not None and option.id in self.entries:
            entry = self.entries[option.id]
            self.post_message(self.FlowChosen(entry.path, is_sample=entry.kind == "sample"))

    def action_ask_for_file(self) -> None:
        """Ask for a path and open it."""
        dialog = TextDialog(
            "OPEN A FILE",
            note="path of a flow file (.toml); a new name starts an empty flow",
            complaint=wrong_target,
        )
        self.app.push_screen(dialog, self._open_path)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Whether an action can be done: there is no way back where no flow is open."""
        return action != "close" or self.can_close

    def action_close(self) -> None:
        """Go back to the flow that is open."""
        self.app.pop_screen()

    @on(OptionList.OptionHighlighted, "#flows")
    @guarded
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option.id in self.entries:
            self._show(self.entries[event.option.id])

    @on(OptionList.OptionSelected, "#flows")
    @guarded
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_open_chosen()

    @guarded
    def _open_path(self, answer: str | None) -> None:
        if answer:
            self.post_message(self.FlowChosen(path_of(answer), is_sample=False))

    def _fill(self, entries: Iterable[FlowEntry]) -> None:
        options: list[Option] = []
        kind = ""
        for entry in entries:
            group = "staged" if entry.kind == "sample" and entry.is_staged else entry.kind
            if group != kind:
                kind = group
                heading = Content.styled(_HEADINGS[kind], "bold $accent")
                options.append(Option(Content.assemble("\n", heading) if options else heading, disabled=True))
            name = f"flow-{len(self.entries)}"
            self.entries[name] = entry
            options.append(Option(self._label(entry), id=name))
        if not self.entries:
            self.about.update(
                plain(
                    f"No flow here yet. Press {key_of('gallery.file')} and name a file: a new name starts an "
                    "empty flow."
                )
            )
        self.flows.add_options(options)
        if self.entries:
            self.flows.highlighted = self.flows.get_option_index("flow-0")
        self.preview.display = bool(self.entries)

    @guarded
    def on_resize(self) -> None:
        """Say more or less of each flow, as there is room."""
        for name, entry in self.entries.items():
            self.flows.replace_option_prompt(name, self._label(entry))

    def _label(self, entry: FlowEntry) -> Content:
        title = one_line(entry.title if entry.kind == "sample" else _near(entry.path, self.folder), 60)
        pattern = (one_line(entry.pattern, 20), "$primary")
        if _PREVIEW_FROM <= self.app.size.width < _BRIEF_BELOW:
            return Content.assemble((title, "bold"), "\n  ", pattern)
        label = Content.assemble((title, "bold"), "  ", pattern)
        if entry.when and entry.kind == "sample":
            label = Content.assemble(label, "\n", (one_line(entry.when, 200), "$muted"))
        return label

    def _show(self, entry: FlowEntry) -> None:
        self.query_one("#preview").border_title = plain(entry.path.name)
        where = "opens as a copy" if entry.kind == "sample" else one_line(str(entry.path.parent), 200)
        self.about.update(
            Content.assemble(
                (clean(entry.pattern or "flow"), "bold $primary"),
                "  ",
                one_line(entry.when, 400),
                "\n",
                (where, "$muted"),
            )
        )
        self.preview.show_text(entry.text)
        self.preview.read_only = True


def _near(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)
