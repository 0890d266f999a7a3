"""The program: `agentflow-tui`, and `python -m agentflow_tui`, which is the same."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command line; Ctrl-C while it still loads ends it as quietly as later."""
    try:
        from agentflow_tui.cli.opening import is_opening, open_in_terminal

        if sys.stdout is not None and is_opening(sys.argv[1:]):
            # Without the other commands, the first picture is there sooner.
            sys.exit(open_in_terminal(Path(sys.argv[1]) if sys.argv[1:] else None))
        from agentflow_tui.cli.main import main as run
    except KeyboardInterrupt:
        os._exit(130)
    run()


if __name__ == "__main__":
    main()
