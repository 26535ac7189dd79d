"""The goods return: its people, and what stands in the database once a run is over."""

from __future__ import annotations

from datetime import UTC, datetime

PROCEDURE = "goods-return"
PASSWORD = "chaos everywhere"
CLERKS = tuple(f"clerk-{n}" for n in range(1, 9))
T0 = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
