"""Cases that belong together 后续案件: one is linked to another, or opened as its follow-up."""
