"""The tables, as SQLAlchemy Core metadata; each is written by the module that carries its name."""

from __future__ import annotations

from engine.tables.base import Key, Moment, metadata
from engine.tables.casework import case_codes, case_ties, cases, counters, interventions
from engine.tables.company import people, roles, settings, sign_in_failures, substitutions
from engine.tables.deskwork import cancelled_tasks, drafts, notices, signings, tasks
from engine.tables.exchange import calls, incidents, messages, waits
from engine.tables.procedures import files, transfer_cases, transfers, version_files, versions
from engine.tables.record import attachments, blobs, entries, journal
from engine.tables.timekeeping import (
    calendar_days,
    calendar_revisions,
    calendar_uses,
    calendars,
    duties,
    duty_runs,
    duty_switches,
)

__all__ = [
    "Key",
    "Moment",
    "attachments",
    "blobs",
    "calendar_days",
    "calendar_revisions",
    "calendar_uses",
    "calendars",
    "calls",
    "cancelled_tasks",
    "case_codes",
    "case_ties",
    "cases",
    "counters",
    "drafts",
    "duties",
    "duty_runs",
    "duty_switches",
    "entries",
    "files",
    "incidents",
    "interventions",
    "journal",
    "messages",
    "metadata",
    "notices",
    "people",
    "roles",
    "settings",
    "sign_in_failures",
    "signings",
    "substitutions",
    "tasks",
    "transfer_cases",
    "transfers",
    "version_files",
    "versions",
    "waits",
]
