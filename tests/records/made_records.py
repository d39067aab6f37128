"""Records for tests."""

from __future__ import annotations

from typing import Any

from caselaw.records import Record


def record(fingerprint: str = "f" * 20, **changes: Any) -> Record:
    """A record as a task without branches writes it, but for `changes`."""
    content: dict[str, Any] = dict(
        family="Fit", parameters={"dataset": "ttbar"}, branch_value=None, identity="none", fingerprint=fingerprint,
        own="0" * 64, inputs={"nano": {"keys": "k", "content": "c"}}, content="content",
        outputs={"fit": {"name": f"fit.{fingerprint}.json", "sha256": "0", "bytes": 1, "digest": "bytes:0"}},
        host="here", started=1.0, ended=3.5, cpu_seconds=2.0, peak_memory=10**8,
    )  # fmt: skip
    return Record(**{**content, **changes})
