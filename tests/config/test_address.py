"""Two spellings of one place on a server have one address, and two places have two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselaw.config.address import address_of, is_url, root_of_server, scheme_of, without_scheme

PARTS = st.lists(st.text("abz09%2F .[]~", min_size=1, max_size=4).filter(lambda part: part.strip(".")), max_size=4)
HOSTS = st.sampled_from(["dcache.example.org", "localhost", "[::1]", "127.0.0.1"])


def spelled(scheme: str, host: str, port: int | None, user: str, parts: list[str], slash: str, end: str) -> str:
    return f"{scheme}://{user}{host}{'' if port is None else f':{port}'}{slash}{slash.join(parts)}{end}"


@given(HOSTS, PARTS, st.data())
def test_spellings_of_one_place_are_equal(host: str, parts: list[str], data: st.DataObject) -> None:
    port = data.draw(st.sampled_from([None, 2880]))
    usual = {"davs": 443, "https": 443, "dav": 80, "http": 80}

    def one() -> str:
        scheme = data.draw(st.sampled_from(["davs", "dav", "https", "http", "dcache"]))
        shown = port or data.draw(st.sampled_from([None, usual[scheme]])) if scheme in usual else port or 443
        name = data.draw(st.sampled_from([host, host.upper()]))
        user = data.draw(st.sampled_from(["", "me@"]))
        scheme = data.draw(st.sampled_from([scheme, scheme.upper()]))
        return spelled(scheme, name, shown, user, parts, data.draw(st.sampled_from(["/", "//"])), "/")

    first, second = one(), one()
    assert address_of(first) == address_of(second)
    assert address_of(f"{first}/a/b").below(address_of(second)) == "a/b"


@given(HOSTS, PARTS, PARTS)
def test_places_of_one_server_are_equal_where_their_paths_are(host: str, one: list[str], other: list[str]) -> None:
    addresses = [address_of(f"davs://{host}/{'/'.join(parts)}") for parts in (one, other)]
    assert (addresses[0] == addresses[1]) == (one == other)
    assert (addresses[0].below(addresses[1]) is not None) == (one[: len(other)] == other)


@pytest.mark.parametrize(("one", "other"), [
    ("davs://a/x", "davs://b/x"), ("davs://a/x", "davs://a:8443/x"), ("davs://a:1/x", "davs://a:2/x"),
    ("davs://a/x", "root://a/x"), ("davs://a/a%20b", "davs://a/a b"), ("davs://a/x", "davs://a/X"),
    ("s3://a/x", "s3://A/x"), ("s3://a/x", "gs://a/x"), ("davs://a/x", "davs://a/x2"),
    ("dcache://a/x", "davs://a/x"),
])  # fmt: skip
def test_other_places_have_other_addresses(one: str, other: str) -> None:
    assert address_of(one) != address_of(other)
    assert address_of(f"{one}/y").below(address_of(other)) is None


@pytest.mark.parametrize(("url", "whole"), [
    ("davs://a", True), ("davs://a/", True), ("davs://a:1//", True), ("root://a//", True), ("davs://a/x", False),
    ("s3://bucket", False), ("dcache://a:2880/", True), ("dcache:///", True),
])  # fmt: skip
def test_the_root_of_a_server_is_known(url: str, whole: bool) -> None:
    assert address_of(url).is_whole_server is whole


@pytest.mark.parametrize(("text", "parts"), [
    ("davs://a.org:2880/b/c", ("davs", "a.org:2880/b/c", "davs://a.org:2880")),
    ("s3://bucket", ("s3", "bucket", "s3://bucket")), ("root://a//b", ("root", "a//b", "root://a")),
    ("/data/x://y", None), ("data/davs://y", None), ("grid:raw/2026", None), ("", None),
])  # fmt: skip
def test_a_url_begins_with_its_scheme_and_all_else_is_a_path(text: str, parts: tuple[str, str, str] | None):
    assert is_url(text) == (parts is not None)
    if parts is not None:
        assert (scheme_of(text), without_scheme(text), root_of_server(text)) == parts
    else:
        assert (scheme_of(text), without_scheme(text)) == ("", text)
