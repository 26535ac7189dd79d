"""Duties: procedures that the clock starts, planned on calendars and started once a round."""

from __future__ import annotations
