"""The four panes of the workbench."""
