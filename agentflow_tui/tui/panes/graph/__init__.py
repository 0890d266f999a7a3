"""The graph: the plan as boxes and lines that show where the run stands."""
