"""What people do with a task besides doing it; the case stays where the diagram has it."""
