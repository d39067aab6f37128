"""Requests: connections, retries, doors, limits of rate."""
