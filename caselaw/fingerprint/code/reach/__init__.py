"""What a task reaches: from the tables of source files to the symbols that count."""
