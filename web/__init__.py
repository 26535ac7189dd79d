"""The inbox and its neighbours: parse, call one verb, show or redirect."""

from __future__ import annotations
