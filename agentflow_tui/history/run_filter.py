"""Which runs a list shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Every field that is set must fit; an empty filter lets all runs through."""

    text: str = ""
    """Somewhere in the name, the flow, the id, the tags or the error; case does not matter."""
    flow: str = ""
    mode: str = ""
    status: str = ""
    tag: str = ""
    parent_run: str = ""
    limit: int = -1
    """At most so many, the newest; -1: all."""

    def where(self) -> tuple[str, tuple[str, ...]]:
        """Return the SQL condition and its values."""
        parts: list[str] = []
        values: list[str] = []
        for column in ("flow", "mode", "status", "parent_run"):
            if value := getattr(self, column):
                parts.append(f"{column} = ?")
                values.append(value)
        if self.tag:
            parts.append("EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)")
            values.append(self.tag)
        if self.text:
            columns = ("name", "flow", "run_id", "tags", "error")
            parts.append("(" + " OR ".join(f"{column} LIKE ? ESCAPE '\\'" for column in columns) + ")")
            escaped = self.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            values += [f"%{escaped}%"] * len(columns)
        return " AND ".join(parts) or "1", tuple(values)
