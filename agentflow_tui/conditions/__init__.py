"""The small expression language that flows use to decide where to go next."""
