"""PROPFIND: the question, and its answer, read in pieces by Python's own parser; document types are refused."""

from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError, XMLPullParser
from xml.parsers import expat

from griddav.checksums import parse_digest

RESPONSE, HREF, STATUS, PROPSTAT = "{DAV:}response", "{DAV:}href", "{DAV:}status", "{DAV:}propstat"
ANY_PROPERTY, RESOURCETYPE, COLLECTION = "{DAV:}prop/*", "{DAV:}resourcetype", "{DAV:}collection"
ASSUMED = "HTTP/1.1 200 OK"
PROPERTIES = "<D:resourcetype/><D:getcontentlength/><D:getlastmodified/><D:getetag/>"
# Costs the server a look-up for every file: asked about single files only.
DETAILS = (
    '<d:Checksums xmlns:d="http://www.dcache.org/2013/webdav"/>'
    '<s:FileLocality xmlns:s="http://srm.lbl.gov/StorageResourceManager"/>'
)
LONGEST = 1 << 20  # bytes of one entry
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


class ResponseEntry(NamedTuple):
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
        self._prolog = Prolog()
        self._parser: Any = XMLPullParser(("end",))  # whose events have no narrow type
        self._entries: list[ResponseEntry] = []
        self._waiting = 0  # bytes since the last entry

    def feed(self, data: bytes) -> None:
        with well_formed():
            self._prolog.feed(data)  # first: what it refuses, the other one would read
            self._parser.feed(data)
            self._take(len(data))

    def close(self) -> list[ResponseEntry]:
        with well_formed():
            self._parser.close()
            self._take(0)
        return self._entries

    def _take(self, size: int) -> None:
        before = len(self._entries)
        for _, element in self._parser.read_events():
            if element.tag == RESPONSE:
                self._entries.append(entry_of(element))
                element.clear()
        self._waiting = 0 if len(self._entries) > before else self._waiting + size
        if self._waiting > LONGEST:
            raise MultistatusError("the listing holds something long that is no entry")


class Prolog:
    """What stands before the first element. It must be no document type, and the element a multistatus."""

    def __init__(self) -> None:
        self._parser: expat.XMLParserType | None = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = refuse_doctype
        self._parser.StartElementHandler = self._begun

    def feed(self, data: bytes) -> None:
        try:
            if self._parser is not None:
                self._parser.Parse(data, False)
        except Begun:
            self._parser = None

    def _begun(self, name: str, attributes: Mapping[str, str]) -> None:
        if name != "DAV: multistatus":
            raise MultistatusError("the answer is XML, but no multistatus")
        raise Begun


class Begun(Exception):  # noqa: N818 - an end, and no error
    """The first element is there."""


@contextmanager
def well_formed() -> Iterator[None]:
    """Raises `MultistatusError` where the document is not."""
    try:
        yield
    except MultistatusError:
        raise
    except (ParseError, expat.ExpatError, LookupError, ValueError) as error:  # two of an encoding that Python lacks
        raise MultistatusError(f"the listing is not well-formed XML: {error}") from error


def refuse_doctype(*_: object) -> None:
    """Raise `MultistatusError`: a document type may hold entities."""
    raise MultistatusError("the listing declares a document type, which may hold entities; it is not read")


def entry_of(response: Element) -> ResponseEntry:
    """One entry. Raises `MultistatusError` for one that has no name, or whose status says nothing."""
    href, status = "", 200
    properties: dict[str, str] = {}
    for part in response:
        if part.tag == HREF:
            href = part.text or ""
        elif part.tag == STATUS:
            status = status_of(part.text or "")
        elif part.tag == PROPSTAT and 200 <= status_of(part.findtext(STATUS, ASSUMED)) < 300:
            for each in part.iterfind(ANY_PROPERTY):
                if each.tag == RESOURCETYPE:
                    if each.find(COLLECTION) is not None:
                        properties["folder"] = "yes"
                else:
                    properties[each.tag.rpartition("}")[2].lower()] = (each.text or "").strip()
    return entry(href, status, properties)


@lru_cache(maxsize=64)
def status_of(line: str) -> int:
    """The number in `HTTP/1.1 200 OK`. Raises `MultistatusError` where there is none."""
    words = line.split()
    if len(words) < 2 or not words[1].isdecimal():
        raise MultistatusError(f"the listing has a status line that says nothing: {line[:80]!r}")
    return int(words[1])


def entry(href: str, status: int, properties: Mapping[str, str]) -> ResponseEntry:
    """What a listing says of one name. Raises `MultistatusError` where it has none."""
    if not href:
        raise MultistatusError("an entry of the listing has no name")
    size = properties.get("getcontentlength", "")
    return ResponseEntry(
        href,
        status,
        "folder" in properties,
        int(size) if size.isdecimal() else None,
        seconds(properties.get("getlastmodified", "")),
        properties.get("getetag") or None,
        parse_digest(checksums) if (checksums := properties.get("checksums")) else {},
        properties.get("filelocality") or None,
    )


@lru_cache(maxsize=1024)
def seconds(date: str) -> float | None:
    """Seconds since 1970 of an HTTP date; None where it is none."""
    if match := DATE.fullmatch(date):
        day, month, year, hour, minute, second = match.groups()
        return float(timegm((int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second))))
    try:
        return parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None
