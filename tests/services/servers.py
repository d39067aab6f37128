"""Real servers for all tests, as one pytest plug-in: each is started at its first use, and again when it died."""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Iterator

import apache as apache_server
import double as double_server
import issuer as issuers
import nginx as nginx_server
import pytest
import rclone as rclone_server
import s3 as s3_server
import xrootd as xrootd_server
from service import needed, open_folder, revive

LAST = [time.monotonic()]
"""When the latest test began."""


@pytest.fixture(autouse=True)
def living_servers() -> None:
    """A server that died in an earlier test is there again; after a test that took long, each is asked."""
    now = time.monotonic()
    revive(ask=now - LAST[0] > 12)
    LAST[0] = time.monotonic()


@pytest.fixture
def no_token(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests find no token and no proxy of the user who runs them."""
    for name in ("BEARER_TOKEN", "BEARER_TOKEN_FILE", "X509_USER_PROXY", "X509_USER_CERT", "X509_USER_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))


@pytest.fixture(scope="session")
def apache() -> Iterator[apache_server.Apache]:
    """apache over TLS; everybody may write."""
    needed(apache_server.PROGRAM)
    with open_folder() as folder, apache_server.running(folder) as server:
        yield server


@pytest.fixture(scope="session")
def xrootd() -> Iterator[xrootd_server.XRootD]:
    """XRootD over TLS; everybody may write."""
    needed(xrootd_server.PROGRAM)
    with open_folder() as folder, xrootd_server.running(folder) as server:
        yield server


@pytest.fixture(scope="session")
def xrootd_with_macaroons() -> Iterator[xrootd_server.XRootD]:
    """XRootD over TLS that asks for macaroons."""
    needed(xrootd_server.PROGRAM)
    with open_folder() as folder, xrootd_server.running(folder, "macaroons") as server:
        yield server


@pytest.fixture(scope="session")
def xrootd_with_users() -> Iterator[xrootd_server.XRootD]:
    """XRootD over TLS that asks for macaroons or the certificate of its user, and makes macaroons for it."""
    needed(xrootd_server.PROGRAM)
    with open_folder() as folder, xrootd_server.running(folder, "users") as server:
        yield server


@pytest.fixture(scope="session")
def token_issuer(tmp_path_factory: pytest.TempPathFactory) -> issuers.Issuer:
    """Who signs the tokens that `xrootd_with_tokens` takes."""
    return issuers.issuer(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="session")
def xrootd_with_tokens(token_issuer: issuers.Issuer) -> Iterator[xrootd_server.XRootD]:
    """XRootD over TLS that asks for WLCG tokens of `token_issuer`."""
    needed(xrootd_server.PROGRAM)
    with open_folder() as folder, xrootd_server.running(folder, "tokens", token_issuer) as server:
        yield server


@pytest.fixture(scope="session")
def nginx() -> Iterator[nginx_server.Nginx]:
    """nginx without TLS; everybody may write."""
    needed(nginx_server.PROGRAM)
    with open_folder() as folder, nginx_server.running(folder) as server:
        yield server


@pytest.fixture(scope="session")
def rclone() -> Iterator[rclone_server.Rclone]:
    """rclone without TLS; everybody may write."""
    needed(rclone_server.PROGRAM)
    with open_folder() as folder, rclone_server.running(folder) as server:
        yield server


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3_server.S3]:
    """moto, without TLS; everybody may write."""
    if importlib.util.find_spec("moto") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("moto is not installed: make setup")
    with s3_server.running(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def double() -> Iterator[double_server.Double]:
    """The double of dCache, without TLS."""
    with double_server.running() as server:
        yield server


@pytest.fixture
def double_with_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[double_server.Double]:
    """The double of dCache, over TLS."""
    with double_server.running(tmp_path_factory.mktemp("double")) as server:
        yield server
