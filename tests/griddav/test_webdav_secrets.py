"""Secrets are searched for everywhere after a full run, with everything that goes wrong in one."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apache as apache_server
import pytest
from double import Double, Fault
from macaroons import created
from service import needed, open_folder
from xrootd import SITE, XRootD

from griddav import WebDavFileSystem

TOKEN, PASSWORD = "s3cr3t-t0ken", "s3cr3t-passw0rd"
# A run in a process of its own: it uses the file system in every way, and prints whatever it can about it.
RUN = """
import json, logging, os, pickle, sys, tempfile, traceback
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
from griddav import WebDavFileSystem
from griddav.http.retry import Retry

url, options, refused = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
folder = tempfile.mkdtemp()
print("here", flush=True)
sys.stdin.readline()

def attempt(name, *arguments, **more):
    try:
        print(name, getattr(fs, name)(*arguments, **more))
    except BaseException:
        traceback.print_exc(file=sys.stdout)

for settings in (options, refused, {**options, "ca": None}):
    fs = WebDavFileSystem(url, **settings, skip_instance_cache=True)
    fs.client.retry = Retry(attempts=4, first=0.01, deadline=5)
    print(repr(fs), str(fs), vars(fs), fs.storage_options, fs.to_json(), fs.client, vars(fs.client), hash(fs))
    print(repr(fs.client.credentials), repr(fs.client.sessions.connection))
    with open(os.path.join(folder, "pickle"), "wb") as file:
        pickle.dump(fs, file)
    attempt("pipe_file", "/store/job/file", b"content" * 1000)
    attempt("cat_file", "/store/job/file")
    attempt("ls", "/store/job")
    attempt("get_file", "/store/job/file", os.path.join(folder, "copy"))
    attempt("put_file", os.path.join(folder, "copy"), "/store/job/back")
    attempt("cat_file", "/store/job/back", start=10, end=20)
    attempt("mv", "/store/job/back", "/store/job/moved")
    attempt("cat_file", "/store/job/none")
    attempt("cat_file", "/store/forbidden/file")
    attempt("rm_file", "/store/job/moved")
    for _ in range(4):
        attempt("cat_file", "/store/job/file")
    fs.close()
fs = WebDavFileSystem(url, **refused, skip_instance_cache=True)
fs.info("/store/job/file")  # a traceback of Python itself
"""


@pytest.fixture
def searched(tmp_path: Path) -> Callable[..., str]:
    """Run in a process of its own, and search all that it leaves for secrets; what it printed."""

    def run(url: str, options: dict[str, Any], refused: dict[str, Any], secrets: Callable[[], list[str]]) -> str:
        folders = {name: str(tmp_path / name) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")}
        for folder in folders.values():
            Path(folder).mkdir()
        environment = {"PATH": os.environ["PATH"], "PYTHONASYNCIODEBUG": "1", "PYTHONDEVMODE": "1", **folders}
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, url, json.dumps(options), json.dumps(refused)], env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        while process.stdout.readline() != "here\n":
            assert process.poll() is None
        seen = [Path(f"/proc/{process.pid}/{name}").read_text() for name in ("cmdline", "environ")]
        printed = process.communicate("go\n", timeout=60)[0]
        seen += [
            printed,
            *(file.read_bytes().decode(errors="replace") for file in tmp_path.rglob("*") if file.is_file()),
        ]
        for secret in secrets():
            assert secret and not [text for text in seen if secret in text], secret
        return printed

    return run


def test_a_token_and_one_shot_urls_of_dcache_are_nowhere(
    double_with_tls: Double, searched: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    double, folder = double_with_tls, tmp_path_factory.mktemp("tokens")
    double.settings.tokens = {TOKEN}
    (folder / "token").write_text(TOKEN)
    (folder / "refused").write_text("r3fused-t0ken")
    double.faults(
        Fault("GET", 500, where="pool"), Fault("GET", where="pool", drop_after=10), Fault("PUT", 503, where="pool"),
        Fault("GET", where="pool", corrupt=True), Fault("GET", 403, where="pool", path="back"),
        Fault("MOVE", 500, times=2),
        Fault("GET", 302, path="file", headers={"Location": "https://127.0.0.1:9/?dcache-http-uuid=d3ad-uu1d"}),
    )  # fmt: skip
    options, refused = ({"ca": str(double.ca), "token_file": str(folder / name)} for name in ("token", "refused"))
    movers: list[str] = []

    def secrets() -> list[str]:
        movers.extend(set(re.findall(r"dcache-http-uuid=([\w-]+)", " ".join(seen.path for seen in double.log()))))
        return [TOKEN, "r3fused-t0ken", "d3ad-uu1d", *movers]

    printed = searched(double.url, options, refused, secrets)
    assert len(movers) > 3 and "b'content" in printed and "answered 401" in printed and "NotAllowed" in printed


@pytest.fixture(scope="module")
def guarded() -> Iterator[apache_server.Apache]:
    """apache that asks for a password."""
    needed(apache_server.PROGRAM)
    with open_folder() as folder, apache_server.running(folder, passwords={"alice": PASSWORD}) as server:
        yield server


def test_a_password_is_nowhere(
    guarded: apache_server.Apache, searched: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("passwords")
    (folder / "password").write_text(PASSWORD)
    (folder / "refused").write_text("r3fused")
    options, refused = (
        {"ca": str(guarded.ca), "user": "alice", "password_file": str(folder / name)}
        for name in ("password", "refused")
    )
    encoded = "YWxpY2U6czNjcjN0LXBhc3N3MHJk"
    printed = searched(guarded.url, options, refused, lambda: [PASSWORD, encoded, "r3fused"])
    assert "b'content" in printed and "answered 401" in printed


def test_a_macaroon_is_nowhere(
    xrootd_with_macaroons: XRootD, searched: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    server, folder = xrootd_with_macaroons, tmp_path_factory.mktemp("macaroons")
    everything = created(server.secret, SITE, "id").restricted(path="/store/job")
    tokens = [everything.restricted(before=time.time() + seconds).serialized() for seconds in (60, -60)]
    for name, token in zip(("token", "ended"), tokens, strict=True):
        (folder / name).write_text(token)
    options, refused = ({"ca": str(server.ca), "token_file": str(folder / name)} for name in ("token", "ended"))
    printed = searched(server.url, options, refused, lambda: tokens)
    assert "b'content" in printed and "answered 403" in printed and "ended at" in printed


def test_a_token_that_is_given_travels_with_the_file_system_only_where_it_must() -> None:
    """fsspec makes a file system anew from its options, in other processes as well: `to_json` and pickles hold them.

    `token_file`, `password_file` and `password_variable` keep secrets out of both.
    """
    fs = WebDavFileSystem("davs://host", token=TOKEN, skip_instance_cache=True)
    assert TOKEN not in repr(fs) + fs.to_json(include_password=False) + repr(fs.client.credentials) + str(hash(fs))
    assert WebDavFileSystem.from_json(fs.to_json()).client.credentials == fs.client.credentials
    assert pickle.loads(pickle.dumps(fs)).client.credentials == fs.client.credentials
