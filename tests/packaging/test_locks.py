"""The lock files fit what both packages require, and anybody can install from them."""

from __future__ import annotations

import configparser
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("build.lock", "workspace.lock")
LOCKED_EXTRAS = ("analysis", "generator", "test")


def locked(name: str) -> list[Requirement]:
    text = (ROOT / "requirements" / name).read_text()
    return [Requirement(pin) for pin in re.findall(r"^([a-zA-Z0-9].*?)\s*\\$", text, flags=re.MULTILINE)]


def declared() -> list[Requirement]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    lists = [config["options"]["install_requires"]]
    lists += [config["options.extras_require"][extra] for extra in LOCKED_EXTRAS]
    client = tomllib.loads((ROOT / "griddav" / "pyproject.toml").read_text())["project"]
    lines = [line for text in lists for line in text.strip().splitlines()]
    lines += client["dependencies"] + client["optional-dependencies"]["crc32c"]
    return [Requirement(line) for line in dict.fromkeys(lines)]


@pytest.mark.parametrize("requirement", declared(), ids=str)
def test_every_requirement_is_locked_within_its_range(requirement: Requirement) -> None:
    name = canonicalize_name(requirement.name)
    pins = [pin for pin in locked("workspace.lock") if canonicalize_name(pin.name) == name]
    assert pins, f"{requirement} is required and not in requirements/workspace.lock: run make lock"
    for pin in pins:
        (version,) = pin.specifier
        assert version.operator == "=="
        fits = requirement.specifier.contains(version.version)
        assert fits, f"{pin} does not fit {requirement}: run make lock"


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_digest(name: str) -> None:
    pins = re.split(r"^(?=[a-zA-Z0-9])", (ROOT / "requirements" / name).read_text(), flags=re.MULTILINE)[1:]
    assert len(pins) == len(locked(name)) > 0
    assert all("--hash=sha256:" in pin for pin in pins)


@pytest.mark.parametrize("name", LOCKS)
def test_lock_files_name_no_address(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text()
    assert "://" not in text
    assert not re.search(r"--(index-url|extra-index-url|find-links|trusted-host)", text)
