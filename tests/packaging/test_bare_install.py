"""A plain install does all that needs no server, and says in one line what to install for one."""

from __future__ import annotations

import configparser
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import bare_install
import click
import pytest

from caselaw.cli import store
from caselaw.cli.main import cli
from caselaw.storage.files.schemes import EXTRAS

ROOT = Path(__file__).resolve().parents[2]

HELP = """
import sys
from caselaw.cli.main import cli
for line in sys.stdin:
    try:
        cli(line.split()[1:] + ["--help"], prog_name="caselaw", standalone_mode=False)
    except SystemExit as end:
        assert not end.code, line
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


def commands(command: click.Command = cli, words: tuple[str, ...] = ("caselaw",)) -> Iterator[tuple[str, ...]]:
    """Every command with those above it."""
    yield words
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, (*words, name))


def core() -> list[str]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    return config["options"]["install_requires"].strip().splitlines()


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds caselaw and what it requires, without extras."""
    return bare_install.made(tmp_path_factory.mktemp("bare") / "venv", core(), [ROOT / "caselaw"])


@pytest.fixture
def run(python: Path, tmp_path: Path) -> Run:
    """Runs `caselaw …` in a project beside two small folders, `one` and `two`."""
    (tmp_path / "law.cfg").write_text("[caselaw]\nstore: one\n")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        program = [python, "-I", "-c", "from caselaw.cli.main import main; main()", *arguments]
        home = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
        return subprocess.run(program, cwd=tmp_path, env=home, capture_output=True, text=True, check=False)

    return run


def test_nothing_of_the_client_is_there(python: Path) -> None:
    look = "import importlib.util as u; print([n for n in ('griddav', 'aiohttp', 'yarl', 'numpy') if u.find_spec(n)])"
    assert subprocess.check_output([python, "-I", "-c", look], text=True).strip() == "[]"


def test_every_command_says_what_it_is_for(python: Path) -> None:
    asked = "\n".join(" ".join(words) for words in commands())
    done = subprocess.run([python, "-I", "-c", HELP], input=asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Usage: ") == len(asked.splitlines()) > 20


@pytest.mark.parametrize("arguments", [
    ("ls", "one"), ("ls", "-lR", "."), ("stat", "one/file"), ("stat", "one/file", "--checksum", "sha-256"),
    ("cp", "one/file", "three/file"), ("cp", "-r", "one", "three"), ("sync", "one", "three"), ("check", "one"),
    ("clean", "one"), ("init", "one"), ("token", "one"), ("bench", "one", "--files", "2", "--size", "1 kB"),
], ids=" ".join)  # fmt: skip
def test_folders_of_this_machine_need_no_client(run: Run, arguments: tuple[str, ...]) -> None:
    done = run("store", *arguments)
    assert "No module" not in done.stderr and "Traceback" not in done.stderr
    assert done.returncode == 0 or arguments[0] == "check", done.stderr  # which finds no outputs there


WITH_SERVERS = (
    ("ls", "URL"), ("stat", "URL"), ("cp", "one/file", "URL"), ("cp", "URL", "here"), ("sync", "one", "URL"),
    ("sync", "URL", "here"), ("check", "URL"), ("clean", "URL"), ("stage", "URL"), ("stage", "URL", "--release"),
    ("token", "URL"), ("token", "URL", "--path", "a", "--output", "b"), ("bench", "URL"), ("init", "URL"),
)  # fmt: skip


@pytest.mark.parametrize(("scheme", "extra", "arguments"), [
    *(("davs", "dcache", arguments) for arguments in WITH_SERVERS),
    *((scheme, extra, ("ls", "URL")) for scheme, extra in EXTRAS.items() if scheme != "davs"),
])  # fmt: skip
def test_a_server_needs_an_extra_that_is_named_in_one_line(
    run: Run, scheme: str, extra: str, arguments: tuple[str, ...]
) -> None:
    done = run("store", *(f"{scheme}://server:1234/store/a" if word == "URL" else word for word in arguments))
    assert done.returncode == 2
    assert f"pip install 'caselaw[{extra}]'" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_every_command_for_files_is_tried() -> None:
    of_tasks = {"promote"}
    assert {words[0] for words in WITH_SERVERS} == set(store.COMMANDS) - of_tasks
