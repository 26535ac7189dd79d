"""The verbs of Banjie: cases, tasks, people. Knows no HTTP and never commits."""

from __future__ import annotations
