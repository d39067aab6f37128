"""PNG: mode, size and pixels, what says how they look, and texts; not dates, the program, and compression."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import IO

from caselaw.fingerprint.content.source import ContentSource
from caselaw.fingerprint.content.stream import ByteStream
from caselaw.fingerprint.hashing import digest, digest_bytes

VERSION = 2

CHUNK_BYTES = 64 << 20
"""A file with a larger chunk, other than of pixels, counts with its bytes."""

_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_LEFT_OUT = frozenset({b"IHDR", b"IDAT", b"IEND", b"tIME"})
_WRITTEN = frozenset({b"Software", b"Creation Time", b"XML:com.adobe.xmp",
                      b"date:create", b"date:modify", b"date:timestamp"})  # fmt: skip
"""Keywords of texts that say when and by what a file was written."""
_GREY = 0


def content(source: ContentSource) -> str:
    """Digest of the image as it is decoded, its bit depth and colour type.

    Every other chunk counts with its bytes: palette, colour space, physical size (`pHYs`), texts, unknown ones. Raises
    `ValueError` for damaged files, animations, and 16-bit colours (Pillow would decode 8 bits of them).
    """
    from PIL import Image

    with source.open() as file:
        chunks = list(_chunks(file))
    header = chunks[0][1]
    depth, colour = header[8], header[9]
    if depth == 16 and colour != _GREY:
        raise ValueError("16-bit colours")
    others = sorted([name, digest_bytes(data)] for name, data in chunks if name not in _LEFT_OUT | _TEXTS)
    texts = [[name, data] for name, data in chunks if name in _TEXTS and data.partition(b"\0")[0] not in _WRITTEN]
    if any(name == b"acTL" for name, _ in chunks):
        raise ValueError("an animation")
    with Image.open(source.handle) as image:
        source.budget.expand(image.width * image.height * len(image.getbands()))
        image.load()
        stream = ByteStream()
        for top in range(0, image.height, 256):
            strip = image.crop((0, top, image.width, min(top + 256, image.height)))
            stream.feed(strip.tobytes())
        return digest("png", VERSION, depth, colour, image.mode, image.size, stream.digest(), others, texts)


def _chunks(file: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Names and data of all chunks, without the data of the pixels; raises when one is damaged."""
    file.seek(8)
    name = b""
    while name != b"IEND":
        size, name = struct.unpack(">I4s", file.read(8))
        if size > CHUNK_BYTES and name != b"IDAT":
            raise ValueError("a large chunk")
        data = file.read(size)
        (checksum,) = struct.unpack(">I", file.read(4))
        if len(data) != size or zlib.crc32(name + data) != checksum:
            raise ValueError(f"damaged chunk {name!r}")
        yield name, b"" if name == b"IDAT" else data
    if file.read(1):
        raise ValueError("bytes after the end")
