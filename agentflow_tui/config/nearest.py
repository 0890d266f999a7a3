"""The known name that was probably meant."""

from __future__ import annotations

from collections.abc import Collection

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

_CLOSE = 0.6
_LONGEST_NAME = 100
# Comparing thousands of names with thousands would keep an editor waiting.
_MOST_NAMES = 1000


def nearest_name(name: str, known: Collection[str]) -> str | None:
    """Return the known name that is most like `name`, or nothing when none is close (semantics §8)."""
    if len(name) > _LONGEST_NAME or not 0 < len(known) <= _MOST_NAMES:
        return None
    candidates = list(known)
    best = process.extractOne(
        name.lower(),
        candidates,
        scorer=OSA.normalized_similarity,
        score_cutoff=_CLOSE,
        processor=str.lower,
    )
    if best is None:
        best = process.extractOne(
            name.lower(),
            candidates,
            scorer=JaroWinkler.normalized_similarity,
            score_cutoff=0.9,
            processor=str.lower,
        )
    return None if best is None else str(best[0])
