"""What makes a class a kind of history event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast, dataclass_transform

from agentflow_tui.history.quick_init import quick

_Event = TypeVar("_Event", bound=type)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def kind(name: str) -> Callable[[_Event], _Event]:
    """Make a class a frozen dataclass with slots, made fast, and called `name` in stored histories."""

    def made(cls: _Event) -> _Event:
        setattr(cls, "kind", name)  # noqa: B010 - the type checker knows no `kind` of a bare type
        event: Any = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        return cast("_Event", quick(event))

    return made
