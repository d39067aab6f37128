"""Tokens, passwords and CAs that somebody else writes while we read them: what was good goes on while it is valid."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_webdav_credentials import web_token
from webdav_server import QUICK, Server

from griddav import WebDavFileSystem
from griddav.errors import BadCredentials, GridDavError

BROKEN: dict[str, Callable[[Path, str], Any]] = {
    "empty": lambda file, new: file.write_text(""),
    "missing": lambda file, new: file.unlink(),
    "half": lambda file, new: file.write_text(new[: len(new) // 2]),
    "a page": lambda file, new: file.write_text("<html>not a token</html>"),
    "without its end": lambda file, new: file.write_text(new[:-3]),
}


def token(end: float, name: str) -> str:
    return web_token(end) + base64.urlsafe_b64encode(name.encode() * 8).decode().rstrip("=")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "secret"


@pytest.mark.parametrize("how", BROKEN)
def test_the_last_good_token_goes_on_while_a_new_one_is_written(server: Server, file: Path, how: str) -> None:
    old, new = token(time.time() + 3600, "old"), token(time.time() + 7200, "new")
    fs = WebDavFileSystem(server.url(), token_file=str(file), retry=QUICK, skip_instance_cache=True)
    file.write_text(old)
    server.token = old
    assert fs.exists("/store")
    BROKEN[how](file, new)
    for _ in range(3):
        assert fs.exists("/store")
    file.write_text(new)
    server.token = new
    assert fs.exists("/store")
    fs.close()


@pytest.mark.parametrize("how", BROKEN)
def test_a_token_that_ended_does_not_go_on(server: Server, file: Path, how: str) -> None:
    old, new = token(time.time() + 1.0, "old"), token(time.time() + 7200, "new")
    fs = WebDavFileSystem(server.url(), token_file=str(file), retry=QUICK, skip_instance_cache=True)
    file.write_text(old)
    server.token = old
    assert fs.exists("/store")
    BROKEN[how](file, new)
    server.token = new
    time.sleep(1.1)
    with pytest.raises(GridDavError) as caught:
        fs.exists("/store")
    assert old not in str(caught.value) and new[:-3] not in str(caught.value)
    fs.close()


@pytest.mark.parametrize("how", ["empty", "missing", "a page"])
def test_a_first_token_is_looked_for_twice(server: Server, file: Path, how: str) -> None:
    good = token(time.time() + 3600, "good")
    server.token = good
    fs = WebDavFileSystem(server.url(), token_file=str(file), retry=QUICK, skip_instance_cache=True)
    file.write_text("")
    BROKEN[how](file, good)
    writer = threading.Timer(0.15, file.write_text, [good])
    writer.start()
    assert fs.exists("/store")
    writer.join()
    file.unlink()
    other = WebDavFileSystem(server.url(), token_file=str(file), retry=QUICK, skip_instance_cache=True)
    with pytest.raises(BadCredentials, match="no file of this name"):
        other.exists("/store")
    fs.close()
    other.close()


@pytest.mark.parametrize("how", ["empty", "missing"])
def test_the_last_password_goes_on_while_a_new_one_is_written(
    file: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    from griddav.auth.passwords import Password

    password = Password("alice", file=str(file))
    file.write_text("first\n")
    first = password.header(secure=True)
    BROKEN[how](file, "second")
    assert password.header(secure=True) == first
    monkeypatch.setattr("griddav.auth.last_good.GRACE", -1.0)
    with pytest.raises(BadCredentials):
        password.header(secure=True)
    file.write_text("second\n")
    assert password.header(secure=True) not in (None, first)


@pytest.mark.parametrize("how", ["empty", "missing", "half"])
def test_the_last_cas_go_on_while_new_ones_are_written(
    apache: Any, file: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr("griddav.http.session.SECONDS_TRUSTED", -1.0)
    good = Path(apache.ca).read_text()
    file.write_text(good)
    fs = WebDavFileSystem(apache.url, ca=str(file), retry=QUICK, skip_instance_cache=True)
    assert fs.exists("/store")
    BROKEN[how](file, good)
    fs.close()  # the next request opens a new connection
    assert fs.exists("/store")
    file.write_text(good)
    fs.close()
    assert fs.exists("/store")
    fs.close()


@pytest.mark.parametrize("how", ["empty", "missing", "half", "another"])
def test_cas_that_are_being_written_are_looked_for_twice(apache: Any, file: Path, how: str, tmp_path: Path) -> None:
    from ca import authority

    good = Path(apache.ca).read_text()
    file.write_text("")
    if how == "another":  # the first of several CAs is there, ours is not yet
        file.write_text(authority(tmp_path / "other").certificate.read_text())
    else:
        BROKEN[how](file, good)
    fs = WebDavFileSystem(apache.url, ca=str(file), skip_instance_cache=True)
    writer = threading.Timer(0.15, file.write_text, [good])
    if how == "another":
        original = fs.client.sessions.renewed

        def renewed() -> bool:
            file.write_text(good)
            return original()

        fs.client.sessions.renewed = renewed  # type: ignore[method-assign]
    else:
        writer.start()
    assert fs.exists("/store")
    fs.close()
