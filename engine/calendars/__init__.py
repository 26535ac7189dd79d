"""The company's calendars: stored by revision, seeded, and changed by people after a preview."""

from __future__ import annotations

from engine.calendars.stored import (
    BY_NOTICE,
    COMPANY,
    PROVISIONAL,
    REVISION,
    STANDARD_CODE,
    Kept,
    Revision,
    SetDay,
    Stored,
    current,
    of,
    revision,
    revisions,
)

__all__ = [
    "BY_NOTICE", "COMPANY", "PROVISIONAL", "REVISION", "STANDARD_CODE", "Kept", "Revision",
    "SetDay", "Stored", "current", "of", "revision", "revisions",
]  # fmt: skip
