"""The application: themes, the two screens, and the last resort for errors."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App
from textual.binding import Binding
from textual.command import Provider
from textual.dom import DOMNode
from textual.filter import LineFilter
from textual.theme import Theme
from textual.widget import Widget
from textual.worker import Worker

from agentflow_tui.engine.clock import Clock, SystemClock
from agentflow_tui.tui.clipboard import copy_locally
from agentflow_tui.tui.error_log import ErrorLog
from agentflow_tui.tui.flow_door import FlowDoor
from agentflow_tui.tui.guard import report_worker
from agentflow_tui.tui.keymap.bind import bindings, spelled
from agentflow_tui.tui.keymap.keymap import Keymap
from agentflow_tui.tui.keymap.workbench_keys import EVERYWHERE
from agentflow_tui.tui.preference_desk import PreferenceDesk
from agentflow_tui.tui.preferences import Preferences
from agentflow_tui.tui.safe_text import clean, one_line
from agentflow_tui.tui.screens.opening_screen import OpeningScreen
from agentflow_tui.tui.settings import Settings
from agentflow_tui.tui.steady_width import SteadyWidth
from agentflow_tui.tui.theming.colourless import Colourless
from agentflow_tui.tui.theming.variables import fallbacks
from agentflow_tui.tui.tidy_store import TidyStore, tidy_as_chosen, tidy_store_of_user
from agentflow_tui.tui.typed_ahead import TypedAhead

# All else is imported when it is needed, so that the first picture is there at once.
if TYPE_CHECKING:
    from agentflow_tui.tui.pane_edges import PaneEdges
    from agentflow_tui.tui.screens.gallery_screen import GalleryScreen
    from agentflow_tui.workbench import Workbench

_COLOURLESS = Colourless()
_WORKBENCH_SCREEN = "agentflow_tui.tui.screens.workbench_screen"


def _commands() -> type[Provider]:
    from agentflow_tui.tui.commands import Commands

    return Commands


class AgentflowApp(App[None]):
    """The terminal workbench; without a file it opens the gallery."""

    TITLE = "agentflow"
    CSS_PATH = "app.tcss"
    COMMANDS = {_commands}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS = bindings(EVERYWHERE)

    def __init__(  # noqa: PLR0913 - each replaces one thing of the world around
        self,
        path: Path | None = None,
        *,
        make_workbench: Callable[[], Workbench] | None = None,
        clock: Clock | None = None,
        settings: Settings | None = None,
        folder: Path | None = None,
        tidy_store: TidyStore | None = None,
    ) -> None:
        """Take the file to open; the rest has the usual values and is replaced in tests."""
        super().__init__()
        self.path = path
        self.clock = clock or SystemClock()
        self.settings = settings or Settings.of_user()
        self.folder = folder or Path.cwd()
        self.tidy_store = tidy_store or tidy_store_of_user
        self.errors = ErrorLog(self.settings.state_folder)
        self.choices = PreferenceDesk(self, self.settings)
        self.door = FlowDoor(self, self.clock, make_workbench)
        self.when_open: Callable[[], object] | None = None
        """Called once, when the first screen can be used."""
        self._typed_ahead = TypedAhead(self, super().on_event, self.clock.now)
        self._steady_width = SteadyWidth()

    async def on_mount(self) -> None:
        """Open the file, or the gallery."""
        self.theme_changed_signal.subscribe(self, self._theme_changed)
        self.choices.tell_problems()
        if self.path is not None and _WORKBENCH_SCREEN not in sys.modules:
            self._typed_ahead.hold()
            await self.push_screen(OpeningScreen(self.path))
            # Nothing is painted before the app itself is mounted.
            self.call_later(self._open_after_picture)
        else:
            await self._open_first()

    def _open_after_picture(self) -> None:
        self.screen.refresh(layout=True).call_after_refresh(self.call_later, self._open_first)

    async def _open_first(self) -> None:
        try:
            if self.path is None:
                await self.action_open_gallery()
            else:
                await self.door.open(self.path, is_sample=False)
        finally:
            # The focus is set after the screen's first refresh; only then keys find their pane.
            self.screen.call_after_refresh(self.call_later, self._let_in)
            self._work(self.choices.watch(self._use_preferences), "watching your settings")
            self._work(tidy_as_chosen(self.preferences, self.tidy_store), "deleting old runs")

    async def on_event(self, event: events.Event) -> None:
        """Let keys in one by one, and none before the workbench is there; let none type with alt."""
        # A terminal sends alt+n as escape and n: Textual gives the key a character then.
        if isinstance(event, events.Key) and "alt" in event.key.split("+")[:-1]:
            event.character = None
        await self._typed_ahead.take(event)

    async def _let_in(self) -> None:
        await self._typed_ahead.release()
        if self.when_open is not None:
            self.when_open()

    @property
    def preferences(self) -> Preferences:
        """What the user chose."""
        return self.choices.preferences

    @property
    def keymap(self) -> Keymap:
        """The keys of every action."""
        return self.choices.keymap

    def get_key_display(self, binding: Binding) -> str:
        """Spell a key as the help and the handbook do."""
        return binding.key_display or spelled(binding.key)

    def action_open_settings(self) -> None:
        """Change the settings."""
        from agentflow_tui.tui.dialogs.settings_dialog import SettingsDialog

        if not isinstance(self.screen, SettingsDialog):
            self._work(self._edit_settings(), "changing the settings")

    async def _edit_settings(self) -> None:
        if await self.choices.edit():
            self._use_preferences()

    def action_change_theme(self) -> None:
        """Choose a theme; each is seen as one comes to it."""
        self._work(self.choices.choose_theme(), "choosing a theme")

    def _use_preferences(self) -> None:
        if self.door.bench is not None and self.door.bench.is_mounted:
            self.door.bench.use_preferences(self.preferences)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Take colours away where they are unwanted, and keep to cells that all terminals count alike."""
        # Textual's own way without colours leaves greys.
        colours = (_COLOURLESS,) if self.no_color else super().get_line_filters()
        return (*colours, self._steady_width)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give themes that are not ours a value for each of our colours."""
        return fallbacks(self.current_theme.to_color_system().generate())

    def report(self, error: Exception, doing: str) -> None:
        """Show an error that nobody expected, and go on."""
        text = self.errors.add(error, doing)
        self.log.error(text)
        self.notify(text, title="Something went wrong", severity="error", timeout=15, markup=False)

    @property
    def problems(self) -> list[str]:
        """Unexpected errors so far, in words."""
        return self.errors.entries

    def action_show_errors(self) -> None:
        """Show what went wrong in this session."""
        from agentflow_tui.tui.dialogs.pager_dialog import PagerDialog

        lines = [*self.problems, "", f"Traces are in {self.errors.path}"]
        lines = lines if self.problems else ["No unexpected errors."]
        if self.choices.problems:
            lines += ["", "Left out of your settings, keys and themes:", *self.choices.problems]
        self.push_screen(PagerDialog("ERRORS", "\n".join(lines)))

    async def run_action(
        self,
        action: str | tuple[str, str, tuple[Any, ...]],
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action; an error in it is shown and does not end the program."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except Exception as error:  # Textual ends the program at any error of an action
            self.report(error, str(action))
            return True

    def copy_to_clipboard(self, text: str) -> None:
        """Copy by the terminal and by this machine's own tool, and say which."""
        super().copy_to_clipboard(text)
        self._work(self._copy_locally(text), "copying")

    def action_help(self) -> None:
        """Show the keys that work where the focus is."""
        from agentflow_tui.tui.dialogs.help_dialog import HelpDialog

        if isinstance(self.screen, HelpDialog):
            return
        focused = self.focused or self.screen
        titled = [node for node in focused.ancestors_with_self if getattr(node, "HELP", None)]
        place = (
            one_line(type(titled[0]).__name__.removesuffix("Pane").removesuffix("Screen"), 40)
            if titled
            else ""
        )
        self.push_screen(
            HelpDialog(place, (titled[0].HELP or "") if titled else "", self.screen.active_bindings)
        )

    def on_pane_edges_moved(self, event: PaneEdges.Moved) -> None:
        """Remember how large the panes are."""
        self.choices.keep_panes(event.sizes)

    def action_ask_to_quit(self) -> None:
        """Leave; asks first when something would be lost."""
        self.door.leave(self.exit)

    async def action_open_gallery(self) -> None:
        """Show the gallery, over the open flow if there is one."""
        from agentflow_tui.tui.screens.gallery_screen import GalleryScreen

        is_over_flow = len(self.screen_stack) > 1
        await self.push_screen(GalleryScreen(self.settings, self.folder, can_close=is_over_flow))

    def on_gallery_screen_flow_chosen(self, event: GalleryScreen.FlowChosen) -> None:
        """Open what was chosen."""
        opening = partial(self.door.open, event.path, is_sample=event.is_sample)
        self.door.leave(lambda: self._work(opening(), "opening a flow"))

    def _work(self, work: Coroutine[Any, Any, None], doing: str) -> None:
        self.run_worker(work, group=doing, description=doing, exit_on_error=False, exclusive=True)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show what went wrong in a worker; the program goes on."""
        report_worker(self, event)

    def _theme_changed(self, theme: Theme) -> None:  # noqa: ARG002
        # Textual leaves alone what keeps its own style, though the colours in its text are others now.
        for screen in self.screen_stack:
            for widget in screen.walk_children(Widget):
                widget.refresh()

    async def _copy_locally(self, text: str) -> None:
        tool = await asyncio.to_thread(copy_locally, text)
        way = (
            f"with {tool}, and by the terminal (OSC 52)"
            if tool
            else "by the terminal (OSC 52), if it allows that"
        )
        self.notify(clean(f"{len(text):d} characters copied {way}"), markup=False, timeout=3)
