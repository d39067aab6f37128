"""What only a real server can show: TLS, names on a disk, and two writers of one name."""

from __future__ import annotations

import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from apache import UNFINISHED, Apache
from awkward_names import AWKWARD
from fsspec.core import url_to_fs

from griddav import WebDavFileSystem
from griddav.errors import NoAnswer
from griddav.writing.unfinished import TEMPORARY


@pytest.fixture
def folder(apache: Apache) -> Iterator[Path]:
    """A new folder of the store, as it lies on apache's disk."""
    name = uuid.uuid4().hex
    fs = WebDavFileSystem(apache.url, ca=str(apache.ca))
    fs.mkdir(f"/store/{name}")
    yield apache.data / "store" / name
    fs.rm(f"/store/{name}", recursive=True)


def test_a_url_and_a_ca_are_enough(apache: Apache, folder: Path) -> None:
    fs, path = url_to_fs(f"{apache.url}/store/{folder.name}/file", token="a-token", ca=str(apache.ca))
    fs.pipe_file(path, b"content")
    assert (folder / "file").read_bytes() == b"content"
    assert fs.info(path)["size"] == 7 and fs.modified(path).timestamp() == int((folder / "file").stat().st_mtime)


def test_a_server_whose_ca_is_unknown_gets_no_token(apache: Apache) -> None:
    fs = WebDavFileSystem(apache.url, token="a-token")
    with pytest.raises(NoAnswer, match="give the CA certificate"):
        fs.exists("/store")


def test_awkward_names_lie_on_the_disk_as_they_are(apache: Apache, folder: Path) -> None:
    fs = WebDavFileSystem(apache.url, ca=str(apache.ca))
    for name in AWKWARD:
        fs.pipe_file(f"/store/{folder.name}/{name}", name.encode())
    assert {file.name: file.read_text() for file in folder.iterdir()} == {name: name for name in AWKWARD}
    assert sorted(fs.ls(f"/store/{folder.name}", detail=False)) == sorted(
        f"/store/{folder.name}/{name}" for name in AWKWARD
    )


def test_of_many_writers_of_a_new_name_the_file_is_of_one_that_won(apache: Apache, folder: Path) -> None:
    def write(number: int) -> bool:
        fs = WebDavFileSystem(apache.url, ca=str(apache.ca), skip_instance_cache=True)
        try:
            fs.pipe_file(f"/store/{folder.name}/file", str(number).encode() * 100_000, mode="create")
        except FileExistsError:
            return False
        finally:
            fs.close()
        return True

    with ThreadPoolExecutor(8) as threads:
        won = [number for number, wins in enumerate(threads.map(write, range(8))) if wins]
    # apache looks and renames in two steps, so that more than one may win; the file is always a whole one of theirs.
    (file,) = folder.iterdir()
    assert file.read_bytes() in [str(number).encode() * 100_000 for number in won]


UPLOADS = """
import sys
from griddav import WebDavFileSystem
fs = WebDavFileSystem(sys.argv[1], ca=sys.argv[2])
for number in range(1000):
    fs.pipe_file(f"{sys.argv[3]}/{number}", bytes(range(256)) * 40_000)
    print("published", flush=True)
"""


def test_a_killed_client_leaves_whole_files_only(apache: Apache, folder: Path) -> None:
    for pause in (0.05, 0.15, 0.25):
        command = [sys.executable, "-c", UPLOADS, apache.url, str(apache.ca), f"/store/{folder.name}/{pause}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None and process.stdout.readline()
            time.sleep(pause)
            process.kill()
    fs = WebDavFileSystem(apache.url, ca=str(apache.ca))
    found = fs.find(f"/store/{folder.name}", detail=True).values()
    published = [each["size"] for each in found if not is_unfinished(each["name"].rpartition("/")[2])]
    assert published and set(published) == {256 * 40_000}


def is_unfinished(name: str) -> bool:
    return TEMPORARY.fullmatch(name) is not None or name.startswith(UNFINISHED)


def test_a_large_file_goes_there_and_back(apache: Apache, folder: Path, tmp_path: Path) -> None:
    fs = WebDavFileSystem(apache.url, ca=str(apache.ca))
    content = bytes(range(256)) * (20 << 12)
    (tmp_path / "file").write_bytes(content)
    fs.put_file(str(tmp_path / "file"), f"/store/{folder.name}/file")
    fs.get_file(f"/store/{folder.name}/file", str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == content
    with fs.open(f"/store/{folder.name}/file") as file:
        file.seek(10_000_000)
        assert file.read(1000) == content[10_000_000:10_001_000]
