"""What the inspector says about itself."""

from __future__ import annotations

INSPECTOR_HELP = """\
# Inspector

What the selected agent was given, changed, wrote and asked. With nothing selected: the last agent that ran.

- **State**: every key with its type and size; **enter** opens a value. Above it the expressions that **Q**
  watches, with their values at the cursor, and what the agent is pinned to; **enter** edits them.
- **Diff**: what the agent changed; **d** compares with its previous iteration, with the start of the run,
  or with the point that **m** marked. `+` added, `-` removed, `~` changed, `↷` moved.
  In a wide pane long texts are side by side.
- **Output**: the text as it streams in; agents that write at the same time are side by side in a wide pane,
  **c** goes from one to the next.
- **Calls**: each model call with its prompt, tokens, timing and raw answer; **enter** opens and closes.
- **Writers**: who wrote a key, with every value. **[** and **]** go to the moment when it was written before
  or next.
- **Loop**: iterations as columns, keys as rows; a click on a column goes there, **enter** shows a key's
  writers.

**←** and **→** change the tab. **/** searches, **n** and **N** go on and back.
**y** copies the value under the cursor, **Y** its path, **J** its JSON; **v** shows it by itself, in full.
"""
