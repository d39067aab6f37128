"""A certificate that is not believed: which one, until when, what to do; never to switch the check off."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ca import SERVER, Authority, Pair, authority
from webdav_server import QUICK

from griddav import WebDavFileSystem
from griddav.errors import GridDavError

OFF = ("verify", "insecure", "turn off", "switch off", "disable", "ignore")


@contextmanager
def shown(pair: Pair) -> Iterator[int]:
    """A port whose server has this certificate, and nothing to say."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            try:
                context.wrap_socket(connection, server_side=True).close()
            except OSError:
                connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def refused(port: int, ca: Path, host: str = "localhost") -> str:
    fs = WebDavFileSystem(f"davs://{host}:{port}", ca=str(ca), retry=QUICK, skip_instance_cache=True)
    with pytest.raises(GridDavError) as caught:
        fs.exists("/store")
    fs.close()
    said = str(caught.value)
    assert "not safe" in said and not any(word in said.lower() for word in OFF if word != "verify"), said
    return said


@pytest.fixture
def signer(tmp_path: Path) -> Authority:
    return authority(tmp_path / "ca")


def test_a_certificate_that_ended(signer: Authority) -> None:
    pair = signer.signed("host", "/CN=localhost", SERVER, signer.own, days=0)
    time.sleep(1.1)
    with shown(pair) as port:
        said = refused(port, signer.certificate)
    assert "expired" in said and f"until {time.gmtime().tm_year}-" in said
    assert "certificate of localhost, by Test CA" in said and "renew its certificate" in said and "clock says" in said


def test_a_certificate_of_another_host(signer: Authority) -> None:
    pair = signer.signed("host", "/CN=other", "subjectAltName=DNS:a.example.org,DNS:b.example.org\n", signer.own)
    with shown(pair) as port:
        said = refused(port, signer.certificate)
        assert "not for localhost, but for a.example.org, b.example.org: use such a name in the URL" in said
        assert "not for 127.0.0.1" in refused(port, signer.certificate, "127.0.0.1")


def test_a_certificate_of_an_unknown_ca(signer: Authority, tmp_path: Path) -> None:
    other = authority(tmp_path / "other").certificate
    with shown(signer.server()) as port:
        said = refused(port, other)
    assert f"give the CA certificate of Test CA: ca=…, a file or a folder (asked: {other})" in said


def test_a_certificate_that_signed_itself(signer: Authority) -> None:
    with shown(signer.own) as port:
        said = refused(port, signer.server().certificate)
    assert "give the CA certificate of Test CA" in said
