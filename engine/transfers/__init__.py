"""Open cases go to another version of their procedure: foreseen one by one, then moved together."""
