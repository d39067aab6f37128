"""Operation × road × server: whatever is done, on whichever road, nothing is lost that was not named."""

from __future__ import annotations

from pathlib import Path

import pytest
from grounds import KINDS, ground
from roads import BY, ROADS, Road, TakenError

from caselaw.errors import CaselawError, StoreUnavailable

REFUSED = (FileExistsError, IsADirectoryError, NotADirectoryError, TakenError, CaselawError)
NAMES = ["plain.bin", "[1].bin", "a [12] 100% #1.bin", "a*b.bin", "a%20b.bin", "ünï.bin", "x.tar.gz"]
NO_MARK = frozenset({"xrootd", "root"})  # XRootD takes `?`, however it is written, for the end of a name
NOT_OURS = frozenset({"root", "s3", "disk"})
"""Of fsspec's file systems only those of WebDAV are ours."""
PAIRS = [(road, kind) for road in ROADS for kind in KINDS if road != "fsspec" or kind not in NOT_OURS]


def roads(operation: str = "", *, folders: bool = False, of_caselaw: bool = False) -> pytest.MarkDecorator:
    """The cells in which an operation can be asked for, that have folders, or in which caselaw itself is asked."""
    pairs = [
        (name, kind) for name, kind in PAIRS
        if operation not in BY[name].lacks
        if not (folders and kind == "s3") and not (of_caselaw and name == "fsspec")
    ]  # fmt: skip
    return pytest.mark.parametrize("road", pairs, indirect=True, ids="-".join)


@pytest.fixture
def road(request: pytest.FixtureRequest, tmp_path: Path) -> Road:
    name, kind = request.param
    return BY[name](ground(kind, tmp_path.name, request, tmp_path), tmp_path / "here")


@pytest.fixture
def local(tmp_path: Path) -> Path:
    path = tmp_path / "new.bin"
    path.write_bytes(b"new")
    return path


@roads()
def test_what_is_put_is_there_and_comes_back(road: Road, local: Path):
    for name in NAMES:
        assert not road.exists(f"a/{name}")
        road.put(local, f"a/{name}")
        assert road.exists(f"a/{name}")
        assert road.get(f"a/{name}") == b"new"
    assert road.ground.look() == {f"a/{name}": b"new" for name in NAMES}
    assert road.names("a") == set(NAMES)


@roads()
def test_a_name_that_a_server_would_cut_is_refused(road: Road, local: Path):
    if road.ground.kind not in NO_MARK:
        road.put(local, "a?b.bin")
        assert road.get("a?b.bin") == b"new"
        return
    road.ground.plant("a", b"kept")
    road.ground.plant("b.bin", b"source")
    attempts = {
        "put": lambda: road.put(local, "a?b.bin"), "get": lambda: road.get("a?b.bin"),
        "copy": lambda: road.copy("b.bin", "a?b.bin"), "rename": lambda: road.rename("b.bin", "a?b.bin"),
        "remove": lambda: road.remove("a?b.bin"),
    }  # fmt: skip
    for attempt in (each for operation, each in attempts.items() if operation not in road.lacks):
        with pytest.raises((CaselawError, OSError)) as caught:
            attempt()
        assert "'?'" in str(caught.value)
    assert road.ground.look() == {"a": b"kept", "b.bin": b"source"}


@roads()
def test_what_is_copied_is_there_twice(road: Road, local: Path):
    for name in NAMES:
        road.ground.plant(f"a/{name}", name.encode())
        road.copy(f"a/{name}", f"a/of {name}")
    assert road.ground.look() == {f"a/{of}{name}": name.encode() for of in ("", "of ") for name in NAMES}


@roads("rename")
def test_what_is_renamed_has_the_other_name_only(road: Road):
    for name in NAMES:
        road.ground.plant(f"a/{name}", name.encode())
        road.rename(f"a/{name}", f"b/{name}")
    assert road.ground.look() == {f"b/{name}": name.encode() for name in NAMES}


