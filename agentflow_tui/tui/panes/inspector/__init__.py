"""The inspector: what an agent was given, changed, wrote and asked."""
