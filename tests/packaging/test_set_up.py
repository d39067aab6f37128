"""`make run` and `make test` set up once, recover from anything, and are quiet when nothing is to do.

A small script stands in for Python, venv and pip, so that no network is needed: what is tested is when the
set-up decides to do what.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# A Python that notes what it was asked to do: `-m venv` makes a folder with itself inside, `-m pip` waits.
PYTHON = r"""#!/bin/bash
case "$*" in
    "-m venv "*) echo venv >>"$CALLS"; mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
    "-m pip --version") ;;
    "-m pip install"*)
        all=$*
        echo "pip ${all##*--no-build-isolation }" >>"$CALLS"
        sleep "${PIP_TAKES:-0}"
        [[ -z ${PIP_FAILS:-} ]] || { echo "ERROR: no network"; exit 1; }
        echo "Collecting something" ;;
    *sys.version_info*) [[ -z ${TOO_OLD:-} ]] ;;
    *sys.version*) echo "${VERSION:-3.11.2}" ;;
    *ensurepip*) [[ -z ${NO_VENV_MODULE:-} ]] ;;
    *) echo "not expected: $*" >&2; exit 9 ;;
esac
"""


@dataclass(frozen=True)
class Clone:
    """What the set-up needs of the repository, with stand-ins for Python and pip."""

    root: Path
    tools: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    def environment(self, **extra: str) -> dict[str, str]:
        return {"PATH": f"{self.tools}:/usr/bin:/bin", "CALLS": str(self.tools / "calls"), **extra}

    def set_up(self, code: int = 0, **extra: str) -> tuple[str, list[str]]:
        """What the set-up printed, and which calls it made."""
        calls = self.tools / "calls"
        calls.write_text("")
        done = subprocess.run(
            [self.root / "scripts" / "setup.sh"], env=self.environment(**extra), timeout=30,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stdout
        return done.stdout, calls.read_text().splitlines()


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    root = tmp_path / "clone"
    for name in ("scripts/setup.sh", "setup.cfg", "pyproject.toml", *PACKAGES):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    shutil.copytree(ROOT / "requirements", root / "requirements")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "python3").write_text(PYTHON)
    (tools / "python3").chmod(0o755)
    return Clone(root, tools)


PACKAGES = ("caselaw/version.py", "griddav/pyproject.toml", "griddav/version.py")
FULL = [
    "venv",
    "pip --require-hashes -r requirements/build.lock",
    "pip --require-hashes --only-binary :all: --no-binary law -r requirements/workspace.lock",
    "pip --no-deps -e . -e ./griddav",
]


@pytest.fixture
def ready(clone: Clone) -> Clone:
    assert clone.set_up()[1] == FULL
    return clone


def test_the_second_set_up_does_nothing_and_says_nothing(ready: Clone) -> None:
    assert ready.set_up() == ("", [])


@pytest.mark.parametrize(("name", "calls"), [
    ("requirements/workspace.lock", FULL[1:]), ("setup.cfg", FULL[3:]), ("caselaw/version.py", FULL[3:]),
    ("griddav/pyproject.toml", FULL[3:]), ("griddav/version.py", FULL[3:]),
])  # fmt: skip
def test_a_change_installs_again_what_it_concerns(ready: Clone, name: str, calls: list[str]) -> None:
    with (ready.root / name).open("a") as file:
        file.write("\n# changed\n")
    assert ready.set_up()[1] == calls
    assert ready.set_up() == ("", [])


def test_another_python_in_the_environment_installs_again(ready: Clone) -> None:
    assert ready.set_up(VERSION="3.12.1")[1] == FULL[1:]


def test_a_moved_clone_gets_a_new_environment(ready: Clone) -> None:
    moved = Clone(ready.root.rename(ready.root.with_name("moved")), ready.tools)
    printed, calls = moved.set_up()
    assert calls == FULL
    assert "another folder" in printed


def test_an_environment_whose_python_is_gone_is_made_anew(ready: Clone) -> None:
    (ready.venv / "bin" / "python").unlink()
    printed, calls = ready.set_up()
    assert calls == FULL
    assert "no working Python" in printed


def test_an_environment_in_another_folder_leaves_the_usual_one_alone(ready: Clone) -> None:
    calls = ready.tools / "calls"
    calls.write_text("")
    script = ready.root / "scripts" / "setup.sh"
    subprocess.run([script, ".venv-3.13"], env=ready.environment(), check=True, timeout=30, stdout=subprocess.DEVNULL)
    assert calls.read_text().splitlines() == FULL
    assert (ready.root / ".venv-3.13" / "setup.stamp").exists()
    assert ready.set_up() == ("", [])


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("it did not happen within 5 s")


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_set_up_starts_afresh(clone: Clone, sent: signal.Signals) -> None:
    calls_made = clone.tools / "calls"
    calls_made.write_text("")
    process = subprocess.Popen(
        [clone.root / "scripts" / "setup.sh"], env=clone.environment(PIP_TAKES="60"), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    wait_for(lambda: "pip" in calls_made.read_text())
    os.killpg(process.pid, sent)
    process.wait(timeout=10)
    (clone.venv / "half").touch()
    printed, calls = clone.set_up()
    assert calls == FULL
    assert "did not finish" in printed
    assert not (clone.venv / "half").exists()
    assert clone.set_up() == ("", [])


def test_a_failed_installation_shows_why_and_recovers(clone: Clone) -> None:
    printed, _ = clone.set_up(code=1, PIP_FAILS="1")
    assert "ERROR: no network" in printed
    assert "setup.log" in printed
    assert clone.set_up()[1] == FULL


def test_two_set_ups_at_once_install_once(clone: Clone) -> None:
    calls = clone.tools / "calls"
    calls.write_text("")
    both = [
        subprocess.Popen(
            [clone.root / "scripts" / "setup.sh"], env=clone.environment(PIP_TAKES="0.1"),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    printed = [process.communicate(timeout=30)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], printed
    assert calls.read_text().splitlines() == FULL


def test_a_path_with_a_space_is_refused_with_the_reason(clone: Clone) -> None:
    spaced = Clone(clone.root.rename(clone.root.with_name("a clone")), clone.tools)
    printed, calls = spaced.set_up(code=1)
    assert calls == []
    assert "space" in printed
    assert not spaced.venv.exists()


def test_without_a_new_enough_python_it_says_what_to_install(clone: Clone) -> None:
    printed, calls = clone.set_up(code=1, TOO_OLD="1", PYTHON="python3")
    assert calls == []
    assert "3.11" in printed
    assert "python3-venv" in printed


def test_without_the_venv_module_it_says_what_to_install(clone: Clone) -> None:
    printed, calls = clone.set_up(code=1, NO_VENV_MODULE="1")
    assert calls == []
    assert "sudo apt install python3-venv" in printed
    assert not clone.venv.exists()
