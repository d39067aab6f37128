"""Files read: whole, by ranges, in order."""
