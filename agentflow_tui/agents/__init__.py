"""What a step of a plan calls: language-model agents and Python handlers."""
