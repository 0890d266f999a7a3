"""Running a plan: state, interpreter, hooks, limits, clock and control."""