@roads("remove")
def test_a_name_is_never_a_pattern(road: Road):
    victims = {"1.bin": b"1", "axb.bin": b"2", "a/x.bin": b"3", "ab.bin": b"4", "st/a": b"5"}
    for path, data in victims.items():
        road.ground.plant(path, data)
    for name in ("[1].bin", "a*b.bin", "*", "s[t]/a", *(() if road.ground.kind in NO_MARK else ("a?.bin",))):
        road.ground.plant(name, b"x")
        road.remove(name)
    assert road.ground.look() == victims


@roads("remove", of_caselaw=True)
def test_a_folder_is_removed_with_what_it_holds_and_nothing_beside_it(road: Road):
    road.ground.plant("1/kept.bin", b"kept")
    road.ground.plant("[1]/deep/x.bin", b"x")
    road.ground.plant("[1]/y.bin", b"y")
    road.remove("[1]")
    assert road.ground.look() == {"1/kept.bin": b"kept"}
    assert not road.exists("[1]")


@roads()
def test_what_is_missing_is_missing(road: Road, tmp_path: Path):
    road.ground.plant("a/there.bin", b"x")
    assert not road.exists("a/none.bin")
    assert not road.exists("none/none.bin")
    with pytest.raises(FileNotFoundError):
        road.get("a/none.bin")
    with pytest.raises(FileNotFoundError):
        road.copy("a/none.bin", "b.bin")
    if "rename" not in road.lacks:
        with pytest.raises(FileNotFoundError):
            road.rename("a/none.bin", "b.bin")
    assert road.ground.look() == {"a/there.bin": b"x"}


@roads()
def test_a_file_gives_way_or_stays_as_it_is(road: Road, local: Path):
    road.ground.plant("a.bin", b"old")
    if road.replaces:
        road.put(local, "a.bin")
    else:
        with pytest.raises(REFUSED):
            road.put(local, "a.bin")
    assert road.ground.look() == {"a.bin": b"new" if road.replaces else b"old"}


@roads()
def test_a_folder_never_gives_way_to_a_file(road: Road, local: Path):
    held = {"folder/deep/x.bin": b"x", "folder/y.bin": b"y"}
    for path, data in held.items():
        road.ground.plant(path, data)
    road.ground.plant("source.bin", b"source")
    attempts = {"put": lambda: road.put(local, "folder"), "copy": lambda: road.copy("source.bin", "folder"),
                "rename": lambda: road.rename("source.bin", "folder")}  # fmt: skip
    for operation, attempt in attempts.items():
        if operation not in road.lacks and road.ground.has_folders:
            try:
                attempt()
            except REFUSED as error:
                assert not isinstance(error, StoreUnavailable)
    found = road.ground.look()
    assert held.items() <= found.items()
    assert b"source" in found.values()
    assert "folder" not in found


@roads("rename", folders=True)
def test_a_file_never_gives_way_to_a_folder(road: Road, tmp_path: Path):
    road.ground.plant("folder/x.bin", b"x")
    road.ground.plant("file", b"file")
    with pytest.raises((*REFUSED, OSError)) as caught:
        road.rename("folder", "file")
    assert not isinstance(caught.value, StoreUnavailable)
    assert road.ground.look() == {"folder/x.bin": b"x", "file": b"file"}


@roads(folders=True)
def test_a_folder_that_holds_nothing_is_an_empty_listing(road: Road):
    road.ground.folder("empty")
    assert road.names("empty") == set()
    assert road.exists("empty")


UNFINISHED = [
    ".upload-" + "0" * 32, ".download-" + "1" * 32, ".pending-" + "2" * 32 + ".tar.gz", ".pending-" + "3" * 32,
    ".pending-" + "4" * 32 + ".root.replaced",
]  # fmt: skip


@roads(of_caselaw=True)
def test_what_is_unfinished_is_seen_by_nobody(road: Road):
    for name in UNFINISHED:
        road.ground.plant(f"a/{name}", b"part")
    road.ground.plant("a/x.bin", b"x")
    assert road.names("a") == {"x.bin"}
