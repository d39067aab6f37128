"""Where tasks run: a persistent pool of worker processes."""
