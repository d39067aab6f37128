"""Files and folders get another name through law's targets, also where a file system of law knows only its basics."""

from __future__ import annotations

from typing import Any

import pytest

from caselaw.errors import PublishError
from caselaw.storage.law import StoreDirectoryTarget, StoreFileSystem, StoreFileTarget
from caselaw.storage.plain_files import FolderListings, LyingKind
from caselaw.storage.second_names import How, give_name


@pytest.fixture(params=["caselaw's", "law's"])
def store(request: Any, folder_store: StoreFileSystem, monkeypatch: pytest.MonkeyPatch) -> StoreFileSystem:
    """A store with all that caselaw's interface tells, and one with what every interface of law does."""
    if request.param == "law's":
        for name in ("sizes", "checksum", "rename"):
            monkeypatch.setattr(type(folder_store.file_interface), name, None)
        monkeypatch.setattr(StoreFileSystem, "move", super(StoreFileSystem, folder_store).move.__func__)
    return folder_store


def filled(store: StoreFileSystem) -> tuple[StoreFileTarget, StoreDirectoryTarget]:
    file, folder = StoreFileTarget("some/a.txt", store), StoreDirectoryTarget("some/plots", store)
    file.dump("four", formatter="text")
    with folder.localize("w") as local:
        local.child("b.txt", type="f").dump("b", formatter="text")
        local.child("deep", type="d").touch()
        local.child("deep/c.txt", type="f").dump("c", formatter="text")
    return file, folder


def test_a_listing_tells_kinds_and_sizes(store: StoreFileSystem):
    file, folder = filled(store)
    folders = FolderListings()
    found = folders.look(file)
    assert (found.kind, found.size) == (LyingKind.FILE, 4)
    assert folders.look(folder).kind == LyingKind.FOLDER
    assert folders.look(StoreFileTarget("some/b.txt", store)) is None
    assert folders.look(StoreFileTarget("nowhere/b.txt", store)) is None


@pytest.mark.parametrize("how", [How.COPY, How.MOVE])
def test_files_and_folders_get_another_name_there(store: StoreFileSystem, how: How):
    file, folder = filled(store)
    new_file, new_folder = StoreFileTarget("some/a.0.txt", store), StoreDirectoryTarget("some/plots.0", store)
    give_name(file, new_file, how)
    give_name(folder, new_folder, how)
    assert new_file.load(formatter="text") == "four"
    with new_folder.localize("r") as local:
        assert local.child("b.txt", type="f").load(formatter="text") == "b"
        assert local.child("deep/c.txt", type="f").load(formatter="text") == "c"
    assert (file.exists(), folder.exists()) == ((True, True) if how is How.COPY else (False, False))


def test_no_server_has_links(store: StoreFileSystem):
    file, _ = filled(store)
    with pytest.raises(PublishError, match="--move"):
        give_name(file, StoreFileTarget("some/a.0.txt", store), How.LINK)
