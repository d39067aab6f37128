"""The one port to files: on this machine, and on servers of every kind."""
