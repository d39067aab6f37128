"""Listings: whole and safe ones only, in pieces of any size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from griddav.listing.multistatus import Multistatus, MultistatusError, ResponseEntry

LISTING = b"""<?xml version="1.0" encoding="utf-8"?>
<D:multistatus xmlns:D="DAV:" xmlns:s="http://srm.lbl.gov/StorageResourceManager">
<D:response><D:href>/store/</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop>
<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>
<D:response xmlns:lp1="DAV:"><D:href>/store/a%20b&amp;c</D:href><D:propstat><D:prop><lp1:resourcetype/>
<lp1:getcontentlength>12</lp1:getcontentlength><lp1:getlastmodified>Thu, 01 Jan 1970 00:01:00 GMT</lp1:getlastmodified>
<lp1:getetag>"1-2"</lp1:getetag><d:Checksums xmlns:d="http://www.dcache.org/2013/webdav">adler32=1e6901ae</d:Checksums>
<s:FileLocality>NEARLINE</s:FileLocality></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>
<D:propstat><D:prop><D:displayname>no</D:displayname></D:prop><D:status>HTTP/1.1 404 Not Found</D:status></D:propstat>
</D:response>
<D:response><D:href>/store/gone</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response>
</D:multistatus>"""
ENTRIES = [
    ResponseEntry("/store/", 200, True),
    ResponseEntry("/store/a%20b&c", 200, False, 12, 60.0, '"1-2"', {"adler32": "1e6901ae"}, "NEARLINE"),
    ResponseEntry("/store/gone", 404, False),
]


def parsed(*pieces: bytes) -> list[ResponseEntry]:
    parser = Multistatus()
    for piece in pieces:
        parser.feed(piece)
    return parser.close()


def test_a_listing_says_what_each_entry_is() -> None:
    assert parsed(LISTING) == ENTRIES


@given(st.integers(0, len(LISTING)), st.integers(0, len(LISTING)))
def test_the_size_of_the_pieces_does_not_matter(one: int, two: int) -> None:
    first, second = sorted((one, two))
    assert parsed(LISTING[:first], LISTING[first:second], LISTING[second:]) == ENTRIES


@given(st.integers(0, LISTING.rindex(b">")))
def test_a_listing_that_ends_too_early_is_refused(end: int) -> None:
    with pytest.raises(MultistatusError):
        parsed(LISTING[:end])


@pytest.mark.parametrize("text", [
    b"<html><body>Log in, please</body></html>",
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "x">]><D:multistatus xmlns:D="DAV:">&e;</D:multistatus>',
    b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><D:multistatus xmlns:D="DAV:"/>',
    b'<multistatus xmlns="OTHER:"/>',
    b'<?xml version="1.0" encoding="none-such"?><D:multistatus xmlns:D="DAV:"/>',
    b'<?xml version="1.0" encoding="shift_jis"?><D:multistatus xmlns:D="DAV:"/>',
    b'<D:multistatus xmlns:D="DAV:"><D:response><D:status>HTTP/1.1 200 OK</D:status></D:response></D:multistatus>',
    b'<D:multistatus xmlns:D="DAV:"><D:response><D:href>/a</D:href><D:status>fine</D:status>'
    b"</D:response></D:multistatus>",
    b'<D:multistatus xmlns:D="DAV:">' + b"<D:x>" * 100,
])  # fmt: skip
def test_what_is_no_listing_or_not_safe_is_refused(text: bytes) -> None:
    with pytest.raises(MultistatusError):
        parsed(text)


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">%s]>' % b"".join(
    b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in b"bcdefghi"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "iso-8859-1"])
@pytest.mark.parametrize("piece", [1, 7, 1000])
@pytest.mark.parametrize("start", [
    BOMB, b'<?xml version="1.0"?><!-- <D:multistatus xmlns:D="DAV:"> --><!DOCTYPE x>', b"<!DOCTYPE x>",
    b'<?xml version="1.0"?>\n\n<!DOCTYPE D:multistatus SYSTEM "http://127.0.0.1:9/x.dtd">',
])  # fmt: skip
def test_a_document_type_is_refused_before_anything_of_it_is_read(encoding: str, piece: int, start: bytes) -> None:
    declared = start.replace(b'"1.0"', b'"1.0" encoding="%s"' % encoding.removesuffix("-le").encode())
    text = (declared + b'<D:multistatus xmlns:D="DAV:">&i;</D:multistatus>').decode().encode(encoding)
    if encoding == "utf-16-le":
        text = b"\xff\xfe" + text
    with pytest.raises(MultistatusError, match="document type"):
        parsed(*(text[place : place + piece] for place in range(0, len(text), piece)))


def test_what_is_long_and_no_entry_is_not_kept() -> None:
    parser = Multistatus()
    parser.feed(b'<D:multistatus xmlns:D="DAV:">')
    with pytest.raises(MultistatusError, match="no entry"):
        for _ in range(2_000):
            parser.feed(b"<D:x>" * 1_000)


def test_many_entries_in_large_pieces_are_a_listing() -> None:
    one = b"<D:response><D:href>/a</D:href></D:response>"
    many = b'<D:multistatus xmlns:D="DAV:">' + one * 100_000 + b"</D:multistatus>"
    half = len(many) // 2
    assert len(parsed(many[:half], many[half:])) == 100_000


def test_properties_that_were_not_found_do_not_count() -> None:
    text = LISTING.replace(b"HTTP/1.1 200 OK", b"HTTP/1.1 403 Forbidden")
    assert parsed(text)[:2] == [ResponseEntry("/store/", 200, False), ResponseEntry("/store/a%20b&c", 200, False)]
