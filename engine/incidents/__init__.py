"""Incidents: what failed, told, repaired and tried again."""
