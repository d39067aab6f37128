"""Which files count by what they hold, and which by their bytes."""

from __future__ import annotations

import gzip
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from caselaw.errors import FingerprintError
from caselaw.fingerprint import file_digest
from caselaw.fingerprint.content import content_digest, kinds
from caselaw.fingerprint.content.source import ContentSource


def by_bytes(path: Path) -> str:
    return f"bytes:{file_digest(path)}"


@pytest.mark.parametrize(
    "name", ["cutflow.json", "table.csv", "events.npy", "notes", "root", ".root", "events.json.lz4"]
)
def test_other_formats_count_with_their_bytes(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"root and more")
    assert content_digest(path) == content_digest(str(path)) == by_bytes(path)


@pytest.mark.parametrize("extension", sorted(kinds.KINDS))
@pytest.mark.parametrize("content", [b"", b"something else", b"PK", b"<", b"root"])
def test_a_file_that_is_not_what_its_name_says_counts_with_its_bytes(
    tmp_path: Path, extension: str, content: bytes
) -> None:
    path = tmp_path / f"file{extension}"
    path.write_bytes(content)
    assert content_digest(path) == by_bytes(path)


@pytest.mark.parametrize("extension", sorted(kinds.KINDS))
def test_a_file_with_nothing_but_the_magic_bytes_counts_with_its_bytes(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"file{extension}"
    path.write_bytes(kinds.KINDS[extension][1] + b"\0" * 100)
    assert content_digest(path) == by_bytes(path)


def test_content_under_another_name_counts_with_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "file.data"
    path.write_bytes(gzip.compress(b"events"))
    assert content_digest(path) == by_bytes(path)


def test_extensions_are_known_in_capitals(tmp_path: Path) -> None:
    path = tmp_path / "FILE.JSON.GZ"
    path.write_bytes(gzip.compress(b"events"))
    assert content_digest(path).startswith("gzip:")


def test_a_known_digest_of_the_bytes_is_not_computed_again(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"1,2")
    assert content_digest(path, sha256="f" * 64) == "bytes:" + "f" * 64


def test_a_damaged_file_is_named_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(b"events")[:-3])
    with caplog.at_level(logging.DEBUG):
        assert content_digest(path) == by_bytes(path)
    assert "file.gz counts with its bytes, not with what it holds as gzip: EOFError" in caplog.text


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    for name in ("nowhere.root", "nowhere.csv"):
        with pytest.raises(FingerprintError, match="does not exist"):
            content_digest(tmp_path / name, sha256="f" * 64)


@pytest.mark.parametrize("name", ["loop.root", "loop.csv"])
def test_an_unreadable_file_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / name).symlink_to(tmp_path / name)
    with pytest.raises(FingerprintError, match="cannot be read"):
        content_digest(tmp_path / name)


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.root")
    with pytest.raises(FingerprintError, match="not a regular file"):
        content_digest(tmp_path / "pipe.root")


def test_a_file_that_changes_while_it_is_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from caselaw.fingerprint.content import compressed as reader

    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(b"events"))
    original = reader.content

    def slow(source: ContentSource) -> str:
        digest = original(source)
        path.write_bytes(gzip.compress(b"other events"))
        return digest

    monkeypatch.setattr(reader, "content", slow)
    with pytest.raises(FingerprintError, match="changed while it was read"):
        content_digest(path)


def test_a_read_error_is_not_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from caselaw.fingerprint.content import compressed as reader

    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(b"events"))

    def fails(source: ContentSource) -> str:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(reader, "content", fails)
    with pytest.raises(FingerprintError, match="Input/output error"):
        content_digest(path, sha256="f" * 64)


def make_folder(root: Path, *, level: int = 9) -> Path:
    (root / "plots").mkdir(parents=True)
    (root / "plots" / "cutflow.json.gz").write_bytes(gzip.compress(b"{}", compresslevel=level, mtime=level))
    (root / "notes.txt").write_text("a")
    (root / "link").symlink_to("plots")
    return root


def test_a_folder_is_its_names_and_their_contents(tmp_path: Path) -> None:
    one, two = make_folder(tmp_path / "one"), make_folder(tmp_path / "two", level=1)
    assert file_digest(one) != file_digest(two)
    assert content_digest(one) == content_digest(two)
    assert content_digest(one).startswith("folder:")


@pytest.mark.parametrize("edit", ["content", "bytes", "rename", "add", "empty folder"])
def test_every_change_in_a_folder_changes_its_digest(tmp_path: Path, edit: str) -> None:
    folder = make_folder(tmp_path / "one")
    before = content_digest(folder)
    match edit:
        case "content":
            (folder / "plots" / "cutflow.json.gz").write_bytes(gzip.compress(b"[]"))
        case "bytes":
            (folder / "notes.txt").write_text("b")
        case "rename":
            (folder / "notes.txt").rename(folder / "notes.md")
        case "add":
            (folder / "more.txt").touch()
        case "empty folder":
            (folder / "empty").mkdir()
    assert content_digest(folder) != before


def test_without_its_library_a_file_counts_with_its_bytes(tmp_path: Path) -> None:
    import h5py

    path = tmp_path / "file.h5"
    with h5py.File(path, "w") as file:
        file["x"] = [1, 2]
    script = (
        "import sys\nsys.modules['h5py'] = None\n"
        "from caselaw.fingerprint.content import content_digest\nprint(content_digest(sys.argv[1]))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == by_bytes(path)
    assert content_digest(path).startswith("hdf5:")


def test_the_import_loads_no_format_library() -> None:
    script = (
        "import sys, caselaw.fingerprint.content\n"
        "formats = {'numpy', 'uproot', 'pyarrow', 'h5py', 'PIL', 'pypdf', 'onnx', 'tarfile', 'zipfile', 'lzma'}\n"
        "print(formats & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
