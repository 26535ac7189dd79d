"""Verifying: what is stored, held against the chains of entries."""
