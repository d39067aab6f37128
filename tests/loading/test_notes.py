"""What is noted of modules as Python loads them."""

from __future__ import annotations

import importlib
import importlib.util
import os
import runpy
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from caselaw.loading import notes

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Write a module that can be imported; nothing of it stays in memory."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)

    def write_module(name: str, text: str) -> Path:
        path = tmp_path / f"{name}.py"
        path.write_text(text)
        importlib.invalidate_caches()
        return path

    yield write_module
    for path in tmp_path.glob("*.py"):
        sys.modules.pop(path.stem, None)
        notes.LOADS.pop(path.stem, None)
    notes.EXCHANGES[:] = [each for each in notes.EXCHANGES if not (tmp_path / f"{each.name}.py").exists()]


def test_the_text_that_was_executed_is_noted_not_the_one_that_is_there_later(write: Write):
    path = write("noted_a", "X = 1\n")
    importlib.import_module("noted_a")
    path.write_text("X = 2\n")
    load = notes.LOADS["noted_a"]
    assert (load.path, load.content, load.is_exact) == (str(path), b"X = 1\n", True)


def test_a_module_from_a_compiled_file_is_noted_with_its_source(write: Write):
    path = write("noted_b", "X = 1\n")
    importlib.import_module("noted_b")
    del sys.modules["noted_b"]
    compiled = Path(importlib.util.cache_from_source(str(path)))
    before = compiled.stat().st_mtime_ns
    importlib.import_module("noted_b")
    assert compiled.stat().st_mtime_ns == before
    assert notes.LOADS["noted_b"].content == b"X = 1\n"


def test_a_compiled_file_that_python_would_take_for_current_is_not_taken(write: Write):
    path = write("noted_c", "X = 1\n")
    importlib.import_module("noted_c")
    del sys.modules["noted_c"]
    status = path.stat()
    path.write_text("X = 2\n")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    module = importlib.import_module("noted_c")
    assert module.X == 2
    data = path.with_name("numbers.txt")
    data.write_text("1 2 3")
    assert module.__loader__.get_data(str(data)) == b"1 2 3"


def test_an_edit_while_a_compiled_file_is_read_is_not_missed(write: Write, monkeypatch: pytest.MonkeyPatch):
    path = write("noted_d", "X = 1\n")
    importlib.import_module("noted_d")
    del sys.modules["noted_d"]
    real = notes.read

    def edit_and_read(name: str) -> bytes | None:
        monkeypatch.setattr(notes, "read", real)
        path.write_text("X = 22\n")
        return real(name)

    monkeypatch.setattr(notes, "read", edit_and_read)
    module = importlib.import_module("noted_d")
    assert (module.X, notes.LOADS["noted_d"].content) == (22, b"X = 22\n")


def test_who_only_looks_at_the_code_is_no_load(write: Write):
    path = write("noted_e", "X = 1\n")
    module = importlib.import_module("noted_e")
    path.write_text("X = 2\n")
    module.__spec__.loader.get_code("noted_e")
    runpy.run_module("noted_e")
    assert notes.LOADS["noted_e"].content == b"X = 1\n"


def test_a_module_that_is_loaded_anew_with_another_text_is_an_exchange(write: Write):
    path = write("noted_f", "X = 1\n")
    write("noted_g", "from noted_f import X\n")
    importlib.import_module("noted_g")
    importlib.reload(sys.modules["noted_f"])
    assert not [each for each in notes.EXCHANGES if each.name == "noted_f"]
    path.write_text("X = 22\n")
    importlib.reload(sys.modules["noted_f"])
    [exchange] = [each for each in notes.EXCHANGES if each.name == "noted_f"]
    assert exchange.before.content == b"X = 1\n"
    assert "noted_g" in exchange.others
    assert "noted_f" not in exchange.others


def test_an_import_that_fails_shows_no_line_of_caselaw(write: Write):
    write("noted_h", "import noted_i\n")
    write("noted_i", "1 / 0\n")
    with pytest.raises(ZeroDivisionError) as caught:
        importlib.import_module("noted_h")
    assert notes.__file__ not in "".join(traceback.format_exception(caught.value))


def test_modules_of_other_loaders_are_noted_as_they_were_found(write: Write, monkeypatch: pytest.MonkeyPatch):
    path = write("noted_j", "X = 1\n")

    class Loader(importlib.machinery.SourceFileLoader):
        pass

    class OtherFinder:
        def find_spec(self, name, path_=None, target=None):
            if name == "noted_j":
                return importlib.util.spec_from_loader(name, Loader(name, str(path)))
            return None

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path[:1], OtherFinder(), *sys.meta_path[1:]])
    assert isinstance(sys.meta_path[0], notes.NotingFinder)
    module = importlib.import_module("noted_j")
    assert type(module.__spec__.loader) is Loader
    load = notes.LOADS["noted_j"]
    assert (load.path, load.content, load.is_exact) == (str(path), b"X = 1\n", False)


def test_libraries_are_not_noted():
    import luigi

    assert luigi.__name__ not in notes.LOADS
    assert not [name for name in notes.LOADS if name.startswith(("caselaw", "numpy", "json"))]
