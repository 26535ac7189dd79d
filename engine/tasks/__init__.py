"""Tasks: what waits for people, who may do it, and what is done with it."""
