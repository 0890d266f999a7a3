"""One number against what was promised of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """A measured value and its bound."""

    what: str
    value: float
    unit: str
    bound: float
    is_least: bool = False
    """True when the value has to be at least the bound; else it is at most."""

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return self.value >= self.bound if self.is_least else self.value <= self.bound

    @property
    def word(self) -> str:
        """The same for a person."""
        return "holds" if self.holds else "MISSED"

    def line(self) -> str:
        """The verdict as one line of a list."""
        return (
            f"{self.what:<64}{self.value:10.2f} {self.unit:<8} {self.relation} {self.bound:<6.4g} {self.word}"
        )

    def cell(self) -> str:
        """The verdict without its subject, for a table."""
        return f"{self.value:.2f} {self.relation} {self.bound:g} {self.word}"

    @property
    def relation(self) -> str:
        """How the value has to stand to the bound."""
        return "≥" if self.is_least else "≤"

    def facts(self) -> dict[str, object]:
        """The verdict for a program."""
        return asdict(self) | {"holds": self.holds}
