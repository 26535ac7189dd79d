"""A demo company with a past: complaints of a year, made by the engine's own verbs."""
