"""The verbs of Banjie: cases, tasks, people. Knows no HTTP and never commits.

Only signing in opens a transaction of its own: a guess is counted before it is verified.
"""

from __future__ import annotations
