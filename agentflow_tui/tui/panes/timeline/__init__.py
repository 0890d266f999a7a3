"""The timeline: the run's history, every line one event."""
