"""PNG: mode, size and pixels, and what says how they look; not texts, dates, and how they are compressed."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from caselaw.fingerprint.content.stream import Stream
from caselaw.fingerprint.hashing import digest, digest_bytes

VERSION = 1

_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt", b"tIME", b"eXIf"})
_PIXELS = frozenset({b"IHDR", b"IDAT", b"IEND"})
_COLOURS = frozenset({b"PLTE", b"tRNS", b"hIST"})
_PALETTE, _GREY = 3, 0


def content(path: Path) -> str:
    """Digest of the decoded image, its palette resolved.

    Every other chunk counts with its bytes: colour space, physical size (`pHYs`), unknown ones. Raises for
    damaged files, animations, and 16-bit colours (Pillow would decode 8 bits of them).
    """
    from PIL import Image

    with path.open("rb") as file:
        chunks = list(_chunks(file))
    header = chunks[0][1]
    depth, colour = header[8], header[9]
    if depth == 16 and colour != _GREY:
        raise ValueError("16-bit colours")
    left_out = _TEXTS | _PIXELS | (_COLOURS if colour == _PALETTE else frozenset())
    others = sorted([name, digest_bytes(data)] for name, data in chunks if name not in left_out)
    if any(name == b"acTL" for name, _ in chunks):
        raise ValueError("an animation")
    with Image.open(path) as image:
        image.load()
        mode = "RGBA" if "transparency" in image.info else "RGB"
        resolved = image.convert(mode) if colour == _PALETTE else image
        stream = Stream()
        for top in range(0, resolved.height, 256):
            strip = resolved.crop((0, top, resolved.width, min(top + 256, resolved.height)))
            stream.feed(strip.tobytes())
        return digest("png", VERSION, resolved.mode, resolved.size, stream.digest(), others)


def _chunks(file: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Names and data of all chunks, without the data of the pixels; raises when one is damaged."""
    file.seek(8)
    name = b""
    while name != b"IEND":
        size, name = struct.unpack(">I4s", file.read(8))
        data = file.read(size)
        (checksum,) = struct.unpack(">I", file.read(4))
        if len(data) != size or zlib.crc32(name + data) != checksum:
            raise ValueError(f"damaged chunk {name!r}")
        yield name, b"" if name == b"IDAT" else data
    if file.read(1):
        raise ValueError("bytes after the end")
