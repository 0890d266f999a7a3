"""Flow files: TOML text to a checked `Flow` and back, with problems by line and column."""
