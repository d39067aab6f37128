"""Checksums: the same digits however they are computed, written and read."""

from __future__ import annotations

import base64
import hashlib
import zlib

import google_crc32c
import pytest
from double import Double
from hypothesis import given
from hypothesis import strategies as st
from webdav_server import Server
from xrootd import XRootD

from griddav import WebDavFileSystem
from griddav.checksums import BYTES, Checksum, digits, parse_digest, served, wanted

WHOLE = {
    "crc32c": lambda data: f"{google_crc32c.value(data):08x}",
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


def test_crc32c_is_that_of_the_standard() -> None:
    checksum = Checksum("crc32c")
    checksum.update(b"1234")
    checksum.update(b"56789")
    assert checksum.hex() == "e3069283"  # RFC 3720, and every other table


def test_what_is_stated_about_a_part_is_not_about_the_file() -> None:
    value = base64.b64encode(b"1" * 16).decode()
    headers = {
        "Content-Digest": f"md5=:{value}:",
        "Repr-Digest": f"adler=:{base64.b64encode(bytes.fromhex('0bcd02d1')).decode()}:",
    }
    assert served(headers) == {"adler32": "0bcd02d1"}
    assert served(headers, whole=True)["md5"] == (b"1" * 16).hex()


def test_a_checksum_is_asked_for_in_the_standards_that_know_it() -> None:
    assert wanted("adler32") == {"Want-Digest": "adler32", "Want-Repr-Digest": "adler=9"}
    assert wanted("crc32c") == {"Want-Digest": "crc32c", "Want-Repr-Digest": "crc32c=9"}
    assert wanted("sha-256") == {"Want-Digest": "sha-256", "Want-Repr-Digest": "sha-256=9"}


def test_the_server_is_asked_for_a_checksum_of_any_algorithm(fs: WebDavFileSystem, server: Server) -> None:
    server.nodes["/store/file"] = b"content"
    server.checksums = {name: WHOLE[name] for name in ("adler32", "crc32c", "sha-256")}
    for name in ("adler32", "crc32c", "sha-256", "SHA256"):
        assert fs.digest("/store/file", name) == WHOLE[name.lower().replace("sha256", "sha-256")](b"content")
    assert fs.digest("/store/file", "md5") is None
    for path, error in (("/none", FileNotFoundError), ("/store", IsADirectoryError)):
        with pytest.raises(error):
            fs.digest(path, "adler32")
    with pytest.raises(ValueError, match="there are adler32"):
        fs.digest("/store/file", "whirlpool")


def test_xrootd_knows_three(xrootd: XRootD) -> None:
    fs = WebDavFileSystem(xrootd.url, ca=str(xrootd.ca))
    fs.pipe_file("/store/digests/file", b"content")
    for name in ("adler32", "crc32c", "md5"):
        assert fs.digest("/store/digests/file", name) == WHOLE[name](b"content")
    assert fs.digest("/store/digests/file", "sha-256") is None  # it answers with another, which does not count
    fs.rm("/store/digests", recursive=True)


def test_dcache_states_its_own_with_the_properties(double: Double) -> None:
    fs = WebDavFileSystem(double.url)
    fs.pipe_file("/store/file", b"content")
    assert fs.info("/store/file")["checksums"] == {"adler32": WHOLE["adler32"](b"content")}
    double.state.seen.clear()
    assert fs.digest("/store/file", "adler32") == WHOLE["adler32"](b"content")
    assert [each.method for each in double.state.seen] == ["PROPFIND"]
    assert fs.digest("/store/file", "sha-256") is None
