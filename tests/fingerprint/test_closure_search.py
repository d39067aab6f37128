"""What a closure says besides the symbols: distributions, missing modules, look-ups, sources, errors."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from caselaw.errors import FingerprintError
from caselaw.fingerprint import Closure, Closures, first_party, symbol_closure

Write = Callable[[Mapping[str, str]], None]
Of = Callable[..., Closure]


def test_symbols_have_names_files_lines_and_source(tmp_path: Path, write: Write, closure: Of) -> None:
    write({"work.py": """\
        import functools
        CUT = 30

        class Cuts:
            pt = CUT

            @property
            def passes(self):
                return self.pt

        TABLE = {}
        TABLE["a"] = 1

        @functools.cache
        def run():
            return Cuts, TABLE

        print(1)
        """})  # fmt: skip
    found = closure()
    assert {name: symbol.lines for name, symbol in found.symbols.items()} == {
        "work.<module>": ((18, 18),),
        "work.CUT": ((2, 2),),
        "work.Cuts": ((4, 4), (5, 5)),
        "work.Cuts.passes": ((7, 9),),
        "work.TABLE": ((11, 11), (12, 12)),
        "work.run": ((14, 16),),
    }
    assert {symbol.path for symbol in found.symbols.values()} == {str(tmp_path / "work.py")}
    assert found.source("work.TABLE") == 'TABLE = {}\nTABLE["a"] = 1\n'
    assert found.source("work.Cuts.passes").startswith("    @property\n")
    with pytest.raises(KeyError):
        found.source("work.unused")


def test_only_distributions_that_reached_symbols_use_count(write: Write, closure: Of) -> None:
    import numpy
    import yaml

    write({
        "work.py": "import numpy as np\nimport yaml, click\nimport helpers\ndef run():\n    return np.array(1)\n"
        "def other():\n    return yaml, click\n",
        "helpers.py": "import rich\nfrom scipy import stats\ndef f():\n    import attr\n    return rich, stats\n",
    })  # fmt: skip
    assert dict(closure().distributions) == {"numpy": numpy.__version__}
    assert dict(closure("work:other").distributions).keys() == {"pyyaml", "click"}
    assert closure("helpers:f").distributions.keys() == {"rich", "scipy", "attrs"}
    assert closure("work:other").distributions["pyyaml"] == yaml.__version__


def test_a_distribution_that_is_imported_for_its_effects_counts(write: Write, closure: Of) -> None:
    write({
        "work.py": "import helpers\ndef run(): ...\n",
        "helpers.py": "import yaml\nimport click as click\nimport rich\nimport numpy as np\n__all__ = ['rich']\n"
        "def f(x: 'np.ndarray'): ...\n",
    })  # fmt: skip
    assert closure().distributions.keys() == {"pyyaml"}
    write({"helpers.py": "", "pkg/__init__.py": "import yaml\n", "work.py": "import pkg\ndef run(): ...\n"})
    assert closure().distributions == {}


def test_a_star_import_of_a_distribution_counts_for_names_that_nobody_binds(write: Write, closure: Of) -> None:
    write({"work.py": "from numpy import *\nfrom math import *\nX = 1\ndef run(a):\n    return len(a) + X\n"
           "def sines():\n    return sin(1)\ndef sums(a):\n    return sum(a)\n"})  # fmt: skip
    assert closure().distributions == {}
    assert closure("work:sines").distributions.keys() == {"numpy"}
    assert closure("work:sums").distributions.keys() == {"numpy"}
    assert set(closure("work:sines").symbols) == {"work.sines"}


@pytest.mark.parametrize("module", ["math", "statistics", "numpy", "helpers"])
def test_where_a_name_comes_from_counts(module: str, write: Write, closure: Of) -> None:
    files = {"helpers.py": "def sqrt(x): ...\n", "others.py": "def sqrt(x): ...\n"}
    write({**files, "work.py": f"from {module} import sqrt\ndef run():\n    return sqrt(2)\n"})
    before = closure()
    write({"work.py": "from others import sqrt\ndef run():\n    return sqrt(2)\n"})
    assert closure().code_digest != before.code_digest
    write({"work.py": "from cmath import sqrt\ndef run():\n    return sqrt(2)\n"})
    assert closure().code_digest != before.code_digest


def test_two_names_exchanged_by_their_imports_count(write: Write, closure: Of) -> None:
    body = "def run():\n    return f(1) - g(1)\n"
    write({"work.py": "from helpers import a as f, b as g\n" + body, "helpers.py": "def a(x): ...\ndef b(x): ...\n"})
    before = closure()
    write({"work.py": "from helpers import b as f, a as g\n" + body})
    assert closure().symbols.keys() == before.symbols.keys()
    assert closure().code_digest != before.code_digest


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("X = 1\nY = X\nX = 2\n", "X = 1\nX = 2\nY = X\n", False),
        ("X = []\nY = list(X)\nX.append(1)\n", "X = []\nX.append(1)\nY = list(X)\n", False),
        ("X = 1\ndef f(): return X\nY = 2\n", "Y = 2\ndef f(): return X\nX = 1\n", True),
        ("X = 1\nclass A:\n    x = X\nY = A\n", "class A:\n    x = X\nX = 1\nY = A\n", True),
        ("import r\nr.seed(1)\nY = r.random()\n", "import r\nY = r.random()\nr.seed(1)\n", False),
        ("import r\nr.seed(1)\nY = 1\n", "import r\nY = 1\nr.seed(1)\n", True),
        ("Y, n = [], 0\nwhile n < 2:\n    Y.append(n)\n    n += 1\n",
         "Y, n = [], 0\nwhile n < 2:\n    n += 1\n    Y.append(n)\n", False),
        ("class Y:\n    a = X\n    X = 2\n    b = X\nX = 1\n",
         "class Y:\n    a = X\n    b = X\n    X = 2\nX = 1\n", False),
        ("class Y:\n    a = 1\n    b = 2\n", "class Y:\n    b = 2\n    a = 1\n", True),
        ("Y = []\ndef r(f): Y.append(f)\n@r\ndef a(): ...\n@r\ndef b(): ...\n",
         "Y = []\ndef r(f): Y.append(f)\n@r\ndef b(): ...\n@r\ndef a(): ...\n", False),
        ("Y = []\ndef r(f): Y.append(f)\n@r\ndef a(): ...\ndef b(): ...\n",
         "Y = []\ndef r(f): Y.append(f)\ndef b(): ...\n@r\ndef a(): ...\n", True),
    ],
)  # fmt: skip
def test_the_order_of_statements_counts_where_it_matters(
    one: str, two: str, same: bool, write: Write, closure: Of
) -> None:
    end = "def run():\n    return Y\n"
    write({"work.py": one + end})
    before = closure()
    write({"work.py": two + end})
    assert (closure().code_digest == before.code_digest) == same


def test_cycles_end(write: Write, closure: Of) -> None:
    write({
        "work.py": "from one import f\ndef run():\n    return f()\n",
        "one.py": "from two import g, f2\nfrom work import run\nfrom three import *\n"
        "def f():\n    return g(), run(), f2\n",
        "two.py": "from one import f\nfrom one import f2\nfrom three import *\ndef g():\n    return f(), h\n",
        "three.py": "from two import *\ndef h(): ...\n",
    })  # fmt: skip
    assert {"work.run", "one.f", "two.g", "three.h"} <= closure().symbols.keys()


def test_nothing_is_executed(write: Write, closure: Of) -> None:
    write({
        "work.py": "import pkg.bad\ndef run(): ...\nraise SystemExit('executed')",
        "pkg/__init__.py": "raise SystemExit('executed')",
        "pkg/bad.py": "raise SystemExit('executed')",
    })  # fmt: skip
    assert {"work.<module>", "pkg.<module>", "pkg.bad.<module>"} <= closure().symbols.keys()
    assert not {"work", "pkg", "pkg.bad"} & sys.modules.keys()


def test_a_syntax_error_names_file_and_line(write: Write, closure: Of) -> None:
    write({"work.py": "import broken\ndef run(): ...", "broken.py": "x = 1\ndef f(:\n    pass\n"})
    with pytest.raises(FingerprintError, match=r"broken\.py:2: first-party source cannot be parsed"):
        closure()


def test_an_entry_that_is_not_there_is_an_error(write: Write, closure: Of) -> None:
    write({"pkg/__init__.py": "def f(): ..."})
    for name in ("nowhere", "pkg.nowhere", "nowhere:f"):
        with pytest.raises(FingerprintError, match="no source of module"):
            closure(name)
    with pytest.raises(FingerprintError, match="no 'g' in module 'pkg'"):
        closure("pkg:g")


def test_an_import_of_a_missing_module_is_a_warning_and_counts_once_it_is_there(write: Write, closure: Of) -> None:
    write({
        "work.py": "try:\n    import pkg.fast as fast\nexcept ImportError:\n    fast = None\n"
        "def run():\n    return fast\n",
        "pkg/__init__.py": "",
    })  # fmt: skip
    before = closure()
    assert [warning.what for warning in before.warnings] == ["first-party module 'pkg.fast' cannot be found"]
    assert before.symbols["pkg.fast"].digest == "missing"
    assert before.source("pkg.fast") == ""
    write({"pkg/fast.py": ""})
    assert closure().digest != before.digest


def test_a_name_that_a_module_does_not_have_counts_once_it_is_there(write: Write, closure: Of) -> None:
    write({"work.py": "import helpers\ndef run():\n    return helpers.late\n", "helpers.py": "X = 1\n"})
    before = closure()
    assert before.symbols["helpers.late"].digest == "missing"
    write({"helpers.py": "X = 1\ndef late(): ...\n"})
    assert closure().code_digest != before.code_digest


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
    write({"work.py": f"{imports}\n\ndef run(name, path, text):\n    return {line}\ndef g(): ...\n", "helpers.py": ""})
    [warning] = closure().warnings
    assert str(warning) == f"{tmp_path}/work.py:4: look-up that cannot be followed: {line}"
    assert closure("work:g").warnings == ()


@pytest.mark.parametrize(
    "line",
    [
        "getattr(x, n), getattr(x, 'a'), [x][n], x.eval(n), str(n)",
        "getattr(np, n)",
        "getattr(Region, n)",
        "getattr(helpers, 'X')",
        "importlib.import_module('helpers').X",
        "sys.modules[__name__]",
        "vars(helpers)[n]",
    ],
)
def test_what_can_be_followed_does_not_warn(line: str, write: Write, closure: Of) -> None:
    write({"work.py": f"import enum, importlib, sys\nimport numpy as np\nimport helpers\nclass Region(enum.Enum):\n"
           f"    A = 1\ndef run(x, n):\n    return {line}\n", "helpers.py": "X = 1\n"})  # fmt: skip
    assert closure().warnings == ()


def test_a_relative_import_beyond_the_top_warns(write: Write, closure: Of) -> None:
    write({"work.py": "def run():\n    from ..other import f\n    return f\n"})
    assert [warning.what for warning in closure().warnings] == ["relative import beyond the top-level package"]


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
        "root/work.py": "import helpers, other, elsewhere.deep\ndef run():\n    return elsewhere.deep.X\n",
        "root/helpers.py": "X = 1", "root/other.py": "", "path/elsewhere/__init__.py": "",
        "path/elsewhere/deep.py": "X = 1",
    })  # fmt: skip
    monkeypatch.syspath_prepend(str(tmp_path / "path"))
    chosen = first_party(tmp_path / "root", ["work", "helpers", "elsewhere"])
    before = symbol_closure(["work:run"], chosen)
    assert set(before.symbols) == {"work.run", "elsewhere.deep.X"}
    write({"path/elsewhere/deep.py": "X = 2"})
    assert symbol_closure(["work:run"], chosen).digest != before.digest


def test_a_chosen_name_that_nobody_has_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FingerprintError, match="'analysys' cannot be found"):
        first_party(tmp_path, ["analysys"])


def test_a_module_of_no_distribution_counts_by_its_content(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"root/work.py": "import loose, loose_package\ndef run():\n    return loose, loose_package\n",
           "path/loose.py": "X = 1", "path/loose_package/__init__.py": ""})  # fmt: skip
    monkeypatch.syspath_prepend(str(tmp_path / "path"))
    before = symbol_closure(["work:run"], first_party(tmp_path / "root"))
    assert before.distributions.keys() == {"loose", "loose_package"}
    assert [warning.line for warning in before.warnings] == [3]
    assert "first_party" in str(before.warnings[0])
    write({"path/loose.py": "X = 2"})
    assert symbol_closure(["work:run"], first_party(tmp_path / "root")).digest != before.digest


def test_a_module_that_starts_the_closure_may_be_anywhere_on_the_search_path(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"path/somewhere_else.py": "import helpers\nY = helpers.X", "root/helpers.py": "X = 1"})
    monkeypatch.syspath_prepend(str(tmp_path / "path"))
    found = symbol_closure(["somewhere_else"], first_party(tmp_path / "root"))
    assert set(found.symbols) == {"somewhere_else.Y", "helpers.X"}


def test_a_closure_does_not_depend_on_those_computed_before(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"path/stray_tasks.py": "X = 1", "root/work.py": "import stray_tasks\nY = stray_tasks.X"})
    monkeypatch.syspath_prepend(str(tmp_path / "path"))
    alone = Closures(first_party(tmp_path / "root")).of(["work"])
    after_another = Closures(first_party(tmp_path / "root"))
    after_another.of(["stray_tasks"])
    assert after_another.of(["work"]) == alone
    assert set(alone.symbols) == {"work.Y"}


def test_a_compiled_extension_counts_by_its_bytes(tmp_path: Path, write: Write, closure: Of) -> None:
    write({"work.py": "import kernel\ndef run():\n    return kernel.f()\n"})
    (tmp_path / f"kernel{EXTENSION_SUFFIXES[0]}").write_bytes(b"\x7fELF 1")
    before = closure()
    assert "kernel.<module>" in before.symbols
    (tmp_path / f"kernel{EXTENSION_SUFFIXES[0]}").write_bytes(b"\x7fELF 2")
    assert closure().digest != before.digest


def test_edited_sources_are_reported(tmp_path: Path, write: Write, closure: Of) -> None:
    write({"work.py": "import one\ndef run(): ...\n", "one.py": "X = 1"})
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
    write({"work.py": "def run(): return 1"})
    status, before = (tmp_path / "work.py").stat(), closure()
    write({"work.py": "def run(): return 2"})
    os.utime(tmp_path / "work.py", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert closure().digest != before.digest


def test_the_memo_can_be_deleted_or_broken_at_any_time(tmp_path: Path, write: Write, closure: Of) -> None:
    write({
        "work.py": "import one, yaml\nfrom one import *\nimport luigi\nimport caselaw\n@one.register(1)\n"
        "class T(caselaw.Task):\n    p = luigi.Parameter()\n    code_dependencies = ()\n    def run(self):\n"
        "        return f, exec('1'), __import__('a.' + x), yaml\n",
        "one.py": "__all__ = ['f']\nR = {}\nexec('1')\ndef f():\n    global Y\n    Y = 1\ndef register(n):\n"
        "    def wrap(c):\n        R[n] = c\n    return wrap\n",
    })  # fmt: skip
    cold = closure("work:T")
    memos = sorted((tmp_path / ".caselaw").iterdir())
    assert [memo.name.partition("-")[0] for memo in memos] == ["code", "deeds", "distributions"]
    assert closure("work:T") == cold
    for memo in memos:
        memo.write_text("{broken")
    assert closure("work:T") == cold
    assert json.loads(memos[0].read_text())
    for memo in memos:
        memo.unlink()
    assert closure("work:T") == cold


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path, write: Write) -> None:
    write({"work.py": "X = 1", "file": ""})
    ours = first_party(tmp_path)
    assert symbol_closure(["work"], ours, folder=tmp_path / "file" / "below") == symbol_closure(["work"], ours)


def test_the_order_and_repetition_of_entries_does_not_matter(write: Write, closure: Of) -> None:
    write({"work.py": "import one\nX = one.X", "one.py": "X = 1", "two.py": "X = 2"})
    assert closure("work", "two:X") == closure("two:X", "work", "work:X", "work")


def test_the_closure_of_two_hundred_symbols_costs_milliseconds(tmp_path: Path, write: Write) -> None:
    function = "def f{n}(x, y=CUT):\n    z = [i + {n} for i in x if i > y]\n    return sum(z) + {call}\n"
    files = {}
    for m in range(20):
        last = f"m{m + 1}.f0(x)" if m < 19 else "np.sum(x)"
        body = "".join(function.format(n=n, call=f"f{n + 1}(x)" if n < 9 else last) for n in range(10))
        files[f"m{m}.py"] = f"import numpy as np\nimport m{m + 1}\nCUT = {m}\n{body}"
    write({**files, "m20.py": ""})
    spent = []
    for _ in range(3):
        started = time.process_time()
        assert len(symbol_closure(["m0:f0"], first_party(tmp_path)).symbols) == 220
        spent.append(time.process_time() - started)
    assert spent[0] < 1.0  # the aim is half of it; machines differ
    assert min(spent[1:]) < 0.1
