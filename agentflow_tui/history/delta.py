"""What one agent run set and removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from agentflow_tui.history.quick_init import quick


@quick
@dataclass(frozen=True, slots=True)
class Delta:
    """The keys of the state that were set or removed, with their whole new values (semantics §1, §2)."""

    set: Mapping[str, Any] = field(default_factory=dict)
    """Data key to new JSON value; never changed after it was made."""
    removed: tuple[str, ...] = ()
    """Data keys that are gone, sorted."""
    meta_set: Mapping[str, str] = field(default_factory=dict)
    meta_removed: tuple[str, ...] = ()
    made: ClassVar[Callable[..., Delta]]
    """Makes one from its fields, faster than a call of the class does: see `quick`."""

    @property
    def is_empty(self) -> bool:
        """True when nothing changed."""
        return not (self.set or self.removed or self.meta_set or self.meta_removed)


EMPTY_DELTA = Delta()
