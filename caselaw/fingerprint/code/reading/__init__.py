"""What source files say: from their text to tables of the names that they define."""
