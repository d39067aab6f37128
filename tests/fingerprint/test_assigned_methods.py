"""Methods that a task class was given after its definition, also by a module that nothing imports."""

from __future__ import annotations

import importlib
import sys

import pytest

from caselaw.fingerprint import code_closure

WORK = """
import caselaw

class {name}(caselaw.Task):
    products = {{"text": "txt"}}

    def run(self):
        return 0
"""


@pytest.fixture
def closure(tmp_path, monkeypatch):
    """The digest of the code of a task class, after a module has patched it."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def of(name: str, patch: str) -> str:
        work, patches = f"work_{name.lower()}", f"patches_{name.lower()}"
        (tmp_path / f"{work}.py").write_text(WORK.format(name=name))
        (tmp_path / f"{patches}.py").write_text(f"from {work} import {name} as T\n{patch}\n")
        for module in (work, patches):
            sys.modules.pop(module, None)
        importlib.invalidate_caches()
        importlib.import_module(patches)
        return code_closure(getattr(sys.modules[work], name), tmp_path).code_digest

    return of


@pytest.mark.parametrize(
    ("name", "patch", "edited"),
    [
        ("Function", "def run(self):\n    return 1\nT.run = run", "def run(self):\n    return 2\nT.run = run"),
        ("Lambda", "T.run = lambda self: 1", "T.run = lambda self: 2"),
        ("Property", "T.cut = property(lambda self: 1)", "T.cut = property(lambda self: 2)"),
        ("Static", "def f():\n    return 1\nT.f = staticmethod(f)", "def f():\n    return 2\nT.f = staticmethod(f)"),
        (
            "Made", "def make(n):\n    def run(self):\n        return n\n    return run\nT.run = make(1)",
            "def make(n):\n    def run(self):\n        return n\n    return run\nT.run = make(2)",
        ),
        (
            "Wrapped",
            "import functools\ndef run(self):\n    return 1\n@functools.wraps(T.run)\ndef outer(self):\n"
            "    return run(self)\nT.run = outer",
            "import functools\ndef run(self):\n    return 2\n@functools.wraps(T.run)\ndef outer(self):\n"
            "    return run(self)\nT.run = outer",
        ),
    ],
)  # fmt: skip
def test_an_edit_of_an_assigned_method_counts(name, patch, edited, closure):
    assert closure(name, patch) != closure(name, edited)


def test_a_neighbour_of_an_assigned_method_does_not_count(closure):
    patch = "def run(self):\n    return 1\ndef other():\n    return {}\nT.run = run"
    assert closure("Beside", patch.format(1)) == closure("Beside", patch.format(2))


def test_an_assigned_upstream_is_no_code(closure):
    patch = "def upstream(self):\n    return {}\nT.upstream = upstream"
    assert closure("Upstream", patch.format("{}")) == closure("Upstream", patch.format("None"))
