"""Every key of the program, as plain data."""
