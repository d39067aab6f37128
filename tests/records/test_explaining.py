"""Whose outputs lie there, where a user vouched for some and caselaw made others of the same fingerprint."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from made_records import record

from caselaw.fingerprint import FileDigests
from caselaw.records import RecordIndex, write_records
from caselaw.records.explaining import vouched

SAID = {"by": "somebody", "when": "then", "why": "it is right"}


def said_of(fingerprint: str, content: bytes | None) -> dict[str, dict[str, object]]:
    """What a record says of an output; None for one that nobody has read."""
    sha256 = "" if content is None else hashlib.sha256(content).hexdigest()
    return {"fit": {"name": f"fit.{fingerprint}.json", "bytes": 1, "sha256": sha256, "digest": f"bytes:{sha256}"}}


@pytest.mark.parametrize("hours", [-1, 1])
@pytest.mark.parametrize(
    ("of_user", "holds", "stands"),
    [(b"u", b"u", True), (b"u", b"m", False), (None, b"u", True), (None, b"m", False), (b"m", b"m", True)],
)
def test_no_clock_tells_what_a_user_vouched_for(
    tmp_path: Path, hours: int, of_user: bytes | None, holds: bytes, stands: bool
) -> None:
    folder, index = str(tmp_path / "Fit"), RecordIndex(tmp_path / "records.sqlite")
    made = record("f", ended=1e9, outputs=said_of("f", b"m"))
    of_others = record("f", ended=1e9 + 3600 * hours, outputs=said_of("f", of_user), vouched=SAID)
    alone = record("g", outputs=said_of("g", None), vouched=SAID)
    write_records(folder, [made, of_others, alone])
    (tmp_path / "Fit" / "fit.f.json").write_bytes(holds)
    expected = {"f": SAID, "g": SAID} if stands else {"g": SAID}
    assert vouched(index, folder, FileDigests(tmp_path / "digests.sqlite")) == expected
