"""What the user chose, put to work: settings, keys and themes, at the start and when their files change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.theme import Theme

from agentflow_tui.tui.keymap.bind import spelled
from agentflow_tui.tui.keymap.keymap import Keymap, read_keymap
from agentflow_tui.tui.preference_files import PreferenceFiles
from agentflow_tui.tui.preferences import PanePreferences, Preferences, changes
from agentflow_tui.tui.safe_text import one_line
from agentflow_tui.tui.settings import Settings
from agentflow_tui.tui.theming.theme_shelf import DEFAULT_THEME, load_themes

_LONGEST = 600
_LONGEST_LINE = 160
_MOST_TOLD = 4


class PreferenceDesk:
    """Reads the user's files, tells all their problems in one toast, and writes what is changed here."""

    def __init__(self, app: App[Any], settings: Settings) -> None:
        """Take the app to dress and where the files are; reads them at once."""
        self.app = app
        self.settings = settings
        self.preferences = Preferences()
        self.keymap = Keymap({})
        self.problems: tuple[str, ...] = ()
        """One line for each part of the user's files that cannot be used."""
        self._themes: dict[str, Theme] = {}
        self._unkept: dict[tuple[str, ...], str | int | bool] = {}
        """Settings of this session that could not be written."""
        self.reload()

    def reload(self) -> None:
        """Read everything again and use it."""
        preferences, wrong_settings = self.settings.read()
        self.preferences = preferences.replaced(self._unkept)
        self.keymap = read_keymap(self.preferences.keys, self.settings.keys_file)
        self.app.set_keymap(self.keymap.overrides)
        shelf = load_themes(user_folder=self.settings.themes_folder)
        fresh = {theme.name: theme for theme in shelf.themes}
        is_repainted = self.app.theme in fresh and fresh[self.app.theme] != self._themes.get(self.app.theme)
        for theme in shelf.themes:
            self.app.register_theme(theme)
        # One whose file is broken or gone is still there, and repainted when its file is mended.
        self._themes |= fresh
        chosen = self.preferences.theme or DEFAULT_THEME
        wrong_theme: tuple[str, ...] = ()
        if chosen not in self.app.available_themes:
            wrong_theme = (f"theme: there is no {one_line(chosen, 60)!r}",)
            chosen = DEFAULT_THEME if DEFAULT_THEME in self.app.available_themes else "textual-dark"
        self.app.animation_level = self.preferences.animation
        if self.app.theme != chosen:
            self.app.theme = chosen
        elif is_repainted:
            self.app.refresh_css(animate=False)
            self.app.theme_changed_signal.publish(self.app.current_theme)
        self.problems = (*wrong_settings, *wrong_theme, *self.keymap.problems, *shelf.problems)

    def tell_problems(self) -> None:
        """Show in one toast what cannot be used."""
        if self.problems:
            self.app.notify(
                self._problems_in_short(),
                title="Left out of your settings, keys and themes",
                severity="warning",
                timeout=12,
                markup=False,
            )

    def _problems_in_short(self) -> str:
        lines = [f"• {one_line(problem, _LONGEST_LINE)}" for problem in self.problems[:_MOST_TOLD]]
        if len(self.problems) > _MOST_TOLD:
            key = " ".join(map(spelled, self.keymap.keys["app.errors"][:1])) or "'show errors'"
            lines.append(f"… and {len(self.problems) - _MOST_TOLD} more: {key} lists all")
        return "\n".join(lines)

    async def choose_theme(self) -> None:
        """Let a theme be chosen and keep it; the kept one comes back otherwise. Needs a worker."""
        from agentflow_tui.tui.dialogs.theme_dialog import ThemeDialog

        dialog = ThemeDialog(sorted(self.app.available_themes), self.app.theme)
        name = await self.app.push_screen_wait(dialog)
        if name is not None and name != (self.preferences.theme or DEFAULT_THEME):
            self._keep({("theme",): name})
        else:
            self.reload()

    def keep_panes(self, sizes: PanePreferences) -> None:
        """Remember how large the panes are."""
        changed = changes(self.preferences, self.preferences.model_copy(update={"panes": sizes}))
        if changed:
            self._keep(dict(changed))

    async def edit(self) -> bool:
        """Let the settings be changed, keep and use them; false when one left the form. Needs a worker."""
        from agentflow_tui.tui.dialogs.settings_dialog import SettingsDialog

        shown = self.preferences.model_copy(update={"theme": self.app.theme})
        dialog = SettingsDialog(shown, sorted(self.app.available_themes), str(self.settings.file))
        answer = await self.app.push_screen_wait(dialog)
        if answer is None:
            return False
        if changed := dict(changes(shown, answer)):
            self._keep(changed)
        return bool(changed)

    async def watch(self, used: Callable[[], None]) -> None:
        """Use the files anew whenever they change; `used` is told of other settings. Ends with its worker."""
        async for _ in PreferenceFiles(self.settings).changes():
            problems, preferences = self.problems, self.preferences
            self.reload()
            if self.preferences != preferences:
                used()
            if self.problems != problems:
                self.tell_problems()

    def _keep(self, values: dict[tuple[str, ...], str | int | bool]) -> None:
        try:
            self.settings.keep(values)
        except OSError as error:
            self._unkept |= values
            self.app.notify(
                one_line(str(error), _LONGEST),
                title="Kept only until the program ends",
                severity="warning",
                markup=False,
            )
        else:
            self._unkept = {path: value for path, value in self._unkept.items() if path not in values}
        self.reload()
