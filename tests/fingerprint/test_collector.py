"""The garbage collector is as it was after it has been paused."""

from __future__ import annotations

import gc

import pytest

from caselaw.fingerprint.collector import paused_collector


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_on_or_off_as_before_also_after_an_error(enabled):
    was_enabled = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        with pytest.raises(ValueError, match="within"), paused_collector():
            assert not gc.isenabled()
            raise ValueError("within")
        assert gc.isenabled() == enabled
    finally:
        (gc.enable if was_enabled else gc.disable)()


def test_what_somebody_froze_stays_frozen():
    gc.freeze()
    try:
        with paused_collector():
            pass
        assert gc.get_freeze_count()
    finally:
        gc.unfreeze()
