"""Copies within a server, and from server to server."""
