"""What the inspector says about itself."""

from __future__ import annotations

INSPECTOR_HELP = """\
# Inspector

What the selected agent was given, changed, wrote and asked. With nothing selected: the last agent that ran.

- **State**: every key with its type and size; **{rows.choose}** opens a value. Above it the expressions that
  **{watch.list}** watches, with their values at the cursor, and what the agent is pinned to;
  **{rows.choose}** edits them.
- **Diff**: what the agent changed; **{history.diff}** compares with its previous iteration, with the start of
  the run, or with the point that **{inspector.mark}** marked. `+` added, `-` removed, `~` changed, `↷` moved.
  In a wide pane long texts are side by side.
- **Output**: the text as it streams in; agents that write at the same time are side by side in a wide pane,
  **{inspector.column}** goes from one to the next.
- **Calls**: each model call with its prompt, tokens, timing and raw answer; **{rows.choose}** opens and
  closes.
- **Writers**: who wrote a key, with every value. **{inspector.writer-before}** and
  **{inspector.writer-next}** go to the moment when it was written before or next.
- **Loop**: iterations as columns, keys as rows; a click on a column goes there, **{rows.choose}** shows a
  key's writers.

**{inspector.previous}** and **{inspector.next}** change the tab. **{inspector.search}** searches,
**{inspector.found}** and **{inspector.found-before}** go on and back. **{file.yank}** copies the value under
the cursor, **{inspector.yank-path}** its path, **{inspector.yank-json}** its JSON; **{inspector.pager}**
shows it by itself, in full.
"""
