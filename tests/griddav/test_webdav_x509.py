"""X509: certificates, proxies and CAs, where grids have them, on apache that refuses everybody else."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import apache as apache_server
import pytest
from ca import Pair, authority, openssl
from hypothesis import given
from hypothesis import strategies as st
from service import needed, open_folder
from xrootd import USER, XRootD

from griddav import WebDavFileSystem
from griddav.auth.passwords import Password
from griddav.auth.tokens import BearerToken
from griddav.auth.x509 import Certificate, certificate_of, discovered, expiry
from griddav.errors import BadCredentials, NoAnswer, NotAllowed


@pytest.fixture(scope="module")
def strict() -> Iterator[apache_server.Apache]:
    """apache that asks everybody for a certificate."""
    needed(apache_server.PROGRAM)
    with open_folder() as folder, apache_server.running(folder, clients=True) as server:
        yield server


@pytest.fixture(scope="module")
def user(strict: apache_server.Apache) -> Pair:
    return strict.authority.user("alice")


@pytest.fixture(scope="module")
def proxy(xrootd_with_users: XRootD) -> Path:
    """A proxy of the user whom XRootD knows; apache takes no proxies."""
    authority = xrootd_with_users.authority
    return authority.proxy("proxy", authority.user(USER))


@pytest.fixture
def connected(strict: apache_server.Apache) -> Callable[..., WebDavFileSystem]:
    """The file system of apache."""
    return partial(file_system, strict)


@pytest.fixture
def proxied(xrootd_with_users: XRootD) -> Callable[..., WebDavFileSystem]:
    """The file system of XRootD."""
    return partial(file_system, xrootd_with_users)


def file_system(server: apache_server.Apache | XRootD, **options: Any) -> WebDavFileSystem:
    return WebDavFileSystem(server.url, **{"ca": str(server.ca), "skip_instance_cache": True, **options})


def test_a_certificate_opens_the_door(connected: Callable[..., WebDavFileSystem], user: Pair) -> None:
    fs = connected(certificate=str(user.certificate), key=str(user.key))
    fs.pipe_file("/store/file", b"content")
    assert fs.cat_file("/store/file") == b"content"


def test_a_proxy_stands_for_its_user(proxied: Callable[..., WebDavFileSystem], proxy: Path) -> None:
    fs = proxied(certificate=str(proxy))
    fs.pipe_file("/store/of-proxy", b"content")
    assert fs.cat_file("/store/of-proxy") == b"content"
    with pytest.raises(NotAllowed, match="403"):
        proxied().exists("/store/of-proxy")


def test_without_one_the_server_refuses(connected: Callable[..., WebDavFileSystem]) -> None:
    with pytest.raises(NotAllowed, match="give your certificate or proxy"):
        connected(token="a-token").exists("/store")


def test_what_grid_tools_use_is_found(
    connected: Callable[..., WebDavFileSystem], proxied: Callable[..., WebDavFileSystem], user: Pair, proxy: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("X509_USER_CERT", str(user.certificate))
    monkeypatch.setenv("X509_USER_KEY", str(user.key))
    assert discovered() == Certificate(str(user.certificate), str(user.key))
    assert connected().exists("/store")
    monkeypatch.setenv("X509_USER_PROXY", str(proxy))
    assert discovered() == Certificate(str(proxy))
    assert proxied().exists("/store")


def test_a_certificate_is_not_shown_beside_a_token(proxy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X509_USER_PROXY", str(proxy))
    assert certificate_of(None, None, BearerToken()) == Certificate(str(proxy))
    assert certificate_of(None, None, BearerToken("token")) is None
    assert certificate_of(None, None, Password("user", "secret")) is None
    assert certificate_of("another.pem", None, BearerToken("token")) == Certificate("another.pem")
    monkeypatch.setenv("BEARER_TOKEN", "token")
    assert certificate_of(None, None, BearerToken()) is None


def test_a_proxy_that_ended_is_said_before_the_server_is_asked(
    strict: apache_server.Apache, connected: Callable[..., WebDavFileSystem], user: Pair
) -> None:
    old = strict.authority.proxy("old-proxy", user, days=0)
    with pytest.raises(BadCredentials, match=r"the certificate ended at .* UTC; make a new one \(voms-proxy-init"):
        connected(certificate=str(old)).exists("/store")


def test_a_proxy_is_read_again_when_it_was_renewed(
    strict: apache_server.Apache, proxied: Callable[..., WebDavFileSystem], user: Pair, proxy: Path, tmp_path: Path
) -> None:
    file = tmp_path / "proxy"
    file.write_bytes(strict.authority.proxy("ended-proxy", user, days=0).read_bytes())
    fs = proxied(certificate=str(file))
    with pytest.raises(BadCredentials, match="ended"):
        fs.exists("/store")
    file.write_bytes(proxy.read_bytes())
    assert fs.exists("/store")


def test_a_certificate_of_a_stranger_is_refused(connected: Callable[..., WebDavFileSystem], tmp_path: Path) -> None:
    stranger = authority(tmp_path / "ca").user("mallory")
    with pytest.raises(NotAllowed, match="give your certificate or proxy"):
        connected(certificate=str(stranger.certificate), key=str(stranger.key)).exists("/store")


def test_a_file_that_is_no_certificate_is_said_and_not_shown(
    connected: Callable[..., WebDavFileSystem], user: Pair, tmp_path: Path
) -> None:
    (tmp_path / "text").write_text("s3cr3t")
    for file in (tmp_path / "text", tmp_path / "none", user.key, user.certificate):
        with pytest.raises(BadCredentials, match="the certificate cannot be used") as raised:
            connected(certificate=str(file)).exists("/store")
        assert "s3cr3t" not in str(raised.value)


def test_a_key_with_a_password_is_refused_without_a_question(user: Pair, tmp_path: Path) -> None:
    openssl(tmp_path, "pkey", "-in", user.key, "-aes256", "-passout", "pass:word", "-out", "locked.key")
    with pytest.raises(BadCredentials, match="the key without a password"):
        Certificate(str(user.certificate), str(tmp_path / "locked.key")).load(ssl.create_default_context())


def test_a_folder_of_cas_will_do(
    xrootd_with_users: XRootD, proxied: Callable[..., WebDavFileSystem], proxy: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    folder = xrootd_with_users.authority.hashed()
    assert proxied(ca=str(folder), certificate=str(proxy)).exists("/store")
    monkeypatch.setenv("X509_CERT_DIR", str(folder))
    assert proxied(ca=None, certificate=str(proxy)).exists("/store")


def test_a_folder_without_the_ca_will_not(connected: Callable[..., WebDavFileSystem], tmp_path: Path) -> None:
    authority(tmp_path / "other")
    with pytest.raises(NoAnswer, match="give the CA certificate of Test CA"):
        connected(ca=str(tmp_path / "other"), token="a-token").exists("/store")


def test_the_end_of_a_certificate_is_that_of_its_chain(user: Pair, tmp_path: Path) -> None:
    made = authority(tmp_path / "ca")
    short = made.signed("short", "/CN=short", "basicConstraints=CA:FALSE\n", made.own, days=1)
    far = made.signed("far", "/CN=far", "basicConstraints=CA:FALSE\n", made.own, days=9999)  # GeneralizedTime, 2050
    now = datetime.now(UTC)
    for files, days in (([far], 9999), ([far, short], 1)):
        end = expiry("".join(each.certificate.read_text() for each in files))
        assert abs(end - now - timedelta(days=days)) < timedelta(minutes=1)


@given(st.binary(max_size=100))
def test_what_is_no_certificate_raises_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        expiry(ssl.DER_cert_to_PEM_cert(data))


def test_a_missing_ca_is_no_missing_file() -> None:
    fs = WebDavFileSystem("davs://localhost:1", ca="/nowhere/ca.pem", skip_instance_cache=True)
    with pytest.raises(BadCredentials, match="CA certificates cannot be read"):
        fs.exists("/file")
