"""Many parts of one file by few requests: close ones are read as one, distant ones come in one answer."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import aiohttp

from griddav.http.arriving import whole
from griddav.http.concurrency import concurrently
from griddav.http.request import Client
from griddav.http.retry import TransientError
from griddav.reading.download import file_info, read_range, verify_range
from griddav.reading.rest import RANGE

GAP = 32 << 10  # bytes that are cheaper to read than to ask around
LONGEST = 16 << 20  # bytes of several parts in one request
HEAD_OF_PART = 1 << 12  # bytes, at most
MOST = 64  # parts of one request; apache takes 200
BOUNDARY = re.compile(r'multipart/byteranges\s*;.*?boundary="?([^";,]+)"?', re.IGNORECASE)

Range = tuple[int, int]  # from, and to (excluded), in bytes


@dataclass(frozen=True)
class RangePart:
    """Bytes of a file from `start` on, of a file with `total` bytes."""

    start: int
    data: memoryview
    total: int


async def read_many(
    client: Client, paths: Sequence[str], starts: Any, ends: Any, gap: int | None, raises: bool
) -> list[Any]:
    """The bytes of one range of each path, in the order of the paths; of one file, all together.

    `starts` and `ends` are as in slices, one for all or one for each path. `raises`: the first error; otherwise errors
    stand in place of the bytes.
    """
    starts, ends = (each if isinstance(each, Iterable) else [each] * len(paths) for each in (starts, ends))
    places: dict[str, list[int]] = {}
    for place, path in enumerate(paths):
        places.setdefault(path, []).append(place)
    spans = list(zip(starts, ends, strict=True))
    found: list[Any] = [b""] * len(paths)

    async def read_file(path: str, own: list[int]) -> None:
        try:
            ranges = await absolute_ranges(client, path, [spans[place] for place in own])
            data: Sequence[Any] = await read_ranges(client, path, ranges, GAP if gap is None else gap)
        except Exception as error:
            if raises:
                raise
            data = [error] * len(own)
        for place, each in zip(own, data, strict=True):
            found[place] = each

    await concurrently(read_file(path, own) for path, own in places.items())
    return found


async def absolute_ranges(
    client: Client, path: str, spans: Sequence[tuple[int | None, int | None]]
) -> list[Range]:  # fmt: skip
    """Slices as ranges; the file's size is asked for where one counts from its end."""
    if all((start or 0) >= 0 and end is not None and end >= 0 for start, end in spans):
        return [(start or 0, end or 0) for start, end in spans]
    size = (await file_info(client, path))["size"]
    return [slice(start, end).indices(size)[:2] for start, end in spans]


async def read_ranges(client: Client, path: str, ranges: Sequence[Range], gap: int = GAP) -> list[bytes]:
    """The bytes of each range, fewer where the file ends before. Raises as `read_range`."""
    wanted = merged(ranges, gap)
    if len(wanted) > 1 and not (await client.profile()).ranges_past_end:
        size = (await file_info(client, path))["size"]
        ranges = [(start, min(end, size)) for start, end in ranges]
        wanted = merged(ranges, gap)
    batches = list(batched(wanted))
    blocks: dict[Range, bytes] = {}
    for found in await concurrently(read_batch(client, path, batch) for batch in batches):
        blocks |= found
    starts = sorted(blocks)
    return [cut(blocks, starts, start, end) for start, end in ranges]


def merged(ranges: Sequence[Range], gap: int) -> list[Range]:
    """Ranges in order, those that overlap or lie closer than `gap` as one."""
    found: list[Range] = []
    for start, end in sorted(each for each in ranges if each[0] < each[1]):
        if found and start <= found[-1][1] + gap and (end <= found[-1][1] or end - found[-1][0] <= LONGEST):
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def batched(ranges: Sequence[Range]) -> Iterator[list[Range]]:
    """Ranges that one request asks for."""
    batch: list[Range] = []
    size = 0
    for start, end in ranges:
        if batch and (len(batch) == MOST or size + end - start > LONGEST):
            yield batch
            batch, size = [], 0
        batch.append((start, end))
        size += end - start
    if batch:
        yield batch


