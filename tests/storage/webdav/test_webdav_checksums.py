"""Checksums: the same digits however they are computed, written and read."""

from __future__ import annotations

import base64
import hashlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselaw.storage.webdav.checksums import BYTES, Checksum, digits, parse_digest, served, wanted

WHOLE = {
    "adler32": lambda data: f"{zlib.adler32(data):08x}",
    "md5": lambda data: hashlib.md5(data).hexdigest(),
    "sha-256": lambda data: hashlib.sha256(data).hexdigest(),
    "sha-512": lambda data: hashlib.sha512(data).hexdigest(),
}


@pytest.mark.parametrize("algorithm", WHOLE)
@given(pieces=st.lists(st.binary(max_size=100), max_size=5))
def test_a_stream_has_the_checksum_of_the_whole(algorithm: str, pieces: list[bytes]) -> None:
    checksum = Checksum(algorithm)
    for piece in pieces:
        checksum.update(piece)
    assert checksum.hex() == WHOLE[algorithm](b"".join(pieces))


def test_an_unknown_algorithm_is_refused() -> None:
    with pytest.raises(ValueError, match="sha-3"):
        Checksum("sha-3")


@given(st.sampled_from(sorted(BYTES)), st.data())
def test_hexadecimal_and_base64_mean_the_same(algorithm: str, data: st.DataObject) -> None:
    value = data.draw(st.binary(min_size=BYTES[algorithm], max_size=BYTES[algorithm]))
    assert digits(algorithm, value.hex().upper()) == value.hex()
    assert digits(algorithm, base64.b64encode(value).decode()) == value.hex()


def test_leading_zeros_of_32_bits_may_be_missing() -> None:
    assert digits("adler32", "3da0195") == "03da0195"
    assert digits("md5", "3da0195") is None


@pytest.mark.parametrize("text", ["", "adler32", "adler32=", "adler32=xyz!", "md5=AAAA", "unknown=00000000", ",,="])
def test_what_is_no_checksum_is_left_out(text: str) -> None:
    assert parse_digest(text) == {}


def test_both_standards_are_read() -> None:
    sha256 = hashlib.sha256(b"content").digest()
    headers = {
        "Digest": f"Adler32=0b8d02d1, SHA-256={base64.b64encode(sha256).decode()}",
        "Repr-Digest": f"sha-256=:{base64.b64encode(sha256).decode()}:, md5=:{base64.b64encode(b'1' * 16).decode()}:",
    }
    assert served(headers) == {"adler32": "0b8d02d1", "sha-256": sha256.hex(), "md5": (b"1" * 16).hex()}


def test_a_checksum_is_asked_for_in_the_standards_that_know_it() -> None:
    assert wanted("adler32") == {"Want-Digest": "adler32"}
    assert wanted("sha-256") == {"Want-Digest": "sha-256", "Want-Repr-Digest": "sha-256=9"}
