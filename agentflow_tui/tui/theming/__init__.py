"""Themes from TOML files, checked before Textual sees them."""