def cut(blocks: dict[Range, bytes], starts: list[Range], start: int, end: int) -> bytes:
    for place in range(bisect_right(starts, start, key=itemgetter(0)) - 1, -1, -1):
        block = starts[place]
        if end <= block[1]:
            return blocks[block][start - block[0] : end - block[0]]
    return b""  # the range was empty


async def read_batch(client: Client, path: str, ranges: list[Range]) -> dict[Range, bytes]:
    """The bytes of each range, by one request where the server can do that."""
    if len(ranges) > 1 and client.many_ranges:
        found = await read_at_once(client, path, ranges)
        if found is not None:
            return found
    data = await concurrently(read_range(client, path, start, end) for start, end in ranges)
    return dict(zip(ranges, data, strict=True))


async def read_at_once(client: Client, path: str, ranges: list[Range]) -> dict[Range, bytes] | None:
    """None where the server does not answer several ranges at once."""

    async def read(response: aiohttp.ClientResponse) -> list[RangePart] | None:
        match = BOUNDARY.match(response.headers.get("Content-Type", ""))
        if response.status != 206 or (match is None and "Content-Range" not in response.headers):
            return None
        data = await whole(response, client.speed(), most)
        return parts(data, match[1].encode()) if match else [single(response.headers["Content-Range"], data)]

    async def chosen(response: aiohttp.ClientResponse) -> dict[Range, bytes] | None:
        found = await read(response)
        return None if found is None else {wanted: chosen_from(found, wanted) for wanted in ranges}

    size = sum(end - start for start, end in ranges)
    most = max(size, ranges[-1][1] - ranges[0][0]) + len(ranges) * HEAD_OF_PART  # a server may fill small gaps
    text = ",".join(f"{start}-{end - 1}" for start, end in ranges)
    headers = {"Range": f"bytes={text}"}
    answer = await client.request("GET", path, headers=headers, expected=frozenset({400, 416}), read=chosen)
    if answer.value is None and answer.status == 200:
        await file_info(client, path)  # raises for a folder
        client.many_ranges = False
    return answer.value


def parts(body: bytes, boundary: bytes) -> list[RangePart]:
    """What a multipart/byteranges body holds; lengths count, so that the data may hold the boundary.

    Raises `TransientError` for a body that is cut or not what it says.
    """
    found: list[RangePart] = []
    position, view = 0, memoryview(body)
    opening = re.compile(rb"\s*--" + re.escape(boundary) + rb"(?:(--)|[ \t]*\r\n)")
    while (match := opening.match(body, position)) is not None:
        if match[1]:
            return found
        end = body.find(b"\r\n\r\n", match.end())
        headers = body[match.end() : end if end >= 0 else len(body)].decode("latin-1")
        stated = re.search(r"^content-range:[ \t]*(.*)$", headers, re.IGNORECASE | re.MULTILINE)
        span = RANGE.fullmatch(stated[1].strip()) if stated else None
        if end < 0 or span is None:
            break
        start, last, position = int(span[1]), int(span[2]), end + 4
        data = view[position : position + last + 1 - start]
        position += len(data)
        if len(data) != last + 1 - start or span[3] == "*":
            break
        found.append(RangePart(start, data, int(span[3])))
    raise TransientError("the server's answer with several parts of a file is not whole")


def single(text: str, data: bytes) -> RangePart:
    """The part of a file that an answer holds. Raises `TransientError` where it does not say which."""
    span = RANGE.fullmatch(text.strip())
    if span is None or span[3] == "*":
        raise TransientError("the server sent a part of a file without saying which")
    start, last = int(span[1]), int(span[2])
    verify_range(text, start, last + 1, len(data))
    return RangePart(start, memoryview(data), int(span[3]))


def chosen_from(found: list[RangePart], wanted: Range) -> bytes:
    """Raises `TransientError` where the server left a part out."""
    start, end = wanted
    for part in found:
        stop = min(end, part.total)
        if start >= part.total:
            return b""
        if part.start <= start and stop <= part.start + len(part.data):
            return bytes(part.data[start - part.start : stop - part.start])
    raise TransientError(f"the server left bytes {start} to {end - 1} out of its answer")
