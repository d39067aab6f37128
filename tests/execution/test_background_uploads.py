"""Uploads beside a run go in few batches while branches run, and at once when none does."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from caselaw.execution import background_uploads
from caselaw.execution.background_uploads import Sender
from caselaw.execution.job import Outcome
from caselaw.storage.local_store import LocalStore


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many branches each batch had; there is nothing in the outbox, and nothing fails."""
    sizes: list[int] = []

    def upload(store: object, folders: list[Path]) -> dict[Path, Exception | None]:
        sizes.append(len(folders))
        return dict.fromkeys(folders)

    monkeypatch.setattr(background_uploads, "upload", upload)
    return sizes


def sent(sender: Sender, number: int) -> float:
    """Seconds until as many outcomes have ended."""
    start = time.monotonic()
    while number:
        number -= len(sender.ended(10))
    return time.monotonic() - start


def add(sender: Sender, numbers: range) -> None:
    for number in numbers:
        sender.add(Outcome(number, 0.0, None, 0, f"folder {number}"))


def test_the_first_branch_waits_for_nothing_and_others_for_each_other(batches: list[int], tmp_path: Path) -> None:
    sender = Sender(LocalStore(str(tmp_path)))
    add(sender, range(1))
    assert sent(sender, 1) < 0.9 * background_uploads.SECONDS_TOGETHER
    for number in range(5):
        time.sleep(0.02)
        add(sender, range(number, number + 1))
    assert sent(sender, 5) > 0
    assert len(batches) < 4, batches
    sender.close()


def test_when_no_branch_runs_nothing_is_waited_for(
    batches: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background_uploads, "SECONDS_TOGETHER", 60.0)
    sender = Sender(LocalStore(str(tmp_path)))
    for _ in range(3):
        add(sender, range(2))
        sender.hurry()
        assert sent(sender, 2) < 30
    sender.close()


def test_a_batch_that_is_full_is_sent(batches: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background_uploads, "SECONDS_TOGETHER", 60.0)
    sender = Sender(LocalStore(str(tmp_path)))
    add(sender, range(1))
    sent(sender, 1)
    add(sender, range(background_uploads.BATCH))
    assert sent(sender, background_uploads.BATCH) < 30 and batches[-1] == background_uploads.BATCH
    sender.close()
