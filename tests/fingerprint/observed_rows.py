"""Small projects in which code observes more of other code than what it does.

As in `closure_rows`: `USED` marks are edited one by one and must change the closure; `FREE` marks must not.
"""

from __future__ import annotations

HELPERS = '''
"""Module NAMED1."""
def f(x: "T" = 1) -> int:
    """Doc NAMED2."""
    # a comment NAMED3
    return x
class C:
    """Of a class NAMED4."""
    x: "list" = 1
    def m(self, y: "NAMED5" = 1):
        """Of a method NAMED6."""
T = 1
'''


def _helpers(*used: int) -> str:
    """The module with these of its marks used, and all others free."""
    text = HELPERS
    for mark in range(1, 7):
        text = text.replace(f"NAMED{mark}", f"USED{mark}" if mark in used else f"FREE{mark}")
    return text


def _work(imports: str, *lines: str) -> str:
    return f"{imports}\ndef run(x=None):\n" + "".join(f"    {line}\n" for line in lines)


READERS: dict[str, dict[str, str]] = {
    "nothing of it": {"work.py": _work("import helpers", "return helpers.f, helpers.C"), "helpers.py": _helpers()},
    "a docstring": {"work.py": _work("import helpers", "return helpers.f.__doc__"), "helpers.py": _helpers(2)},
    "a docstring by name": {
        "work.py": _work("import helpers", "return getattr(helpers.f, '__doc__')"),
        "helpers.py": _helpers(2),
    },
    "a docstring by inspect": {
        "work.py": _work("import helpers, inspect", "return inspect.getdoc(helpers.f)"),
        "helpers.py": _helpers(2),
    },
    "docstrings of what is passed on": {
        "work.py": "import helpers\nfrom inspect import getdoc as doc\ndef text(f):\n    return doc(f)\n"
        "def run():\n    return text(helpers.f)\n",
        "helpers.py": _helpers(2),
    },
    "docstrings by an attribute of what is passed on": {
        "work.py": "import helpers, texts\ndef run():\n    return texts.of([helpers.f, helpers.C])\n",
        "texts.py": "def of(things):\n    return [thing.__doc__ for thing in things]\n",
        "helpers.py": _helpers(2, 4, 6),
    },
    "docstrings by a name that is passed on": {
        "work.py": "import helpers, texts\ndef run():\n    return texts.of(helpers.f, '__doc__')\n",
        "texts.py": "def of(thing, name):\n    return getattr(thing, name)\n",
        "helpers.py": _helpers(2),
    },
    "the docstring of a class": {"work.py": _work("import helpers", "return helpers.C.__doc__"),
                                 "helpers.py": _helpers(4, 6)},
    "the docstring of a base class": {
        "work.py": "import helpers, inspect\nclass D(helpers.C): pass\ndef run():\n    return inspect.getdoc(D)\n",
        "helpers.py": _helpers(4, 6),
    },
    "the docstring of a module": {"work.py": _work("import helpers", "return helpers.__doc__"),
                                  "helpers.py": _helpers(1)},
    "the docstring of the own module": {"work.py": '"""Doc USED1."""\nA = FREE1\ndef run():\n    return __doc__\n'},
    "help": {"work.py": _work("from helpers import f", "return help(f)"), "helpers.py": _helpers(2)},
    "constants of the compiled code": {
        "work.py": _work("import helpers", "return helpers.f.__code__.co_consts"),
        "helpers.py": _helpers(2),
    },
    "annotations": {
        "work.py": _work("import helpers", "return helpers.C.m.__annotations__"), "helpers.py": _helpers(5)
    },
    "annotations by typing": {
        "work.py": _work("import helpers, typing", "return typing.get_type_hints(helpers.C.m)"),
        "helpers.py": _helpers(5),
    },
    "annotations by a name": {
        "work.py": _work("import helpers\nfrom typing import get_type_hints as hints", "return hints(helpers.C.m)"),
        "helpers.py": _helpers(5),
    },
    "annotations of what is passed on": {
        "work.py": "import helpers, texts\ndef run():\n    return texts.of(helpers.C.m)\n",
        "texts.py": "import inspect\ndef of(f):\n    return inspect.signature(f)\n",
        "helpers.py": _helpers(5),
    },
    "annotations by a function that is an argument": {
        "work.py": _work("import helpers, inspect", "return list(map(inspect.signature, [helpers.C.m]))"),
        "helpers.py": _helpers(5),
    },
    "annotations of a class": {
        "work.py": "import helpers, typing\ndef run():\n    return typing.get_type_hints(helpers.D)\n",
        "helpers.py": "class D:\n    x: 'USED1'\n    y = 1\nOTHER = FREE1\n",
    },
    "classes that annotations name": {
        "work.py": "import helpers, texts\ndef run():\n    return texts.of(helpers.f)\n",
        "texts.py": "import typing\ndef of(f):\n    return typing.get_type_hints(f)['x']()\n",
        "helpers.py": "class D:\n    x = USED1\nclass E:\n    x = FREE1\ndef f(x: D): ...\n",
    },
    "the source of a function": {
        "work.py": _work("import helpers, inspect", "return inspect.getsource(helpers.f)"),
        "helpers.py": _helpers(1, 2, 3, 4, 5, 6),
    },
    "the source of what is passed on": {
        "work.py": "import helpers, texts\ndef run():\n    return texts.of(helpers.f)\nOTHER = FREE7\n",
        "texts.py": "from inspect import getsourcelines\ndef of(f):\n    return getsourcelines(f)\n",
        "helpers.py": _helpers(1, 2, 3, 4, 5, 6),
    } | {"work.py": "import helpers, texts\ndef run():\n    return texts.of(helpers.f)\n"},
    "the own file": {"work.py": "def run():\n    return open(__file__).read()\n# USED1\n", "helpers.py": _helpers()},
    "the tree of the own file": {
        "work.py": "import ast, pathlib as p\ndef run():\n    return ast.parse(p.Path(__file__).read_text())\n# USED1\n"
    },
    "the file of another module": {
        "work.py": "import helpers\ndef run():\n    return open(helpers.__file__).read()\n",
        "helpers.py": _helpers(1, 2, 3, 4, 5, 6),
    },
    "the first line of a function": {
        "work.py": _work("import helpers", "return helpers.f.__code__.co_firstlineno"),
        "helpers.py": _helpers(1, 2, 3, 4, 5, 6),
    },
    "the line of a frame": {"work.py": "import sys\n# USED1\ndef run():\n    return sys._getframe().f_lineno\n"},
    "names of a caller": {
        "work.py": "import texts\nCUT = USED1\ndef run():\n    return texts.of('CUT')\n",
        "texts.py": "import sys\ndef of(name):\n    return sys._getframe(1).f_globals[name]\n",
        "other.py": "CUT = FREE1\n",
    },
}  # fmt: skip

