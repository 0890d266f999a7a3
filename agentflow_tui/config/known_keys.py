"""Which keys a table of the file knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel


def known_keys(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """List the keys of the table at `path` below `model`; nothing where no such table is."""
    kind: Any = model
    for part in path:
        kind = _inside(kind, part)
        if kind is None:
            return []
    table = _table_of(kind)
    return [] if table is None else list(table.model_fields)


def tables_below(model: type[BaseModel]) -> list[type[BaseModel]]:
    """List `model` and every table that can stand in it, each once."""
    found: dict[type[BaseModel], None] = {}
    waiting: list[Any] = [model]
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if kind not in found:
                found[kind] = None
                waiting += [field.annotation for field in kind.model_fields.values()]
        else:
            waiting += get_args(kind)
    return list(found)


def _inside(kind: Any, part: str | int) -> Any:
    if isinstance(part, int):
        return next((item for item in _variants(kind, list)), None)
    table = _table_of(kind)
    if table is not None:
        field = table.model_fields.get(part)
        return None if field is None else field.annotation
    return next((item for item in _variants(kind, dict)), None)


def _variants(kind: Any, container: type) -> list[Any]:
    if get_origin(kind) is container:
        return [get_args(kind)[-1]]
    return [item for option in get_args(kind) for item in _variants(option, container)]


def _table_of(kind: Any) -> type[BaseModel] | None:
    options = (kind, *get_args(kind)) if get_origin(kind) not in (list, dict) else ()
    return next(
        (option for option in options if isinstance(option, type) and issubclass(option, BaseModel)), None
    )
