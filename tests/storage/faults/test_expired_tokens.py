"""A token that ends in the middle of a run stops it with one message; nothing that was made is made again."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import double_macaroons
import pytest
from double import Double
from fault_chain import Chain
from macaroons import created
from verdict import Note, finish, stopped
from xrootd import SITE, XRootD

MINUTE = 60.0


@dataclass(frozen=True)
class Guarded:
    """A store that asks for tokens. `token` makes one that ends in so many seconds, `refresh` brings `place` up to
    date.
    """

    name: str
    url: str
    place: Path
    ca: Path | None
    token: Callable[[float], str]
    refresh: Callable[[], object]


@pytest.fixture(params=["xrootd", "dCache (double)"])
def guarded(request: pytest.FixtureRequest, tmp_path: Path) -> Guarded:
    name = uuid.uuid4().hex[:12]
    if request.param == "xrootd":
        server: XRootD = request.getfixturevalue("xrootd_with_macaroons")
        everything = created(server.secret, SITE, "id")
        return Guarded(
            "xrootd", f"{server.url}/store/{name}", server.data / "store" / name, server.ca,
            lambda seconds: everything.restricted(before=time.time() + seconds).serialized(), lambda: None,
        )  # fmt: skip
    double: Double = request.getfixturevalue("double_with_tls")
    double.settings.tokens = set()
    return Guarded(
        request.param, f"{double.url}/store/{name}", tmp_path / "double" / name, double.ca,
        lambda seconds: token_of_double(seconds), lambda: written(double, f"/store/{name}", tmp_path / "double" / name),
    )  # fmt: skip


def token_of_double(seconds: float) -> str:
    return double_macaroons.issued("/", [], f"PT{round(seconds)}S")


def written(double: Double, folder: str, place: Path) -> None:
    """Write what the double holds in its memory to a disk."""
    for path, data in double.data.items():
        if path.startswith(f"{folder}/"):
            file = place / path.removeprefix(f"{folder}/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)


@pytest.fixture
def chain(project: Any, guarded: Guarded, size: Any, tmp_path: Path) -> Chain:
    give(tmp_path / "token", guarded.token(10 * MINUTE))
    options = {"token_file": str(tmp_path / "token"), "ca": str(guarded.ca)}
    return Chain.made(project, guarded.url, guarded.place, size.branches, 10, guarded.refresh, **options)


def give(file: Path, token: str) -> None:
    """Put another token into the file, at once."""
    new = file.with_name("new-token")
    new.write_text(token)
    new.replace(file)


def test_a_token_that_ends_stops_the_run_with_one_message(
    chain: Chain, guarded: Guarded, tmp_path: Path, note: Note
) -> None:  # fmt: skip
    @contextmanager
    def ended() -> Any:
        give(tmp_path / "token", guarded.token(-MINUTE))
        yield
        give(tmp_path / "token", guarded.token(10 * MINUTE))

    message, seconds = stopped(chain, ended())
    assert "token" in message and "ended at" in message
    assert seconds < 30
    kept, before = chain.kept(), chain.executions()
    finish(note, "token expired in the middle", guarded.name, chain, "one message: the token ended at …", kept, before)


def test_a_token_that_is_renewed_in_time_is_taken(
    chain: Chain, guarded: Guarded, tmp_path: Path, note: Note
) -> None:  # fmt: skip
    with chain.started() as process:
        chain.wait_for(0.1)
        give(tmp_path / "token", guarded.token(5 * MINUTE))
        text = chain.ended(process)
        assert process.returncode == 0, text
    assert chain.executions() == dict.fromkeys(chain.branches(), 1)
    finish(note, "token renewed in the middle", guarded.name, chain, "nothing", chain.kept(), chain.executions())
