"""Large files are read from the socket in a thread; whatever that cannot do goes the usual way."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from double import Double
from double_state import Fault
from fsspec.asyn import sync
from fsspec.callbacks import Callback

from griddav import WebDavFileSystem
from griddav.errors import ContentChanged
from griddav.http.retry import Retry
from griddav.reading import direct as direct_module
from griddav.reading import download

CONTENT = os.urandom(10_000_001)


@pytest.fixture(autouse=True)
def every_file_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "LARGE", 0)


@pytest.fixture
def direct(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each file was read directly."""
    found: list[bool] = []

    async def watched(*arguments: Any) -> bool:
        found.append(await direct_module.read_directly(*arguments))
        return found[-1]

    monkeypatch.setattr(download, "read_directly", watched)
    return found


def opened(server: Any) -> WebDavFileSystem:
    options = {"ca": str(server.ca)} if server.ca is not None else {}
    retry = Retry(attempts=4, first=0.01, longest=0.05, deadline=20.0)
    return WebDavFileSystem(f"{server.url}/store/direct", retry=retry, skip_instance_cache=True, **options)


@pytest.mark.parametrize("kind", ["apache", "xrootd"])
@pytest.mark.parametrize("size", [1, 8192, 4 << 20, len(CONTENT)])
def test_a_file_arrives_whole(
    kind: str, size: int, request: pytest.FixtureRequest, tmp_path: Path, direct: list[bool]
) -> None:
    fs = opened(request.getfixturevalue(kind))
    fs.pipe_file(f"/whole {size}", CONTENT[:size])
    seen: list[int] = []
    fs.get_file(f"/whole {size}", str(tmp_path / "file"), callback=watching(seen))
    assert (tmp_path / "file").read_bytes() == CONTENT[:size]
    assert direct == [True]
    assert seen == sorted(seen)
    fs.close()


def watching(seen: list[int]) -> Any:
    class Watching(Callback):  # type: ignore[misc]
        def absolute_update(self, value: int) -> None:
            seen.append(value)

    return Watching()


def test_a_redirect_goes_the_usual_way(double: Double, tmp_path: Path, direct: list[bool]) -> None:
    fs = opened(double)
    fs.pipe_file("/file", CONTENT)
    fs.get_file("/file", str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert direct == [False]
    fs.close()


def test_a_file_that_is_another_one_by_now_is_asked_for_again_the_usual_way(
    apache: Any, tmp_path: Path, direct: list[bool]
) -> None:
    fs = opened(apache)
    fs.pipe_file("/failing", CONTENT)
    there = fs.info("/failing")
    (apache.data / "store" / "direct" / "failing").write_bytes(CONTENT[:-1])
    with pytest.raises(ContentChanged, match="has 10000000 bytes in place of the 10000001"):
        sync(fs.loop, download.fetch, fs.client, "/failing", str(tmp_path / "file"), there, lambda _: None)
    assert direct == [False]
    assert not list(tmp_path.iterdir())
    fs.close()


def test_content_that_is_not_what_the_server_states_is_no_file(
    xrootd: Any, tmp_path: Path, direct: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    fs = opened(xrootd)
    fs.pipe_file("/stated", CONTENT)
    original = direct_module.state

    async def wrong(client: Any, path: str, rest: Any) -> None:
        await original(client, path, rest)
        rest.stated = dict.fromkeys(rest.stated, "00000000")

    monkeypatch.setattr(direct_module, "state", wrong)
    fs.get_file("/stated", str(tmp_path / "file"))
    assert direct == [False]
    assert (tmp_path / "file").read_bytes() == CONTENT
    fs.close()


def test_a_missing_file_is_missing_and_credentials_are_sent(double: Double, tmp_path: Path, direct: list[bool]) -> None:
    double.write("/store/direct/file", CONTENT)
    double.settings.tokens = {"right"}
    fs = WebDavFileSystem(f"{double.url}/store/direct", token="right", skip_instance_cache=True)
    fs.get_file("/file", str(tmp_path / "file"))
    with pytest.raises(FileNotFoundError):
        fs.get_file("/none", str(tmp_path / "none"))
    assert (tmp_path / "file").read_bytes() == CONTENT
    double.faults(Fault("GET", status=500, where="door", times=1))
    fs.get_file("/file", str(tmp_path / "again"))
    assert (tmp_path / "again").read_bytes() == CONTENT
    fs.close()
