"""Files as they are drawn, before anybody judges them."""
