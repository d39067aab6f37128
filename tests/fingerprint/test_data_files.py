"""Files that code opens from a place beside it count by content."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from caselaw.fingerprint import Closure, Closures, first_party, symbol_closure

Write = Callable[[Mapping[str, str]], None]
Of = Callable[..., Closure]

IMPORTS = (
    "import glob, importlib.resources, json, os, pkgutil\nfrom importlib import resources\nfrom os import path\n"
    "from pathlib import Path\nimport pkg\nHERE = Path(__file__).parent\nROOT = HERE.parent\n"
    "DATA: Path = HERE / 'data'\nTABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'data', 'a.json')\n"
    "NAME = 'a.json'\nfrom pkg.places import FOLDER, A\nfrom pkg import places\n"
)
FILES = {"pkg/__init__.py": "", "pkg/places.py": "import pathlib\nFOLDER = pathlib.Path(__file__).parent / 'data'\n"
         "A = FOLDER / 'a.json'\n", "pkg/data/a.json": "1", "pkg/data/b.json": "2", "pkg/data/c.txt": "3",
         "pkg/data/deep/d.json": "4", "pkg/other.txt": "5"}  # fmt: skip
ALL = ["a.json", "b.json", "c.txt", "deep/d.json"]


@pytest.mark.parametrize(
    "line",
    [
        "open(os.path.join(os.path.dirname(__file__), 'data', 'a.json'))",
        "open(path.join(path.dirname(path.realpath(__file__)), 'data/a.json'), 'rb')",
        "open(os.path.dirname(__file__) + '/data/a.json')",
        "open(f'{os.path.dirname(__file__)}/data/a.json')",
        "open(os.path.split(__file__)[0] + '/data/a.json')",
        "open(os.path.join(__file__, '..', 'data', 'a.json'))",
        "open(os.path.join(__file__, os.pardir, 'data', 'a.json'))",
        "(Path(__file__).parent / 'data' / 'a.json').read_text()",
        "Path(__file__).parents[0].joinpath('data', 'a.json').open()",
        "Path(__file__).resolve().with_name('data').joinpath('a.json').read_bytes()",
        "json.loads((Path(__file__).resolve().parent / 'data/b.json').with_name('a.json').read_text())",
        "(DATA / 'b.txt').with_suffix('.json'), (DATA / 'a').with_suffix('.json')",
        "json.load(open(TABLE))",
        "load(TABLE)",
        "load(str(HERE / 'data' / 'a.json'))",
        "(HERE / 'data/a.json').exists() and DATA.joinpath('a.json').open()",
        "(ROOT / 'pkg' / 'data' / 'a.json').read_text()",
        "open(A)",
        "open(FOLDER / 'a.json')",
        "open(places.FOLDER / 'a.json'), places.A",
        "open(Path(pkg.__file__).parent / 'data' / 'a.json')",
        "open(os.path.join(pkg.__path__[0], 'data', 'a.json'))",
        "importlib.resources.files('pkg').joinpath('data/a.json').read_text()",
        "(resources.files(pkg) / 'data' / 'a.json').read_text()",
        "(resources.files(__package__) / 'data' / 'a.json').open()",
        "resources.as_file(resources.files() / 'data' / 'a.json')",
        "resources.read_text('pkg.data', 'a.json')",
        "resources.open_binary('pkg.data', 'a.json')",
        "resources.read_text('pkg.data', 'a.json', 'utf-8')",
        "pkgutil.get_data('pkg', 'data/a.json')",
        "pkgutil.get_data(__name__, 'data/a.json')",
        "os.system(f'cat {HERE}/data/a.json {load(1)}')",
        "os.system(f'cat {load(1)} \"{DATA}/a.json\" > {NAME}')",
    ],
)  # fmt: skip
def test_a_file_by_a_constant_path_counts_by_content(line: str, tmp_path: Path, write: Write, closure: Of) -> None:
    write({**FILES, "pkg/work.py": f"{IMPORTS}def load(x): ...\ndef run():\n    return {line}\ndef g(): ...\n"})
    before = closure("pkg.work:run")
    assert "./pkg/data/a.json" in before.symbols
    assert _named(before) == {"./pkg/data/a.json"} | ({"./pkg/data/b.json", "./pkg/data/b.txt"} & _named(before))
    assert before.warnings == ()
    write({"pkg/data/a.json": "9"})
    assert closure("pkg.work:run").code_digest != before.code_digest
    write({"pkg/data/a.json": "1", "pkg/data/c.txt": "9", "pkg/other.txt": "9"})
    assert closure("pkg.work:run").code_digest == before.code_digest
    assert not _named(closure("pkg.work:g"))


@pytest.mark.parametrize(
    "place",
    [
        "class Of:\n    def run(self, name=0):\n        return {}\n",
        "class Of:\n    @staticmethod\n    def f(): ...\n    value = {}\n",
        "Of = lambda name: {}\n",
        "async def Of(name):\n    def inner():\n        return {}\n",
        "def Of(name, value={}): ...\n",
    ],
)
@pytest.mark.parametrize("line", ["open(HERE / 'data' / 'a.json')", "DATA.joinpath('a.json').read_text()", "open(A)",
                                  "[p for p in Path(__file__).with_name('data').glob('a.json')]"])  # fmt: skip
def test_a_file_counts_wherever_the_line_stands(place: str, line: str, write: Write, closure: Of) -> None:
    write({**FILES, "pkg/work.py": IMPORTS + place.format(line)})
    before = closure("pkg.work:Of")
    assert _named(before) == {"./pkg/data/a.json"}
    assert before.warnings == ()


def _named(found: Closure) -> set[str]:
    return {name for name in found.symbols if name.startswith("./")}


@pytest.mark.parametrize(
    ("lines", "counted"),
    [
        (["open(DATA / name)"], ALL),
        (["open(f'{DATA}/{name}.json')"], ["a.json", "b.json", "deep/d.json"]),
        (["open(DATA / ('a' + name))"], ["a.json"]),
        (["open(DATA / ('%s.txt' % name))"], ["c.txt"]),
        (["open(DATA / '{}.txt'.format(name))"], ["c.txt"]),
        (["open(os.path.join(FOLDER, name))"], ALL),
        (["open(places.FOLDER / name)"], ALL),
        (["here = os.path.dirname(__file__)", "folder = os.path.join(here, 'data')", "open(folder + '/' + name)"], ALL),
        (["open(resources.files('pkg').joinpath('data').joinpath(name))"], ALL),
        (["load(DATA, name)"], ALL),
        (["os.listdir(DATA)"], ALL),
        (["list(DATA.iterdir())"], ALL),
        (["list(DATA.glob('*.txt'))"], ["c.txt"]),
        (["list(DATA.rglob('*.json'))"], ["a.json", "b.json", "deep/d.json"]),
        (["glob.glob(os.path.join(DATA, '*.json'))"], ["a.json", "b.json", "deep/d.json"]),
    ],
)  # fmt: skip
def test_what_is_only_known_when_it_runs_counts_with_its_folder(
    lines: list[str], counted: list[str], write: Write, closure: Of
) -> None:
    body = "".join(f"    {line}\n" for line in lines)
    write({**FILES, "pkg/work.py": f"{IMPORTS}def load(x, y): ...\ndef run(name):\n{body}"})
    before = closure("pkg.work:run")
    assert set(counted) <= {name.removeprefix("./pkg/data/") for name in _named(before)}
    for name in counted:
        write({f"pkg/data/{name}": "edited"})
        assert closure("pkg.work:run").code_digest != before.code_digest
        write(FILES)
    write({"pkg/other.txt": "edited"})
    assert closure("pkg.work:run").code_digest == before.code_digest
    write({"pkg/data/new" + counted[0][-5:]: "added"})
    assert closure("pkg.work:run").code_digest != before.code_digest or counted == ["a.json"]


def test_a_computed_name_is_warned_of_with_file_and_line(tmp_path: Path, write: Write, closure: Of) -> None:
    write({**FILES, "pkg/work.py": "from pathlib import Path\nHERE = Path(__file__).parent\ndef run(name):\n"
           "    return open(HERE / 'data' / name)\n"})  # fmt: skip
    [warning] = closure("pkg.work:run").warnings
    assert str(warning) == (
        f"{tmp_path}/pkg/work.py:4: file that is only known when it runs: open(HERE / 'data' / name); "
        f"all in {tmp_path}/pkg/data counts"
    )


@pytest.mark.parametrize(
    "line",
    [
        "logging.getLogger(__file__)",
        "Path(__file__).stem, os.path.basename(__file__), HERE.name",
        "(HERE / 'out.json').write_text('')",
        "open(HERE / 'out.json', 'w'), (HERE / 'out').mkdir(), os.makedirs(HERE / 'out')",
        "pt / MASS, a / 2, '/'.join('ab')",
        "os.path.join(where, 'a.json'), Path(where) / 'a.json', Path('a') / 'b'",
    ],
)
def test_what_reads_no_file_counts_none(line: str, write: Write, closure: Of) -> None:
    write({"work.py": f"import logging, os\nfrom pathlib import Path\nMASS = 1\nHERE = Path(__file__).parent\n"
           f"def run(pt=1, a=1, where=''):\n    return {line}\n", "out.json": "1", "a.json": "2"})  # fmt: skip
    found = closure()
    assert not _named(found)
    assert found.warnings == ()


def test_a_file_that_is_not_there_counts_once_it_is(write: Write, closure: Of) -> None:
    write({"work.py": "from pathlib import Path\ndef run():\n    return Path(__file__).with_name('t.json')\n"})
    before = closure()
    assert before.symbols["./t.json"].digest == "missing"
    assert before.changed() == []
    write({"t.json": "1"})
    assert closure().code_digest != before.code_digest


def test_files_that_are_read_are_among_the_sources(tmp_path: Path, write: Write) -> None:
    write({**FILES, "work.py": "import pkg.places\ndef run():\n    return open(pkg.places.A)\n"})
    closures = Closures(first_party(tmp_path))
    found = closures.of(["work:run"])
    assert tmp_path / "pkg/data/a.json" in found.sources
    assert not closures.sources.edited()
    os.utime(tmp_path / "pkg/data/a.json", (1, 1))
    assert closures.sources.edited()
    assert found.changed() == [tmp_path / "pkg/data/a.json"]


def test_a_new_file_in_a_folder_that_is_read_is_noticed(tmp_path: Path, write: Write) -> None:
    write({**FILES, "work.py": "import pkg.places as p\ndef run():\n    return list(p.FOLDER.glob('*.json'))\n"})
    closures = Closures(first_party(tmp_path))
    before = closures.of(["work:run"])
    os.utime(tmp_path / "pkg" / "data", (1, 1))
    assert closures.sources.edited()
    assert before.warnings == ()


def test_another_checkout_has_the_same_digests(tmp_path: Path, write: Write) -> None:
    lines = "import pkg.places as p\ndef run(x):\n    return open(p.A), open(p.FOLDER / x)\n"
    write({f"one/{name}": text for name, text in {**FILES, "work.py": lines}.items()})
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    one, two = (symbol_closure(["work:run"], first_party(tmp_path / name)) for name in ("one", "two"))
    assert one.digest == two.digest
    assert "./pkg/data/deep/d.json" in one.symbols


def test_a_whole_project_and_the_folder_of_outputs_do_not_count_and_are_warned_of(write: Write, closure: Of) -> None:
    write({"work.py": "from pathlib import Path\nROOT = Path(__file__).parent\ndef run(x):\n"
           "    return open(ROOT / x), open(ROOT / 'data' / x), open(ROOT / 'store' / x)\n", "data/a.json": "1",
           "store/.staging/x": "", "store/a.json": "1"})  # fmt: skip
    found = closure()
    assert not _named(found)
    assert [str(warning).rpartition(";")[2][:15] for warning in found.warnings] == [" nothing in /tm"] * 3


def test_many_files_are_one_symbol(write: Write, closure: Of) -> None:
    write({f"tables/{n}.json": str(n) for n in range(300)})
    write({"work.py": "from pathlib import Path\ndef run():\n    return sorted(Path(__file__).with_name('tables')"
           ".glob('*.json'))\n"})  # fmt: skip
    before = closure()
    assert _named(before) == {"./tables/*.json"}
    write({"tables/7.json": "edited"})
    assert closure().code_digest != before.code_digest


def test_a_file_that_this_python_cannot_parse_counts_by_its_bytes_where_a_prefix_reaches_it(
    tmp_path: Path, write: Write, closure: Of
) -> None:
    write({"work.py": "import importlib\ndef run(x):\n    return importlib.import_module(f'plugins.{x}')\n",
           "plugins/__init__.py": "", "plugins/new.py": "X = 1\n", "plugins/old.py": "print 'two'\n",
           "plugins/template.py": "class {{ name }}: ...\n"})  # fmt: skip
    before = closure()
    assert {"plugins.new.X", "./plugins/old.py", "./plugins/template.py"} <= before.symbols.keys()
    assert "old.py:1: cannot be parsed by this Python, and may be imported; its bytes count" in str(before.warnings[0])
    write({"plugins/old.py": "print 'three'\n"})
    assert closure().code_digest != before.code_digest
    write({"plugins/old.py": "print('three')\n"})
    assert closure().code_digest != before.code_digest


@pytest.mark.parametrize(
    "line",
    [
        "sys.path[:0] = [folder]",
        "sys.path += folders",
        "sys.path = [*sys.path, folder]",
        "p = sys.path",
        "site.addsitedir(folder)",
        "imp = importlib.import_module",
        "imp = getattr(importlib, 'import_module')",
        "imp = functools.partial(importlib.import_module, 'a')",
        "table = {'a': __import__}",
        "law.util.import_file(folder)",
        "sys.meta_path.append(finder)",
        "__path__.append(folder)",
        "pickle.load(folder)",
        "pickle.Unpickler(folder)",
        "joblib.load(folder)",
        "np.load(folder, allow_pickle=True)",
        "ctypes.CDLL(folder)",
        "ctypes.CDLL('./libmine.so')",
        "importlib.util.find_spec(folder)",
        "ROOT.gInterpreter.ProcessLine('#include \"cuts.h\"')",
        "importlib.metadata.entry_points(group='a')",
        "pydoc.locate('cuts.K')",
        "yaml.unsafe_load(folder)",
        "yaml.load(folder, Loader=yaml.UnsafeLoader)",
        "logging.config.dictConfig(folder)",
    ],
)
def test_loaders_that_cannot_be_followed_warn(line: str, write: Write, closure: Of) -> None:
    imports = (
        "import ctypes, functools, importlib, importlib.metadata, importlib.util, joblib, law, pickle, ROOT, site; "
        "import logging.config, pydoc, sys, yaml"
    )
    write({"work.py": f"{imports}\nimport numpy as np\ndef run(folder, folders, finder):\n    {line}\n"})
    [warning] = closure().warnings
    assert str(warning).startswith(str(warning.path) + ":4: look-up that cannot be followed: ")


@pytest.mark.parametrize(
    "line",
    ["folder in sys.path", "[p for p in sys.path]", "ctypes.CDLL(None)", "ctypes.CDLL('libm.so.6')", "np.load(folder)",
     "ROOT.gInterpreter.Declare('int f() { return 1; }')", "importlib.util.find_spec('numpy')",
     "importlib.import_module('json')"],
)  # fmt: skip
def test_loaders_of_nothing_of_ours_do_not_warn(line: str, write: Write, closure: Of) -> None:
    imports = "import ctypes, importlib, importlib.util, ROOT, sys"
    write({"work.py": f"{imports}\nimport numpy as np\ndef run(folder):\n    return {line}\n"})
    assert closure().warnings == ()


def test_a_compiled_library_by_a_constant_path_counts_by_its_bytes(write: Write, closure: Of, tmp_path: Path) -> None:
    write({"work.py": "import ctypes\nfrom pathlib import Path\n"
           "LIB = ctypes.CDLL(str(Path(__file__).with_name('k.so')))\n"
           "def run():\n    return LIB\n", "k.so": "1"})  # fmt: skip
    before = closure()
    assert before.warnings == ()
    write({"k.so": "2"})
    assert closure().code_digest != before.code_digest
