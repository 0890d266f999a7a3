"""The command line: one command per verb; opens the terminal interface lazily."""
