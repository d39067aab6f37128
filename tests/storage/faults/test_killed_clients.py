"""A client that is killed while it uploads, and one on a bad machine: no part of a file is ever seen under its name."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import placing
import pytest
from disk import expected, look, watched
from fault_table import Row
from machine import Machine, full
from placing import made, staged
from subjects import Subject

Note = Callable[[Row], None]
FILES_OF_A_KILL = 40


def client(
    url: str, folder: Path, here: Path, patience: float = 30, environment: Mapping[str, str] | None = None,
    **options: Any,
) -> subprocess.Popen[str]:  # fmt: skip
    """A program that uploads all files of a folder, and begins now."""
    order = {"url": url, "folder": str(folder), "here": str(here), "patience": patience, "options": options}
    process = subprocess.Popen(
        [sys.executable, placing.__file__, json.dumps(order)], stdout=subprocess.PIPE, text=True,
        env={**os.environ, **(environment or {})},
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "begin\n"
    return process


def ended(process: subprocess.Popen[str]) -> tuple[int, float]:
    """How often an upload failed and said so, and how many seconds all took; waits for the end."""
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 0, out
    told, seconds = out.split()
    return int(told), float(seconds)


def test_a_killed_client_leaves_whole_files_only(
    tls_server: Subject, size, tmp_path: Path, note: Note
) -> None:  # fmt: skip
    def files_of(number: int) -> dict[str, bytes]:
        return made(FILES_OF_A_KILL, number, largest=400_000)

    def begun(number: int) -> subprocess.Popen[str]:
        folder = staged(files_of(number), tmp_path / str(number))
        return client(f"{url}/{number}", folder, tmp_path / "here", **tls_server.options)

    drawn, wrong, left, number = random.Random(tls_server.name), set(), [], 0
    url, place = tls_server.folder()
    _, duration = ended(begun(number))
    while len(left) < size.kills:
        number += 1
        with begun(number) as process:
            time.sleep(drawn.uniform(0, duration))
            killed = process.poll() is None  # else it was quicker than the first one
            process.kill()
        found = look(place / str(number), expected(files_of(number)))
        wrong |= found.wrong
        left += [len(found.whole)] if killed else []
    lost, last = 0, number
    for number in range(last + 1):
        assert ended(begun(number))[0] == 0
        found = look(place / str(number), expected(files_of(number)))
        lost, wrong = lost + len(found.lost), wrong | found.wrong
    seen = f"{min(left)} to {max(left)} of {FILES_OF_A_KILL} files there at that moment, the others at the next run"
    fault, number_of_files = f"client killed at {size.kills} moments", f"{size.kills} x {FILES_OF_A_KILL}"
    note(Row("files", fault, tls_server.name, number_of_files, seen, lost, len(wrong), 0))
    assert not lost and not wrong


@pytest.mark.parametrize("skew", [3600, -3600], ids=["fast", "slow"])
def test_a_wrong_clock_changes_nothing(
    skew: int, server: Subject, worse: Machine, size, tmp_path: Path, note: Note
) -> None:  # fmt: skip
    url, place = server.folder()
    files = made(size.files)
    folder = staged(files, tmp_path / "made")
    assert ended(client(url, folder, tmp_path, environment=worse.clock(skew)))[0] == 0
    found = look(place, expected(files))
    fault = f"clock of the client 1 h {'fast' if skew > 0 else 'slow'}"
    note(Row("files", fault, server.name, str(len(files)), "nothing", len(found.lost), len(found.wrong), 0))
    assert not found.lost and not found.wrong


def test_a_full_disk_of_the_client_is_told(
    server: Subject, worse: Machine, size, tmp_path: Path, note: Note
) -> None:  # fmt: skip
    """Downloads fail, and leave nothing that could be taken for a file."""
    url, _ = server.folder()
    files = made(size.files)
    folder = staged(files, tmp_path / "made")
    assert ended(client(url, folder, tmp_path / "here"))[0] == 0
    (tmp_path / "read").mkdir()
    command = [sys.executable, "-c", READ, placing.__file__, url, str(tmp_path / "read"), *sorted(files)]
    environment = {**os.environ, **worse.disk(tmp_path / "read")}
    with full(tmp_path / "read"):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "No space left" in done.stderr, done.stderr
    early = {path.name: path.stat().st_size for path in (tmp_path / "read").iterdir()}
    subprocess.run(command, env=environment, check=True)
    here = {path.name: path.read_bytes() for path in (tmp_path / "read").iterdir()}
    wrong = {name for name in here if here[name] != files.get(name)} | {name for name in early if early[name]}
    lost = set(files) - set(here)
    note(Row("files", "disk full on the client", server.name, str(len(files)), "an error; nothing stays behind",
             len(lost), len(wrong), 1))  # fmt: skip
    assert not lost and not wrong


READ = """
import pathlib, sys
sys.path.insert(0, str(pathlib.Path(sys.argv[1]).parent))
import placing
placing.ROUNDS = 2
store = placing.opened(sys.argv[2], pathlib.Path(sys.argv[3] + "-here"), 30)
placing.fetch_all(store, pathlib.Path(sys.argv[3]), sys.argv[4:])
"""


def test_nothing_is_seen_while_a_large_file_is_on_its_way(
    tls_server: Subject, tmp_path: Path, note: Note
) -> None:  # fmt: skip
    url, place = tls_server.folder()
    files = {"large.bin": random.Random(1).randbytes(48 << 20)}
    folder = staged(files, tmp_path / "made")
    with watched(place, expected(files)) as wrong:
        for pause in (0.02, 0.06, 0.12):
            with client(url, folder, tmp_path / "here", **tls_server.options) as process:
                time.sleep(pause)
                process.kill()
        ended(client(url, folder, tmp_path / "here", **tls_server.options))
    found = look(place, expected(files))
    note(Row("files", "client killed in a file of 48 MB", tls_server.name, "1", "killed 3 times",
             len(found.lost), len(found.wrong | wrong), 0))  # fmt: skip
    assert not found.lost and not found.wrong and not wrong
