"""The closure of first-party modules under their imports, from source alone."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from caselaw.errors import FingerprintError
from caselaw.fingerprint import Closure, Closures, code_closure, first_party, module_closure

Write = Callable[..., None]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write modules: `write(**{"analysis/jets.py": "…"})`."""

    def write_files(files: dict[str, str]) -> None:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))

    return write_files


@pytest.fixture
def closure(tmp_path: Path) -> Callable[..., Closure]:
    def of(*modules: str, names: list[str] | None = None) -> Closure:
        return module_closure(modules or ["work"], first_party(tmp_path, names))

    return of


Of = Callable[..., Closure]


def test_a_helper_two_imports_away_counts(write: Write, closure: Of) -> None:
    write({"work.py": "import one", "one.py": "import two", "two.py": "CUT = 30", "other.py": "CUT = 1"})
    before = closure()
    assert set(before.modules) == {"work", "one", "two"}
    write({"two.py": "CUT = 31"})
    assert closure().digest != before.digest
    assert closure().code_digest != before.code_digest
    write({"two.py": "CUT = 30  # as before", "other.py": "CUT = 2"})
    assert closure().digest == before.digest


@pytest.mark.parametrize(
    ("statement", "reached"),
    [
        ("import pkg", {"pkg"}),
        ("import pkg.a", {"pkg", "pkg.a"}),
        ("import pkg.sub.deep as d", {"pkg", "pkg.sub", "pkg.sub.deep"}),
        ("from pkg import a", {"pkg", "pkg.a"}),
        ("from pkg import a as b, NAME", {"pkg", "pkg.a"}),
        ("from pkg.sub.deep import f", {"pkg", "pkg.sub", "pkg.sub.deep"}),
        ("from pkg import sub\nsub.deep.f()", {"pkg", "pkg.sub", "pkg.sub.deep"}),
        ("import pkg\npkg.sub.deep.f()", {"pkg", "pkg.sub", "pkg.sub.deep"}),
        ("import pkg\ngetattr(pkg, 'a').f()", {"pkg", "pkg.a"}),
        ("def f():\n    import pkg.a", {"pkg", "pkg.a"}),
        ("class A:\n    def f(self):\n        from pkg import a", {"pkg", "pkg.a"}),
        ("if fast:\n    import pkg.a\nelse:\n    import pkg.b", {"pkg", "pkg.a", "pkg.b"}),
        ("try:\n    import pkg.a\nexcept ImportError:\n    import pkg.b", {"pkg", "pkg.a", "pkg.b"}),
        ("from star import *", {"star", "star.x"}),
        ("from computed import *", {"computed", "computed.x", "computed.y"}),
        ("import space.mod", {"space.mod"}),
        ("from lazy import anything", {"lazy", "lazy.x", "lazy.inner", "lazy.inner.y"}),
        ("import importlib\nimportlib.import_module('pkg.a')", {"pkg", "pkg.a"}),
        ("from importlib import import_module as im\nim('pkg.a')", {"pkg", "pkg.a"}),
        ("__import__('pkg.b')", {"pkg", "pkg.b"}),
        ("import caselaw\ncaselaw.resolve('pkg.a:f')", {"pkg", "pkg.a"}),
        ("class T:\n    code_dependencies = ('pkg.a:f', 'pkg.b')", {"pkg", "pkg.a", "pkg.b"}),
        ("import importlib\nimportlib.import_module(f'pkg.sub.{x}')", {"pkg", "pkg.sub", "pkg.sub.deep"}),
        ("import importlib\nimportlib.import_module('pkg.sub.' + x)", {"pkg", "pkg.sub", "pkg.sub.deep"}),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pkg", set()),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    x = 1\nelse:\n    import pkg", {"pkg"}),
        ("import json, os.path, numpy, caselaw.task, law, luigi", set()),
    ],
)
def test_imports_are_followed(statement: str, reached: set[str], write: Write, closure: Of) -> None:
    write({
        "work.py": statement,
        "pkg/__init__.py": "NAME = 1",
        "pkg/a.py": "",
        "pkg/b.py": "",
        "pkg/sub/__init__.py": "",
        "pkg/sub/deep.py": "",
        "star/__init__.py": "__all__ = ['x', 'f']",
        "star/x.py": "",
        "star/y.py": "",
        "computed/__init__.py": "__all__ = sorted(globals())",
        "computed/x.py": "",
        "computed/y.py": "",
        "space/mod.py": "",
        "lazy/__init__.py": "def __getattr__(name): ...",
        "lazy/x.py": "",
        "lazy/inner/__init__.py": "",
        "lazy/inner/y.py": "",
    })  # fmt: skip
    assert set(closure().modules) == {"work"} | reached


