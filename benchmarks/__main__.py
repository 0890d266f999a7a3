"""`make bench`: every benchmark, one line or table each."""

from __future__ import annotations

from benchmarks import first_paint

first_paint.report()
