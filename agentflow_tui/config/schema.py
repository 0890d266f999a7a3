"""The JSON Schema of a flow file, for editors."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from agentflow_tui.config.flow import Flow
from agentflow_tui.config.known_keys import tables_below


def json_schema() -> dict[str, Any]:
    """Describe an `agentflow.toml` as JSON Schema (draft 2020-12), each key with its description."""
    schema = Flow.model_json_schema()
    definitions = {**schema.get("$defs", {}), Flow.__name__: schema}
    for table in tables_below(Flow):
        properties = definitions[table.__name__].get("properties", {})
        for name, text in _descriptions(table):
            if name in properties:
                properties[name]["description"] = text
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "agentflow.toml"}


def _descriptions(table: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Yield the texts below a table's fields in its source; read here, as it would slow down every start."""
    for owner in reversed(
        [kind for kind in table.__mro__ if issubclass(kind, BaseModel) and kind is not BaseModel]
    ):
        (definition,) = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
        body = definition.body if isinstance(definition, ast.ClassDef) else []
        for field, text in zip(body, body[1:], strict=False):
            match field, text:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(
                    value=ast.Constant(value=str(description))
                ):
                    yield name, " ".join(description.split())
