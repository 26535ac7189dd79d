"""How a diagram is drawn: shapes, lines and labels, and whether people can read it."""
