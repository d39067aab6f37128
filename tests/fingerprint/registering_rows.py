"""Small programs in which code registers, or changes what another module holds, when its module is imported.

As in `closure_rows`: `work.run()` depends on the marks `USED`, and not on the marks `FREE`; here it is executed, too.
"""

from __future__ import annotations

Files = dict[str, str]

REGISTRY = """
    TABLE, OTHER = {}, {}
    def register(name, f=None):
        if f is None:
            return lambda f: register(name, f)
        TABLE[name] = f
        return f
    def register_other(name, f):
        OTHER[name] = f
        return f
    def get(name):
        return TABLE[name]
"""
RUN = "import plugins\nfrom registry import get\ndef run():\n    return get('a')()\n"


def _plugins(plugins: str, registry: str = REGISTRY, work: str = RUN) -> Files:
    return {"work.py": work, "registry.py": registry, "plugins.py": plugins}


_FUNCTIONS = "    def f():\n        return USED1\n    def g():\n        return FREE1\n"
"""`f` is to be registered under the name `a`, `g` not."""


def _by(statement: str, registry: str = REGISTRY, imports: str = "from registry import *", work: str = RUN) -> Files:
    lines = "".join(f"    {line}\n" for line in statement.splitlines())
    return _plugins(f"\n    {imports}\n{_FUNCTIONS}{lines}", registry, work)


def _class_registry(body: str, read: str = "Base.all['a']().value()") -> Files:
    return {
        "work.py": f"import plugins\nfrom registry import Base\ndef run():\n    return {read}\n",
        "registry.py": body,
        "plugins.py": "from registry import Base\nclass A(Base):\n    key = 'a'\n    def value(self):\n"
        "        return USED1\nclass B:\n    key = 'b'\n    def value(self):\n        return FREE1\n",
    }


def _instances(body: str, made: str, read: str, more: str = "") -> Files:
    return {
        "work.py": f"import plugins\nimport registry\ndef run():\n    return {read}\n",
        "registry.py": body,
        "plugins.py": f"import registry\n{more}{made}\nunused = [FREE1]\n",
    }


def _alias(change: str, imports: str = "import config\nfrom config import options") -> Files:
    return {
        "work.py": "import setup\nimport config\ndef run():\n    return config.options.pt, config.TABLE.get('a')\n",
        "config.py": "class Options:\n    pt = 1\n    def __init__(self):\n        self.sub = self\n"
        "options, unused = Options(), Options()\nTABLE = {}\n",
        "setup.py": f"import operator\n{imports}\n{change}\nunused = [FREE1]\n",
    }


LIST_REGISTRY = "import weakref\nALL = []\nTABLE = {}\ndef run_all():\n    return [f() for f in ALL]\n"
LIST_RUN = "import plugins\nimport registry\ndef run():\n    return registry.run_all()\n"


def _to_list(statement: str, imports: str = "import heapq, bisect, operator\nimport registry") -> Files:
    head = "".join(f"    {line}\n" for line in imports.splitlines())
    lines = "".join(f"    {line}\n" for line in statement.splitlines())
    return _plugins(f"\n{head}{_FUNCTIONS}{lines}", LIST_REGISTRY, LIST_RUN)


def _discovered(lines: str, **more: str) -> Files:
    """A package that imports its own modules by names which it finds."""
    return {
        "work.py": RUN,
        "registry.py": REGISTRY,
        "plugins/__init__.py": lines,
        "plugins/first.py": "from registry import register\n@register('a')\ndef f():\n    return USED1\n",
        "other.py": "unused = FREE1\n",
        **more,
    }


COOPERATIVE = """
    REGISTRY = {}
    class Remembers:
        def __init_subclass__(cls, **named):
            super().__init_subclass__(**named)
            REGISTRY[cls.__name__] = cls
        def __init__(self):
            super().__init__()
            REGISTRY[type(self).__name__] = type(self)
        def remember(self):
            REGISTRY[type(self).__name__] = type(self)
    class Passes:
        def __init_subclass__(cls, **named):
            super().__init_subclass__(**named)
        def __init__(self):
            super().__init__()
        def remember(self):
            super().remember()
    class Made:
        def __init__(self):
            super().__init__()
    class MetaRemembers(type):
        def __init__(cls, name, bases, held):
            super().__init__(name, bases, held)
            REGISTRY[name] = cls
    class MetaPasses(type):
        def __init__(cls, name, bases, held):
            super().__init__(name, bases, held)
    class Meta(MetaPasses, MetaRemembers): ...
    class Base(Passes, Remembers): ...
    class Top:
        def remember(self): ...
    class Left(Top): ...
    class Right(Top):
        def remember(self):
            REGISTRY[type(self).__name__] = type(self)
"""


def _cooperative(bases: str, after: str = "") -> Files:
    return {
        "work.py": "import plugins\nfrom registry import REGISTRY\ndef run():\n    return REGISTRY['A'].value\n",
        "registry.py": COOPERATIVE,
        "plugins.py": f"from registry import *\nclass A({bases}):\n    value = USED1\n{after}\nunused = FREE1\n",
    }