TEXTS: dict[str, dict[str, str]] = {
    "a query": {"work.py": "CUT, OTHER = USED1, FREE1\ndef run(df):\n    return df.query('x > @CUT')\n"},
    "a query of a local name": {
        "work.py": "CUT, OTHER = FREE1, FREE2\ndef run(df, CUT):\n    return df.query('x > @CUT')\n"
    },
    "a query with a function": {
        "work.py": "def cut(x):\n    return x > USED1\ndef run(df):\n    return df.query('@ cut(x)')\n"
    },
    "a query that is computed": {
        "work.py": "CUT = USED1\ndef run(df, what):\n    return df.query(f'x > {what}')\n", "other.py": "A = FREE1\n"
    },
    "eval of a table": {"work.py": "CUT, OTHER = USED1, FREE1\ndef run(df):\n    return df.eval(expr='x * @CUT')\n"},
    "pandas.eval": {
        "work.py": "import pandas as pd\nCUT, OTHER = USED1, FREE1\ndef run(df):\n    return pd.eval('df.x * @CUT')\n"
    },
    "numexpr": {
        "work.py": "import numexpr as ne\nCUT, OTHER = USED1, FREE1\ndef run(a):\n    return ne.evaluate('a * CUT')\n"
    },
    "numexpr by another name": {
        "work.py": "from numexpr import evaluate\nCUT, OTHER = USED1, FREE1\ndef run(a):\n    return evaluate('CUT')\n"
    },
    "a correction that is evaluated": {
        "work.py": "nominal, OTHER = FREE1, FREE2\ndef run(c, x):\n    return c.evaluate('nominal', x)\n"
    },
    "a template": {
        "work.py": "CUT, OTHER = USED1, USED2\ndef run():\n    return '{CUT}'.format(**globals())\n"
    },
    "the name of a query elsewhere": {
        "work.py": "import cuts\nCUT = USED1\ndef run(df):\n    return df.query(cuts.QUERY)\n",
        "cuts.py": "QUERY = 'x > @CUT' # FREE1\nOTHER = FREE2\n",
    },
}  # fmt: skip

PACKAGE = {
    "pkg/__init__.py": "from pkg.one import f\nX = USED1\n", "pkg/one.py": "def f():\n    return USED2\nY = USED3\n",
    "pkg/two.py": "Z = USED4\n", "pkg/sub/__init__.py": "", "pkg/sub/three.py": "Z = USED5\n",
    "pkg/unused.py": "A = FREE2\n", "use.py": "import pkg.two\ndef f():\n    from pkg.sub import three\n",
    "other.py": "A = FREE1\n",
}  # fmt: skip

