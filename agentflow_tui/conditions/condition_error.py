"""What can be wrong with a condition: its text when a flow is read, or its values while a flow runs."""

from __future__ import annotations


class ConditionSyntaxError(ValueError):
    """A condition's text is not in the language; raised when it is parsed (semantics §4).

    `line` is always 1, because a condition is one line. `column` and `end_column` count characters of the
    condition's text from 1; `end_column` is the first one after the fault.
    """

    def __init__(self, message: str, column: int, end_column: int | None = None, hint: str = "") -> None:
        """Keep the place of the fault beside its text."""
        super().__init__(message)
        self.message = message
        self.line = 1
        self.column = column
        self.end_column = column + 1 if end_column is None else max(end_column, column + 1)
        self.hint = hint


class ConditionError(Exception):
    """A condition cannot be answered for these values, such as a division by zero (semantics §9)."""