ROWS: dict[str, Files] = {
    # super() of a mixin goes on in the class that stands beside it
    "__init_subclass__ beside a mixin": _cooperative("Base"),
    "__init__ of a metaclass beside another": _cooperative("metaclass=Meta"),
    "__init__ beside a mixin": _cooperative("Made, Remembers", "made = A()"),
    "a method beside a mixin": _cooperative("Passes, Right", "made = A().remember()"),
    "a method of the nearer of two with a common base": _cooperative("Left, Right", "made = A().remember()"),
    # Modules that are looked for
    "modules below __path__": _discovered(
        "import importlib, pkgutil\nfor _, name, _ in pkgutil.walk_packages(__path__, __name__ + '.'):\n"
        "    importlib.import_module(name)\n"
    ),
    "modules below __path__, by a helper": _discovered(
        "from loader import load\nload(__name__, __path__)\n",
        **{"loader.py": "import importlib, pkgutil\ndef load(package, path):\n"
           "    for found in pkgutil.iter_modules(path):\n"
           "        importlib.import_module(package + '.' + found.name)\n"},
    ),
    **{
        f"a module by {name}": _discovered(
            f"import importlib\nfor n in ['first']:\n    importlib.import_module({name})\n"
        )
        for name in (
            "f'{__name__}.{n}'", "__name__ + '.' + n", "'{}.{}'.format(__package__, n)", "'plugins.{0}'.format(n)",
            "'%s.%s' % (__name__, n)", "'plugins.%s' % n", "'.'.join([__name__, n])", "'.'.join(('plugins', n))",
        )
    },
    # Calls
    "an assigned call": _by("x = register('a', f)\ny = len([g])"),
    "an assigned call to an underscore": _by("_ = register('a', f)"),
    "an assigned call with an annotation": _by("x: object = register('a', f)"),
    "a call of which an attribute is taken": _by("x = register('a', f).__name__"),
    "a call within an expression": _by("x = [1, register('a', f)]"),
    "a call with a lambda": _by("x = register('a', lambda: f())"),
    "a call with keywords": _by("x = register(name='a', f=f)"),
    "a call with starred arguments": _by("ARGUMENTS = ('a', f)\nx = register(*ARGUMENTS)"),
    "a call in a condition": _by("x = 1 if register('a', f) else 2"),
    "a call in a comprehension": _by("x = [register(n, h) for n, h in [('a', f)]]"),
    "a call in a generator that is read": _by("x = list(register(n, h) for n, h in [('a', f)])"),
    "a call in a dictionary": _by("x = {'a': register('a', f)}"),
    "a call in a loop": _by("for n, h in [('a', f)]:\n    x = register(n, h)"),
    "a call in a with statement": _by(
        "import contextlib\nwith contextlib.nullcontext() as n:\n    x = register('a', f)"
    ),
    "a call in try": _by("try:\n    x = register('a', f)\nexcept KeyError:\n    x = None"),
    "a call under a walrus": _by("if (x := register('a', f)):\n    y = 1"),
    "a call in a tuple assignment": _by("x, y = register('a', f), 1"),
    "a call as a default argument": _by("def h(x=register('a', f)):\n    return x"),
    "a call as a base class": _by("class H(register('a', f) and object): ..."),
    "a call in a class": _by("class H:\n    x = register('a', f)"),
    "a call in a lambda that is called": _by("x = (lambda n: register(n, f))('a')"),
    "a call through map": _by("x = list(map(register, ['a'], [f]))"),
    "a call through functools.reduce": _by("import functools\n"
        "x = functools.reduce(lambda n, h: register(n, h), ['a', f])"),
    "a curried call": _by("x = register('a')(f)"),
    "an alias of the function": _by("put = register\nx = put('a', f)"),
    "an alias from a dictionary": _by("WAYS = {'put': register}\nx = WAYS['put']('a', f)"),
    "an alias through a module": _by("x = registry.register('a', f)", imports="import registry"),
    "an alias through getattr": _by("x = getattr(registry, 'register')('a', f)", imports="import registry"),
    "a partial": _by(
        "x = put('a', f)", "import functools\nTABLE = {}\ndef _put(table, name, f):\n    table[name] = f\n"
        "    return f\n"
        "put = functools.partial(_put, TABLE)\ndef get(name):\n    return TABLE[name]\n",
    ),
    "a partial as a decorator": _plugins(
        "from registry import put\n@put('a')\ndef f():\n    return USED1\ndef g():\n    return FREE1\n",
        "from functools import partial\nTABLE = {}\ndef _put(table, name):\n    def deco(f):\n        table[name] = f\n"
        "        return f\n    return deco\nput = partial(_put, TABLE)\ndef get(name):\n    return TABLE[name]\n",
    ),
    "a helper of a helper": _by(
        "x = register('a', f)", "TABLE = {}\ndef register(name, f):\n    return _check(name, f)\n"
        "def _check(name, f):\n    _store(TABLE, name, f)\n    return f\ndef _store(table, name, f):\n"
        "    table.update({name: f})\ndef get(name):\n    return TABLE[name]\n",
    ),
    "an inner function that is called": _by(
        "x = register('a', f)", "TABLE = {}\ndef register(name, f):\n    def store():\n        TABLE[name] = f\n"
        "    store()\n    return f\ndef get(name):\n    return TABLE[name]\n",
    ),
    "a table that a function gives": _by(
        "x = register('a', f)", "TABLE = {}\ndef table():\n    return TABLE\ndef register(name, f):\n"
        "    table()[name] = f\n    return f\ndef get(name):\n    return table()[name]\n",
    ),
    "a local alias of the table": _by(
        "x = register('a', f)", "TABLE = {'x': {}}\ndef register(name, f):\n    inner = TABLE['x']\n"
        "    inner[name] = f\n"
        "    return f\ndef get(name):\n    return TABLE['x'][name]\n",
    ),
    "a table under global": _by(
        "x = register('a', f)", "TABLE = ()\ndef register(name, f):\n    global TABLE\n    TABLE += ((name, f),)\n"
        "    return f\ndef get(name):\n    return dict(TABLE)[name]\n",
    ),
    "a table in a closure": _by(
        "x = register('a', f)", "def make():\n    table = {}\n    def put(name, f):\n        table[name] = f\n"
        "        return f\n    return put, table.get\nregister, get = make()\n",
    ),
    "a table as a default argument": _by(
        "x = register('a', f)", "TABLE = {}\ndef register(name, f, table=TABLE):\n    table[name] = f\n    return f\n"
        "def get(name):\n    return TABLE[name]\n",
    ),
    "a table that is a default argument": _by(
        "x = register('a', f)", "def register(name, f=None, table={}):\n    if f:\n        table[name] = f\n"
        "    return table[name]\nget = register\n",
    ),
    "an attribute of the function": _by(
        "x = register('a', f)", "def register(name, f):\n    register.all[name] = f\n    return f\nregister.all = {}\n"
        "def get(name):\n    return register.all[name]\n",
    ),
    "a decorated registering function": _by(
        "x = register('a', f)", "import functools\nTABLE = {}\ndef checked(h):\n    @functools.wraps(h)\n"
        "    def inner(*a):\n        return h(*a)\n    return inner\n@checked\ndef register(name, f):\n"
        "    TABLE[name] = f\n    return f\ndef get(name):\n    return TABLE[name]\n",
    ),
    "a recursive registering function": _by(
        "x = register(['b', 'a'], f)", "TABLE = {}\ndef register(names, f):\n    if names:\n"
        "        TABLE[names[0]] = f\n"
        "        register(names[1:], f)\n    return f\ndef get(name):\n    return TABLE[name]\n",
    ),
    # Methods
    "a method of an object": _by(
        "x = REGISTRY.register('a', f)\ny = UNUSED.register('b', g)",
        "class Registry:\n    def __init__(self):\n        self.all = {}\n    def register(self, name, f):\n"
        "        self.all[name] = f\n        return f\n    def get(self, name):\n        return self.all[name]\n"
        "REGISTRY, UNUSED = Registry(), Registry()\nget = REGISTRY.get\n",
    ),
    "a method with an unusual name": _by(
        "x = REGISTRY.bring('a', f)", "class Registry(dict):\n    def bring(self, name, f):\n        self[name] = f\n"
        "REGISTRY = Registry()\ndef get(name):\n    return REGISTRY[name]\n",
    ),
    "a method of an object from a function": _by(
        "x = registry().register('a', f)", "class Registry:\n    def __init__(self):\n        self.all = {}\n"
        "    def register(self, name, f):\n        self.all[name] = f\n_one = Registry()\ndef registry():\n"
        "    return _one\ndef get(name):\n    return _one.all[name]\n",
    ),
    "a bound method as a name": _by(
        "x = register('a', f)", "class Registry:\n    def __init__(self):\n        self.all = {}\n"
        "    def register(self, name, f):\n        self.all[name] = f\n        return f\n_one = Registry()\n"
        "register = _one.register\ndef get(name):\n    return _one.all[name]\n",
    ),
    "a class method": _by(
        "x = Registry.register('a', f)", "class Registry:\n    all = {}\n    @classmethod\n"
        "    def register(cls, name, f):\n        cls.all[name] = f\n        return f\ndef get(name):\n"
        "    return Registry.all[name]\n",
    ),
    "a static method": _by(
        "x = Registry.register('a', f)", "class Registry:\n    all = {}\n    @staticmethod\n"
        "    def register(name, f):\n        Registry.all[name] = f\n        return f\ndef get(name):\n"
        "    return Registry.all[name]\n",
    ),
    "a method of a base class": _by(
        "x = REGISTRY.register('a', f)", "class Base:\n    def __init__(self):\n        self.all = {}\n"
        "    def register(self, name, f):\n        self.all[name] = f\nclass Registry(Base): ...\n"
        "REGISTRY = Registry()\n"
        "def get(name):\n    return REGISTRY.all[name]\n",
    ),
    "a call of an object": _by(
        "x = register('a', f)", "class Register:\n    def __init__(self, table):\n        self.table = table\n"
        "    def __call__(self, name, f):\n        self.table[name] = f\n        return f\nTABLE = {}\n"
        "register = Register(TABLE)\ndef get(name):\n    return TABLE[name]\n",
    ),
    "a decorator from an object": _plugins(
        "from registry import registry\n@registry('a')\ndef f():\n    return USED1\ndef g():\n    return FREE1\n",
        "class Registry:\n    def __init__(self):\n        self.all = {}\n    def __call__(self, name):\n"
        "        def deco(f):\n            self.all[name] = f\n            return f\n        return deco\n"
        "registry = Registry()\ndef get(name):\n    return registry.all[name]\n",
    ),
    "a class as a decorator": _plugins(
        "from registry import put\n@put\ndef a():\n    return USED1\ndef g():\n    return FREE1\n",
        "class put:\n    all = {}\n    def __init__(self, f):\n        self.f = f\n"
        "        self.all[f.__name__] = self\n"
        "    def __call__(self):\n        return self.f()\ndef get(name):\n    return put.all[name]\n",
    ),
    "a decorator with arguments in a class": _plugins(
        "from registry import put\n@put('a')\ndef f():\n    return USED1\ndef g():\n    return FREE1\n",
        "TABLE = {}\nclass put:\n    def __init__(self, name):\n        self.name = name\n    def __call__(self, f):\n"
        "        TABLE[self.name] = f\n        return f\ndef get(name):\n    return TABLE[name]\n",
    ),
    "a decorator of classes": _plugins(
        "from registry import put\n@put\nclass a:\n    def __new__(cls):\n        return USED1\nclass b:\n"
        "    x = FREE1\n",
        "TABLE = {}\ndef put(cls):\n    TABLE[cls.__name__] = cls\n    return cls\ndef get(name):\n"
        "    return TABLE[name]\n",
    ),
    "a chain of calls": _by(
        "x = build().add('a', f).done()", "TABLE = {}\nclass Builder:\n    def add(self, name, f):\n"
        "        TABLE[name] = f\n        return self\n    def done(self):\n        return 1\ndef build():\n"
        "    return Builder()\ndef get(name):\n    return TABLE[name]\n",
    ),
    "operators": _by(
        "x = REGISTRY << f", "TABLE = {}\nclass Registry:\n    def __lshift__(self, f):\n        TABLE['a'] = f\n"
        "        return f\nREGISTRY = Registry()\ndef get(name):\n    return TABLE[name]\n",
    ),
    "reflected operators": _by(
        "x = f >> REGISTRY", "TABLE = {}\nclass Registry:\n    def __rrshift__(self, f):\n        TABLE['a'] = f\n"
        "        return f\nREGISTRY = Registry()\ndef get(name):\n    return TABLE[name]\n",
    ),
    "an index of an object": _by(
        "x = REGISTRY[f]", "TABLE = {}\nclass Registry:\n    def __getitem__(self, f):\n        TABLE['a'] = f\n"
        "        return f\nREGISTRY = Registry()\ndef get(name):\n    return TABLE[name]\n",
    ),
    "a context manager": _by(
        "with registering('a') as put:\n    x = put(f)", "import contextlib\nTABLE = {}\n@contextlib.contextmanager\n"
        "def registering(name):\n    yield lambda f: TABLE.setdefault(name, f)\ndef get(name):\n"
        "    return TABLE[name]\n",
    ),
    "a context manager that collects": _plugins(
        "from registry import collect\nwith collect() as found:\n    def a():\n        return USED1\n"
        "    found.append(a)\n"
        "def g():\n    return FREE1\n",
        "TABLE = {}\nclass collect:\n    def __enter__(self):\n        self.found = []\n        return self.found\n"
        "    def __exit__(self, *a):\n        TABLE.update({f.__name__: f for f in self.found})\n"
        "def get(name):\n    return TABLE[name]\n",
    ),
    # Classes
    "__init_subclass__": _class_registry(
        "class Base:\n    all = {}\n    def __init_subclass__(cls):\n        Base.all[cls.key] = cls\n"
    ),
    "__init_subclass__ through a helper": _class_registry(
        "class Base:\n    all = {}\n    def __init_subclass__(cls):\n        put(cls)\ndef put(cls):\n"
        "    Base.all[cls.key] = cls\n"
    ),
    "__init_subclass__ into a table": _class_registry(
        "TABLE = {}\nclass Base:\n    def __init_subclass__(cls, **k):\n        super().__init_subclass__(**k)\n"
        "        TABLE[cls.key] = cls\n    @staticmethod\n    def get(n):\n        return TABLE[n]\n",
        "Base.get('a')().value()",
    ),
    "__init_subclass__ of a grandparent": _class_registry(
        "class Root:\n    all = {}\n    def __init_subclass__(cls):\n        cls.all[getattr(cls, 'key', '')] = cls\n"
        "class Base(Root): ...\n"
    ),
    "a metaclass with __init__": _class_registry(
        "class Meta(type):\n    all = {}\n    def __init__(cls, name, bases, space):\n"
        "        Meta.all[getattr(cls, 'key', '')] = cls\nclass Base(metaclass=Meta): ...\n"
    ),
    "a metaclass with __new__": _class_registry(
        "class Meta(type):\n    def __new__(mcs, name, bases, space):\n"
        "        cls = super().__new__(mcs, name, bases, space)\n"
        "        for base in bases:\n            base.all[space['key']] = cls\n        return cls\n"
        "class Base(metaclass=Meta):\n    all = {}\n"
    ),
    "a metaclass with a helper": _class_registry(
        "TABLE = {}\nclass Meta(type):\n    def __init__(cls, *a):\n        super().__init__(*a)\n        cls._note()\n"
        "    def _note(cls):\n        TABLE[getattr(cls, 'key', '')] = cls\nclass Base(metaclass=Meta): ...\n"
        "Base.all = TABLE\n"
    ),
    "a metaclass of a base class of the base class": _class_registry(
        "class Meta(type):\n    def __init__(cls, name, bases, space):\n        cls.all[name] = cls\n"
        "class Root(metaclass=Meta):\n    all = {}\nclass Base(Root): ...\n", "Base.all['A']().value()",
    ),
    "a metaclass that is a function": _plugins(
        "from registry import put\nclass a(metaclass=put):\n    def f():\n        return USED1\nclass b:\n"
        "    x = FREE1\n",
        "TABLE = {}\ndef put(name, bases, space):\n    TABLE[name] = space['f']\n    return type(name, bases, space)\n"
        "def get(name):\n    return TABLE[name]\n",
    ),
    "a class made by type": {
        "work.py": "import plugins\nfrom registry import Base\ndef run():\n    return Base.all['A']().value()\n",
        "registry.py": "class Base:\n    all = {}\n    def __init_subclass__(cls):\n"
        "        cls.all[cls.__name__] = cls\n",
        "plugins.py": "from registry import Base\ndef value(self):\n    return USED1\n"
        "x = type('A', (Base,), {'value': value})\ny = type('B', (), {'value': FREE1})\n",
    },
    "a class made in a function": {
        "work.py": "import plugins\nfrom registry import Base\ndef run():\n    return Base.all['A']().value()\n",
        "registry.py": "class Base:\n    all = {}\n    def __init_subclass__(cls):\n"
        "        cls.all[cls.__name__] = cls\n"
        "def make(f):\n    class A(Base):\n        def value(self):\n            return f()\n    return A\n",
        "plugins.py": "from registry import make\ndef f():\n    return USED1\ndef g():\n    return FREE1\n"
        "x = make(f)\n",
    },
    "descriptors with __set_name__": {
        "work.py": "import plugins\nfrom registry import ALL\ndef run():\n    return ALL['x']\n",
        "registry.py": "ALL = {}\nclass Field:\n    def __init__(self, v):\n        self.v = v\n"
        "    def __set_name__(self, owner, name):\n        ALL[name] = self.v\n",
        "plugins.py": "from registry import Field\nclass A:\n    x = Field(USED1)\nclass B:\n    y = [FREE1]\n",
    },
    "a decorator of methods": _plugins(
        "from registry import put\nclass A:\n    @put('a')\n    def f():\n        return USED1\nclass B:\n"
        "    @property\n    def f(self):\n        return FREE1\n",
        "TABLE = {}\ndef put(name):\n    def deco(f):\n        TABLE[name] = f\n        return f\n    return deco\n"
        "def get(name):\n    return TABLE[name]\n",
    ),
    "a class that is filled from outside": {
        "work.py": "import plugins\nfrom registry import Base\ndef run():\n    return Base.value()\n",
        "registry.py": "class Base: ...\nclass Other: ...\n",
        "plugins.py": "from registry import Base\ndef f():\n    return USED1\ndef g():\n    return FREE1\n"
        "B = Base\nB.value = staticmethod(f)\n",
    },
    # Objects that note themselves
    "objects that append themselves": _instances(
        "class Cut:\n    all = []\n    def __init__(self, v):\n        self.v = v\n        self.all.append(self)\n",
        "cut = registry.Cut(USED1)", "[c.v for c in registry.Cut.all]",
    ),
    "objects that append themselves by type(self)": _instances(
        "class Cut:\n    all = {}\n    def __init__(self, v):\n        self.v = v\n        type(self).all[v] = self\n",
        "cut = registry.Cut(USED1)", "list(registry.Cut.all)",
    ),
    "objects that append themselves by __class__": _instances(
        "class Cut:\n    all = []\n    def __init__(self, v):\n        self.v = v\n"
        "        self.__class__.all += [self]\n",
        "cut = registry.Cut(USED1)", "[c.v for c in registry.Cut.all]",
    ),
    "objects that append themselves to a list of the module": _instances(
        "ALL = []\nclass Cut:\n    def __init__(self, v):\n        self.v = v\n        ALL.append(self)\n",
        "cut = registry.Cut(USED1)", "[c.v for c in registry.ALL]",
    ),
    "objects in a weak set": _instances(
        "import weakref\nclass Cut:\n    all = weakref.WeakSet()\n    def __init__(self, v):\n        self.v = v\n"
        "        self.all.add(self)\n",
        "cut = registry.Cut(USED1)", "[c.v for c in registry.Cut.all]",
    ),
    "objects of a derived class": _instances(
        "class Base:\n    all = []\n    def __init__(self, v):\n        self.v = v\n        self.note()\n"
        "    def note(self):\n        self.all.append(self)\n",
        "cut = Cut(USED1)", "[c.v for c in registry.Base.all]", "class Cut(registry.Base): ...\n",
    ),
    "objects made by __new__": _instances(
        "class Cut:\n    all = {}\n    def __new__(cls, v):\n        made = super().__new__(cls)\n"
        "        cls.all[v] = made\n"
        "        return made\n",
        "cut = registry.Cut(USED1)", "list(registry.Cut.all)",
    ),
    "objects made by the metaclass": _instances(
        "ALL = []\nclass Meta(type):\n    def __call__(cls, v):\n        made = super().__call__()\n"
        "        ALL.append(v)\n"
        "        return made\nclass Cut(metaclass=Meta): ...\n",
        "cut = registry.Cut(USED1)", "registry.ALL",
    ),
    "objects of a dataclass": _instances(
        "from dataclasses import dataclass\nALL = []\n@dataclass\nclass Cut:\n    v: int\n"
        "    def __post_init__(self):\n"
        "        ALL.append(self)\n",
        "cut = registry.Cut(USED1)", "[c.v for c in registry.ALL]",
    ),
    "objects that note themselves with one another": _instances(
        "class Node:\n    def __init__(self, v, parent=None):\n        self.v, self.children = v, []\n"
        "        if parent:\n            parent.children.append(self)\nroot, other = Node(1), Node(2)\n",
        "child = registry.Node(USED1, registry.root)", "[c.v for c in registry.root.children]",
    ),
    "objects from a class method": _instances(
        "class Cut:\n    all = []\n    @classmethod\n    def make(cls, v):\n        made = cls()\n        made.v = v\n"
        "        cls.all.append(made)\n        return made\n",
        "cut = registry.Cut.make(USED1)", "[c.v for c in registry.Cut.all]",
    ),
    "objects that only keep to themselves": _instances(
        "class Cut:\n    all = []\n    def __init__(self, v):\n        self.v = v\n        self.many = []\n"
        "        self.many.append(v)\n",
        "cut = registry.Cut(FREE2)", "registry.Cut.all, USED1",
    ),
    # Into what is another module's
    "list.append of the list": _to_list("x = list.append(registry.ALL, f)"),
    "a bound append": _to_list("add = registry.ALL.append\nx = add(f)"),
    "a bound append, called in place": _to_list("x = registry.ALL.append(f)"),
    "extend with a list": _to_list("x = registry.ALL.extend([f])"),
    "an in-place addition": _to_list("registry.ALL += [f]"),
    "an in-place addition to an alias": _to_list("all_of_it = registry.ALL\nall_of_it += [f]"),
    "a slice": _to_list("registry.ALL[:] = [f]"),
    "a slice of an alias": _to_list("there = registry.ALL\nthere[0:0] = [f]"),
    "insert into an alias": _to_list("there = registry.ALL\nthere.insert(0, f)"),
    "operator.iadd": _to_list("x = operator.iadd(registry.ALL, [f])"),
    "bisect.insort": _to_list("x = bisect.insort(registry.ALL, f, key=id)"),
    "heapq.heappush": _to_list("x = heapq.heappush(registry.ALL, f)"),
    "operator.setitem": _by("x = operator.setitem(TABLE, 'a', f)", imports="import operator\n"
        "    from registry import *"),
    "update": _by("x = TABLE.update(a=f)"),
    "setdefault": _by("x = TABLE.setdefault('a', f)"),
    "an in-place union": _by("TABLE |= {'a': f}"),
    "an alias from a tuple": _by("_, t = OTHER, TABLE\nt['a'] = f"),
    "an alias from a loop": _by("for t in (TABLE,):\n    t['a'] = f"),
    "an alias from a condition": _by("t = TABLE if TABLE == {} else OTHER\nt['a'] = f"),
    "an alias from a call": _by("t = (lambda: TABLE)()\nt['a'] = f"),
    "an alias from a dictionary of them": _by("ALL = {'x': TABLE}\nALL['x']['a'] = f"),
    "an alias from an attribute": _by(
        "t = BOX.table\nt['a'] = f", "class Box:\n    def __init__(self):\n        self.table = {}\nBOX = Box()\n"
        "def get(name):\n    return BOX.table[name]\n",
    ),
    "a nested name of a module": _by(
        "x = setattr(registry, 'a', f)", "def get(name):\n    return globals()[name]\n", imports="import registry"
    ),
    # An alias of an imported object
    "o = options": _alias("o = options\no.pt = USED1"),
    "from config import options as o": _alias("o.pt = USED1", "from config import options as o"),
    "o = config.options": _alias("o = config.options\no.pt = USED1"),
    "o, p = options, 1": _alias("o, p = options, 1\no.pt = USED1"),
    "(o := options).pt": _alias("(o := options).pt = USED1"),
    "if (o := options)": _alias("if (o := options):\n    o.pt = USED1"),
    "with … as o": _alias("import contextlib\nwith contextlib.nullcontext(options) as o:\n    o.pt = USED1"),
    "for o in [options]": _alias("for o in [options]:\n    o.pt = USED1"),
    "for o in (options,) of a tuple": _alias("ALL = (options,)\nfor o in ALL:\n    o.pt = USED1"),
    "an argument": _alias("def set_up(o):\n    o.pt = USED1\nset_up(options)"),
    "an argument of an assigned call": _alias("def set_up(o):\n    o.pt = USED1\nx = set_up(options)"),
    "a keyword of an assigned call": _alias("def set_up(*, o):\n    o.pt = USED1\nx = set_up(o=options)"),
    "an attribute of an attribute": _alias("o = options.sub\no.pt = USED1"),
    "an alias of an alias": _alias("o = options\np = o.sub\np.pt = USED1"),
    "a conditional": _alias("(options if config else None).pt = USED1"),
    "a conditional alias": _alias("o = options if config else None\no.pt = USED1"),
    "vars": _alias("vars(options)['pt'] = USED1"),
    "vars of an alias": _alias("v = vars(options)\nv['pt'] = USED1"),
    "__dict__": _alias("o = options\no.__dict__.update(pt=USED1)"),
    "setattr": _alias("o = options\nsetattr(o, 'pt', USED1)"),
    "an assigned setattr": _alias("x = setattr(options, 'pt', USED1)"),
    "object.__setattr__": _alias("x = object.__setattr__(options, 'pt', USED1)"),
    "operator.attrgetter": _alias("o = operator.attrgetter('options')(config)\no.pt = USED1"),
    "getattr": _alias("o = getattr(config, 'options')\no.pt = USED1"),
    "a module under another name": _alias("c = config\nc.options.pt = USED1"),
    "a module under another name, by import": _alias("o = c.options\no.pt = USED1", "import config as c"),
    "a list of aliases": _alias("os = [options]\nos[0].pt = USED1"),
    "a class with the alias": _alias("class C:\n    o = options\nC.o.pt = USED1"),
    "within a class": _alias("class C:\n    options.pt = USED1"),
    "within a class by an alias": _alias("class C:\n    o = options\n    o.pt = USED1"),
    "an object that keeps the alias": _alias(
        "class Box:\n    def __init__(self, o):\n        self.o = o\n    def set(self, v):\n        self.o.pt = v\n"
        "box = Box(options)\nbox.set(USED1)"
    ),
    "a function that gives the alias": _alias("def get():\n    return options\no = get()\no.pt = USED1"),
    "a table": _alias("t = TABLE\nt['a'] = USED1", "from config import TABLE"),
    "a deleted attribute and a new one": _alias("o = options\ndel o.sub\no.pt = USED1"),
    "an in-place operation": _alias("o = options\no.pt += USED1"),
    "an unpacked list": _alias("[o, *p] = [options, 1]\no.pt = USED1"),
    "a copy is no alias": {
        "work.py": "import setup\nimport config\ndef run():\n    return config.options.pt + USED1\n",
        "config.py": "class Options:\n    pt = 1\noptions = Options()\n",
        "setup.py": "import copy\nfrom config import options\nmine = copy.deepcopy(options)\nmine.pt = FREE1\n",
    },
    "a derived object is no alias": {
        "work.py": "import setup\nimport config\ndef run():\n    return config.options.pt + USED1\n",
        "config.py": "import dataclasses\n@dataclasses.dataclass(frozen=True)\nclass Options:\n    pt: int = 1\n"
        "options = Options()\n",
        "setup.py": "import dataclasses\nfrom config import options\nmine = dataclasses.replace(options, pt=FREE1)\n",
    },
    # By name, as analysis code does
    "producers taken by name": {
        "work.py": "import production\nfrom framework import Producer\ndef run():\n"
        "    return Producer.get_cls('muon_weights')().call(1)\n",
        "framework.py": """
            class Meta(type):
                _classes = {}
                def __new__(metacls, name, bases, space):
                    space = dict(space)
                    space["_subclasses"] = {}
                    def lookup(attr):
                        for base in bases:
                            if hasattr(base, attr):
                                return getattr(base, attr)
                    hook = space.get("update") or lookup("update")
                    if hook is not None:
                        hook(name, space)
                    cls = super().__new__(metacls, name, bases, space)
                    for base in bases:
                        if isinstance(base, metacls):
                            base._subclasses[name] = cls
                    return cls
                def get_cls(cls, name):
                    lookup = [cls._subclasses]
                    while lookup:
                        found = lookup.pop(0)
                        if name in found:
                            return found[name]
                        lookup.extend(sub._subclasses for sub in found.values())
                def derive(cls, name, bases=(), cls_dict=None):
                    made = cls.__class__(name, (cls,) + tuple(bases), cls_dict or {})
                    made.__module__ = "x"
                    return made
            class Derivable(metaclass=Meta): ...
            class ArrayFunction(Derivable):
                def __init__(self):
                    self.kept = {}
                def call(self, *args):
                    return type(self).call_func(self, *args) + USED2
            class Producer(ArrayFunction):
                @classmethod
                def producer(cls, func=None, bases=(), **kwargs):
                    def decorator(func):
                        cls_dict = {**kwargs, "call_func": func}
                        return cls.derive(func.__name__, bases=bases, cls_dict=cls_dict)
                    return decorator(func) if func else decorator
            class Selector(ArrayFunction):
                @classmethod
                def selector(cls, func=None, **kwargs):
                    def decorator(func):
                        return cls.derive(func.__name__, cls_dict={"call_func": func})
                    return decorator(func) if func else decorator
            producer = Producer.producer
            selector = Selector.selector
            """,
        "production.py": """
            from framework import producer, Producer
            @producer(uses={"Muon.pt"})
            def muon_weights(self, events):
                return helper() * USED1
            def helper():
                return USED3
            def other():
                return FREE1
            """,
    },
    "weights taken by name": {
        "work.py": "import custom\nfrom weights import WeightWrapper\ndef run():\n"
        "    return WeightWrapper.get_by_name('mine')().compute(1), WeightWrapper.get_by_name('top')().compute(1)\n",
        "weights.py": """
            from abc import ABC, ABCMeta
            class WeightMeta(ABCMeta):
                classes = {}
                def __new__(metacls, name, bases, space):
                    cls = super().__new__(metacls, name, bases, space)
                    for base in bases:
                        if base.__name__ in ("WeightWrapper", "WeightLambda"):
                            if space.get("name") is None:
                                return cls
                            metacls.classes[space["name"]] = cls
                    return cls
                def wrap_func(cls, name, function, has_variations=False):
                    attrs = {"_function": function, "name": name, "__module__": cls.__module__}
                    metacls = cls.__class__
                    new = metacls.__new__(metacls, f"W_{name}", (WeightLambda,), attrs)
                    if has_variations:
                        new._variations = [1]
                    return new
                def get_by_name(cls, name):
                    return cls.classes[name]
            class WeightWrapper(ABC, metaclass=WeightMeta):
                name = "base"
                def compute(self, x): ...
            class WeightLambda(WeightWrapper):
                name = None
                def compute(self, x):
                    return self._function.__call__(x) + USED4
            """,
        "custom.py": """
            import weights
            def mine(self, x):
                return x * USED1
            MINE = weights.WeightWrapper.wrap_func("mine", mine)
            WeightWrapper = weights.WeightWrapper
            class Top(WeightWrapper):
                name = "top"
                def compute(self, x):
                    return x + USED2
            def other():
                return FREE1
            """,
    },
    "methods of a producer set by its own decorators": {
        "work.py": "import production\nfrom framework import ALL\ndef run():\n"
        "    return ALL['f'].init(), ALL['f'].call()\n",
        "framework.py": "ALL = {}\nclass Producer:\n    def __init__(self, call):\n        self.call = call\n"
        "        ALL[call.__name__] = self\n    def init_func(self, f):\n        self.init = f\n        return f\n"
        "def producer(f):\n    return Producer(f)\n",
        "production.py": "from framework import producer\n@producer\ndef f():\n    return USED1\n@f.init_func\n"
        "def f_init():\n    return USED2\ndef g():\n    return FREE1\n",
    },
    # What changes nothing
    "a decorator that wraps": {
        "work.py": "import other\ndef run():\n    return other.a()\n",
        "other.py": """
            import functools
            CALLS = []
            def logged(f):
                @functools.wraps(f)
                def inner(*a):
                    CALLS.append(f)
                    return f(*a)
                return inner
            def tagged(tag):
                def deco(f):
                    f.tag = tag
                    kept = {}
                    kept[tag] = f
                    kept.update(x=f)
                    return f
                return deco
            @logged
            @tagged(1)
            def a():
                return USED1 + len(CALLS) * 0
            @tagged(2)
            def b():
                return FREE1
            """,
    },
    "constants from calls": {
        "work.py": "import other\nfrom cuts import make\ndef run():\n    return other.A, make(USED1).pt\n",
        "cuts.py": "COUNT = []\nclass Cuts:\n    def __init__(self, pt):\n        self.pt, self.many = pt, {}\n"
        "        self.many['pt'] = pt\n    def scaled(self, x):\n        return Cuts(self.pt * x)\ndef make(pt):\n"
        "    found = []\n    found.append(Cuts(pt))\n    return found[0]\n",
        "other.py": "from cuts import make, Cuts\nA = make(USED2).pt\nB = make(FREE1)\nC = Cuts(FREE2).scaled(FREE3)\n"
        "D = [Cuts(n) for n in (1, FREE4)]\nE = sorted([FREE5], key=lambda x: -x)\nF = B.scaled(FREE6)\n",
    },
    "a factory of functions": {
        "work.py": "import other\ndef run():\n    return other.a(1)\n",
        "other.py": "def scaled(by, f=None):\n    def inner(x):\n        return f(x) * by if f else x * by\n"
        "    return inner\n"
        "def g(x):\n    return x + FREE1\na = scaled(USED1)\nb = scaled(FREE2)\nc = scaled(FREE3, g)\n",
    },
    "a class decorator that changes its class": {
        "work.py": "import other\ndef run():\n    return other.A.x\n",
        "other.py": "def tagged(cls):\n    cls.x = USED1\n    for name in ('y', 'z'):\n        setattr(cls, name, 1)\n"
        "    return cls\n@tagged\nclass A: ...\n@tagged\nclass B:\n    w = FREE1\n",
    },
    "a metaclass that changes its class": {
        "work.py": "import other\ndef run():\n    return other.A.x\n",
        "other.py": "class Meta(type):\n    def __new__(mcs, name, bases, space):\n        space['x'] = USED1\n"
        "        cls = super().__new__(mcs, name, bases, space)\n        cls.tag = name\n        return cls\n"
        "    def __init__(cls, *a):\n        super().__init__(*a)\n        cls.y = 1\n"
        "class A(metaclass=Meta): ...\nclass B(metaclass=Meta):\n    w = FREE1\n",
    },
    "an __init_subclass__ that changes its class": {
        "work.py": "import other\ndef run():\n    return other.A.x\n",
        "other.py": "class Base:\n    def __init_subclass__(cls, x=1, **k):\n        super().__init_subclass__(**k)\n"
        "        cls.x = x\n        cls.many = {}\nclass A(Base, x=USED1): ...\nclass B(Base, x=FREE1): ...\n",
    },
    "decorators of others": {
        "work.py": "import other\ndef run():\n    return other.a()\n",
        "other.py": """
            import contextlib, functools, dataclasses, enum
            from typing import overload
            @functools.lru_cache(maxsize=None)
            def a():
                return USED1
            @functools.cache
            def b():
                return FREE1
            @contextlib.contextmanager
            def c():
                yield FREE2
            @dataclasses.dataclass
            class D:
                x: int = dataclasses.field(default_factory=lambda: FREE3)
            E = functools.partial(b, FREE4)
            @enum.unique
            class F(enum.Enum):
                A = FREE5
            """,
    },
    "single dispatch of another module": {
        "work.py": "import plugins\nfrom registry import show\ndef run():\n    return show(1), show('a')\n",
        "registry.py": "import functools\n@functools.singledispatch\ndef show(x):\n    return 0\n"
        "@functools.singledispatch\ndef other(x):\n    return 0\n",
        "plugins.py": "from registry import show, other\n@show.register\ndef _(x: int):\n    return USED1\n"
        "def text(x):\n    return USED2\nx = show.register(str, text)\n@other.register\ndef of_int(x: int):\n"
        "    return FREE1\n",
    },
}  # fmt: skip
