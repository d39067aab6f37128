"""Macaroons for jobs: requested with a certificate, or made from a macaroon, and never with more than is needed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from apache import Apache
from double import Double
from fsspec.asyn import sync
from issuer import Issuer
from macaroons import created
from xrootd import SITE, USER, XRootD

from griddav import WebDavFileSystem
from griddav.auth.delegation import request_macaroon, token_for_job
from griddav.auth.macaroon import parse
from griddav.errors import NotAllowed, Refused


@pytest.fixture(scope="module")
def proxy(xrootd_with_users: XRootD) -> Path:
    """An X509 proxy of the user whom XRootD knows."""
    authority = xrootd_with_users.authority
    return authority.proxy("proxy-of-user", authority.user(USER))


def file_system(server: XRootD, token: str | None = None, certificate: Path | None = None) -> WebDavFileSystem:
    return WebDavFileSystem(
        server.url, ca=str(server.ca), token=token, certificate=certificate and str(certificate),
        skip_instance_cache=True,
    )  # fmt: skip


def test_a_job_gets_what_it_needs_and_no_more(xrootd_with_users: XRootD, proxy: Path) -> None:
    server, user = xrootd_with_users, file_system(xrootd_with_users, certificate=proxy)
    user.pipe_file("/store/run/in", b"input")
    options = {"ca": str(server.ca), "certificate": str(proxy)}
    token = token_for_job(f"{server.url}/store", ["run/in"], ["run"], 600, **options)
    macaroon = parse(token)
    assert macaroon.path == "/store/run" and macaroon.activities == {"DOWNLOAD", "UPLOAD", "LIST", "READ_METADATA"}
    assert macaroon.expires is not None and 590 < macaroon.expires - time.time() < 610
    job, out = file_system(server, token), f"/store/run/{time.time_ns()}/out"
    job.pipe_file(out, job.cat_file("/store/run/in"))
    assert user.cat_file(out) == b"input" and out in job.find("/store/run")


def test_a_job_that_only_reads_gets_no_more(xrootd_with_users: XRootD, proxy: Path) -> None:
    server = xrootd_with_users
    token = token_for_job(f"{server.url}/store", ["a/b", "a/c"], [], 60, ca=str(server.ca), certificate=str(proxy))
    assert (parse(token).path, parse(token).activities) == ("/store/a", {"DOWNLOAD", "LIST", "READ_METADATA"})


def test_xrootd_forgets_restrictions_where_the_user_s_name_has_rights(xrootd_with_users: XRootD, proxy: Path) -> None:
    """What XRootD 5.5.3 does: a request that a macaroon denies is judged again by the name of who made it, which the
    connection keeps since the macaroon was accepted. So rights must not be granted to names where jobs have macaroons.
    """
    server, user = xrootd_with_users, file_system(xrootd_with_users, certificate=proxy)
    user.pipe_file("/store/kept/file", b"content")
    options = {"ca": str(server.ca), "certificate": str(proxy)}
    job = file_system(server, token_for_job(f"{server.url}/store", ["kept"], [], 60, **options))
    assert job.cat_file("/store/kept/file") == b"content"
    job.rm_file("/store/kept/file")
    assert not user.exists("/store/kept/file")


def test_a_macaroon_is_restricted_without_asking(xrootd_with_macaroons: XRootD, tmp_path: Path) -> None:
    server, own = xrootd_with_macaroons, created(xrootd_with_macaroons.secret, SITE, "id").restricted(path="/store")
    (tmp_path / "token").write_text(own.serialized())
    options = {"ca": str(server.ca), "token_file": str(tmp_path / "token")}
    token = parse(token_for_job(f"{server.url}/store", ["a"], ["a/out"], 60, **options))
    assert token.fields[: len(own.fields)] == own.fields and token.path == "/store/a"
    with pytest.raises(ValueError, match="cannot be made one for /elsewhere"):
        token_for_job(f"{server.url}/elsewhere", ["a"], [], 60, **options)
    (tmp_path / "token").write_text(own.restricted(activities=["DOWNLOAD", "LIST"]).serialized())
    with pytest.raises(Refused, match="our own macaroon allows DOWNLOAD, LIST, READ_METADATA only"):
        token_for_job(f"{server.url}/store", ["a"], ["a/out"], 60, **options)


def test_a_macaroon_that_allows_too_little_is_refused(xrootd_with_tokens: XRootD, token_issuer: Issuer) -> None:
    """What XRootD 5.5.3 does: it does not look at a token when it makes a macaroon."""
    fs = file_system(xrootd_with_tokens, token_issuer.token("storage.read:/ storage.modify:/"))
    with pytest.raises(Refused, match=r"allows READ_METADATA under /store only; .* X509 certificate"):
        sync(fs.loop, request_macaroon, fs.client, "/store", ["DOWNLOAD"], 60)


def test_a_server_without_macaroons_is_told(apache: Apache) -> None:
    with pytest.raises(Refused, match=r"this server made no macaroon .* ask your token's issuer"):
        token_for_job(apache.url, ["store"], [], 60, ca=str(apache.ca), token="a-token")


def test_a_job_needs_a_path(double: Double) -> None:
    with pytest.raises(ValueError, match="needs a path"):
        token_for_job(double.url, [], [], 60)


def test_on_dcache_a_writer_may_move_and_not_remove(double: Double) -> None:
    double.settings.tokens = {"of-the-user"}
    double.write("/store/in", b"input")
    token = token_for_job(f"{double.url}/store", ["in"], ["out"], 60, token="of-the-user")
    (asked,) = [each for each in double.log() if each.method == "POST"]
    assert asked.path == "/store" and parse(token).activities == {
        "DOWNLOAD",
        "UPLOAD",
        "LIST",
        "MANAGE",
        "READ_METADATA",
    }
    job = WebDavFileSystem(double.url, token=token, skip_instance_cache=True)
    job.pipe_file("/store/out/file", job.cat_file("/store/in"))
    assert double.data["/store/out/file"] == b"input"
    with pytest.raises(NotAllowed, match="403"):
        job.rm_file("/store/in")