@pytest.mark.parametrize(
    ("module", "statement", "reached"),
    [
        ("pkg.sub.m", "from . import n", {"pkg.sub.n"}),
        ("pkg.sub.m", "from .n import f", {"pkg.sub.n"}),
        ("pkg.sub.m", "from .. import a", {"pkg.a"}),
        ("pkg.sub.m", "from ..a import f", {"pkg.a"}),
        ("pkg.sub", "from . import n", {"pkg.sub.n"}),
        ("pkg.sub", "from .. import a\na.f()", {"pkg.a"}),
        ("pkg.sub.m", "import importlib\nimportlib.import_module('.n', __package__)", {"pkg.sub.n"}),
        ("pkg.sub.m", "import importlib\nimportlib.import_module('.' + x, __package__)", {"pkg.sub.n"}),
    ],
)
def test_relative_imports_are_followed(
    module: str, statement: str, reached: set[str], write: Write, closure: Of
) -> None:
    path = module.replace(".", "/") + ("/__init__.py" if module == "pkg.sub" else ".py")
    write({"pkg/__init__.py": "", "pkg/a.py": "", "pkg/sub/__init__.py": "", "pkg/sub/n.py": "", path: statement})
    assert set(closure(module).modules) == {"pkg", "pkg.sub", module} | reached


def test_cycles_end(write: Write, closure: Of) -> None:
    write({"work.py": "import one", "one.py": "import two", "two.py": "import one, work"})
    assert set(closure().modules) == {"work", "one", "two"}
    assert set(closure("two").modules) == {"work", "one", "two"}


def test_nothing_is_executed(write: Write, closure: Of) -> None:
    write({
        "work.py": "import pkg.bad\nraise SystemExit('executed')",
        "pkg/__init__.py": "raise SystemExit('executed')",
        "pkg/bad.py": "raise SystemExit('executed')",
    })  # fmt: skip
    assert set(closure().modules) == {"work", "pkg", "pkg.bad"}
    assert not {"work", "pkg", "pkg.bad"} & sys.modules.keys()


def test_a_syntax_error_names_file_and_line(write: Write, closure: Of) -> None:
    write({"work.py": "import broken", "broken.py": "x = 1\ndef f(:\n    pass\n"})
    with pytest.raises(FingerprintError, match=r"broken\.py:2: first-party source cannot be parsed"):
        closure()


def test_a_module_without_source_is_an_error(write: Write, closure: Of) -> None:
    write({"pkg/__init__.py": ""})
    for name in ("nowhere", "pkg.nowhere"):
        with pytest.raises(FingerprintError, match=f"no source of module '{name}'"):
            closure(name)


def test_an_import_of_a_missing_submodule_is_a_warning_and_counts_once_it_is_there(write: Write, closure: Of) -> None:
    write({"work.py": "try:\n    import pkg.fast\nexcept ImportError:\n    pass", "pkg/__init__.py": ""})
    before = closure()
    assert [warning.what for warning in before.warnings] == ["first-party module 'pkg.fast' cannot be found"]
    write({"pkg/fast.py": ""})
    assert closure().digest != before.digest


@pytest.mark.parametrize(
    "line",
    [
        "importlib.import_module(name)",
        "__import__(name)",
        "exec(text)",
        "eval(text)",
        "getattr(helpers, name)",
        "sys.modules[name]",
        "caselaw.resolve(name)",
        "runpy.run_path(name)",
        "pkgutil.iter_modules(helpers.__path__)",
        "importlib.util.spec_from_file_location(name, path)",
        "sys.path.insert(0, path)",
    ],
)
def test_a_lookup_that_cannot_be_followed_warns_with_file_and_line(
    line: str, tmp_path: Path, write: Write, closure: Of
) -> None:
    imports = "import importlib, importlib.util, pkgutil, runpy, sys, caselaw, helpers"
    write({"work.py": f"{imports}\n\ndef f(name, path, text):\n    return {line}\n", "helpers.py": ""})
    [warning] = closure().warnings
    assert str(warning) == f"{tmp_path}/work.py:4: look-up that cannot be followed: {line}"


def test_ordinary_code_does_not_warn(write: Write, closure: Of) -> None:
    write({"work.py": "def f(x, n):\n    return getattr(x, n), getattr(x, 'a'), [x][n], x.eval(n), str(n)\n"})
    assert closure().warnings == ()


