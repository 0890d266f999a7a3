"""Texts from outside that would be obeyed, or damage the screen, if they were not taken as text."""

from __future__ import annotations

HOSTILE = ["[/foo]", "z [b + [/]", "[@click=app.quit]x[/]", "\x1b]52;c;cHduZWQ=\x1b\\", "a\u202eb", "\ud800"]
