"""Decision tables and expressions as decisions: read from DMN files, compiled, and decided."""
