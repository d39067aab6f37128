"""Commands that remove act on exactly the folder that they are given, however that is written."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from apache import Apache
from click.testing import CliRunner
from made_store import fill

from caselaw.cli.gc import gc
from caselaw.cli.store import timing
from caselaw.errors import ConfigError, NotConfirmed, TransferError

LEFTOVER = f".upload-{'a' * 32}"
FOLDERS = ("", "store", "store/mine", "store/mine/sub", "store/mine2", "store/other", "beside")
"""Two stores, one in the other, folders in them, and folders in none; `mine2` begins as `mine` does."""


@dataclass(frozen=True)
class Ground:
    """A folder of a server, or of this machine, with leftovers and files in every folder."""

    root: Path
    url: str
    door: str = ""

    def files(self) -> set[str]:
        return {str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file()}

    def forms(self, path: str) -> list[str]:
        """All ways to write a folder."""
        url = f"{self.url}/{path}"
        inner, outer = f"{path}/".removeprefix("store/mine/"), f"{path}/".removeprefix("store/")
        names = [f"inner:{inner}"] if inner != f"{path}/" else []
        names += [f"outer:{outer}", f"outer:/{outer.rstrip('/')}"] if outer != f"{path}/" else []
        bare = {"store": ["outer"], "store/mine": ["inner"]}.get(path, [])
        if "://" not in self.url:
            relative = os.path.relpath(url)
            return [url, f"{url}/", relative, f"./{relative}//", f"{url}/../{Path(path).name}", *names, *bare]
        scheme, _, rest = url.partition("://")
        host, _, below = rest.partition("/")
        spelled = [f"{scheme}://{host}//{below}", f"{scheme}://{host.upper()}/{below}", f"{self.door}/{path}"]
        return [url, f"{url}/", *spelled, *names, *bare]


@pytest.fixture(params=["disk", "apache"])
def ground(desk, request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    if request.param == "disk":
        made = Ground(desk.root / "ground", str(desk.root / "ground"))
        entries = {"outer": {"path": f"{made.url}/store"}, "inner": {"path": f"{made.url}/store/mine"}}
    else:
        server = request.getfixturevalue("apache")
        url, door = (f"{start}/store/{tmp_path.name}" for start in (server.url, second_name(server.url)))
        made = Ground(server.data / "store" / tmp_path.name, url, door)
        entries = {
            "outer": {"url": [f"{url}/store", f"{door}/store"], "ca": str(server.ca)},
            "inner": {"url": [f"{url}/store/mine", f"{door}/store/mine"], "ca": str(server.ca)},
            "beside": {"url": [url, door], "ca": str(server.ca)},
        }
    (desk.root / "configs" / "stores.yaml").write_text("".join(f"{name}: {e}\n" for name, e in entries.items()))
    for folder in FOLDERS:
        (made.root / folder).mkdir(parents=True, exist_ok=True)
        (made.root / folder / "file").write_text("content")
        (made.root / folder / LEFTOVER).write_text("half")
        os.utime(made.root / folder / LEFTOVER, (time.time() - 1e6,) * 2)
    for path in (made.root, *made.root.rglob("*")):
        path.chmod(0o777)
    (desk.root / "empty").mkdir()
    return made


def second_name(url: str) -> str:
    """Another name of this machine, under which the same server is reached."""
    return url.replace("localhost", "127.0.0.1") if "localhost" in url else url.replace("127.0.0.1", "localhost")


def below(paths: set[str], folder: str) -> set[str]:
    return {path for path in paths if path.startswith(f"{folder}/")}


@pytest.mark.parametrize("folder", [each for each in FOLDERS if each])
def test_clean_lists_and_removes_below_its_folder_only(desk, ground: Ground, folder: str) -> None:
    for form in ground.forms(folder):
        before = ground.files()
        wanted = {path for path in below(before, folder) if path.endswith(LEFTOVER)}
        listed = desk.ask("clean", form, "--older-than", "1 h")["orphans"]
        assert {path_in(ground, each["path"]) for each in listed} == wanted, form
        assert ground.files() == before
        assert desk.ask("clean", form, "--older-than", "1 h", "--delete", "--yes")["removed"] == len(wanted)
        assert before - ground.files() == wanted, form
        for path in wanted:
            (ground.root / path).write_text("half")
            os.utime(ground.root / path, (time.time() - 1e6,) * 2)
            (ground.root / path).chmod(0o777)


def path_in(ground: Ground, text: str) -> str:
    """The path of what is listed, in the folder of the test."""
    return next(text.removeprefix(f"{each}/") for each in (ground.url, ground.door) if text.startswith(f"{each}/"))


@pytest.mark.parametrize("folder", [each for each in FOLDERS if each])
def test_sync_removes_below_its_target_only_and_no_other_store(desk, ground: Ground, folder: str) -> None:
    for form in ground.forms(folder):
        if ":" not in form and "/" not in form:
            continue  # a bare name is a path here
        before = ground.files()
        wanted = {path for path in below(before, folder) if not path.endswith(LEFTOVER)}
        wanted -= below(before, "store/mine") if folder == "store" else set()
        removed = desk.ask("sync", "empty", form, "--delete", "--yes")["removed"]
        assert {f"{folder}/{path}" for path in removed} == wanted == before - ground.files(), form
        for path in wanted:
            (ground.root / path).parent.mkdir(parents=True, exist_ok=True)
            (ground.root / path).write_text("content")
        for path in (ground.root, *ground.root.rglob("*")):
            path.chmod(0o777)


@pytest.mark.parametrize("command", [("clean",), ("clean", "--delete", "--yes")], ids=["list", "delete"])
def test_a_whole_server_needs_its_own_word(desk, ground: Ground, command: tuple[str, ...], apache: Apache) -> None:
    before = ground.files()
    scheme, _, host = (ground.url if "://" in ground.url else apache.url).partition("://")
    for root in (
        ("/", "//", "/..")
        if "://" not in ground.url
        else (f"{scheme}://{host.partition('/')[0]}{end}" for end in ("", "/", "//"))
    ):
        with pytest.raises(NotConfirmed, match="this is all of a server"):
            desk.run(*command, root)
        with pytest.raises(NotConfirmed, match="this is all of a server"):
            desk.run("sync", "empty", root, "--delete", "--yes")
    assert ground.files() == before


def test_what_is_not_there_is_not_clean(desk, ground: Ground) -> None:
    for missing in (f"{ground.url}/store/nothing", "outer:nothing", "./nothing"):
        with pytest.raises(TransferError, match="no file or folder of this name"):
            desk.run("clean", missing)
    with pytest.raises(ConfigError, match="no store and no folder of this name"):
        desk.run("clean", "nothing")


def test_a_url_that_leads_up_is_refused(desk, ground: Ground) -> None:
    if "://" in ground.url:
        for path in ("store/mine/..", "store/./mine", ".."):
            with pytest.raises(ConfigError, match="without"):
                desk.run("clean", f"{ground.url}/{path}", "--delete", "--yes")


def test_a_link_out_of_a_folder_is_not_followed(desk, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").write_text("content")
    (elsewhere / LEFTOVER).write_text("half")
    os.utime(elsewhere / LEFTOVER, (0, 0))
    (desk.root / "target").mkdir()
    (desk.root / "target" / "link").symlink_to(elsewhere)
    (desk.root / "empty").mkdir()
    assert desk.ask("clean", "./target", "--delete", "--yes")["orphans"] == []
    assert desk.ask("sync", "empty", "target", "--delete", "--yes")["removed"] == []
    assert {path.name for path in elsewhere.iterdir()} == {"file", LEFTOVER}


def test_bench_writes_below_its_folder_only(desk, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def recorded(root, **_):
        seen.append(root.url)
        return []

    monkeypatch.setattr(timing, "measure", recorded)
    for form in ground.forms("store/mine2"):
        desk.run("bench", form)
        assert path_in(ground, f"{seen[-1]}/") == "store/mine2/"


@pytest.mark.parametrize("known", ["by its name", "by its marker"])
def test_gc_leaves_a_store_in_the_store_alone(desk, known: str) -> None:
    fill(desk.root / "data" / "inner")
    (desk.root / "configs" / "stores.yaml").write_text("inner: {path: data/inner}\n")
    if known == "by its marker":
        desk.run("init", "inner")
        (desk.root / "configs" / "stores.yaml").unlink()
    before = set((desk.root / "data" / "inner").rglob("*"))
    listed = CliRunner().invoke(
        gc, ["--tag", "paper", "--family", "Number", "--delete", "--yes"], catch_exceptions=False
    )
    assert "6 outputs" in listed.output
    assert set((desk.root / "data" / "inner").rglob("*")) == before
    assert not list((desk.root / "data" / "Number").rglob("number.*"))


def test_gc_of_a_whole_server_needs_its_own_word(desk, apache: Apache) -> None:
    (desk.root / "configs" / "stores.yaml").write_text(f"all: {{url: '{apache.url}/', ca: {apache.ca}}}\n")
    (desk.root / "law.cfg").write_text("[caselaw]\nstore: all\n")
    with pytest.raises(NotConfirmed, match="this is all of a server"):
        CliRunner().invoke(gc, ["--days", "1"], catch_exceptions=False)
