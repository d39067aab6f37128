"""The names of a long listing: read by a pattern where the answer has the usual form, else by the general parser."""

from __future__ import annotations

import re
from functools import lru_cache

from griddav.listing.multistatus import Multistatus, MultistatusError

PIECE = 1 << 16  # bytes: what is shorter waits for more
NAMESPACE = rb'\s+xmlns(?::[\w.-]+)?="[^"<>&]*"'
HEAD = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml\s[^<>?]*\?>\s*)?<([A-Za-z][\w-]*):multistatus((?:" + NAMESPACE + rb")*)\s*>\s*"
)
ENCODING = re.compile(rb"""encoding=["'](?!utf-8["'])""", re.IGNORECASE)
PROPERTY = (
    rb"<[\w:.-]+(?:" + NAMESPACE + rb")*\s*(?:/>|>(?:[^<]*+|\s*<[\w:.-]+\s*/>\s*|\s*<[\w:.-]+>\s*</[\w:.-]+>\s*)"
    rb"</[\w:.-]+>)\s*"
)
ENTITY = re.compile(rb"&([a-z]*;|)")
ENTITIES = {b"amp;": b"&", b"lt;": b"<", b"gt;": b">", b"quot;": b'"', b"apos;": b"'"}


class Hrefs:
    """Feed it the body in pieces; `close` gives the hrefs. Both raise `MultistatusError`.

    A comment, a document type, an entry with a status of its own or anything else that is unusual goes to the general
    parser, with all that follows.
    """

    def __init__(self) -> None:
        self._found: list[bytes] = []
        self._rest = b""
        self._head = b""
        self._pattern: re.Pattern[bytes] | None = None
        self._prefix = b""
        self._safe: Multistatus | None = None

    def feed(self, data: bytes) -> None:
        if self._safe is not None:
            self._safe.feed(data)
            return
        self._rest += data
        if len(self._rest) >= PIECE:
            self._read()

    def close(self) -> list[str]:
        """All hrefs, in the order of the listing.

        Raises `MultistatusError` for names that are none, and entries that are errors.
        """
        if self._safe is None:
            self._read()
        if self._safe is None and self._rest.strip() != b"</" + self._prefix + b":multistatus>":
            self._give_up()
        try:
            hrefs = [href.decode() if b"&" not in href else unescaped(href) for href in self._found]
        except UnicodeDecodeError as error:
            raise MultistatusError(f"the listing holds a name that is not UTF-8: {error}") from error
        if self._safe is not None:
            for entry in self._safe.close():
                if entry.status >= 300:
                    raise MultistatusError(f"the listing answers {entry.status} for one of its entries")
                hrefs.append(entry.href)
        return hrefs

    def _read(self) -> None:
        if self._pattern is None:
            self._start()
        if self._pattern is None:
            return
        last = b"</" + self._prefix + b":response>"
        end, position = self._rest.rfind(last) + len(last), 0
        if end < len(last):
            return
        while match := self._pattern.match(self._rest, position, end):
            position = match.end()
            self._found.append(match[1])
        self._rest = self._rest[position:]
        if position < end:
            self._give_up()

    def _start(self) -> None:
        match = HEAD.match(self._rest)
        if match is None or not declared(match[1], match[2]) or ENCODING.search(match[0]):
            self._give_up()
            return
        self._head, self._prefix, self._rest = match[0], match[1], self._rest[match.end() :]
        self._pattern = entries(self._prefix)

    def _give_up(self) -> None:
        """What the pattern took were whole entries: the parser goes on behind them."""
        self._safe, rest, self._rest = Multistatus(), self._rest, b""
        self._safe.feed(self._head + rest)


def declared(prefix: bytes, attributes: bytes) -> bool:
    """Whether the prefix stands for `DAV:`."""
    return attributes.count(b" xmlns:" + prefix + b'="') == 1 and b" xmlns:" + prefix + b'="DAV:"' in attributes


@lru_cache(maxsize=8)
def entries(prefix: bytes) -> re.Pattern[bytes]:
    """One entry of a listing in which `prefix` stands for `DAV:`."""
    dav = re.escape(prefix) + rb":"
    other = rb"(?:\s+xmlns:(?!" + re.escape(prefix) + rb'=)[\w.-]+="[^"<>&]*")*'
    status = rb"<" + dav + rb"status>HTTP/\d(?:\.\d)? \d{3}[^<&]*</" + dav + rb"status>\s*"
    properties = rb"<" + dav + rb"prop\s*(?:/>|>\s*(?:" + PROPERTY + rb")*</" + dav + rb"prop>)\s*"
    found = rb"<" + dav + rb"propstat>\s*" + properties + status + rb"</" + dav + rb"propstat>\s*"
    href = rb"<" + dav + rb"href>([^<\x00-\x1f]+)</" + dav + rb"href>\s*"
    start, end = rb"\s*+<" + dav + rb"response" + other + rb">\s*", rb"</" + dav + rb"response>"
    return re.compile(start + href + rb"(?:" + found + rb")+" + end)


def unescaped(href: bytes) -> str:
    """Raises `MultistatusError` for an entity that XML does not know by itself."""

    def letter(match: re.Match[bytes]) -> bytes:
        if match[1] not in ENTITIES:
            raise MultistatusError("the listing holds an entity, which is not read")
        return ENTITIES[match[1]]

    return ENTITY.sub(letter, href).decode()
