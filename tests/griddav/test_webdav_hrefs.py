"""Names of long listings: the quick way finds what the general parser finds, and takes nothing that it refuses."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from griddav.listing import hrefs as module
from griddav.listing.hrefs import Hrefs
from griddav.listing.multistatus import Multistatus, MultistatusError

APACHE = b"""<?xml version="1.0" encoding="utf-8"?>
<D:multistatus xmlns:D="DAV:" xmlns:ns0="DAV:">
<D:response xmlns:lp1="DAV:">
<D:href>/store/f/</D:href>
<D:propstat>
<D:prop>
<lp1:resourcetype><D:collection/></lp1:resourcetype>
</D:prop>
<D:status>HTTP/1.1 200 OK</D:status>
</D:propstat>
</D:response>
<D:response xmlns:lp1="DAV:">
<D:href>/store/f/a%20b&amp;c</D:href>
<D:propstat>
<D:prop>
<lp1:resourcetype/>
</D:prop>
<D:status>HTTP/1.1 200 OK</D:status>
</D:propstat>
</D:response>
</D:multistatus>
"""
XROOTD = b"""<?xml version="1.0" encoding="utf-8"?>
<D:multistatus xmlns:D="DAV:" xmlns:ns1="http://apache.org/dav/props/" xmlns:ns0="DAV:">
<D:response xmlns:lp1="DAV:" xmlns:lp2="http://apache.org/dav/props/" xmlns:lp3="LCGDM:">
<D:href>/store/f</D:href>
<D:propstat>
<D:prop>
<lp1:getcontentlength>36864</lp1:getcontentlength>
<lp1:getlastmodified>Wed, 25 Nov 2026 18:39:52 GMT</lp1:getlastmodified>
<lp1:resourcetype><D:collection/></lp1:resourcetype>
<lp1:iscollection>1</lp1:iscollection>
</D:prop>
<D:status>HTTP/1.1 200 OK</D:status>
</D:propstat>
</D:response>
<D:response xmlns:lp1="DAV:" xmlns:lp2="http://apache.org/dav/props/" xmlns:lp3="LCGDM:">
<D:href>/store/f/a b%</D:href>
<D:propstat>
<D:prop>
<lp1:getcontentlength>2</lp1:getcontentlength>
<lp1:executable>F</lp1:executable>
</D:prop>
<D:status>HTTP/1.1 200 OK</D:status>
</D:propstat>
</D:response>
</D:multistatus>
"""
DCACHE = b"""<?xml version="1.0" encoding="utf-8" ?>
<d:multistatus xmlns:cal="urn:ietf:params:xml:ns:caldav" xmlns:d="DAV:" xmlns:ns1="http://www.dcache.org/2013/webdav">
<d:response><d:href>/store/f/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/></d:resourcetype></d:prop>
<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>
<d:response><d:href>/store/f/x</d:href><d:propstat><d:prop><d:resourcetype></d:resourcetype></d:prop>
<d:status>HTTP/1.1 200 OK</d:status></d:propstat><d:propstat><d:prop><d:other/></d:prop>
<d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response></d:multistatus>"""
KNOWN = [APACHE, XROOTD, DCACHE]


def read(*pieces: bytes) -> list[str]:
    parser = Hrefs()
    for piece in pieces:
        parser.feed(piece)
    return parser.close()


def read_safely(text: bytes) -> list[str]:
    parser = Multistatus()
    parser.feed(text)
    return [entry.href for entry in parser.close()]


@pytest.mark.parametrize("text", KNOWN)
def test_listings_of_known_servers_take_the_quick_way(text: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "Multistatus", None)
    assert read(text) == read_safely(text)


@given(st.sampled_from(KNOWN), st.lists(st.integers(0, len(XROOTD)), max_size=4), st.integers(1, 2000))
def test_the_size_of_the_pieces_does_not_matter(text: bytes, cuts: list[int], piece: int) -> None:
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[start:end] for start, end in itertools.pairwise(places)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PIECE", piece)
        assert read(*pieces) == read_safely(text)


@pytest.mark.parametrize("text", KNOWN)
def test_a_listing_that_ends_too_early_is_refused(text: bytes) -> None:
    for end in range(len(text.rstrip()) - 1):
        with pytest.raises(MultistatusError):
            read(text[:end])


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(KNOWN), st.data())
def test_what_the_general_parser_refuses_is_not_taken(text: bytes, data: st.DataObject) -> None:
    """One place is damaged: both ways say the same, or the quick way refuses as well."""
    place = data.draw(st.integers(0, len(text) - 1))
    damage = data.draw(st.sampled_from([b"", b"<", b">", b"&", b"/", b"<!--", b"<x>", b"</D:response>", b"\0", b"&x;"]))
    damaged = text[:place] + damage + text[place + data.draw(st.integers(0, 3)) :]
    try:
        found = read(damaged)
    except MultistatusError:
        return
    try:
        expected = read_safely(damaged)
    except MultistatusError:
        # Only properties, which nobody reads here, are not checked to be well formed.
        assert found == read_safely(text)
        return
    assert found == expected


@pytest.mark.parametrize("extra", [
    b"<!-- <D:response> -->", b"<![CDATA[x]]>", b"<?pi x?>", b"<D:note>text</D:note>", b"<D:sync-token/>",
])  # fmt: skip
def test_what_is_unusual_goes_to_the_general_parser(extra: bytes) -> None:
    text = APACHE.replace(b"</D:response>\n", b"</D:response>\n" + extra, 1)
    assert read(text) == ["/store/f/", "/store/f/a%20b&c"]


@pytest.mark.parametrize("text", [
    b"<html>Log in, please</html>", b"", b"<", b'<D:multistatus xmlns:D="OTHER:"></D:multistatus>',
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "x">]>' + APACHE.split(b"\n", 1)[1],
    APACHE.replace(b"&amp;", b"&e;"), APACHE.replace(b"&amp;", b"&"), APACHE.replace(b"a%20b", b"\xff"),
    APACHE + b"<D:multistatus/>", APACHE.replace(b"<D:href>/store/f/</D:href>", b""),
    APACHE.replace(b"</D:response>\n<D", b"<D:status>HTTP/1.1 403 Forbidden</D:status></D:response>\n<D"),
])  # fmt: skip
def test_what_is_no_listing_or_not_safe_is_refused(text: bytes) -> None:
    with pytest.raises(MultistatusError):
        read(text)


def test_another_encoding_is_read_by_the_general_parser() -> None:
    text = APACHE.replace(b"utf-8", b"iso-8859-1").replace(b"a%20b", b"\xfc")
    assert read(text)[1] == "/store/f/ü&c"


def test_a_hostile_answer_is_read_in_linear_time() -> None:
    for filler in (b" " * 2_000_000, b"<D:response>" * 100_000, b"<D:response><D:href>" * 50_000):
        with pytest.raises(MultistatusError):
            read(b'<D:multistatus xmlns:D="DAV:">' + filler + b"</D:response>")


def test_an_entry_of_many_properties_that_ends_wrongly_is_read_in_linear_time() -> None:
    prop = b"<D:prop>" + b"<D:a/><D:b> <D:c/> </D:b><D:d>text</D:d>" * 20_000 + b"</D:prop>"
    found = b"<D:propstat>" + prop + b"<D:status>HTTP/1.1 200 OK</D:status></D:propstat>"
    with pytest.raises(MultistatusError):
        read(b'<D:multistatus xmlns:D="DAV:"><D:response><D:href>/a</D:href>' + found * 5 + b"</D:multistatus>")
