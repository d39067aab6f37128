"""`caselaw store ls`, `stat` and `cp`: files on servers and on this machine."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pty
import re
import subprocess
import sys
import zlib
from pathlib import Path

import macaroons
import pytest
import xrootd as xrootd_server
from made_store import FINGERPRINTS, files
from service import needed, open_folder

from caselaw.cli.store import COMMANDS, display
from caselaw.errors import ConfigError, StoreUnavailable, TransferError
from caselaw.fingerprint import file_digest
from caselaw.storage.marker import MARKER

NAME = "hash # per%cent + ä.txt"


def test_a_file_goes_to_a_server_and_comes_back(desk, server, tmp_path: Path) -> None:
    name, folder = server
    (tmp_path / NAME).write_bytes(b"content")
    desk.run("cp", str(tmp_path / NAME), f"{name}:deep/er/")
    assert (folder / "deep" / "er" / NAME).read_bytes() == b"content"
    desk.run("cp", f"{name}:deep/er/{NAME}", str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == b"content"


def test_a_folder_is_copied_with_all_that_it_holds(desk, server, tmp_path: Path) -> None:
    name, folder = server
    desk.run("cp", "-r", "data", f"{name}:copy")
    assert files(folder / "copy") == files(desk.root / "data")
    answer = desk.ask("cp", "-r", f"{name}:copy/Number", str(tmp_path / "back"))
    assert files(tmp_path / "back") == files(desk.root / "data" / "Number")
    assert len(answer["copied"]) == 8  # three files, three folders as a whole, components and records
    assert not list(folder.rglob(".upload-*"))


def test_the_copy_of_a_store_is_another_store(desk, server, tmp_path: Path) -> None:
    name, folder = server
    (tmp_path / "store" / "Number").mkdir(parents=True)
    (tmp_path / "store" / "Number" / "file").write_text("content")
    (tmp_path / "store" / MARKER).write_text("{}")
    desk.run("cp", "-r", str(tmp_path / "store"), f"{name}:")
    assert [path.name for path in (folder / "store").iterdir()] == ["Number"]
    desk.run("cp", str(tmp_path / "store" / MARKER), f"{name}:marker")
    assert (folder / "marker").read_text() == "{}"


def test_servers_copy_between_themselves(desk, on_apache: Path, on_xrootd: Path) -> None:
    desk.run("cp", "-r", "data/Number/n_3", "grid:one/")
    desk.run("cp", "-r", "grid:one/n_3", "pool:two")
    desk.run("cp", "-r", "pool:two", "pool:three")
    assert files(on_xrootd / "three") == files(on_xrootd / "two") == files(desk.root / "data" / "Number" / "n_3")


def test_nothing_is_overwritten_without_force(desk, server, tmp_path: Path) -> None:
    name, folder = server
    for file, text in (("a", "1"), ("b", "2")):
        (tmp_path / file).write_text(text)
    desk.run("cp", str(tmp_path / "a"), f"{name}:b")
    with pytest.raises(TransferError, match="exists"):
        desk.run("cp", str(tmp_path / "a"), str(tmp_path / "b"), f"{name}:")
    assert sorted(path.name for path in folder.iterdir()) == ["b"]
    desk.run("cp", "--force", str(tmp_path / "a"), str(tmp_path / "b"), f"{name}:")
    assert ((folder / "a").read_text(), (folder / "b").read_text()) == ("1", "2")


def test_local_files_are_not_overwritten_without_force(desk, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("new")
    (tmp_path / "b").write_text("old")
    with pytest.raises(TransferError, match="exists"):
        desk.run("cp", str(tmp_path / "a"), str(tmp_path / "b"))
    assert (tmp_path / "b").read_text() == "old"
    desk.run("cp", "--force", str(tmp_path / "a"), str(tmp_path / "b"))
    assert (tmp_path / "b").read_text() == "new"


def test_a_folder_needs_recursion_and_is_not_copied_into_itself(desk) -> None:
    with pytest.raises(TransferError, match="with -r"):
        desk.run("cp", "data", "elsewhere")
    with pytest.raises(TransferError, match="lies in it"):
        desk.run("cp", "-r", "data", "data/copy")


def test_what_is_not_there_is_told(desk, on_apache: Path) -> None:
    for arguments in (("ls", "grid:none"), ("stat", "grid:none"), ("cp", "grid:none", "x"), ("ls", "none")):
        with pytest.raises(TransferError, match="no file or folder"):
            desk.run(*arguments)
    with pytest.raises(ConfigError, match=r"no store 'gird'.*did you mean 'grid'.*'\./gird:x'"):
        desk.run("ls", "gird:x")


def test_a_listing_has_names_sizes_and_times(desk, server) -> None:
    name, _ = server
    desk.run("cp", "-r", "data/Number/n_3", f"{name}:")
    assert f"number.{FINGERPRINTS[0]}.txt\n" in desk.run("ls", f"{name}:n_3").stdout
    assert f"plots.{FINGERPRINTS[0]}/\n" in desk.run("ls", f"{name}:n_3").stdout
    rows = {row["name"]: row for row in desk.ask("ls", "-l", f"{name}:n_3")["entries"]}
    assert rows[f"number.{FINGERPRINTS[0]}.txt"]["size"] == 8
    assert rows[f"number.{FINGERPRINTS[0]}.txt"]["modified"]
    assert "8 bytes" in desk.run("ls", "-l", f"{name}:n_3").stdout
    found = {row["name"] for row in desk.ask("ls", "-R", f"{name}:n_3")["entries"] if not row["is_folder"]}
    assert f"plots.{FINGERPRINTS[1]}/deep/plot.svg" in found


def test_dcache_states_checksums_and_localities(desk, double) -> None:
    double.write("/store/on disk", b"content")
    double.write("/store/on tape", b"content", "NEARLINE")
    desk.add("dcache", f"{double.url}/store")
    rows = {row["name"]: row for row in desk.ask("ls", "-l", "dcache:")["entries"]}
    assert {name: row["locality"] for name, row in rows.items()} == {"on disk": "ONLINE", "on tape": "NEARLINE"}
    assert rows["on disk"]["checksums"]["adler32"] == f"{zlib.adler32(b'content'):08x}"
    printed = desk.run("ls", "-l", "dcache:").stdout
    assert "NEARLINE" in printed
    assert "adler32=" in printed


def test_stat_asks_the_server_for_checksums(desk, on_xrootd: Path, on_apache: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    desk.run("cp", str(tmp_path / "file"), "pool:file")
    desk.run("cp", str(tmp_path / "file"), "grid:file")
    (known,) = desk.ask("stat", "pool:file")["paths"]
    assert known["checksums"] == {"adler32": f"{zlib.adler32(b'content'):08x}"}
    (known,) = desk.ask("stat", "--checksum", "md5", "pool:file")["paths"]
    assert known["checksums"] == {"md5": hashlib.md5(b"content").hexdigest()}
    assert "not stated by the server" in desk.run("stat", "--checksum", "md5", "grid:file").stdout
    (known,) = desk.ask("stat", "--checksum", "sha-256", str(tmp_path / "file"))["paths"]
    assert known["checksums"] == {"sha-256": hashlib.sha256(b"content").hexdigest()}
    assert "7 bytes" in desk.run("stat", "pool:file").stdout


def test_a_url_has_the_options_of_the_store_that_holds_it(desk, apache, on_apache: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    desk.run("cp", str(tmp_path / "file"), "grid:file")
    assert desk.run("ls", f"{apache.url}/store/{tmp_path.name}").stdout == "file\n"


def test_outside_of_a_project_urls_and_paths_do(desk, double, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    double.write("/store/file", b"content")
    desk.run("cp", f"{double.url}/store/file", f"file://{tmp_path}/file")
    assert (tmp_path / "file").read_bytes() == b"content"
    with pytest.raises(ConfigError, match="one above it"):
        desk.run("ls", "grid:")


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_has_examples(command: str, desk) -> None:
    assert f"Examples:\n    caselaw store {command}" in desk.run(command, "--help").output


def test_servers_that_ask_for_credentials_get_macaroons_for_one_file(desk, tmp_path: Path) -> None:
    """The copy is made between the servers: each is shown a macaroon, not the user's own token."""
    needed(xrootd_server.PROGRAM)
    start = xrootd_server.running
    with (
        open_folder() as one, open_folder() as two, start(one, "macaroons") as first,
        start(two, "macaroons", authority=first.authority) as second,
    ):  # fmt: skip
        for name, server in (("first", first), ("second", second)):
            own = macaroons.created(server.secret, xrootd_server.SITE, "id").restricted(path="/store")
            (tmp_path / name).write_text(own.serialized())
            desk.add(name, f"{server.url}/store", ca=server.ca, token_file=tmp_path / name)
        (tmp_path / "file").write_bytes(b"content")
        desk.run("cp", str(tmp_path / "file"), "first:file")
        (row,) = desk.ask("cp", "first:file", "second:copy")["copied"]
        assert row["way"] == "pull"
        assert (second.data / "store" / "copy").read_bytes() == b"content"
        said = "".join(path.read_text(errors="replace") for path in (one / "log", two / "log"))
        assert (tmp_path / "first").read_text() not in said


