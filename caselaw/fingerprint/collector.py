"""The cyclic garbage collector, paused while much is made that holds no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collector() -> Iterator[None]:
    """Without the collector: it would look through all tables and trees again and again, and find nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if not gc.get_freeze_count():  # or what somebody froze would thaw
                gc.freeze()
                gc.unfreeze()  # what was made counts as old: it is not looked through as soon as the collector is back
            gc.enable()