def test_modules_outside_root_virtual_environments_and_hidden_folders_are_not_first_party(
    tmp_path: Path, write: Write
) -> None:
    write({
        "helpers.py": "", "pkg/__init__.py": "", "space/mod.py": "", "data/events.txt": "",
        "env/pyvenv.cfg": "", "env/lib/thing.py": "", ".hidden/x.py": "", "build/lib/x.py": "",
        "json/data.py": "", "caselaw/__init__.py": "", "numpy/data.py": "", "src/inner.py": "",
    })  # fmt: skip
    ours = first_party(tmp_path)
    assert all(ours.owns(name) for name in ("helpers", "pkg", "pkg.anything", "space"))
    names = ("data", "env", "hidden", "build", "json", "caselaw", "numpy", "os", "inner", "nowhere")
    assert not [name for name in names if ours.owns(name)]


def test_a_source_folder_on_the_search_path_is_first_party(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"src/inner.py": "X = 1", "env/pyvenv.cfg": "", "env/lib/site-packages/thing.py": ""})
    monkeypatch.syspath_prepend(str(tmp_path / "src"))
    monkeypatch.syspath_prepend(str(tmp_path / "env" / "lib" / "site-packages"))
    assert first_party(tmp_path).owns("inner")
    assert not first_party(tmp_path).owns("thing")


def test_chosen_names_are_first_party_wherever_they_are(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({
        "root/work.py": "import helpers, other, elsewhere.deep", "root/helpers.py": "X = 1",
        "root/other.py": "", "path/elsewhere/__init__.py": "", "path/elsewhere/deep.py": "X = 1",
    })  # fmt: skip
    monkeypatch.syspath_prepend(str(tmp_path / "path"))
    chosen = first_party(tmp_path / "root", ["work", "helpers", "elsewhere"])
    before = module_closure(["work"], chosen)
    assert set(before.modules) == {"work", "helpers", "elsewhere", "elsewhere.deep"}
    write({"path/elsewhere/deep.py": "X = 2"})
    assert module_closure(["work"], chosen).digest != before.digest


def test_a_chosen_name_that_nobody_has_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FingerprintError, match="'analysys' cannot be found"):
        first_party(tmp_path, ["analysys"])


def test_distributions_of_direct_imports_are_recorded(write: Write, closure: Of) -> None:
    write({
        "work.py": "import helpers, json, law, caselaw.task",
        "helpers.py": "import yaml\ndef f():\n    import numpy.linalg\ntry:\n    import no_such_thing\n"
        "except ImportError: pass\n",
    })  # fmt: skip
    import numpy
    import yaml

    assert dict(closure().distributions) == {
        "no_such_thing": "missing",
        "numpy": numpy.__version__,
        "pyyaml": yaml.__version__,
    }


def test_a_module_of_no_distribution_counts_by_its_content(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"root/work.py": "import loose, loose_package", "path/loose.py": "X = 1",
           "path/loose_package/__init__.py": ""})  # fmt: skip
    monkeypatch.syspath_prepend(str(tmp_path / "path"))
    before = module_closure(["work"], first_party(tmp_path / "root"))
    assert before.distributions.keys() == {"loose", "loose_package"}
    assert [warning.line for warning in before.warnings] == [1]
    assert "first_party" in str(before.warnings[0])
    write({"path/loose.py": "X = 2"})
    assert module_closure(["work"], first_party(tmp_path / "root")).digest != before.digest


def test_a_module_that_starts_the_closure_may_be_anywhere_on_the_search_path(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"path/somewhere_else.py": "import helpers", "root/helpers.py": ""})
    monkeypatch.syspath_prepend(str(tmp_path / "path"))
    found = module_closure(["somewhere_else"], first_party(tmp_path / "root"))
    assert set(found.modules) == {"somewhere_else", "helpers"}


def test_a_compiled_extension_counts_by_its_bytes(tmp_path: Path, write: Write, closure: Of) -> None:
    from importlib.machinery import EXTENSION_SUFFIXES

    write({"work.py": "import kernel"})
    (tmp_path / f"kernel{EXTENSION_SUFFIXES[0]}").write_bytes(b"\x7fELF 1")
    before = closure()
    assert "kernel" in before.modules
    (tmp_path / f"kernel{EXTENSION_SUFFIXES[0]}").write_bytes(b"\x7fELF 2")
    assert closure().digest != before.digest


def test_edited_sources_are_reported(tmp_path: Path, write: Write, closure: Of) -> None:
    write({"work.py": "import one", "one.py": "X = 1"})
    found = closure()
    assert set(found.sources) == {tmp_path / "work.py", tmp_path / "one.py"}
    assert found.changed() == []
    os.utime(tmp_path / "one.py", (1, 1))
    assert found.changed() == [tmp_path / "one.py"]
    (tmp_path / "work.py").unlink()
    assert found.changed() == [tmp_path / "one.py", tmp_path / "work.py"]