def test_links_are_followed_and_never_in_circles(desk, on_apache: Path, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    (folder / "deep").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a").write_text("content")
    (folder / "deep" / "link").symlink_to(tmp_path / "elsewhere")
    desk.run("cp", "-r", str(folder), "grid:files")
    assert (on_apache / "files" / "deep" / "link" / "a").read_text() == "content"
    (folder / "deep" / "back").symlink_to(folder)
    with pytest.raises(StoreUnavailable, match="contains itself"):
        desk.run("cp", "-r", str(folder), "grid:again")
    (folder / "deep" / "back").unlink()
    (folder / "deep" / "nowhere").symlink_to(tmp_path / "none")
    with pytest.raises(TransferError, match="leads nowhere"):
        desk.run("cp", "-r", str(folder), "grid:again")
    assert not (on_apache / "again").exists()


def test_folders_that_hold_nothing_are_part_of_an_output(desk, server, tmp_path: Path) -> None:
    name, _ = server
    output = tmp_path / f"plots.{'0' * 20}"
    (output / "deep" / "empty").mkdir(parents=True)
    (output / "deep" / "a").write_text("a")
    desk.run("cp", "-r", str(output), f"{name}:")
    desk.run("cp", "-r", f"{name}:{output.name}", str(tmp_path / "back" / output.name))
    assert file_digest(tmp_path / "back" / output.name) == file_digest(output)


def test_a_path_never_leads_out_of_its_store(desk, on_apache: Path) -> None:
    with pytest.raises(ConfigError, match="does not lead out of it"):
        desk.run("ls", "grid:../other")
    with pytest.raises(ConfigError, match=r"without '\.' and '\.\.'"):
        desk.run("ls", "davs://localhost/store/mine/../other")


def test_what_takes_longer_says_how_far_it_is(desk, on_apache: Path, monkeypatch) -> None:
    monkeypatch.setattr(display, "SECONDS_UNTIL_SHOWN", 0.0)
    monkeypatch.setattr(display, "SECONDS_BETWEEN_LINES", 0.0)
    lines = desk.run("cp", "-r", "data", "grid:copy").stderr.splitlines()
    assert re.search(r"copying: 9 of 9 files, \d\.\d kB of", lines[-1])
    assert desk.run("cp", "-r", "data", "grid:again", "--json").stderr == ""


def test_a_bar_is_shown_on_a_terminal(desk, on_apache: Path) -> None:
    """In a process of its own, on a pseudo-terminal."""
    command = (
        "from caselaw.cli.store import display; display.SECONDS_UNTIL_SHOWN = 0.0\n"
        "from caselaw.cli.main import cli; cli(['store', 'cp', '-r', 'data', 'grid:copy'])"
    )
    leader, follower = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", command], stderr=follower, stdout=subprocess.PIPE) as process:
        os.close(follower)
        shown = b""
        with contextlib.suppress(OSError):  # the other end is closed
            while piece := os.read(leader, 65536):
                shown += piece
    os.close(leader)
    assert process.returncode == 0, shown
    assert b"files" in shown and b"copying" in shown


def test_what_this_machine_cannot_write_is_not_blamed_on_the_server(desk, server, tmp_path: Path) -> None:
    name, _ = server
    desk.run("cp", "law.cfg", f"{name}:file")
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(TransferError, match="a file of this machine: Not a directory"):
        desk.run("cp", f"{name}:file", str(tmp_path / "taken" / "deeper" / "file"))


def test_an_output_of_another_size_takes_the_place_of_the_old_one(desk, server) -> None:
    name, folder = server
    plots = f"Number/n_3/plots.{FINGERPRINTS[0]}"
    desk.run("sync", "data", f"{name}:")
    (desk.root / "data" / plots / "deep" / "plot.svg").unlink()
    (desk.root / "data" / plots / "new.svg").write_text("<svg/>")
    assert desk.ask("sync", "data", f"{name}:")["copied"] == [plots]
    assert files(folder / plots) == {"new.svg", "plot 2%.svg"}
