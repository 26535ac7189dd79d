"""What each kind of element does when a token is on it, and what its drawing says of that."""
