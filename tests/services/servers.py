"""Real servers for all tests, as one pytest plug-in: each is started at its first use, and again when it died."""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

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


def started(service: ModuleType, *arguments: Any) -> Iterator[Any]:
    """A server with an open folder of its own, for as long as its fixture lives."""
    needed(service.PROGRAM)
    with open_folder() as folder, service.running(folder, *arguments) as server:
        yield server


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
    yield from started(apache_server)


@pytest.fixture(scope="session")
def xrootd() -> Iterator[xrootd_server.XRootD]:
    """XRootD over TLS; everybody may write."""
    yield from started(xrootd_server)


@pytest.fixture(scope="session")
def xrootd_with_macaroons() -> Iterator[xrootd_server.XRootD]:
    """XRootD over TLS that asks for macaroons."""
    yield from started(xrootd_server, "macaroons")


@pytest.fixture(scope="session")
def xrootd_with_users() -> Iterator[xrootd_server.XRootD]:
    """XRootD over TLS that asks for macaroons or the certificate of its user, and makes macaroons for it."""
    yield from started(xrootd_server, "users")


@pytest.fixture(scope="session")
def token_issuer(tmp_path_factory: pytest.TempPathFactory) -> issuers.Issuer:
    """Who signs the tokens that `xrootd_with_tokens` takes."""
    return issuers.issuer(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="session")
def xrootd_with_tokens(token_issuer: issuers.Issuer) -> Iterator[xrootd_server.XRootD]:
    """XRootD over TLS that asks for WLCG tokens of `token_issuer`."""
    yield from started(xrootd_server, "tokens", token_issuer)


@pytest.fixture(scope="session")
def nginx() -> Iterator[nginx_server.Nginx]:
    """nginx without TLS; everybody may write."""
    yield from started(nginx_server)


@pytest.fixture(scope="session")
def rclone() -> Iterator[rclone_server.Rclone]:
    """rclone without TLS; everybody may write."""
    yield from started(rclone_server)


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
