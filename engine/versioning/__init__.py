"""How versions follow each other: published, planned, withdrawn, published again, compared."""
