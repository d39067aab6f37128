"""What is there: listings, properties, existence."""
