"""Passwords and tokens on servers that ask for them, and what happens when they end in the middle of a run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import apache as apache_server
import pytest
from double import Double
from issuer import Issuer
from service import needed, open_folder
from xrootd import XRootD

from griddav import WebDavFileSystem
from griddav.auth.passwords import Password
from griddav.auth.token_or_password import credentials
from griddav.errors import BadCredentials, GridDavError, NotAllowed

SECRET = "s3cr3t: pässword"


@pytest.fixture(scope="module")
def guarded() -> Iterator[apache_server.Apache]:
    """apache that asks for a password."""
    needed(apache_server.PROGRAM)
    with open_folder() as folder, apache_server.running(folder, passwords={"alice": SECRET}) as server:
        yield server


def file_system(server: apache_server.Apache | XRootD | Double, **options: str) -> WebDavFileSystem:
    return WebDavFileSystem(server.url, ca=server.ca and str(server.ca), skip_instance_cache=True, **options)


def test_a_password_is_given_or_in_a_file_or_a_variable(
    guarded: apache_server.Apache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "password").write_text(f"{SECRET}\n")
    monkeypatch.setenv("STORE_PASSWORD", SECRET)
    for options in (
        {"password": SECRET}, {"password_file": str(tmp_path / "password")}, {"password_variable": "STORE_PASSWORD"}
    ):  # fmt: skip
        assert file_system(guarded, user="alice", **options).exists("/store")


def test_a_wrong_password_is_sent_once_and_its_place_said(guarded: apache_server.Apache, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("wr0ng")
    with pytest.raises(NotAllowed, match=rf"401 .*attempt 1.* user alice and the password \({file}\)") as raised:
        file_system(guarded, user="alice", password_file=str(file)).exists("/store")
    assert "wr0ng" not in str(raised.value)


def test_a_password_that_changes_in_mid_run_is_read_again(guarded: apache_server.Apache, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(SECRET)
    fs = file_system(guarded, user="alice", password_file=str(file))
    assert fs.exists("/store")
    file.write_text("wr0ng")
    with pytest.raises(NotAllowed, match="401"):
        fs.exists("/store")
    file.write_text(SECRET)
    assert fs.exists("/store")


def test_a_password_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadCredentials, match=f"{tmp_path}/none: there is no file of this name"):
        Password("alice", file=str(tmp_path / "none")).header(secure=True)
    with pytest.raises(BadCredentials, match="the variable NO_SUCH: there is no password for alice"):
        Password("alice", variable="NO_SUCH").header(secure=True)


@pytest.mark.parametrize("options", [
    {"password": "x"}, {"user": "u", "token": "t"}, {"token": "t", "token_file": "f"},
    {"user": "u", "password": "x", "password_file": "f"}, {"password_variable": "V"},
])  # fmt: skip
def test_options_that_contradict_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"give|needs"):
        credentials(**options)


def test_tokens_of_wlcg_open_xrootd(xrootd_with_tokens: XRootD, token_issuer: Issuer, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(token_issuer.token("storage.read:/ storage.create:/"))
    fs = file_system(xrootd_with_tokens, token_file=str(file))
    path = f"/store/{time.time_ns()}/file"
    fs.pipe_file(path, b"content")
    assert fs.cat_file(path) == b"content"
    with pytest.raises(NotAllowed, match="403"):  # the only guard that XRootD has against overwriting
        fs.pipe_file(path, b"another")
    assert fs.cat_file(path) == b"content"


def test_a_token_that_ends_in_mid_run_is_renewed_or_said(
    xrootd_with_tokens: XRootD, token_issuer: Issuer, tmp_path: Path
) -> None:
    file, scope = tmp_path / "token", "storage.read:/ storage.create:/"
    file.write_text(token_issuer.token(scope, lifetime=-5))
    fs = file_system(xrootd_with_tokens, token_file=str(file))
    with pytest.raises(NotAllowed, match=rf"403 .*attempt 1\).* the token \(from {file}\) ended at .* get a new"):
        fs.ls("/store")
    file.write_text(token_issuer.token(scope))
    assert fs.exists("/store")


def test_many_requests_with_a_refused_token_ask_few_times_and_say_it_once(double: Double, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("old-token")
    double.settings.tokens = {"old-token"}
    fs = file_system(double, token_file=str(file))
    assert fs.exists("/store")
    double.settings.tokens = {"new-token"}
    double.log()
    for _ in range(20):
        with pytest.raises(NotAllowed, match=r"check issuer, audience and clocks for the token \(from .*token\)"):
            fs.exists("/store")
    assert len(double.log()) == 1
    file.write_text("new-token")
    assert fs.exists("/store")


def test_a_thousand_requests_at_once_do_not_storm_a_server_that_refuses(double: Double, tmp_path: Path) -> None:
    """dCache answers 429 after three 401."""
    file = tmp_path / "token"
    file.write_text("old-token")
    double.settings.tokens = {"old-token"}
    fs = file_system(double, token_file=str(file))
    assert fs.exists("/store")
    double.settings.tokens = {"new-token"}

    async def all_at_once() -> set[str]:
        failures = await asyncio.gather(*(fs._exists(f"/store/{n}") for n in range(1000)), return_exceptions=True)
        assert all(isinstance(each, GridDavError) for each in failures)
        return {str(each).partition("; ")[2] for each in failures}

    double.log()
    said = asyncio.run_coroutine_threadsafe(all_at_once(), fs.loop).result(60)
    assert {each.partition(" (from")[0] for each in said} == {"check issuer, audience and clocks for the token"}
    assert len([seen for seen in double.log() if seen.where == "door"]) <= 2 * 32


@pytest.mark.parametrize(("scopes", "allowed"), [
    ("read", {"read", "list"}),
    ("read create", {"read", "list", "upload", "folder"}),
    ("read modify", {"read", "list", "upload", "folder", "overwrite", "remove"}),
])  # fmt: skip
def test_scopes_of_wlcg_allow_what_the_manual_says(
    xrootd_with_tokens: XRootD, token_issuer: Issuer, scopes: str, allowed: set[str]
) -> None:
    everything = " ".join(f"storage.{name}:/" for name in ("read", "create", "modify"))
    folder = f"/store/{time.time_ns()}"
    owner = file_system(xrootd_with_tokens, token=token_issuer.token(everything))
    owner.pipe({f"{folder}/old": b"old", f"{folder}/other": b"other"})
    fs = file_system(
        xrootd_with_tokens, token=token_issuer.token(" ".join(f"storage.{name}:/" for name in scopes.split()))
    )
    tried = {
        "read": lambda: fs.cat_file(f"{folder}/old"), "list": lambda: fs.ls(folder),
        "upload": lambda: fs.pipe_file(f"{folder}/new", b"new"), "folder": lambda: fs.mkdir(f"{folder}/made"),
        "overwrite": lambda: fs.pipe_file(f"{folder}/old", b"new"), "remove": lambda: fs.rm_file(f"{folder}/other"),
    }  # fmt: skip
    done = set()
    for name, operation in tried.items():
        try:
            operation()
        except GridDavError as error:
            assert "403" in str(error)
        else:
            done.add(name)
    assert done == allowed
