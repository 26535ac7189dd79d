"""Administration: the pages of those who look after Banjie, a blueprint each."""
