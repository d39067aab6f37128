"""Tasks of plain law and luigi that need caselaw's, directly or through others: they see what changed above them."""
