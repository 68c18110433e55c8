"""Photos of visits: their bytes come on a channel of their own, after all entries."""
