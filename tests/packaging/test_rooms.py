"""Imports run one way: no room knows one that stands above it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = (
    ("errors", "version"),
    ("fingerprint", "lookup", "resources"),
    ("config", "parameters"),
    ("loading", "storage"),
    ("records",),
    ("branches",),
    ("publishing", "sandbox"),
    ("execution",),
    ("task",),
    ("plan",),
    ("cli",),
)
"""The rooms of caselaw/, the lowest floor first; rooms of one floor know each other one way only."""


def floor_of(module: str) -> int:
    room = module.split(".")[1] if "." in module else ""
    return next((number for number, rooms in enumerate(FLOORS) if room in rooms), len(FLOORS))


def imports(package: str) -> Iterator[tuple[str, str]]:
    """Module → module, for all imports of a package, also those inside of functions."""
    for path in sorted((ROOT / package).rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
                below = [f"{node.module}.{alias.name}" for alias in node.names]
                is_folder = (ROOT / node.module.replace(".", "/")).is_dir()
                yield from ((module, name if is_folder else node.module) for name in below)
            elif isinstance(node, ast.Import):
                yield from ((module, alias.name) for alias in node.names)


def top(module: str) -> str:
    return module.partition(".")[0]


def test_rooms_know_only_what_stands_below_them() -> None:
    found = [
        f"{module} imports {imported}"
        for module, imported in imports("caselaw")
        if module != "caselaw" and top(imported) == "caselaw" and "." in imported
        if floor_of(imported) > floor_of(module)
    ]
    assert not found


def test_rooms_of_one_floor_know_each_other_one_way() -> None:
    pairs = {
        (module.split(".")[1], imported.split(".")[1])
        for module, imported in imports("caselaw")
        if module != "caselaw" and imported.startswith("caselaw.") and floor_of(module) == floor_of(imported)
    }
    assert [pair for pair in sorted(pairs) if pair[0] < pair[1] and pair[::-1] in pairs] == []


def test_every_room_has_a_floor() -> None:
    rooms = {
        path.stem for path in (ROOT / "caselaw").iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    assert rooms - {"__init__"} == {room for rooms in FLOORS for room in rooms}


UNKNOWN = {
    "griddav": {"caselaw", "law", "luigi", "analysis", "tasks"},
    "analysis": {"caselaw", "griddav", "law", "luigi", "tasks"},
    "caselaw": {"analysis", "tasks"},
    "tasks": {"griddav"},
}


@pytest.mark.parametrize("package", UNKNOWN)
def test_packages_know_only_what_stands_below_them(package: str) -> None:
    assert [
        f"{module} imports {imported}" for module, imported in imports(package) if top(imported) in UNKNOWN[package]
    ] == []
