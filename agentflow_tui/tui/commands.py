"""The command palette: every action of the table that the screen has."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from agentflow_tui.tui.keymap.bind import spelled
from agentflow_tui.tui.keymap.key import Key
from agentflow_tui.tui.keymap.table import EDITOR, EVERYWHERE, GALLERY, WORKBENCH


class Commands(Provider):
    """Offers the actions by group and label, each with its keys."""

    async def discover(self) -> Hits:
        """List all of them."""
        for title, key in self._keys():
            yield DiscoveryHit(title, partial(self._run, key), help=key.tooltip)

    async def search(self, query: str) -> Hits:
        """List those that match the typed letters."""
        matcher = self.matcher(query)
        for title, key in self._keys():
            if (score := matcher.match(title)) > 0:
                yield Hit(score, matcher.highlight(title), partial(self._run, key), help=key.tooltip)

    def _keys(self) -> Iterator[tuple[str, Key]]:
        for key in (*WORKBENCH, *EDITOR, *GALLERY, *EVERYWHERE):
            owner, name = _parts(key)
            node = self.app if owner == "app" else self.screen
            if key.in_palette and hasattr(node, f"action_{name.partition('(')[0]}"):
                keys = " ".join(spelled(k) for k in key.keys)
                yield f"{key.group}: {key.label} ({keys})", key

    async def _run(self, key: Key) -> None:
        owner, name = _parts(key)
        await self.app.run_action(f"{owner}.{name}")


def _parts(key: Key) -> tuple[str, str]:
    """Return whose action it is, `app` or `screen`, and its name with its arguments."""
    owner, _, name = key.action.rpartition(".")
    return owner or "screen", name
