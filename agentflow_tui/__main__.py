"""`python -m agentflow_tui` is the same as `agentflow-tui`."""

from agentflow_tui.cli.main import main

main()
