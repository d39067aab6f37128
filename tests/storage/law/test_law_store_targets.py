"""Targets in a store: written as a whole, read as they were written, copied between places."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import law
import numpy as np
import pytest
import uproot
from aiohttp import web
from luigi_suite import SpoiltError
from webdav_server import Fault, Server

from caselaw.errors import ContentChanged, PublishError, StoreRefused, StoreUnavailable
from caselaw.storage.law import StoreDirectoryTarget, StoreFileSystem, StoreFileTarget

law.contrib.load("numpy", "root")

NAMES = [
    "a b.txt",
    "100%.txt",
    "%41.txt",
    "a#b.txt",
    "a+b&c=d.txt",
    "µ→eγ.txt",
    "[1].txt",
    "*.txt",
    "x" * 200 + ".txt",
    "1." + "x" * 200 + ".txt",
]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.json", {"x": [1]}), ("a.yaml", {"x": 1}), ("a.txt", "é"), ("a.npy", np.arange(3)), ("a.pkl", {1, 2})],
)
def test_formatters_read_what_they_wrote(any_store, name, content):
    target = StoreFileTarget(f"deep/er/{name}", any_store)
    target.dump(content)
    assert np.all(target.load() == content)
    assert any_store.listdir("deep/er") == [name]


def test_root_files_are_read_through_their_formatter(any_store):
    target = StoreFileTarget("events.root", any_store)
    with target.localize("w") as temporary, uproot.recreate(temporary.path) as file:
        file["events"] = {"x": np.arange(4)}
    assert list(target.load(formatter="uproot")["events"]["x"].array()) == [0, 1, 2, 3]


@pytest.mark.parametrize("name", NAMES)
def test_names_stand_for_themselves(any_store, name):
    target = StoreFileTarget(f"names/{name}", any_store)
    target.dump(name, formatter="text")
    StoreFileTarget("names/other", any_store).dump("other", formatter="text")
    assert sorted(any_store.listdir("names")) == sorted([name, "other"])
    assert target.load(formatter="text") == name
    target.move_to(StoreFileTarget(f"moved/{name}", any_store))
    assert any_store.listdir("moved") == [name]
    any_store.remove(f"moved/{name}")
    assert any_store.listdir("moved") == []
    assert any_store.listdir("names") == ["other"]


def test_a_process_that_is_killed_leaves_no_file(any_store):
    target = StoreFileTarget("a.txt", any_store)
    child = os.fork()
    if child == 0:
        file = target.open("w")
        file.write("x" * 100_000)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert not target.exists()


def test_a_dump_that_fails_leaves_what_was_there(any_store):
    target = StoreFileTarget("a.json", any_store)
    target.dump({"x": 1})
    with pytest.raises(TypeError):
        target.dump({"x": object()})
    assert target.load() == {"x": 1}
    assert any_store.listdir("/") == ["a.json"]


def test_a_localized_file_appears_at_the_end_of_the_block(any_store):
    target = StoreFileTarget("a.txt", any_store)
    with target.localize("w") as temporary:
        Path(temporary.path).write_text("x")
        assert not target.exists()
    assert target.load() == "x"
    with pytest.raises(SpoiltError), target.localize("w") as temporary:
        Path(temporary.path).write_text("y")
        raise SpoiltError
    assert target.load() == "x"


def test_text_is_appended_to_a_file(any_store):
    target = StoreFileTarget("a.txt", any_store)
    for text in ("x", "y"):
        with target.open("a") as file:
            file.write(text)
    assert target.load() == "xy"


def test_bytes_are_written_by_mode(any_store):
    target = StoreFileTarget("a.bin", any_store)
    with target.open("wb") as file:
        file.write(b"\xff")
    with target.open("rb") as file:
        assert file.read() == b"\xff"


def test_reading_what_is_missing_raises(any_store):
    target = StoreFileTarget("a.txt", any_store)
    assert not target.exists()
    for read in (target.load, target.open, target.stat, lambda: target.copy_to_local("/nowhere")):
        with pytest.raises(FileNotFoundError):
            read()


def test_copies_go_to_this_machine_and_back(any_store, tmp_path):
    target = StoreFileTarget("a.txt", any_store)
    target.dump("x")
    assert target.copy_to_local(tmp_path / "copy.txt") == str(tmp_path / "copy.txt")
    (tmp_path / "folder").mkdir()
    target.copy_to_local(tmp_path / "folder")
    assert (tmp_path / "folder" / "a.txt").read_text() == "x"
    StoreFileTarget("b.txt", any_store).copy_from_local(tmp_path / "copy.txt")
    StoreFileTarget("c.txt", any_store).copy_from(law.LocalFileTarget(tmp_path / "copy.txt"))
    StoreFileTarget("d.txt", any_store).move_from_local(tmp_path / "copy.txt")
    assert not (tmp_path / "copy.txt").exists()
    StoreFileTarget("d.txt", any_store).move_to_local(tmp_path / "moved.txt")
    assert (tmp_path / "moved.txt").read_text() == "x"
    assert sorted(any_store.listdir("/")) == ["a.txt", "b.txt", "c.txt"]


def test_copies_and_moves_within_a_store(any_store):
    first, second, third = (StoreFileTarget(name, any_store) for name in ("a.txt", "deep/b.txt", "deep/er/c.txt"))
    first.dump("x")
    first.copy_to(second)
    second.copy_to(StoreFileTarget("e.txt", any_store))
    third.copy_from(first)
    second.move_to(StoreFileTarget("d.txt", any_store))
    assert not second.exists()
    assert sorted(any_store.listdir("/")) == ["a.txt", "d.txt", "deep", "e.txt"]
    assert third.load() == "x"
    first.dump("y")
    first.copy_to("d.txt")
    assert StoreFileTarget("d.txt", any_store).load() == "y"


def test_copies_and_moves_between_stores(store, folder_store):
    here, there = StoreFileTarget("a.txt", store), StoreFileTarget("b.txt", folder_store)
    here.dump("x")
    here.copy_to(there)
    assert there.load() == "x"
    there.move_to(StoreFileTarget("c.txt", store))
    assert not there.exists()
    StoreFileTarget("d.txt", folder_store).move_from(here)
    assert store.listdir("/") == ["c.txt"]
    assert folder_store.listdir("/") == ["d.txt"]


def test_files_and_folders_go_to_targets_of_this_machine_and_back(any_store, tmp_path):
    for kind, local, suffix in (
        (StoreFileTarget, law.LocalFileTarget, ".txt"),
        (StoreDirectoryTarget, law.LocalDirectoryTarget, ""),
    ):
        here = [local(tmp_path / f"{name}{suffix}") for name in "abc"]
        there = [kind(f"{name}{suffix}", any_store) for name in "abc"]
        inside = here[0] if suffix else here[0].child("deep/x.txt", type="f")
        inside.parent.touch()
        inside.dump("x")
        there[0].copy_from(here[0])
        there[0].copy_to(here[1])
        there[0].move_to(here[2])
        there[1].move_from(here[1])
        there[2].copy_from(there[1])
        assert [target.exists() for target in (*here, *there)] == [True, False, True, False, True, True]
        content = there[2] if suffix else there[2].child("deep/x.txt", type="f")
        assert content.load() == "x"


def test_folders_are_copied_and_moved_between_stores(store, folder_store):
    here, there = StoreDirectoryTarget("a", store), StoreDirectoryTarget("b", folder_store)
    here.child("deep/x.txt", type="f").dump("x")
    here.copy_to(there)
    assert there.child("deep/x.txt", type="f").load() == "x"
    here.remove()
    there.move_to(here)
    assert here.child("deep/x.txt", type="f").load() == "x"
    assert not there.exists()


def test_a_folder_never_gives_way_to_a_file(any_store):
    StoreFileTarget("folder/a.txt", any_store).dump("x")
    StoreFileTarget("b.txt", any_store).dump("y")
    any_store.copy("/b.txt", "/folder")
    assert sorted(any_store.listdir("folder")) == ["a.txt", "b.txt"]


def test_a_folder_appears_at_the_end_of_the_block(any_store):
    target = StoreDirectoryTarget("plots", any_store)
    with target.localize("w") as folder:
        for name in ("a.txt", "deep/b.txt", "[1].txt"):
            folder.child(name, type="f").dump("x", formatter="text")
        folder.child("empty", type="d").touch()
        assert not target.exists()
    assert sorted(target.listdir()) == ["[1].txt", "a.txt", "deep", "empty"]
    with pytest.raises(SpoiltError), target.localize("w") as folder:
        folder.child("c.txt", type="f").dump("x")
        raise SpoiltError
    assert any_store.listdir("/") == ["plots"]
    assert any_store.listdir("plots/deep") == ["b.txt"]
    with target.localize("a") as folder:
        assert sorted(folder.listdir()) == ["[1].txt", "a.txt", "deep", "empty"]
        folder.child("a.txt", type="f").remove()
    assert sorted(target.listdir()) == ["[1].txt", "deep", "empty"]
    with target.localize("w") as folder:
        folder.child("c.txt", type="f").dump("x")
    assert target.listdir() == ["c.txt"]
    assert any_store.listdir("/") == ["plots"]
    with target.localize("r") as folder:
        assert folder.listdir() == ["c.txt"]


def test_folders_are_walked_and_searched(any_store):
    for name in ("a.txt", "deep/b.txt", "deep/c.json"):
        StoreFileTarget(f"top/{name}", any_store).dump("x", formatter="text")
    top = StoreDirectoryTarget("top", any_store)
    assert [(path, folders, files) for path, folders, files, _ in top.walk()] == [
        ("/top", ["deep"], ["a.txt"]),
        ("/top/deep", [], ["b.txt", "c.json"]),
    ]
    assert top.glob("deep/*.txt") == ["deep/b.txt"]
    assert top.listdir(type="d") == ["deep"]
    assert top.listdir(pattern="*.txt", type="f") == ["a.txt"]
    assert type(top.child("deep")) is StoreDirectoryTarget
    assert type(top.child("a.txt")) is StoreFileTarget
    top.remove()
    assert not top.exists()


def test_a_folder_moves_file_by_file_as_law_has_it(any_store):
    StoreFileTarget("a/b.txt", any_store).dump("x")
    StoreDirectoryTarget("a", any_store).copy_to(StoreDirectoryTarget("c", any_store))
    StoreDirectoryTarget("a", any_store).move_to(StoreDirectoryTarget("d", any_store))
    assert sorted(any_store.listdir("/")) == ["c", "d"]
    assert StoreFileTarget("d/b.txt", any_store).load() == "x"


def test_collections_of_siblings_ask_once(store: StoreFileSystem, server: Server):
    targets = [StoreFileTarget(f"many/{number}.txt", store) for number in range(20)]
    collection = law.SiblingFileCollection(targets)
    assert collection.count() == 0
    for target in targets[::2]:
        target.dump("x")
    asked = server.count("PROPFIND")
    assert collection.count() == 10
    assert server.count("PROPFIND") == asked + 2
    assert law.TargetCollection(targets).count() == 10
    assert "absent" in collection.status_text() and "(10/20)" in collection.status_text()
    collection.remove()
    assert store.listdir("many") == []


def test_collections_are_localized(any_store):
    collection = law.FileCollection([StoreFileTarget(f"{number}.txt", any_store) for number in range(3)])
    with collection.localize("w") as local:
        for target in local.targets:
            target.dump("x")
    assert collection.exists()


def test_an_outage_is_never_absent(store: StoreFileSystem, server: Server):
    target = StoreFileTarget("a.txt", store)
    server.faults.append(Fault("PROPFIND", status=503, times=1000))
    folder = StoreDirectoryTarget("many", store)
    for question in (
        target.exists, target.complete, target.stat, target.status_text, target.load, target.remove,
        folder.exists, folder.listdir, lambda: list(folder.walk()), lambda: folder.child("a"),
        law.SiblingFileCollection([target]).exists, law.TargetCollection([target]).status_text,
    ):  # fmt: skip
        with pytest.raises(StoreUnavailable, match="503"):
            question()


def test_a_dropped_upload_leaves_nothing(store: StoreFileSystem, server: Server):
    server.faults.append(Fault("PUT", status=507, times=10))
    target = StoreFileTarget("a.txt", store)
    with pytest.raises(StoreRefused, match="507"):
        target.dump("x")
    server.faults.clear()
    assert store.listdir("/") == []


def test_a_folder_that_fails_in_the_middle_leaves_the_old_one(store: StoreFileSystem, server: Server):
    target = StoreDirectoryTarget("plots", store)
    with target.localize("w") as folder:
        folder.child("a.txt", type="f").dump("x")
    server.faults.append(Fault("PUT", status=507, times=10))
    with pytest.raises(StoreRefused), target.localize("w") as folder:
        folder.child("b.txt", type="f").dump("x")
    server.faults.clear()
    assert target.listdir() == ["a.txt"]
    assert store.listdir("/") == ["plots"]


def test_a_folder_that_cannot_take_its_name_gives_way_to_the_old_one(
    store: StoreFileSystem, server: Server, monkeypatch: pytest.MonkeyPatch
):
    target = StoreDirectoryTarget("plots", store)
    with target.localize("w") as folder:
        folder.child("a.txt", type="f").dump("x")
    move, refused = server.move, []

    def refuse_one(request: Any, path: str, body: bytes) -> Any:
        if refused or path.count("/") > 2 or ".upload-" not in path:
            return move(request, path, body)
        refused.append(path)
        return web.Response(status=403)

    with pytest.raises(StoreRefused, match="403"), target.localize("w") as folder:
        folder.child("b.txt", type="f").dump("x")
        monkeypatch.setattr(server, "move", refuse_one)
    monkeypatch.undo()
    assert refused
    assert target.listdir() == ["a.txt"]
    assert store.listdir("/") == ["plots"]


def test_a_link_to_a_folder_is_not_published(store: StoreFileSystem, tmp_path: Path):
    target = StoreDirectoryTarget("plots", store)
    with pytest.raises(PublishError, match="a link to a folder"), target.localize("w") as folder:
        folder.child("a.txt", type="f").dump("x")
        (Path(folder.path) / "link").symlink_to(tmp_path)
    assert store.listdir("/") == []


def test_damaged_bytes_are_not_published(store: StoreFileSystem, server: Server):
    server.name, server.pool = "dCache/test", True
    server.faults.append(Fault("PUT", corrupt=True, times=10, door="pool"))
    with pytest.raises(ContentChanged, match="damaged"):
        StoreFileTarget("a.txt", store).dump("x")
    server.faults.clear()
    assert store.listdir("/") == []


def test_uploads_in_progress_are_not_listed(store: StoreFileSystem, server: Server):
    server.nodes["/store/.upload-" + "0" * 32] = b"half"
    StoreFileTarget("a.txt", store).dump("x")
    assert StoreDirectoryTarget("", store).listdir() == ["a.txt"]


def test_targets_are_named_by_section_and_share_a_file_system(section, server: Server):
    name = section(base=f"{server.url()}/store")
    first, second = StoreFileTarget("a", name), StoreFileTarget("b", name)
    assert first.fs is second.fs
    assert first.uri() == f"{server.url()}/store/a"
    assert repr(first) == f"StoreFileTarget(fs={name}, path=/a)"
    assert first.parent == first.parent or first.parent.uri() == f"{server.url()}/store"
