"""Event selections: which events of a NanoAOD file count, and what is measured in them."""
