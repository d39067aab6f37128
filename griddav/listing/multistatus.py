"""PROPFIND: the question, and a parser of its answer that takes it in pieces and refuses entities."""

from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from xml.parsers import expat

from griddav.checksums import parse_digest

DAV = "DAV: "
PROPERTIES = "<D:resourcetype/><D:getcontentlength/><D:getlastmodified/><D:getetag/>"
# Costs the server a look-up for every file: asked about single files only.
DETAILS = (
    '<d:Checksums xmlns:d="http://www.dcache.org/2013/webdav"/>'
    '<s:FileLocality xmlns:s="http://srm.lbl.gov/StorageResourceManager"/>'
)
DEEPEST = 32
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# The form that every server of today writes; the general parser takes ten times as long.
DATE = re.compile(rf"[A-Z][a-z]{{2}}, (\d\d) ({'|'.join(MONTHS)}) (\d{{4}}) (\d\d):(\d\d):(\d\d) GMT", re.ASCII)


def question(details: bool = False, names_only: bool = False) -> bytes:
    """The body of a PROPFIND. With `details`, checksums and locality are asked for as well (dCache); with
    `names_only`, as little as a server can be asked for.
    """
    properties = "<D:resourcetype/>" if names_only else PROPERTIES + (DETAILS if details else "")
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<D:propfind xmlns:D="DAV:"><D:prop>{properties}</D:prop></D:propfind>'
    ).encode()


class MultistatusError(ValueError):
    """The body is not a whole multistatus document, or one that is not safe to read."""


class Entry(NamedTuple):
    """One resource of a listing. `modified` is in seconds since 1970; what the server did not say is None."""

    href: str
    status: int
    folder: bool
    size: int | None = None
    modified: float | None = None
    etag: str | None = None
    checksums: Mapping[str, str] = {}
    locality: str | None = None


class Multistatus:
    """Feed it the body in pieces; `close` gives the entries. Both raise `MultistatusError`."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._path: list[str] = []
        self._text: list[str] = []
        self._href = ""
        self._status = 200
        self._found: dict[str, str] = {}
        self._properties: dict[str, str] = {}
        self._propstat_status = 200
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text.append
        self._parser.StartDoctypeDeclHandler = refuse_doctype

    def feed(self, data: bytes) -> None:
        self._parse(data, False)

    def close(self) -> list[Entry]:
        self._parse(b"", True)
        return self._entries

    def _parse(self, data: bytes, last: bool) -> None:
        try:
            self._parser.Parse(data, last)
        except MultistatusError:
            raise
        except (expat.ExpatError, LookupError, ValueError) as error:  # the last two: an encoding that Python lacks
            raise MultistatusError(f"the listing is not well-formed XML: {error}") from error

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if not self._path and name != f"{DAV}multistatus":
            raise MultistatusError("the answer is XML, but no multistatus")
        if len(self._path) >= DEEPEST:
            raise MultistatusError("the listing is nested too deeply")
        self._path.append(name)
        self._text.clear()
        if name == f"{DAV}response":
            self._href, self._status, self._properties = "", 200, {}
        elif name == f"{DAV}propstat":
            self._found, self._propstat_status = {}, 200
        elif name == f"{DAV}collection":
            self._found["folder"] = "yes"

    def _end(self, name: str) -> None:
        self._path.pop()
        text, inside = "".join(self._text), self._path[-1] if self._path else ""
        self._text.clear()
        if name == f"{DAV}href" and inside == f"{DAV}response":
            self._href = text
        elif name == f"{DAV}status" and inside == f"{DAV}propstat":
            self._propstat_status = status_of(text)
        elif name == f"{DAV}status" and inside == f"{DAV}response":
            self._status = status_of(text)
        elif name == f"{DAV}propstat":
            if 200 <= self._propstat_status < 300:
                self._properties |= self._found
        elif name == f"{DAV}response":
            self._entries.append(entry(self._href, self._status, self._properties))
        elif inside == f"{DAV}prop":
            self._found[name.rpartition(" ")[2].lower()] = text.strip()


def refuse_doctype(*_: object) -> None:
    """Raise `MultistatusError`: a document type may hold entities."""
    raise MultistatusError("the listing declares a document type, which may hold entities; it is not read")


def status_of(line: str) -> int:
    """The number in `HTTP/1.1 200 OK`. Raises `MultistatusError` where there is none."""
    words = line.split()
    if len(words) < 2 or not words[1].isdecimal():
        raise MultistatusError(f"the listing has a status line that says nothing: {line[:80]!r}")
    return int(words[1])


def entry(href: str, status: int, properties: Mapping[str, str]) -> Entry:
    """What a listing says of one name. Raises `MultistatusError` where it has none."""
    if not href:
        raise MultistatusError("an entry of the listing has no name")
    size = properties.get("getcontentlength", "")
    return Entry(
        href,
        status,
        "folder" in properties,
        int(size) if size.isdecimal() else None,
        seconds(properties.get("getlastmodified", "")),
        properties.get("getetag") or None,
        parse_digest(checksums) if (checksums := properties.get("checksums")) else {},
        properties.get("filelocality") or None,
    )


def seconds(date: str) -> float | None:
    """Seconds since 1970 of an HTTP date; None where it is none."""
    if match := DATE.fullmatch(date):
        day, month, year, hour, minute, second = match.groups()
        return float(timegm((int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second))))
    try:
        return parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None