VALUES: dict[str, dict[str, str]] = {
    "a package that is returned": {**PACKAGE, "work.py": "import pkg, use\nuse.f()\ndef run():\n    return pkg\n"},
    "a package that is passed on": {
        **PACKAGE,
        "work.py": "import pkg, use\nuse.f()\ndef g(p): ...\ndef run():\n    return g(pkg)\n",
    },
    "a package in a table": {
        **PACKAGE,
        "work.py": "import pkg, use\nuse.f()\nALL = {'a': pkg}\ndef run():\n    return ALL\n",
    },
    "a package by a computed name": {
        **PACKAGE, "work.py": "import pkg, use\nuse.f()\ndef run(name):\n    return getattr(pkg, name)\n"
    },
    "a package within a package": {
        "work.py": "import top\ndef run():\n    return top.compute.pkg\n",
        "top/__init__.py": "from top import compute\n", "top/compute/__init__.py": "",
        "top/compute/pkg/__init__.py": "from top.compute.pkg import one\n",
        "top/compute/pkg/one.py": "X = USED1\n", "top/compute/pkg/two.py": "X = FREE2\n",
        "top/compute/other.py": "X = FREE1\n",
    },
    "a package of which one function is called": {
        "work.py": "import pkg.one\ndef run():\n    return pkg.one.f()\n", "pkg/__init__.py": "X = FREE1\n",
        "pkg/one.py": "def f():\n    return USED1\nY = FREE2\n", "pkg/two.py": "Z = FREE3\n",
    },
    "a class whose methods a package holds": {
        **PACKAGE, "work.py": "import pkg, use\nuse.f()\nclass A:\n    def kernels(self):\n        return pkg\n"
        "def run():\n    return A().kernels().two.Z\n",
    },
}  # fmt: skip

LOADERS: dict[str, dict[str, str]] = {
    "a search path": {
        "work.py": "import sys, os\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), 'lib'))\nimport helper\n"
        "def run():\n    return helper.f()\n",
        "lib/helper.py": "def f():\n    return USED1\nX = FREE1\n",
    },
    "a search path put before the others": {
        "work.py": "import sys\nfrom pathlib import Path\nsys.path[:0] = [str(Path(__file__).parent / 'lib')]\n"
        "def run():\n    import helper\n    return helper.f()\n",
        "lib/helper.py": "def f():\n    return USED1\nX = FREE1\n",
    },
    "a search path added": {
        "work.py": "import sys\nfrom pathlib import Path\nHERE = Path(__file__).resolve().parent\n"
        "sys.path += [str(HERE / 'lib')]\nimport helper\ndef run():\n    return helper.f()\n",
        "lib/helper.py": "def f():\n    return USED1\nX = FREE1\n",
    },
    "a search path made anew": {
        "work.py": "import sys, os\nsys.path = [os.path.dirname(os.path.abspath(__file__)) + '/lib'] + sys.path\n"
        "import helper\ndef run():\n    return helper.f()\n",
        "lib/helper.py": "def f():\n    return USED1\nX = FREE1\n",
    },
    "a folder of the site": {
        "work.py": "import site\nfrom pathlib import Path\nsite.addsitedir(Path(__file__).with_name('lib'))\n"
        "import helper\ndef run():\n    return helper.f()\n",
        "lib/helper.py": "def f():\n    return USED1\nX = FREE1\n",
    },
    "a search path if it is not there": {
        "work.py": "import os, sys\nHERE = os.path.dirname(__file__)\nLIB = os.path.join(HERE, 'lib')\n"
        "if LIB not in sys.path:\n    sys.path.append(LIB)\nimport helper\ndef run():\n    return helper.f()\n",
        "lib/helper.py": "def f():\n    return USED1\nX = FREE1\n",
    },
    "a file by its path": {
        "work.py": "import importlib.util as u\nfrom pathlib import Path\ndef run():\n"
        "    spec = u.spec_from_file_location('m', Path(__file__).parent / 'plug' / 'in.py')\n"
        "    return u.module_from_spec(spec)\n",
        "plug/in.py": "import helper\nX = USED1\nY = helper.f()\n", "helper.py": "def f():\n    return FREE1\n",
        "other.py": "X = FREE2\n",
    } | {"plug/in.py": "X = USED1\n"},
    "a module by its path": {
        "work.py": "import runpy, os\ndef run():\n    return runpy.run_path(os.path.join(os.path.dirname(__file__), "
        "'plug', 'ins.py'))\n",
        "plug/__init__.py": "", "plug/ins.py": "import helper\nX = USED1\nY = helper.f()\n",
        "helper.py": "def f():\n    return USED2\nZ = FREE1\n",
    },
    "a module by its path through law": {
        "work.py": "import law, os\nHERE = os.path.dirname(__file__)\ndef run():\n"
        "    return law.util.import_file(f'{HERE}/plug/ins.py')\n",
        "plug/__init__.py": "", "plug/ins.py": "X = USED1\n",
    },
    "defaults and decorators that are evaluated on import": {
        "work.py": "import helper\ndef deco(x):\n    return lambda f: f\n@deco(helper.a())\ndef run(x=helper.b()):\n"
        "    return x, K.y, D\nclass K:\n    y = helper.c()\nimport dataclasses\n@dataclasses.dataclass\nclass D:\n"
        "    z: int = dataclasses.field(default_factory=helper.d)\n",
        "helper.py": "def a():\n    return USED1\ndef b():\n    return USED2\ndef c():\n    return USED3\n"
        "def d():\n    return USED4\ndef e():\n    return FREE1\n",
    },
}  # fmt: skip

ROWS = {**READERS, **TEXTS, **VALUES, **LOADERS}
