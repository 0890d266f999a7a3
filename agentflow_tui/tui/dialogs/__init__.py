"""Modal dialogs; each returns a value to its caller."""
