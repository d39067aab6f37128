"""How outputs get their names: written aside, verified, recorded, renamed, uploaded."""
