"""What people may do with a task or a case besides doing it, as one table of words."""
