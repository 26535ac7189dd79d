"""Messages and signals: sent from outside or by cases, kept, and delivered once to who waits."""
