"""Who wrote a key, as rows: every writer with its value, and where the cursor stands between them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from agentflow_tui.history.diff import written
from agentflow_tui.history.provenance import Path, Provenance, Write
from agentflow_tui.tui.keymap.named_keys import with_keys
from agentflow_tui.tui.panes.inspector.amount import counted, short, type_of
from agentflow_tui.tui.panes.inspector.notice import explanation
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import one_line

SEQ = "seq"
"""First part of the key of a row that stands for an event."""
KEY = "key"
"""First part of the key of a row that stands for a key of the state."""
_LONGEST = 200
_MOST = 1_000
_BY = {"start": "▶ start of the run", "engine": "Δ engine", "merge": "╞ merge", "agent": "●"}


def spelled(path: Path) -> str:
    """Return a path of the state as people write it: `result.items[2]`, `meta.route`; not yet cleaned."""
    if len(path) < 2:  # noqa: PLR2004
        return path[0] if path else ""
    return written(path[1:]) if path[0] == "data" else f"meta.{written(path[1:])}"


def writer_rows(writes: Sequence[Write], path: Path, cursor: int) -> list[Row]:
    """Return the writers of one key, oldest first; the one whose value holds at `cursor` is marked."""
    count = one_line(counted(len(writes), "writer"), 40)
    head = Content.assemble(
        ("◂ all keys  ", "$foreground-muted"), (one_line(spelled(path), _LONGEST), "bold"), f"  {count}"
    )
    rows = [Row(head, value=spelled(path), key=(KEY,))]
    if not writes:
        return rows + explanation("Nobody has written this yet.")
    if len(writes) > _MOST:
        rows += explanation(f"… {len(writes) - _MOST:d} earlier writers are not listed.")
    holds = max((write.seq for write in writes if write.seq <= cursor), default=-1)
    return rows + [_writer(write, write.seq == holds, write.seq > cursor) for write in writes[-_MOST:]]


def key_rows(book: Provenance) -> list[Row]:
    """Return every key that was ever written, with how often and by whom last."""
    keys = book.written_keys()
    if not keys:
        return explanation(
            "No key has been written yet. When the flow runs, every key is here with all its writers."
        )
    rows = explanation(
        with_keys(
            "Choose a key to see who wrote it; {inspector.writer-before} and {inspector.writer-next} then go "
            "from writer to writer."
        )
    )
    for key in keys[:_MOST]:
        writes = book.writes(key)
        last = f"  {counted(len(writes), 'writer')}, last: {_who(writes[-1])}"
        content = Content.assemble(
            (one_line(spelled(key), _LONGEST), "$syntax-key"), (one_line(last, _LONGEST), "$foreground-muted")
        )
        rows.append(Row(content, value=writes[-1].value, key=(KEY, *key), is_wrapped=False))
    if len(keys) > _MOST:
        rows += explanation(f"… {len(keys) - _MOST:d} keys more; choose them in the State tab.")
    return rows


def _writer(write: Write, is_here: bool, is_later: bool) -> Row:
    value = "(removed)" if write.is_removal else short(write.value)
    size = f"  {type_of(write.value)}" if isinstance(write.value, str | dict | list) else ""
    muted = "$foreground-disabled" if is_later else ""
    content = Content.assemble(
        ("▶ " if is_here else "  ", "bold $primary"),
        (f"{write.seq:>5d}  ", "$foreground-muted"),
        (one_line(_who(write), _LONGEST), f"bold {muted}"),
        "  ",
        (one_line(value, _LONGEST), muted or ("$diff-removed" if write.is_removal else "$syntax-string")),
        (one_line(size, 60), "$foreground-muted"),
    )
    return Row(content, value=write.value, key=(SEQ, str(write.seq)), is_wrapped=False)


def _who(write: Write) -> str:
    parts = [f"{_BY[write.by]} {write.agent or write.path}".strip()]
    if write.iteration is not None:
        parts.append(f"it. {write.iteration}")
    if write.scope:
        parts.append(f"in {write.scope}")
    return " · ".join(parts)
