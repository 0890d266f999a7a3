"""The history of a run: its events, and the run state folded from them."""
