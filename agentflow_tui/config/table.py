"""What every table of a flow file has in common."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, PlainSerializer, PlainValidator, model_validator
from pydantic_core import PydanticCustomError

from agentflow_tui.conditions import Condition, ConditionSyntaxError, parse_condition
from agentflow_tui.config.duration import Duration, Seconds


class Table(BaseModel):
    """One table of the file: strict about types, closed to unknown keys, unchangeable once read."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class TimedTable(Table):
    """A table with a time limit in either spelling; both at once must agree (semantics §9)."""

    timeout_seconds: Seconds | None = None
    """The limit in seconds; none when absent."""
    timeout: Duration | None = None
    """The limit as text, such as "90s"; another spelling of timeout_seconds."""

    @model_validator(mode="after")
    def _one_timeout(self) -> Self:
        if self.timeout is None:
            return self
        if "timeout_seconds" in self.model_fields_set and self.timeout_seconds != self.timeout:
            raise conflict("timeout", "timeout and timeout_seconds disagree", "keep one of them")
        settle(self, "timeout_seconds", self.timeout)
        return self


def settle(table: Table, key: str, value: object) -> None:
    """Set a field of a table that is being read, to the value that another spelling of it gave."""
    object.__setattr__(table, key, value)
    table.model_fields_set.add(key)


def conflict(key: str, message: str, hint: str) -> PydanticCustomError:
    """Make the error for keys of one table that do not fit together; it is reported at `key`."""
    return PydanticCustomError("conflict", "{reason}", {"reason": message, "key": key, "hint": hint})


def _condition(value: Any) -> Condition:
    if isinstance(value, Condition):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError(
            "condition_type", "must be a condition as text", {"hint": 'write it like "quality_score >= 0.9"'}
        )
    try:
        return parse_condition(value)
    except ConditionSyntaxError as error:
        raise PydanticCustomError(
            "condition",
            "{reason}",
            {
                "reason": error.message,
                "column": error.column,
                "end_column": error.end_column,
                "hint": error.hint,
            },
        ) from None


ConditionText = Annotated[
    Condition,
    PlainValidator(_condition, json_schema_input_type=str),
    PlainSerializer(lambda condition: condition.text, return_type=str),
]
"""A condition, parsed when the file is read (semantics §4)."""
