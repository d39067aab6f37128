"""Where tables for people go."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 160
"""Columns where the output goes to no terminal: names of symbols and outputs are long."""


def console_for_people() -> Console:
    """Standard output: as wide as the terminal, or wide enough for long names."""
    from rich.console import Console

    return Console(soft_wrap=True, highlight=False, width=None if sys.stdout.isatty() else WIDTH)
