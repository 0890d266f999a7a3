"""The command palette: every action of the table that the screen or one of its panes has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Protocol, runtime_checkable

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.css.query import NoMatches
from textual.dom import DOMNode

from agentflow_tui.tui.keymap.bind import spelled
from agentflow_tui.tui.keymap.key import Key
from agentflow_tui.tui.keymap.keymap import Keyed
from agentflow_tui.tui.keymap.table import PLACES, Place

ALIASES = {
    "q": "app.quit",
    "quit": "app.quit",
    "w": "file.save",
    "e": "file.open",
    "runs": "time.runs",
    "h": "app.help",
    "set": "app.settings",
    "colorscheme": "app.theme",
}
"""What one types after `:` elsewhere."""
_OFFERED = (
    "Workbench",
    "Graph",
    "Inspector",
    "Timeline",
    "Editor",
    "Gallery",
    "Metrics",
    "Runs",
    "Compare",
    "Race",
)


@runtime_checkable
class PaneShower(Protocol):
    """A screen with panes."""

    def action_show_pane(self, pane: str) -> None:
        """Show a pane and put the focus there."""


@dataclass(frozen=True, slots=True)
class Command:
    """One action that can be run now."""

    title: str
    key: Key
    place: Place
    node: DOMNode
    """Where the action is."""


class Commands(Provider):
    """Offers the actions by group and label, each with its keys."""

    async def discover(self) -> Hits:
        """List the important ones."""
        for command in self.commands():
            if command.key.in_palette or command.place.pane:
                yield DiscoveryHit(command.title, partial(self._run, command), help=command.key.tooltip)

    async def search(self, query: str) -> Hits:
        """List those that match the typed letters, a vim command's first."""
        matcher = self.matcher(query)
        wanted = ALIASES.get(query.strip().lstrip(":"))
        for command in self.commands():
            score = 100.0 if command.key.id == wanted else matcher.match(command.title)
            if score > 0:
                title = matcher.highlight(command.title)
                yield Hit(score, title, partial(self._run, command), help=command.key.tooltip)

    def commands(self) -> Iterator[Command]:
        """Return all actions that the screen has; one of the program once, whoever else has keys for it."""
        everywhere: set[str] = set()
        keymap = self.app.keymap.keys if isinstance(self.app, Keyed) else {}
        for place in PLACES:
            if place.name not in _OFFERED:
                continue
            for key in place.keys:
                node = self._node(key, place)
                if node is None or key.id == "app.palette" or key.action in everywhere:
                    continue
                if node is self.app:
                    everywhere.add(key.action)
                names = " ".join(spelled(name) for name in keymap.get(key.id, key.keys))
                title = f"{key.group}: {key.label}" + (f" ({names})" if names else "")
                yield Command(title, key, place, node)

    def _node(self, key: Key, place: Place) -> DOMNode | None:
        owner, name = _parts(key)
        node: DOMNode = self.screen
        if owner == "app":
            node = self.app
        elif place.selector and not owner:
            try:
                node = self.screen.query_one(place.selector)
            except NoMatches:
                return None
        return node if hasattr(node, f"action_{name.partition('(')[0]}") else None

    async def _run(self, command: Command) -> None:
        if command.place.pane and isinstance(self.screen, PaneShower):
            self.screen.action_show_pane(command.place.pane)
        _, name = _parts(command.key)
        await self.app.run_action(name, default_namespace=command.node)


def _parts(key: Key) -> tuple[str, str]:
    """Return whose action it is, `app`, `screen` or nothing, and its name with its arguments."""
    owner, _, name = key.action.partition("(")[0].rpartition(".")
    return owner, key.action.removeprefix(f"{owner}." if owner else "")
