"""Figures of a measurement: one kind of figure per module, each drawn from plain arrays."""
