"""The order in which things register counts where it matters, and the order of imports only for its sake."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from test_registering_programs import outcome

Files = Mapping[str, str]

REGISTRY = (
    "ALL, OTHERS, TABLE = [], [], {}\ndef put(f, to=ALL):\n    to.append(f)\n    return f\nclass Options:\n    pt = 0\n"
)
REGISTRY += (
    "options = Options()\nclass Base: ...\ndef state():\n    return [f.__name__ for f in ALL], TABLE, options.pt\n"
)
RUN = "from registry import state\ndef run():\n    return state()\n"


def _two(a: str, b: str, run: str = RUN) -> dict[str, str]:
    """A program that imports two modules; `edited` puts them the other way round."""
    return {"registry.py": REGISTRY, "a.py": a, "b.py": b, "work.py": f"import a\nimport b\n{run}"}


FUNCTION = "from registry import put\n@put\ndef {0}_f():\n    return 1\n"
COUNTS: dict[str, tuple[Files, tuple[str, str, str]]] = {
    "decorated functions of two modules": (
        _two(FUNCTION.format("a"), FUNCTION.format("b")), ("work.py", "import a\nimport b", "import b\nimport a"),
    ),
    "assigned calls of two modules": (
        _two("from registry import put\ndef f(): ...\nx = put(f)\n", "from registry import put\ndef g(): ...\n"
        "x = put(g)\n"),
        ("work.py", "import a\nimport b", "import b\nimport a"),
    ),
    "calls of two modules": (
        _two("from registry import put\ndef f(): ...\nput(f)\n", "from registry import put\ndef g(): ...\nput(g)\n"),
        ("work.py", "import a\nimport b", "import b\nimport a"),
    ),
    "a call and an assigned call": (
        _two("from registry import put\ndef f(): ...\nput(f)\n", "from registry import put\ndef g(): ...\n"
        "x = put(g)\n"),
        ("work.py", "import a\nimport b", "import b\nimport a"),
    ),
    "two modules that set the same": (
        _two("import registry\nregistry.options.pt = 1\n", "from registry import options\no = options\no.pt = 2\n"),
        ("work.py", "import a\nimport b", "import b\nimport a"),
    ),
    "two modules that fill the same key": (
        _two("from registry import TABLE\nTABLE['x'] = 1\n", "from registry import TABLE\nt = TABLE\nt['x'] = 2\n"),
        ("work.py", "import a\nimport b", "import b\nimport a"),
    ),
    "two modules that a package imports": (
        {
            "registry.py": REGISTRY, "p/__init__.py": "from . import a, b\n", "p/a.py": FUNCTION.format("a"),
            "p/b.py": FUNCTION.format("b"), "work.py": f"import p\n{RUN}",
        },
        ("p/__init__.py", "a, b", "b, a"),
    ),
    "two modules that two modules import": (
        {
            **_two("import c\n", "import d\n"), "c.py": FUNCTION.format("c"), "d.py": FUNCTION.format("d"),
        },
        ("work.py", "import a\nimport b", "import b\nimport a"),
    ),
    "an import before and after a registration": (
        {"registry.py": REGISTRY, "a.py": f"import b\n{FUNCTION.format('a')}", "b.py": FUNCTION.format("b"),
         "work.py": f"import a\n{RUN}"},
        ("a.py", f"import b\n{FUNCTION.format('a')}", f"{FUNCTION.format('a')}import b\n"),
    ),
    "functions of one module": (
        {"registry.py": REGISTRY, "a.py": "from registry import put\n@put\ndef f(): ...\n@put\ndef g(): ...\n",
         "work.py": f"import a\n{RUN}"},
        ("a.py", "def f(): ...\n@put\ndef g(): ...\n", "def g(): ...\n@put\ndef f(): ...\n"),
    ),
    "assigned calls of one module": (
        {"registry.py": REGISTRY, "a.py": "from registry import put\ndef f(): ...\ndef g(): ...\nx = put(f)\n"
        "y = put(g)\n",
         "work.py": f"import a\n{RUN}"},
        ("a.py", "x = put(f)\ny = put(g)\n", "y = put(g)\nx = put(f)\n"),
    ),
    "derived classes": (
        _two("from registry import Base\nclass A(Base): ...\n", "from registry import Base\nclass B(Base): ...\n",
             "from registry import Base\ndef run():\n    return [c.__name__ for c in Base.__subclasses__()]\n"),
        ("work.py", "import a\nimport b", "import b\nimport a"),
    ),
    "two modules that seed": (
        _two("import random\nrandom.seed(1)\n", "import random\nrandom.seed(2)\n",
             "import random\ndef run():\n    return random.random()\n"),
        ("work.py", "import a\nimport b", "import b\nimport a"),
    ),
    "two modules that tell others": (
        _two("import fractions\nfractions.Fraction.x = 1\n", "import fractions as f\nf.Fraction.x = 2\n",
             "import fractions\ndef run():\n    return fractions.Fraction.x\n"),
        ("work.py", "import a\nimport b", "import b\nimport a"),
    ),
}  # fmt: skip
FREE: dict[str, Files] = {
    "modules without effects": _two("A = 1\ndef f(): ...\n", "import re\nB = re.compile('b')\nclass C: ...\n"),
    "modules that register elsewhere": _two(
        "from registry import put\ndef f(): ...\nx = put(f)\n",
        "from registry import put, OTHERS\ndef g(): ...\n"
        "x = put(g, OTHERS)\n".replace("put(g, OTHERS)", "OTHERS.append(g)"),
    ),
    "a module that registers, and one that does not": _two(FUNCTION.format("a"), "B = {}\nB['x'] = 1\nB.update(y=2)\n"),
    "modules that make objects": _two("from registry import Options\nA = Options()\n", "import registry\n"
        "B = registry.Options()\n"),
    "modules with loggers": _two("import logging\nlog = logging.getLogger('a')\n", "import logging\n"
        "log = logging.getLogger('b')\n"),
}  # fmt: skip


@pytest.mark.parametrize("case", COUNTS)
def test_the_order_in_which_things_register_counts(case: str, tmp_path: Path) -> None:
    files, (name, old, new) = COUNTS[case]
    assert old in files[name]
    before = outcome(tmp_path, files)
    after = outcome(tmp_path, {**files, name: files[name].replace(old, new)})
    assert before[0] != after[0], "the case is wrong"
    assert before[1] != after[1]


@pytest.mark.parametrize("case", FREE)
def test_the_order_of_imports_alone_does_not_count(case: str, tmp_path: Path) -> None:
    files = FREE[case]
    before = outcome(tmp_path, files)
    after = outcome(
        tmp_path, {**files, "work.py": files["work.py"].replace("import a\nimport b", "import b\nimport a")}
    )
    assert before == after
