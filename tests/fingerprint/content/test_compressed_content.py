"""Content digests of compressed files: what they hold, under its name."""

from __future__ import annotations

import bz2
import gzip
import lzma
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselaw.fingerprint import file_digest
from caselaw.fingerprint.content import content_digest, readers, source

EVENTS = b"events " * 100_000

COMPRESSED: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".xz": lzma.compress,
    ".lzma": lambda content: lzma.compress(content, lzma.FORMAT_ALONE),
    ".bz2": bz2.compress,
    ".zst": lambda content: bytes(pa.Codec("zstd").compress(content, asbytes=True)),
}


def by_bytes(path: Path) -> str:
    return f"bytes:{file_digest(path)}"


@settings(deadline=None, max_examples=30)
@given(content=st.binary(max_size=300), level=st.integers(0, 9), cut=st.integers(0, 300), date=st.integers(0, 2**31))
def test_level_date_and_members_of_gzip_do_not_count(
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


@pytest.mark.parametrize("extension", sorted(COMPRESSED))
@settings(deadline=None, max_examples=20)
@given(content=st.binary(max_size=3000), cut=st.integers(0, 3000), other=st.binary(max_size=30))
def test_how_a_file_is_cut_does_not_count_and_what_it_holds_does(
    tmp_path_factory: pytest.TempPathFactory, extension: str, content: bytes, cut: int, other: bytes
) -> None:
    compress, path = COMPRESSED[extension], tmp_path_factory.mktemp("compressed") / f"file{extension}"
    parts = [content] if extension == ".lzma" else [content[:cut], content[cut:]]
    digests = []
    for written in (compress(content), b"".join(map(compress, parts)), compress(other)):
        path.write_bytes(written)
        digests.append(content_digest(path))
        assert digests[-1] != by_bytes(path)
    assert digests[0] == digests[1]
    assert (digests[0] == digests[2]) == (content == other)


@pytest.mark.parametrize("extension", sorted(COMPRESSED))
@pytest.mark.parametrize("size", [12, 30, -1, -8])
def test_a_truncated_file_counts_with_its_bytes(tmp_path: Path, extension: str, size: int) -> None:
    path = tmp_path / f"file{extension}"
    path.write_bytes(COMPRESSED[extension](EVENTS)[:size])
    assert content_digest(path) == by_bytes(path)


@pytest.mark.parametrize("extension", [".gz", ".xz", ".bz2"])
def test_a_wrong_checksum_counts_with_its_bytes(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"file{extension}"
    written = bytearray(COMPRESSED[extension](EVENTS))
    written[-6 if extension == ".gz" else len(written) // 2] ^= 1
    path.write_bytes(written)
    assert content_digest(path) == by_bytes(path)


@pytest.mark.parametrize("extension", [".gz", ".xz", ".bz2", ".zst"])
def test_a_file_with_more_behind_its_end_counts_with_its_bytes(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"file{extension}"
    path.write_bytes(COMPRESSED[extension](EVENTS) + b"more")
    assert content_digest(path) == by_bytes(path)


@pytest.mark.parametrize("extension", sorted(COMPRESSED))
def test_what_is_inside_counts_by_its_own_name(tmp_path: Path, extension: str) -> None:
    digests = []
    for content in (b'{"pt": 1.0}', b'{"pt":\n1.00}', b'{"pt": 2.0}'):
        path = tmp_path / f"cutflow.json{extension}"
        path.write_bytes(COMPRESSED[extension](content))
        digests.append(content_digest(path))
    assert digests[0] == digests[1] != digests[2]


def test_a_drawing_in_svgz_counts_as_a_drawing(tmp_path: Path) -> None:
    digests = []
    for name in ("p0123456789", "paaaaaaaaaa"):
        path = tmp_path / "plot.svgz"
        path.write_bytes(gzip.compress(f'<svg xmlns="http://www.w3.org/2000/svg"><g id="{name}"/></svg>'.encode()))
        digests.append(content_digest(path))
    assert digests[0] == digests[1]


def test_what_is_not_as_its_name_says_counts_with_its_bytes_inside(tmp_path: Path) -> None:
    digests = []
    for level, content in ((1, b"not JSON"), (9, b"not JSON"), (9, b"not  JSON")):
        path = tmp_path / "cutflow.json.gz"
        path.write_bytes(gzip.compress(content, level))
        digests.append(content_digest(path))
    assert digests[0] == digests[1] != digests[2]


def test_a_large_file_inside_counts_with_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "HELD_BYTES", 10)
    digests = []
    for content in (b'{"pt": 1.0}', b'{"pt":  1.0}'):
        path = tmp_path / "cutflow.json.gz"
        path.write_bytes(gzip.compress(content))
        digests.append(content_digest(path))
    assert digests[0] != digests[1]
    assert all(digest.startswith("gzip:") for digest in digests)


def test_files_in_files_count_by_what_they_hold_to_a_depth(tmp_path: Path) -> None:
    def nested(depth: int, date: int) -> str:
        content = b"events"
        for _ in range(depth):
            content = gzip.compress(content, mtime=date)
        path = tmp_path / f"events{'.gz' * depth}"
        path.write_bytes(content)
        return content_digest(path)

    assert nested(source.DEPTH, 1) == nested(source.DEPTH, 2)
    assert nested(source.DEPTH + 2, 1) != nested(source.DEPTH + 2, 2)


@pytest.mark.parametrize("extension", sorted(COMPRESSED))
def test_a_bomb_counts_with_its_bytes_after_a_bounded_time(
    tmp_path: Path, extension: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "EXPANDED_BYTES", 1 << 19)
    content = bytes(30 << 20)
    path = tmp_path / f"bomb.txt{extension}"
    path.write_bytes(COMPRESSED[extension](content))
    assert path.stat().st_size * source.EXPANSION < len(content)
    start = time.process_time()
    assert content_digest(path) == by_bytes(path)
    bounded = time.process_time() - start
    monkeypatch.setattr(source, "EXPANDED_BYTES", 1 << 30)
    start = time.process_time()
    assert content_digest(path) != by_bytes(path)
    assert bounded < (time.process_time() - start) / 2


@pytest.mark.parametrize("extension", [".gz", ".xz", ".bz2"])
def test_very_many_empty_streams_are_read_in_linear_time(tmp_path: Path, extension: str) -> None:
    def seconds(count: int) -> float:
        path = tmp_path / f"file.txt{extension}"
        path.write_bytes(COMPRESSED[extension](b"") * count)
        start = time.process_time()
        assert content_digest(path) != by_bytes(path)
        return time.process_time() - start

    seconds(100)
    assert seconds(40_000) < 25 * seconds(4_000)


def test_an_xz_file_that_asks_for_much_memory_counts_with_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "file.xz"
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
    written = bytearray(lzma.compress(b"events", filters=filters))
    path.write_bytes(written)
    assert content_digest(path).startswith("xz:")
    path.write_bytes(asks_for_memory(written))
    assert content_digest(path) == by_bytes(path)


def asks_for_memory(written: bytearray) -> bytearray:
    """The header of the first block with the largest size of a dictionary that the format has."""
    block = 12  # behind the header of the stream
    length = (written[block] + 1) * 4
    place = written.index(b"\x21\x01", block) + 2  # LZMA2, with one byte of properties
    written[place] = 40
    checksum = lzma_crc(bytes(written[block : block + length - 4]))
    written[block + length - 4 : block + length] = checksum
    return written


def lzma_crc(data: bytes) -> bytes:
    import zlib

    return zlib.crc32(data).to_bytes(4, "little")
