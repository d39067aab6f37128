"""Parts of files: the right bytes by few requests, whatever the server makes of ranges."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from double import Double
from hypothesis import given
from hypothesis import strategies as st
from webdav_server import Fault, Server

from griddav import WebDavFileSystem
from griddav.errors import NotAllowed, Refused
from griddav.http.retry import TransientError
from griddav.reading.ranges import GAP, LONGEST, MOST, batched, merged, parts

CONTENT = bytes(range(251)) * 8000
SPREAD = [(number * 100_000, number * 100_000 + 10 * number) for number in range(20)]


@pytest.fixture
def file(server: Server) -> str:
    server.nodes["/store/file"] = CONTENT
    return "/store/file"


def read(fs: WebDavFileSystem, path: str, ranges: list[tuple[int, int]], **options: int) -> list[bytes]:
    starts, ends = zip(*ranges, strict=True)
    found: list[bytes] = fs.cat_ranges([path] * len(ranges), list(starts), list(ends), **options)
    return found


def test_distant_parts_come_in_one_answer(fs: WebDavFileSystem, server: Server, file: str) -> None:
    assert read(fs, file, SPREAD) == [CONTENT[start:end] for start, end in SPREAD]
    assert server.count("GET") == 1


def test_close_parts_are_read_as_one(fs: WebDavFileSystem, server: Server, file: str) -> None:
    ranges = [(number * 200, number * 200 + 100) for number in range(500)]
    assert read(fs, file, ranges) == [CONTENT[start:end] for start, end in ranges]
    assert [each.headers["Range"] for each in server.seen if each.method == "GET"] == ["bytes=0-99899"]
    server.seen.clear()
    assert read(fs, file, ranges, max_gap=0) == [CONTENT[start:end] for start, end in ranges]
    assert server.count("GET") == 8


def test_a_server_that_answers_one_range_only_is_asked_for_each(
    fs: WebDavFileSystem, server: Server, file: str
) -> None:
    server.most_ranges = 1
    for _ in range(2):
        assert read(fs, file, SPREAD) == [CONTENT[start:end] for start, end in SPREAD]
    assert server.count("GET") == 2 * 19 + 1


@pytest.mark.parametrize("fault", [Fault("GET", keep=3000), Fault("GET", 503), Fault("GET", late=True)])
def test_a_broken_answer_is_asked_for_again(fs: WebDavFileSystem, server: Server, file: str, fault: Fault) -> None:
    server.faults.append(fault)
    assert read(fs, file, [*SPREAD[:5], (1_500_000, 1_510_000)])[-1] == CONTENT[1_500_000:1_510_000]
    assert server.count("GET") == 2


def test_slices_count_from_the_end_and_end_behind_it(fs: WebDavFileSystem, file: str) -> None:
    starts, ends = [None, -10, 5, 1_900_000, 9_000_000, 7], [3, None, -2_007_990, 5_000_000, 9_000_010, 7]
    assert fs.cat_ranges([file] * 6, starts, ends) == [
        CONTENT[start:end] for start, end in zip(starts, ends, strict=True)
    ]
    assert fs.cat_ranges([file], 1_999_999, 9_000_000) == [CONTENT[1_999_999:]]


def test_parts_behind_the_end_are_empty(fs: WebDavFileSystem, server: Server, file: str) -> None:
    assert read(fs, file, [(3_000_000, 3_000_010), (4_000_000, 4_000_010)]) == [b"", b""]
    server.nodes["/store/empty"] = b""
    assert read(fs, "/store/empty", [(0, 5), (100_000, 100_005)]) == [b"", b""]


def test_an_error_stands_in_place_of_the_bytes_or_is_raised(fs: WebDavFileSystem, file: str) -> None:
    found = fs.cat_ranges([file, "/none", file], [0, 0, 5], [3, 3, 8])
    assert found[::2] == [CONTENT[:3], CONTENT[5:8]] and isinstance(found[1], FileNotFoundError)
    with pytest.raises(FileNotFoundError):
        fs.cat_ranges([file, "/none"], 0, 3, on_error="raise")
    assert isinstance(fs.cat_ranges(["/store"] * 2, [0, 100_000], [3, 100_003])[0], IsADirectoryError)


RANGES = st.lists(st.tuples(st.integers(0, 300_000), st.integers(0, 300_000)), max_size=80)


@given(RANGES, st.integers(0, 2 * GAP))
def test_every_range_lies_in_one_that_is_asked_for(ranges: list[tuple[int, int]], gap: int) -> None:
    asked = merged(ranges, gap)
    assert all(any(a <= start and end <= b for a, b in asked) for start, end in ranges if start < end)
    assert asked == sorted(asked)
    assert sum(b - a for a, b in asked) <= sum(max(0, end - start) for start, end in ranges) + gap * len(ranges)
    batches = list(batched(asked))
    assert [each for batch in batches for each in batch] == asked
    assert all(len(batch) <= MOST for batch in batches)


def test_long_parts_are_not_put_together() -> None:
    long = [(0, LONGEST), (LONGEST, 2 * LONGEST)]
    assert merged(long, GAP) == long and list(batched(long)) == [[long[0]], [long[1]]]
    assert merged([(0, 3 * LONGEST), (5, 2 * LONGEST)], 0) == [(0, 3 * LONGEST)]


@given(st.lists(st.tuples(st.integers(0, 1000), st.binary(min_size=1, max_size=50)), min_size=1, max_size=5), st.data())
def test_an_answer_in_parts_is_read_by_its_lengths(pieces: list[tuple[int, bytes]], data: st.DataObject) -> None:
    pieces.append((2000, b"\r\n--cut--\r\n--cut\r\nContent-Range: bytes 0-1/2\r\n\r\nxx\r\n"))
    body = b"".join(
        b"\r\n--cut\r\nContent-Type: text/plain\r\ncontent-range: bytes %d-%d/9999\r\n\r\n%b"
        % (start, start + len(piece) - 1, piece)
        for start, piece in pieces
    )
    whole = body + b"\r\n--cut--\r\n"
    assert [(part.start, bytes(part.data), part.total) for part in parts(whole, b"cut")] == [
        (start, piece, 9999) for start, piece in pieces
    ]
    with pytest.raises(TransientError):
        parts(whole[: data.draw(st.integers(0, len(body)))], b"cut")


@pytest.mark.parametrize("kind", ["apache", "xrootd"])
def test_real_servers_answer_many_ranges_at_once(kind: str, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue(kind)
    fs = WebDavFileSystem(server.url, ca=str(server.ca), skip_instance_cache=True)
    fs.pipe_file("/store/ranges/file", CONTENT)
    ranges = [(start, start + 7) for start in range(0, 2_000_000, 10_000)] + [
        (1_999_000, 5_000_000),
        (3_000_000, 3_000_009),
    ]
    started = time.monotonic()
    assert read(fs, "/store/ranges/file", ranges, max_gap=0) == [CONTENT[start:end] for start, end in ranges]
    assert fs.client.many_ranges and time.monotonic() - started < 20
    fs.pipe_file("/store/ranges/empty", b"")
    assert read(fs, "/store/ranges/empty", [(0, 5), (100_000, 100_005)]) == [b"", b""]
    fs.rm("/store/ranges", recursive=True)


def test_the_pool_of_dcache_gives_every_part(double: Double) -> None:
    fs = WebDavFileSystem(double.url, skip_instance_cache=True)
    fs.pipe_file("/store/file", CONTENT)
    assert read(fs, "/store/file", SPREAD) == [CONTENT[start:end] for start, end in SPREAD]


# Reading in order

BLOCK = 100_000


@pytest.fixture(params=["fs", "dcache"])
def either(request: pytest.FixtureRequest) -> Iterator[WebDavFileSystem]:
    yield request.getfixturevalue(request.param)


def test_reading_in_order_is_two_requests(either: WebDavFileSystem, server: Server, file: str) -> None:
    with either.open(file, block_size=BLOCK) as opened:
        found = b"".join(iter(lambda: opened.read(30_000), b""))
    assert found == CONTENT
    assert sum(each.method == "GET" and each.door == "door" for each in server.seen) == 2


def test_jumping_about_reads_the_right_bytes(either: WebDavFileSystem, server: Server, file: str) -> None:
    with either.open(file, block_size=BLOCK) as opened:
        for start, count in [(0, 200_000), (200_000, 150_000), (1_000_000, 5), (1_000_005, 300_000), (7, 3), (0, -1)]:
            opened.seek(start)
            assert opened.read(count) == CONTENT[start : start + count if count > 0 else None]


@pytest.mark.parametrize("fault", [Fault("GET", keep=700_000, times=2), Fault("GET", 503, times=2)])
def test_reading_goes_on_where_the_connection_broke(
    dcache: WebDavFileSystem, server: Server, file: str, fault: Fault
) -> None:
    with dcache.open(file, block_size=BLOCK) as opened:
        found = opened.read(BLOCK)
        server.faults.append(fault)
        while piece := opened.read(BLOCK):
            found += piece
    assert found == CONTENT


def test_a_file_that_cannot_be_read_on_is_an_error_and_not_its_end(
    fs: WebDavFileSystem, server: Server, file: str
) -> None:
    with fs.open(file, block_size=BLOCK) as opened:
        opened.read(BLOCK)
        server.faults.append(Fault("GET", 403, times=100))
        with pytest.raises(NotAllowed, match="403"):
            opened.read()


def test_a_server_without_ranges_is_read_in_order_as_well(fs: WebDavFileSystem, server: Server, file: str) -> None:
    server.most_ranges = 0
    with fs.open(file, block_size=BLOCK) as opened:
        assert b"".join(iter(lambda: opened.read(400_000), b"")) == CONTENT


def test_a_file_that_is_closed_halfway_gives_its_connection_back(
    fs: WebDavFileSystem, server: Server, file: str
) -> None:
    for _ in range(40):  # more than there are connections
        with fs.open(file, block_size=BLOCK) as opened:
            for _ in range(5):
                opened.read(BLOCK)
    assert fs.cat_file(file, 5, 10) == CONTENT[5:10]


def test_a_file_that_has_no_size_yet_is_not_read_as_empty(double: Double) -> None:
    fs = WebDavFileSystem(double.url, skip_instance_cache=True)
    fs.pipe_file("/store/file", CONTENT)
    double.state.files["/store/file"].size = None
    for attempt in (lambda: fs.open("/store/file"), lambda: fs.cat_file("/store/file")):
        with pytest.raises(Refused, match="being written"):
            attempt()
