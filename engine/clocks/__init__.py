"""The clocks of cases: reckoned anew with the calendars, paused with a reason, explained."""

from __future__ import annotations
