"""The program: `agentflow-tui`, and `python -m agentflow_tui`, which is the same."""

from __future__ import annotations

import os


def main() -> None:
    """Run the command line; Ctrl-C while it still loads ends it as quietly as later."""
    try:
        from agentflow_tui.cli.main import main as run
    except KeyboardInterrupt:
        os._exit(130)
    run()


if __name__ == "__main__":
    main()
