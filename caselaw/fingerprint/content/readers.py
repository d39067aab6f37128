"""The module that reads each kind, and files inside files: they count by their names, as others do."""

from __future__ import annotations

import importlib
import logging

from caselaw.fingerprint.content.kinds import Kind, begins_as, named_kind
from caselaw.fingerprint.content.source import DEPTH, ContentSource, ExpandsTooMuchError
from caselaw.fingerprint.content.stream import ByteStream, Readable, pieces
from caselaw.fingerprint.hashing import digest_bytes

logger = logging.getLogger(__name__)

HELD_BYTES = 64 << 20
"""A larger file inside another one counts with its bytes: most formats are read from memory."""


def read(kind: Kind, source: ContentSource) -> str:
    """`kind:digest`; raises whatever the kind's library raises when the file is not as the kind says."""
    module = importlib.import_module(f"{__package__}.{kind.module}")
    return f"{kind.name}:{module.content(source)}"


def contained(name: str, file: Readable, outer: ContentSource) -> str:
    """`kind:digest` of a file inside `outer`, read to its end; with its bytes where nothing better is known."""
    kind = named_kind(name) if outer.depth < DEPTH else None
    held = b"".join(_up_to(HELD_BYTES, file)) if kind is not None else b""
    if kind is None or len(held) > HELD_BYTES:
        return f"bytes:{_rest(held, file)}"
    try:
        if begins_as(kind, held):
            return read(kind, outer.inside(name, held))
    except (MemoryError, ExpandsTooMuchError):
        raise
    except Exception as error:  # as in `content_digest`
        logger.debug("%s in %s counts with its bytes, not as %s: %s", name, outer.name, kind.name, error)
    return f"bytes:{digest_bytes(held)}"


def _up_to(size: int, file: Readable) -> list[bytes]:
    """Pieces of a file until there are more than `size` bytes, or no more."""
    held, length = [], 0
    for piece in pieces(file):
        held.append(piece)
        length += len(piece)
        if length > size:
            break
    return held


def _rest(start: bytes, file: Readable) -> str:
    stream = ByteStream()
    stream.feed(start)
    for piece in pieces(file):
        stream.feed(piece)
    return stream.digest()
