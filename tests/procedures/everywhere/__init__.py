"""Every flexible action at every step of the scenarios E01, E04 and E07, in a virtual clock."""
