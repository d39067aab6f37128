"""Credentials: found as WLCG says, read again when they change, and shown to nobody else."""

from __future__ import annotations

import base64
import json
import os
import pickle
import time
from pathlib import Path

import pytest
from webdav_server import Fault, Server

from griddav import WebDavFileSystem
from griddav.auth.passwords import Password
from griddav.auth.tokens import BearerToken, expiry
from griddav.errors import BadCredentials, GridDavError, NotAllowed

SECRET = "s3cr3t-t0ken"


def web_token(end: float) -> str:
    parts = ({"alg": "none"}, {"exp": end})
    return ".".join(
        [*(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), "x"]
    )


def test_tokens_are_found_in_the_order_of_wlcg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = BearerToken()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / f"bt_u{os.geteuid()}").write_text("of-the-session\n")
    assert found.header(secure=True) == "Bearer of-the-session"
    (tmp_path / "file").write_text("of-the-file")
    monkeypatch.setenv("BEARER_TOKEN_FILE", str(tmp_path / "file"))
    assert found.header(secure=True) == "Bearer of-the-file"
    monkeypatch.setenv("BEARER_TOKEN", "of-the-environment")
    assert found.header(secure=True) == "Bearer of-the-environment"
    assert BearerToken("given").header(secure=True) == "Bearer given"


def test_a_token_that_was_found_is_sent_over_tls_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEARER_TOKEN", SECRET)
    assert BearerToken().header(secure=False) is None
    assert BearerToken(SECRET).header(secure=False) == f"Bearer {SECRET}"


def test_a_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("first")
    found = BearerToken(file=str(file))
    assert found.token() == "first"
    file.write_text("another")
    assert found.token() == "another"


def test_a_token_that_is_about_to_expire_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "token"
    old, new = web_token(int(time.time()) + 10), web_token(int(time.time()) + 99)
    file.write_text(old)
    state = file.stat()
    found = BearerToken(file=str(file))
    assert found.token() == old
    file.write_text(new)
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))  # a file system that does not show the change
    assert found.token() == new


@pytest.mark.parametrize("token", ["macaroon", "a.b.c", "a.eyJ9.c", "a.W10.c"])
def test_a_token_that_says_no_end_has_none(token: str) -> None:
    assert expiry(token) is None


@pytest.mark.parametrize("content", ["", "two words", "line\nbreak", "ü"])
def test_a_broken_token_is_refused_and_not_shown(tmp_path: Path, content: str) -> None:
    file = tmp_path / "token"
    file.write_text(f"{content}{SECRET}!" if content else "")
    with pytest.raises(GridDavError) as raised:
        BearerToken(file=str(file)).token()
    assert SECRET not in str(raised.value)


def test_a_token_file_that_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadCredentials, match="no file of this name"):
        BearerToken(file=str(tmp_path / "none")).token()


def test_secrets_are_in_no_representation() -> None:
    fs = WebDavFileSystem("davs://host", token=SECRET, skip_instance_cache=True)
    shown = [
        repr(fs),
        str(fs),
        repr(fs.client.credentials),
        fs.to_json(include_password=False),
        fs.unstrip_protocol("/a"),
    ]
    assert not any(SECRET in text for text in [*shown, repr(Password("user", SECRET))])
    assert pickle.loads(pickle.dumps(fs)).client.credentials == fs.client.credentials


def test_a_password_in_a_url_becomes_an_option() -> None:
    options = WebDavFileSystem._get_kwargs_from_urls("davs://me:p%40ss@host:1/path?x")
    assert options == {"base_url": "davs://host:1", "user": "me", "password": "p@ss"}
    assert Password("me", "p@ss").header(secure=True) == "Basic bWU6cEBzcw=="


def test_the_token_reaches_the_server_and_no_other(dcache: WebDavFileSystem, server: Server) -> None:
    server.token = SECRET
    fs = WebDavFileSystem(server.url(), token=SECRET, retry=dcache.client.retry, skip_instance_cache=True)
    fs.pipe_file("/store/file", b"content")
    assert fs.cat_file("/store/file") == b"content"
    doors = {each.door for each in server.seen if "Authorization" in each.headers}
    assert doors == {"door"} and {each.door for each in server.seen} == {"door", "pool"}


def test_a_trusted_server_gets_the_token_as_well(dcache: WebDavFileSystem, server: Server) -> None:
    pool = server.url("http", "pool")
    fs = WebDavFileSystem(server.url(), token=SECRET, trusted=[pool], skip_instance_cache=True)
    fs.pipe_file("/store/file", b"content")
    assert all("Authorization" in each.headers for each in server.seen if each.door == "pool")


def test_a_token_that_expires_in_between_is_replaced(server: Server, fs: WebDavFileSystem, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("old")
    server.token = "old"
    fs = WebDavFileSystem(server.url(), token_file=str(file), retry=fs.client.retry, skip_instance_cache=True)
    assert fs.exists("/store")
    server.token = "new"
    file.write_text("new")
    assert fs.exists("/store")


def test_a_refused_token_is_sent_once(server: Server) -> None:
    server.token = "another"
    fs = WebDavFileSystem(server.url(), token=SECRET, profile="plain", skip_instance_cache=True)
    with pytest.raises(NotAllowed, match="get a new token") as raised:
        fs.exists("/store")
    assert SECRET not in str(raised.value)
    assert len(server.seen) == 1


def test_an_error_after_a_redirect_shows_no_secret_of_its_url(fs: WebDavFileSystem, server: Server) -> None:
    server.nodes["/store/file"] = b"content"
    location = f"http://127.0.0.1:9/store/file?authz={SECRET}"
    server.faults.append(Fault("GET", 302, times=100, headers={"Location": location}))
    with pytest.raises(GridDavError) as raised:
        fs.cat_file("/store/file")
    assert SECRET not in str(raised.value)
