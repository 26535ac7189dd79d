"""Cases: how they begin, move, are stored, and how they are listed."""
