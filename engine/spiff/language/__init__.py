"""Our expressions: what they may say, how they compute, and what they can come to."""
