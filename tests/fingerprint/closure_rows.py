"""Small projects in which every number is either used by `work:run` or not."""

from __future__ import annotations

# Each row: what it is about, the modules, and for each edit: old text, new text.
# `USED` marks are edited one by one and must change the closure; `FREE` marks must not.
ROWS: dict[str, dict[str, str]] = {
    "a helper in the same module": {"work.py": """
        def run():
            return helper(1)
        def helper(x):
            return x + USED1
        def other(x):
            return x + FREE1
        """},
    "a helper two imports away": {
        "work.py": "import one\ndef run():\n    return one.first()\ndef other():\n    return FREE1\n",
        "one.py": "import two\ndef first():\n    return two.second() + USED1\ndef other():\n    return FREE2\n",
        "two.py": "def second():\n    return USED2\ndef other():\n    return FREE3\n",
        "far.py": "X = FREE4\n",
    },
    "constants": {"work.py": """
        CUT = USED1
        OTHER = FREE1
        A, B = USED2, FREE2
        C = D = USED3
        def run():
            return CUT, A, C
        """},
    "an annotated constant": {"work.py": "CUT: float = USED1\nOTHER: float = FREE1\ndef run():\n    return CUT\n"},
    "a constant made of constants": {"work.py": """
        BASE = USED1
        SCALE = FREE1
        CUT = BASE * 2
        def run():
            return CUT
        """},
    "a global in an f-string": {"work.py": """
        NAME, OTHER, WIDTH = USED1, FREE1, USED2
        def run():
            return f"{NAME:>{WIDTH}}"
        """},
    "a nested function": {"work.py": """
        CUT, OTHER = USED1, FREE1
        def run():
            def inner(x):
                return x > CUT
            return inner
        """},
    "a lambda": {"work.py": "CUT, OTHER = USED1, FREE1\ndef run():\n    return lambda x, OTHER=1: x > CUT + OTHER\n"},
    "a decorator": {"work.py": """
        def twice(f):
            def wrapped(*a):
                return f(*a) * USED1
            return wrapped
        def thrice(f):
            return FREE1
        @twice
        def run():
            return 1
        @thrice
        def other():
            return 1
        """},
    "a caching decorator": {"work.py": """
        _CACHE = {}
        def cached(f):
            def wrapped(*a):
                if a not in _CACHE:
                    _CACHE[a] = f(*a) + USED1
                return _CACHE[a]
            return wrapped
        @cached
        def run():
            return USED2
        @cached
        def other():
            return FREE1
        """},
    "a default argument": {"work.py": "CUT = USED1\nOTHER = FREE1\ndef run(x=CUT):\n    return x\n"
    "def g(x=OTHER): ...\n"},
    "a dataclass": {"work.py": """
        from dataclasses import dataclass, field
        DEFAULT = USED1
        @dataclass
        class Cuts:
            pt: float = DEFAULT
            eta: float = field(default_factory=lambda: USED2)
            def passes(self, x):
                return x > self.pt + USED3
        @dataclass
        class Other:
            pt: float = FREE1
        def run():
            return Cuts().passes(1)
        """},
    "an enum": {"work.py": """
        import enum
        class Region(enum.Enum):
            SIGNAL = USED1
            CONTROL = USED2
        class Other(enum.Enum):
            A = FREE1
        def run():
            return Region.SIGNAL
        """},
    "class attributes, properties, base classes": {
        "work.py": """
            from base import Base
            class Fit(Base):
                steps = USED1
                @property
                def width(self):
                    return USED2
            def run():
                return Fit().go()
            class Unused(Base):
                steps = FREE1
            """,
        "base.py": "class Base:\n    def go(self):\n        return USED3\nclass Other:\n"
        "    def go(self):\n        return FREE2\n",
    },
    "a re-exported name": {
        "work.py": "from pkg import good_jets\ndef run():\n    return good_jets()\n",
        "pkg/__init__.py": "from .jets import good_jets, bad_jets\nfrom . import leptons\n__all__ = ['good_jets']\n",
        "pkg/jets.py": "def good_jets():\n    return USED1\ndef bad_jets():\n    return FREE1\n",
        "pkg/leptons.py": "def leptons():\n    return FREE2\n",
    },
    "a re-export under another name through three modules": {
        "work.py": "import pkg as p\ndef run():\n    return p.sub.g()\n",
        "pkg/__init__.py": "from . import sub\n",
        "pkg/sub/__init__.py": "from .impl import f as g\n",
        "pkg/sub/impl.py": "from pkg.deep import h as f\ndef g():\n    return FREE1\n",
        "pkg/deep.py": "def h():\n    return USED1\ndef f():\n    return FREE2\n",
    },
    "star imports": {
        "work.py": "from one import *\nfrom two import *\ndef run():\n    return f() + g()\n",
        "one.py": "def f():\n    return FREE1\ndef g():\n    return USED1\ndef h():\n    return FREE2\n",
        "two.py": "__all__ = ['f']\ndef f():\n    return USED2\ndef g():\n    return FREE3\n",
    },
    "a star import through a star import": {
        "work.py": "from one import *\ndef run():\n    return f()\n",
        "one.py": "from two import *\nX = FREE1\n",
        "two.py": "def f():\n    return USED1\n_X = FREE2\n",
    },
    "a star import with computed exports": {
        "work.py": "from one import *\ndef run():\n    return f()\n",
        "one.py": "__all__ = [n for n in globals() if n != 'g']\ndef f():\n    return USED1\n",
    },
    "a conditional import": {
        "work.py": """
            import os
            FAST = os.environ.get("FAST") or USED1
            if FAST:
                from fast import f, g
            else:
                from slow import f, g
            def run():
                return f()
            """,
        "fast.py": "def f():\n    return USED2\ndef g():\n    return FREE1\n",
        "slow.py": "def f():\n    return USED3\ndef g():\n    return FREE2\n",
    },
    "a guarded import with a fallback": {
        "work.py": """
            try:
                from fast import f
            except ImportError:
                def f():
                    return USED1
                def g():
                    return FREE1
            def run():
                return f()
            """,
        "fast.py": "def f():\n    return USED2\ndef g():\n    return FREE2\n",
    },
    "an import in a function": {
        "work.py": """
            def run():
                from helpers import f as g
                import pkg.mod as m
                import pkg.other
                return g(), m.f(), pkg.other.f()
            def other():
                from helpers import h
                return h
            def f():
                return FREE1
            """,
        "helpers.py": "def f():\n    return USED1\ndef h():\n    return FREE2\ndef g():\n    return FREE3\n",
        "pkg/__init__.py": "X = FREE4\n",
        "pkg/mod.py": "def f():\n    return USED2\ndef g():\n    return FREE5\n",
        "pkg/other.py": "def f():\n    return USED3\n",
    },
    "functools.partial": {"work.py": """
        import functools
        def f(x, y):
            return USED1
        def g():
            return FREE1
        f2 = functools.partial(f, y=USED2)
        def run():
            return f2(1)
        """},
    "comprehensions": {"work.py": """
        CUT, ITEMS, x, OTHER = USED1, [USED2], FREE1, FREE2
        def run():
            return [x for x in ITEMS if x > CUT], {OTHER for OTHER in []}, {x: 1 for x in []}
        """},
    "local names": {"work.py": """
        a = b = c = d = e = f = g = h = i = j = FREE1
        def run(a, /, b, *c, d=1, **e):
            for f in a: pass
            with b as g: pass
            try: pass
            except E as h: pass
            if (i := 1): pass
            match a:
                case [j, *rest] | {"x": j, **rest}: pass
            return a, b, c, d, e, f, g, h, i, j, rest
        E = USED1
        rest = FREE2
        """},
    "a name that is local elsewhere": {"work.py": """
        CUT = USED1
        def run():
            def inner(CUT):
                return CUT
            return inner(CUT)
        """},
    "global and nonlocal": {"work.py": """
        count = USED1
        total = FREE1
        def run():
            global count
            total = 1
            def inner():
                nonlocal total
                total += 1
            count += 1
            return total, inner
        """},
    "a name that only a function binds": {"work.py": """
        def prepare():
            global TABLE
            TABLE = USED1
        def run():
            return TABLE
        def other():
            return FREE1
        """},
    "class scope": {"work.py": """
        pt, eta = USED1, FREE1
        class A:
            eta = 1
            pt = pt
            both = eta + 1
            def f(self):
                return mass
        mass = USED2
        def run():
            return A
        """},
    "a dictionary filled in a loop": {"work.py": """
        KEYS = [USED1]
        TABLE = {}
        OTHER = {}
        for k in KEYS:
            v = k * USED2
            TABLE[k] = v
            OTHER[k] = FREE1
        def run():
            return TABLE
        """},
    "mutations at the top level": {"work.py": """
        A, B, C, D, E = {}, [], [], 0, {}
        A["x"] = USED1
        B.append(USED2)
        B.sort()
        C.append(FREE1)
        D += USED3
        E.setdefault("x", []).append(USED4)
        def f():
            return FREE2
        f.calls = FREE3
        def run():
            return A, B, D, E
        """},
    "a function with attributes": {"work.py": "def f(): ...\ndef run():\n    return f.cut\n"
    "f.cut = USED1\nrun.doc = USED2\n"},
    "single dispatch": {"work.py": """
        import functools
        @functools.singledispatch
        def show(x):
            return USED1
        @show.register
        def _(x: int):
            return USED2
        @show.register(str)
        def text(x):
            return USED3
        @functools.singledispatch
        def other(x): ...
        @other.register
        def of_int(x: int):
            return FREE1
        def run():
            return show(1)
        """},
    "a registry in the same module": {"work.py": """
        REGISTRY = {}
        def register(name):
            def wrap(f):
                REGISTRY[name] = f
                return f
            return wrap
        @register("a")
        def a():
            return USED1
        def unregistered():
            return FREE1
        def run():
            return REGISTRY["a"]()
        """},
    "a registry filled under conditions and in loops": {"work.py": """
        REGISTRY, OTHER = {}, {}
        def register(name, registry=REGISTRY):
            def decorator(f):
                REGISTRY[name] = f
                return f
            return decorator
        if USED1:
            @register("a")
            def a():
                return USED2
            def unused():
                return FREE1
        for name in ("b", "c"):
            @register(name)
            def in_loop(x, name=name):
                return USED3
        def run():
            return REGISTRY
        """},
    "a registry that is not used": {"work.py": """
        REGISTRY = {}
        def register(f):
            REGISTRY[f.__name__] = f
            return f
        @register
        def a():
            return FREE1
        def run():
            return USED1
        """},
    "a registry in another module": {
        "work.py": "import plugins\nfrom registry import get\ndef run():\n    return get('a')\n",
        "registry.py": "ALL = {}\ndef register(f):\n    add(f)\n    return f\ndef add(f):\n    ALL[f.__name__] = f\n"
        "def get(name):\n    return ALL[name] + USED1\n",
        "plugins/__init__.py": "from . import muons\n",
        "plugins/muons.py": "from registry import register\n@register\ndef a():\n    return helper()\n"
        "def helper():\n    return USED2\ndef other():\n    return FREE1\n",
    },
    "a class that registers its subclasses": {
        "work.py": "import shapes\nfrom base import Base\ndef run():\n    return Base.made['a']\n",
        "base.py": "class Base:\n    made = {}\n    def __init_subclass__(cls):\n        cls.made[cls.name] = cls\n",
        "shapes.py": "from base import Base\nclass A(Base):\n    name = USED1\nclass B:\n    name = FREE1\n",
    },
    "subclasses that are looked up": {
        "work.py": "import shapes\nfrom base import Base\ndef run():\n    return Base.__subclasses__()\n",
        "base.py": "class Base: ...\nclass Other: ...\n",
        "shapes.py": "from base import Base, Other\nclass A(Base):\n    name = USED1\n"
        "class B(Other):\n    name = FREE1\n",
    },
    "what importing a module does": {
        "work.py": "import setup_plots\nimport quiet\ndef run():\n    return 1\n",
        "setup_plots.py": "import matplotlib\nSIZE = USED1\nOTHER = FREE1\n"
        "matplotlib.rcParams['size'] = SIZE\nconfigure(USED2)\n"
        "def configure(x):\n    return USED3\n",
        "quiet.py": "import json\nX = FREE2\ndef f():\n    return FREE3\nif __name__ == '__main__':\n"
        "    print(FREE4)\n",
    },
    "what importing a parent package does": {
        "work.py": "def run():\n    from pkg.sub.mod import f\n    return f()\n",
        "pkg/__init__.py": "import sys\nsys.setrecursionlimit(USED1)\nX = FREE1\n",
        "pkg/sub/__init__.py": "assert USED2\n",
        "pkg/sub/mod.py": "def f():\n    return USED3\n",
    },
    "a module that is passed on": {
        "work.py": "import helpers\nimport other\ndef run(name):\n    return use(helpers)\ndef use(m): ...\n",
        "helpers.py": "A = USED1\ndef f():\n    return USED2\n",
        "other.py": "A = FREE1\n",
    },
    "an attribute by a constant name": {
        "work.py": "import helpers\ndef run():\n    return getattr(helpers, 'f')()\n",
        "helpers.py": "def f():\n    return USED1\ndef g():\n    return FREE1\n",
    },
    "an attribute by a computed name": {
        "work.py": "import helpers\ndef run(name):\n    return getattr(helpers, name)()\n",
        "helpers.py": "def f():\n    return USED1\ndef g():\n    return USED2\n",
    },
    "globals": {"work.py": "def run(name):\n    return globals()[name]\ndef f():\n    return USED1\n"},
    "globals by a constant name": {"work.py": "def run():\n    return globals()['f']\ndef f():\n"
    "    return USED1\nX = FREE1\n"},
    "resolve": {
        "work.py": "import caselaw\ndef run():\n    return caselaw.resolve('plugins.a:f')\n",
        "plugins/a.py": "def f():\n    return USED1\ndef g():\n    return FREE1\n",
    },
    "import_module": {
        "work.py": "import importlib\ndef run():\n    m = importlib.import_module('a')\n"
        "    return m, importlib.import_module('b').f()\n",
        "a.py": "def f():\n    return USED1\nX = USED2\n",
        "b.py": "def f():\n    return USED3\nX = FREE1\n",
    },
    "import_module with a constant beginning": {
        "work.py": "import importlib\ndef run(x):\n    return importlib.import_module(f'plugins.{x}').f()\n",
        "plugins/__init__.py": "",
        "plugins/a.py": "def f():\n    return USED1\n",
        "other/a.py": "def f():\n    return FREE1\n",
    },
    "a lazy package": {
        "work.py": "import lazy\ndef run():\n    return lazy.anything\n",
        "lazy/__init__.py": "def __getattr__(name):\n    return USED1\n",
        "lazy/inner/__init__.py": "",
        "lazy/inner/deep.py": "X = USED2\n",
    },
    "a method of a class in another module": {
        "work.py": "import helpers as h\ndef run():\n    return h.Tool.make().go()\n",
        "helpers.py": "class Tool:\n    @classmethod\n    def make(cls):\n        return USED1\n"
        "    def go(self):\n        return USED2\nclass Other:\n    x = FREE1\n",
    },
    "a metaclass": {"work.py": """
        class Meta(type):
            def __call__(cls):
                return USED1
        class A(metaclass=Meta): ...
        class B:
            x = FREE1
        def run():
            return A()
        """},
    "with, while and match at the top level": {"work.py": """
        import contextlib
        with contextlib.suppress(KeyError):
            A = USED1
            B = FREE1
        while True:
            C = USED2
            D = FREE2
            break
        match A:
            case 1:
                E = USED3
            case _:
                F = FREE3
        def run():
            return A, C, E
        """},
    "recursion": {"work.py": "def run():\n    return even()\ndef even():\n    return odd()\n"
    "def odd():\n    return even() + USED1\n"},
    "generators, coroutines and context managers": {"work.py": """
        import contextlib
        @contextlib.contextmanager
        def opened():
            yield USED1
        async def wait():
            async for x in source():
                yield x
        async def source():
            yield USED2
        def run():
            with opened() as f:
                return wait()
        """},
    "a string template is no reference": {"work.py": "helper = FREE1\ndef run():\n    return 'helper {helper}'\n"},
    "a named tuple": {"work.py": """
        from typing import NamedTuple
        class P(NamedTuple):
            x: int = USED1
        class Q(NamedTuple):
            x: int = FREE1
        def run():
            return P()
        """},
    "loops that share their variables": {"work.py": """
        A, B = {}, {}
        for k in [USED1]:
            v = k * USED2
            A[k] = v
        for k in [FREE1]:
            v = k * FREE2
            B[k] = v
        with opened(USED3) as f:
            X = f.read()
        with opened(FREE3) as f:
            Y = f.read()
        for k, (i, j) in {FREE4: (1, 2)}.items():
            with opened(j) as f:
                for line in f:
                    if line:
                        Z = line
        def opened(x): ...
        def run():
            return A, X
        """},
    "a variable that a loop takes from before": {"work.py": """
        A, last = {}, USED1
        for k in [1, 2]:
            A[k] = last
            last = k + USED2
        def run():
            return A
        """},
    "names bound by the heads of statements": {"work.py": """
        if (A := USED1):
            FREE = FREE1
        for B in [USED2]: pass
        with open("x", USED3) as C: pass
        try:
            import nothing_of_the_sort
        except ImportError as error:
            D = USED4
        else:
            FREE = FREE2
        finally:
            FREE = FREE3
        def run():
            return A, B, C, D
        """},
    "mutations of attributes": {
        "work.py": """
            import helpers
            class Cuts: ...
            Cuts.pt = USED1
            Cuts.steps.append(USED2)
            setattr(helpers, "x", USED3)
            helpers.f.cut = USED4
            class Other: ...
            Other.pt = FREE1
            def run():
                return Cuts
            """,
        "helpers.py": "def f(): ...\ndef g():\n    return FREE2\n",
    },
    "unknown and known decorators in an imported module": {
        "work.py": "import other\ndef run():\n    return 1\n",
        "other.py": """
            import functools, numba
            from hydra_like import main
            from numba import njit
            import click
            @main(config="x")
            def start():
                return USED1
            @functools.cache
            def a():
                return FREE1
            @njit(cache=True)
            def b():
                return FREE2
            @numba.vectorize
            def c():
                return FREE3
            fast = njit(cache=FREE4)
            @fast
            def d():
                return FREE5
            @click.command()
            @click.option("--x")
            def e(x):
                return FREE6
            """,
    },
    "a decorator with a fallback": {
        "work.py": "import other\ndef run():\n    return other.a()\n",
        "other.py": """
            try:
                from numba import njit
            except ImportError:
                def njit(f):
                    return f
            @njit
            def a():
                return USED1
            @njit
            def b():
                return FREE1
            """,
    },
    "registering by a call": {
        "work.py": "import plugins\nfrom registry import ALL\ndef run():\n    return ALL\n",
        "registry.py": "ALL = {}\ndef register(f):\n    ALL[f] = f\n    return f\nclass Box:\n"
        "    def add(self, x): ...\nbox = Box()\n",
        "plugins.py": """
            from registry import register, box
            def f():
                return USED1
            g = register(f)
            def h():
                return USED2
            box.add(h)
            def i():
                return FREE1
            j = len([i])
            """,
    },
    "a registry that is an object": {
        "work.py": "import plugins\nfrom registry import registry\ndef run():\n    return registry.get('a')\n",
        "registry.py": "class Registry:\n    def __init__(self):\n        self.all = {}\n    def register(self, f):\n"
        "        self.all[f] = f\n        return f\n    def get(self, n):\n        return USED1\n"
        "registry = Registry()\nother = Registry()\n",
        "plugins.py": """
            from registry import registry, other
            @registry.register
            def f():
                return USED2
            @other.register
            def g():
                return FREE1
            """,
    },
    "exports that grow": {
        "work.py": "from pkg import *\ndef run():\n    return f(), g(), h()\n",
        "pkg/__init__.py": "from .a import *\nfrom . import a\n__all__ = ['f']\n__all__ += ['g']\n"
        "__all__.append('h')\ndef h():\n    return USED1\ndef i():\n    return FREE1\n",
        "pkg/a.py": "def f():\n    return USED2\ndef g():\n    return USED3\ndef i():\n    return FREE2\n",
    },
    "a submodule that a star import brings": {
        "work.py": "from pkg import *\ndef run():\n    return a.f()\n",
        "pkg/__init__.py": "__all__ = ['a']\n",
        "pkg/a.py": "def f():\n    return USED1\ndef g():\n    return FREE1\n",
        "pkg/b.py": "def f():\n    return FREE2\n",
    },
    "a function with the name of its module": {
        "work.py": "from pkg import good\nimport pkg.bad\ndef run():\n    return good(), pkg.bad.f()\n",
        "pkg/__init__.py": "from .good import good\n",
        "pkg/good.py": "def good():\n    return USED1\ndef other():\n    return FREE1\n",
        "pkg/bad.py": "def f():\n    return USED2\ndef g():\n    return FREE2\n",
    },
    "relative imports": {
        "work.py": "from pkg.sub.m import start\ndef run():\n    return start()\n",
        "pkg/__init__.py": "def top():\n    return USED1\ndef no():\n    return FREE1\n",
        "pkg/sub/__init__.py": "",
        "pkg/sub/m.py": "from .. import top\nfrom . import n\nfrom ..other import f as g\nfrom .n import h\n"
        "def start():\n    from . import late\n    return top(), n.f(), g(), h(), late.f()\n",
        "pkg/sub/n.py": "def f():\n    return USED2\ndef g():\n    return FREE2\ndef h():\n    return USED3\n",
        "pkg/other.py": "def f():\n    return USED4\ndef g():\n    return FREE3\n",
        "pkg/sub/late.py": "def f():\n    return USED5\ndef g():\n    return FREE4\n",
    },
    "a namespace package": {
        "work.py": "import space.mod\nfrom space import other\ndef run():\n    return space.mod.f(), other.f\n",
        "space/mod.py": "def f():\n    return USED1\ndef g():\n    return FREE1\n",
        "space/other.py": "def f():\n    return USED2\ndef g():\n    return FREE2\n",
    },
    "aliases of functions and classes": {"work.py": """
        def f():
            return USED1
        def g():
            return FREE1
        class A:
            def m(self):
                return USED2
        alias = f
        table = {"a": alias, "b": A}
        def run():
            return table["a"]()
        """},
    "a class within a class and a method's default": {"work.py": """
        CUT, OTHER = USED1, FREE1
        class A:
            class Inner:
                x = USED2
                def f(self, y=CUT):
                    return USED3
        def run():
            return A.Inner().f()
        """},
    "a property with a setter": {"work.py": """
        class A:
            @property
            def x(self):
                return USED1
            @x.setter
            def x(self, value):
                self.y = USED2
        def run():
            return A().x
        """},
    "a star argument, a slice and a conditional expression": {"work.py": """
        A, B, C, D, E = [USED1], USED2, USED3, USED4, FREE1
        def run(x, E=1):
            return f(*A, **{"k": B}), x[C:], (D if x else 1), [E for E in x]
        def f(*a, **k): ...
        """},
    "type hints that nothing evaluates": {"work.py": """
        from __future__ import annotations
        class Jet:
            x = FREE1
        def run(a: Jet, b: list[Jet]) -> Jet:
            c: Jet = USED1
            return c
        """},
    "type hints of a dataclass": {"work.py": """
        from dataclasses import dataclass
        class Jet:
            x = USED1
        class Muon:
            x = USED2
        class Other:
            x = FREE1
        @dataclass
        class Event:
            jet: Jet
            muon: "list[Muon]"
        def run():
            return Event
        """},
    "type checking only": {
        "work.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from other import X\ndef run():\n"
        "    return USED1\n",
        "other.py": "X = FREE1\nprint(X)\n",
    },
    "deletion": {"work.py": "X, Y = {'a': USED1}, {}\ndel X[USED2]\ndel Y[FREE1]\ndef run():\n    return X\n"},
    "eval sees the whole module": {"work.py": "def run(text):\n    return eval(text)\ndef f():\n    return USED1\n"},
    "import_module relative to a package": {
        "work.py": "import importlib\ndef run():\n    return importlib.import_module('.a', 'pkg').f()\n",
        "pkg/__init__.py": "",
        "pkg/a.py": "def f():\n    return USED1\ndef g():\n    return FREE1\n",
    },
    "modules in a dictionary": {
        "work.py": "import a, b, c\nKINDS = {'a': a, 'b': b}\ndef run(k):\n    return KINDS[k].f()\n",
        "a.py": "def f():\n    return USED1\n",
        "b.py": "def f():\n    return USED2\n",
        "c.py": "def f():\n    return FREE1\n",
    },
    "plugins chosen by name from their package": {
        "work.py": "import plugins\ndef run(k):\n    return getattr(plugins, k).f()\n",
        "plugins/__init__.py": "from . import muons, jets\nfrom .tools import tool\n",
        "plugins/muons.py": "def f():\n    return USED1\n",
        "plugins/jets.py": "def f():\n    return USED2\n",
        "plugins/tools.py": "def tool():\n    return USED3\ndef other():\n    return USED4\n",
        "plugins/unused.py": "def f():\n    return FREE2\n",
    },
    "a method given as a decorator": {"work.py": """
        class Timer:
            def __call__(self, f):
                return USED1
        timer = Timer()
        @timer
        def run():
            return 1
        @timer
        def other():
            return FREE1
        """},
    "an abstract base class with an override": {"work.py": """
        import abc
        class Base(abc.ABC):
            @abc.abstractmethod
            def f(self): ...
            def go(self):
                return self.f() + USED1
        class A(Base):
            def f(self):
                return USED2
        class B(Base):
            def f(self):
                return FREE1
        def run():
            return A().go()
        """},
    "an import that only its effects need": {
        "work.py": "import effects\nimport silent\ndef run():\n    return USED1\n",
        "effects.py": "import os\nos.environ['A'] = USED2\nX = FREE1\n",
        "silent.py": "X = FREE2\ndef f(): return FREE3\n",
    },
    "mutations through another name": {"work.py": """
        A, B, C, D = {}, {}, {}, {}
        other = A
        other["x"] = USED1
        for table in (B, C):
            table["x"] = USED2
        D["x"] = FREE1
        def run():
            return A, B
        """},
    "methods that register": {
        "work.py": "import plugins\nfrom registry import ALL\ndef run():\n    return ALL\n",
        "registry.py": "ALL = []\ndef register(f):\n    ALL.append(f)\n    return f\n",
        "plugins.py": """
            from registry import register
            class A:
                @register
                def f(self):
                    return USED1
            class B:
                @property
                def f(self):
                    return FREE1
                @f.setter
                def f(self, x): ...
            """,
    },
    "names made by globals() in another module": {
        "work.py": "import made\nimport plain\ndef run():\n    return made.Z\n",
        "made.py": "for name in 'Z':\n    globals()[name] = make(USED1)\ndef make(x):\n    return x + USED2\n",
        "plain.py": "X = FREE1\n",
    },
    "an argument that a function fills on import": {"work.py": """
        TABLE = {}
        def fill(table):
            table["x"] = USED1
        fill(TABLE)
        def run():
            return TABLE
        """},
    "imports in a class": {
        "work.py": "class A:\n    from h import f\n    import k\ndef run():\n    return A.f(), A.k.g()\n",
        "h.py": "def f(s):\n    return USED1\ndef g():\n    return FREE1\n",
        "k.py": "def g():\n    return USED2\n",
    },
    "an import that a function makes global": {
        "work.py": "def prepare():\n    global h\n    import h\ndef run():\n    prepare()\n    return h.f()\n",
        "h.py": "def f():\n    return USED1\n",
    },
    "a submodule that another module imports": {
        "work.py": "import pkg\nimport loader\ndef run():\n    return pkg.sub.f()\n",
        "pkg/__init__.py": "",
        "pkg/sub.py": "def f():\n    return USED1\ndef g():\n    return FREE1\n",
        "loader.py": "import pkg.sub\n",
    },
    "keywords of a class": {"work.py": """
        class Base:
            def __init_subclass__(cls, k=USED1):
                cls.k = k
        class A(Base, k=USED2): ...
        class B:
            k = FREE1
        def run():
            return A
        """},
    "the same name from one of two modules": {
        "work.py": "import a, b\nX = USED1\nm = a if X else b\ndef run():\n    return m.f()\n",
        "a.py": "def f():\n    return USED2\n",
        "b.py": "def f():\n    return USED3\n",
    },
}  # fmt: skip
