"""Files and folders written, renamed, removed."""