def test_an_edit_that_keeps_size_and_time_is_seen_in_spite_of_the_memo(
    tmp_path: Path, write: Write, closure: Of
) -> None:
    write({"work.py": "X = 1"})
    status, before = (tmp_path / "work.py").stat(), closure()
    write({"work.py": "X = 2"})
    os.utime(tmp_path / "work.py", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert closure().digest != before.digest


def test_the_memo_can_be_deleted_or_broken_at_any_time(tmp_path: Path, write: Write, closure: Of) -> None:
    write({"work.py": "import one, yaml\nfrom one import *", "one.py": "__all__ = ['f']\nexec('1')"})
    cold = closure()
    memos = sorted((tmp_path / ".caselaw").iterdir())
    assert [memo.name.partition("-")[0] for memo in memos] == ["code", "distributions"]
    assert closure() == cold
    for memo in memos:
        memo.write_text("{broken")
    assert closure() == cold
    assert json.loads(memos[0].read_text())
    for memo in memos:
        memo.unlink()
    assert closure() == cold


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path, write: Write) -> None:
    write({"work.py": "X = 1", "file": ""})
    ours = first_party(tmp_path)
    assert module_closure(["work"], ours, folder=tmp_path / "file" / "below") == module_closure(["work"], ours)


def test_the_order_and_repetition_of_modules_does_not_matter(write: Write, closure: Of) -> None:
    write({"work.py": "import one", "one.py": "", "two.py": ""})
    assert closure("work", "two") == closure("two", "work", "work")


SCRIPT = """
import bases

class Select(bases.Middle):
    pass

def main():
    import sys
    from caselaw.fingerprint import code_closure
    found = code_closure(Select, sys.argv[1])
    print(found.code_digest, *found.modules)

if __name__ == "__main__":
    main()
"""


def test_the_closure_of_a_class_is_the_same_however_its_module_is_started(tmp_path: Path, write: Write) -> None:
    write({"jobs/select.py": SCRIPT, "bases.py": "import roots\nclass Middle(roots.Root): ...",
           "roots.py": "class Root: ..."})  # fmt: skip
    ways = (["jobs/select.py"], ["-m", "jobs.select"], ["-c", "from jobs.select import main; main()"])
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    printed = {
        subprocess.run(
            [sys.executable, *way, str(tmp_path)], cwd=tmp_path, env=environment, capture_output=True, text=True,
            check=True,
        ).stdout
        for way in ways
    }  # fmt: skip
    [line] = printed
    assert line.split()[1:] == ["bases", "jobs.select", "roots"]


def test_a_base_class_handed_over_at_run_time_is_in_the_closure_of_a_class(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"handed_base.py": "class Base: ...", "made_class.py": "def make(base):\n    class Made(base): ...\n"
           "    return Made\n"})  # fmt: skip
    monkeypatch.syspath_prepend(str(tmp_path))
    made = importlib.import_module("made_class").make(importlib.import_module("handed_base").Base)
    before = code_closure(made, tmp_path)
    assert set(before.modules) == {"made_class", "handed_base"}
    assert code_closure(made, tmp_path) is before
    write({"handed_base.py": "class Base:\n    x = 1"})
    assert code_closure(made, tmp_path).digest != before.digest


def test_the_closure_of_thirty_modules_costs_milliseconds(tmp_path: Path, write: Write) -> None:
    body = "".join(f"def f{n}(x, y=1):\n    z = [i + {n} for i in x if i > y]\n    return sum(z)\n" for n in range(40))
    files = {f"m{n}.py": f"import numpy\nimport m{n + 1}\n{body}" for n in range(30)} | {"m30.py": ""}
    write(files)
    spent = []
    for _ in range(3):
        started = time.process_time()
        assert len(module_closure(["m0"], first_party(tmp_path)).modules) == 31
        spent.append(time.process_time() - started)
    assert spent[0] < 1.0  # the aim is half of it; machines differ
    assert min(spent[1:]) < 0.05


def test_a_closure_does_not_depend_on_those_computed_before(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"path/stray_tasks.py": "X = 1", "root/work.py": "import stray_tasks"})
    monkeypatch.syspath_prepend(str(tmp_path / "path"))
    alone = Closures(first_party(tmp_path / "root")).of(["work"])
    after_another = Closures(first_party(tmp_path / "root"))
    after_another.of(["stray_tasks"])
    assert after_another.of(["work"]) == alone
    assert set(alone.modules) == {"work"}
