"""A terminal workbench for agent workflows."""

__version__ = "0.1.0"
