"""nginx lists no names that begin with a dot: what caselaw keeps under such names is found all the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from apache import Apache
from fsspec import filesystem
from nginx import Nginx
from rclone import Rclone

from caselaw.config import StoreSettings
from caselaw.errors import PublishError
from caselaw.plan.replication import remove_all, replication
from caselaw.plan.tags import FOLDER as TAGS
from caselaw.storage.copying.copying import copy_all
from caselaw.storage.files.dot_names import OWN
from caselaw.storage.files.folders import put_folder
from caselaw.storage.files.local import LocalPlace
from caselaw.storage.files.remote import RemotePlace
from caselaw.storage.files.store_server import server_of
from caselaw.storage.files.tree import tree
from caselaw.storage.location import RECORDS
from caselaw.storage.marker import MARKER
from griddav.errors import Refused

FILES = {
    ".caselaw-store.json": "{}",
    ".tags/paper.json": "{}",
    "Number/.records/a.json": "{}",
    "Number/number.0123456789abcdef0123.txt": "1",
    "Number/x=1/.records/b.json": "{}",
}


def placed(url: str, data: Path, name: str, **options: object) -> tuple[RemotePlace, Path]:
    """A store with `FILES`, and its folder on the server's disk."""
    settings = StoreSettings("it", f"{url}/{name}", options=options, patience=10.0)
    place = RemotePlace(server_of(settings), settings.root)
    for path, text in FILES.items():
        place.files.write(text.encode(), place.server.path(f"{place.url}/{path}"))
    return place, data / name


def files_of(place: RemotePlace | LocalPlace) -> set[str]:
    return {path for path, node in tree(place).items() if not node.is_folder}


def test_the_names_asked_for_are_those_that_caselaw_keeps() -> None:
    assert set(OWN) == {MARKER, RECORDS, TAGS}


@pytest.mark.parametrize("profile", [None, "plain"])
def test_nginx_gives_records_tags_and_marker_when_asked_by_name(nginx: Nginx, profile: str | None) -> None:
    options = {"profile": profile} if profile else {}
    place, _ = placed(nginx.url, nginx.data, f"tree-{profile}", **options)
    assert files_of(place) == set(FILES)
    assert place.hides_dot_names()  # found out, where the server does not say its name


def test_servers_that_list_them_are_asked_nothing_more(rclone: Rclone, apache: Apache) -> None:
    for place in (
        placed(rclone.url, rclone.data, "tree")[0],
        placed(apache.url, apache.data, "tree", ca=str(apache.ca))[0],
    ):
        assert files_of(place) == set(FILES) and place.files.lists_dot_names() and not place.hides_dot_names()


def test_a_copy_of_a_store_on_nginx_has_its_records_and_loses_nothing(
    nginx: Nginx, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place, disk = placed(nginx.url, nginx.data, "copied")
    copy = LocalPlace(str(tmp_path / "copy"))
    for kept in (tmp_path / "copy" / ".mine", disk / ".mine"):
        kept.parent.mkdir(exist_ok=True)
        kept.write_text("of a user")
    plan = replication(place, copy, tmp_path / "snapshots", delete=True)
    for group in plan.copies:
        list(copy_all(group, overwrite=True))
    assert not list(remove_all(copy, plan)), "a name that is not listed is no name that is missing"
    assert files_of(copy) == set(FILES) - {MARKER} | {".mine"}
    assert "leave out names that begin with a dot" in caplog.text


def test_a_folder_of_which_readers_would_see_a_part_is_not_published(nginx: Nginx, tmp_path: Path) -> None:
    place, disk = placed(nginx.url, nginx.data, "published")
    (tmp_path / "plots" / "sub").mkdir(parents=True)
    (tmp_path / "plots" / "sub" / ".htaccess").write_text("x")
    with pytest.raises(PublishError, match=r"nobody would see sub/\.htaccess"):
        put_folder(place.files, tmp_path / "plots", f"{place.path}/plots")
    assert not list(disk.glob("plots")) and not list(disk.glob(".upload-*"))


def test_a_folder_that_only_looks_empty_is_not_removed(nginx: Nginx, rclone: Rclone) -> None:
    fs = filesystem("dav", base_url=nginx.url)
    fs.pipe_file("/looks/.empty", b"x")
    with pytest.raises(Refused, match="not known whether the folder is empty"):
        fs.rmdir("/looks")
    assert (nginx.data / "looks" / ".empty").read_bytes() == b"x"
    other = filesystem("dav", base_url=rclone.url)
    other.mkdir("/empty")
    other.rmdir("/empty")
    assert not other.exists("/empty")


def test_clean_says_that_it_cannot_know_of_uploads(nginx: Nginx, tmp_path: Path) -> None:
    place, disk = placed(nginx.url, nginx.data, "cleaned")
    (disk / ".upload-0123456789abcdef0123456789abcdef").write_text("x")
    command = Path(sys.executable).with_name("caselaw")
    said = subprocess.run([command, "store", "clean", place.url], cwd=tmp_path, capture_output=True, text=True)
    assert said.returncode == 0 and "nothing was left behind" not in said.stdout
    assert "not known: unfinished uploads" in said.stdout
