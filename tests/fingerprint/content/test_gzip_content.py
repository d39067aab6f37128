"""Content digests of gzip files."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselaw.fingerprint import file_digest
from caselaw.fingerprint.content import content_digest

EVENTS = b"events " * 100_000


@settings(deadline=None, max_examples=30)
@given(content=st.binary(max_size=300), level=st.integers(0, 9), cut=st.integers(0, 300), date=st.integers(0, 2**31))
def test_level_date_and_members_do_not_count(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, level: int, cut: int, date: int
) -> None:
    one, two = (tmp_path_factory.mktemp("gzip") / "file.gz" for _ in range(2))
    one.write_bytes(gzip.compress(content))
    two.write_bytes(b"".join(gzip.compress(part, level, mtime=date) for part in (content[:cut], content[cut:])))
    assert content_digest(one) == content_digest(two)


def test_the_name_in_the_header_does_not_count(tmp_path: Path) -> None:
    one, two = tmp_path / "one.gz", tmp_path / "two.gz"
    for path in (one, two):
        with gzip.open(path, "wb") as file:
            file.write(EVENTS)
    assert one.read_bytes() != two.read_bytes()
    assert content_digest(one) == content_digest(two)


def test_one_other_byte_counts(tmp_path: Path) -> None:
    one, two = tmp_path / "one.gz", tmp_path / "two.gz"
    one.write_bytes(gzip.compress(EVENTS))
    two.write_bytes(gzip.compress(EVENTS[:-1] + b"!"))
    assert content_digest(one) != content_digest(two)


@pytest.mark.parametrize("size", [12, 500, -1, -8])
def test_a_truncated_file_counts_with_its_bytes(tmp_path: Path, size: int) -> None:
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(EVENTS)[:size])
    assert content_digest(path) == f"bytes:{file_digest(path)}"


def test_a_wrong_checksum_counts_with_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "file.gz"
    written = bytearray(gzip.compress(EVENTS))
    written[-6] ^= 1
    path.write_bytes(written)
    assert content_digest(path) == f"bytes:{file_digest(path)}"
