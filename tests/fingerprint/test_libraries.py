"""Decorators and functions of others: some remember the code that they are given, most do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from caselaw.fingerprint import Closure

Write = Callable[[Mapping[str, str]], None]
Of = Callable[..., Closure]

REMEMBER = {
    "numba.extending.overload": "import numba.extending\n@numba.extending.overload(len)\ndef f(x): ...\n",
    "from numba.extending import overload": "from numba.extending import overload\n@overload(len)\ndef f(x): ...\n",
    "overload_method": "from numba import extending as e\n@e.overload_method(int, 'x')\ndef f(x): ...\n",
    "numba.extending.typeof_impl": "from numba.extending import typeof_impl\n@typeof_impl.register(int)\n"
        "def f(x): ...\n",
    "normalize_token": "from dask.base import normalize_token\n@normalize_token.register(int)\ndef f(x): ...\n",
    "normalize_token, assigned": "from dask.base import normalize_token\ndef g(): ...\n"
        "f = normalize_token.register(int, g)\n",
    "awkward.behavior": "import awkward as ak\n@ak.mixin_class(ak.behavior)\nclass f: ...\n",
    "a behavior that is an alias": "import awkward as ak\nb = ak.behavior\nclass g: ...\nf = b.setdefault('x', g)\n",
    "accessors": "import pandas as pd\n@pd.api.extensions.register_dataframe_accessor('x')\nclass f: ...\n",
    "xarray": "import xarray\n@xarray.register_dataset_accessor('x')\nclass f: ...\n",
    "atexit": "import atexit\n@atexit.register\ndef f(): ...\n",
    "atexit, assigned": "import atexit\ndef g(): ...\nf = atexit.register(g)\n",
    "signal": "import signal\ndef g(*a): ...\nf = signal.signal(1, g)\n",
    "keras": "import tensorflow as tf\n@tf.keras.saving.register_keras_serializable()\nclass f: ...\n",
    "torch": "import torch\n@torch.library.custom_op('a::f', mutates_args=())\ndef f(x): ...\n",
    "jax": "import jax\n@jax.tree_util.register_pytree_node_class\nclass f: ...\n",
    "events of tasks": "import luigi\n@luigi.Task.event_handler(luigi.Event.SUCCESS)\ndef f(task): ...\n",
    "events of law": "import law\n@law.Task.event_handler('x')\ndef f(task): ...\n",
    "an unknown decorator": "import somewhere\n@somewhere.plugin\ndef f(): ...\n",
    "an unknown decorator through a partial": "import functools, somewhere\n"
        "p = functools.partial(somewhere.plugin, 1)\n"
    "@p\ndef f(): ...\n",
    "an unknown function": "import somewhere\ndef g(): ...\nf = somewhere.add(g)\n",
    "an unknown function with a lambda": "import somewhere\nf = somewhere.add(lambda: 1)\n",
    "an unknown function with code in a dictionary": "import somewhere\ndef g(): ...\nf = somewhere.add({'g': [g]})\n",
    "an unknown function with an object of ours": "import somewhere\nclass A: ...\nf = somewhere.add(A())\n",
    "an attribute of a library": "import matplotlib\nf = matplotlib.rcParams\nf['x'] = 1\n",
    "the context of decimal": "import decimal\nf = decimal.getcontext()\nf.prec = 5\n",
    "keywords of a class for a base class of others": "import somewhere\nclass f(somewhere.Base, name='x'): ...\n",
}  # fmt: skip
DO_NOT = {
    "numba": "import numba as nb\nfrom numba import njit\n@nb.njit(cache=True)\ndef f(): ...\n@njit\ndef g(): ...\n"
    "@nb.vectorize(['f8(f8)'])\ndef h(x): ...\n@nb.guvectorize([], '')\ndef i(x): ...\n@nb.cfunc('f8()')\n"
        "def j(): ...\n"
    "@nb.stencil\ndef k(a): ...\n@nb.extending.register_jitable\ndef l(): ...\nm = njit(g)\n",
    "numpy and scipy": "import numpy as np\n@np.vectorize\ndef f(x): ...\ng = np.frompyfunc(f, 1, 1)\n"
        "h = np.array([1])\n"
    "h[0] = 2\nimport scipy.optimize\ni = scipy.optimize.root_scalar(f)\n",
    "functools and contextlib": "import functools, contextlib\n@functools.lru_cache\ndef f(): ...\n"
        "@functools.wraps(f)\n"
    "def g(): ...\n@contextlib.contextmanager\ndef h(): yield\ni = functools.partial(f, 1)\n"
    "@functools.singledispatch\ndef j(x): ...\n@functools.total_ordering\nclass k:\n    def __lt__(self, o): ...\n",
    "jax and torch": "import jax, torch\n@jax.jit\ndef f(x): ...\ng = jax.grad(f)\nh = jax.vmap(g)\n@torch.no_grad()\n"
    "def i(): ...\n@torch.compile\ndef j(): ...\n@torch.jit.script\ndef k(): ...\n@jax.custom_vjp\ndef l(x): ...\n"
    "l.defvjp(f, g)\n",
    "tensorflow": "import tensorflow as tf\n@tf.function\ndef f(): ...\n@tf.function(jit_compile=True)\ndef g(): ...\n",
    "click": "import click\n@click.group()\ndef f(): ...\n@f.command()\n@click.option('--x')\n"
        "@click.pass_context\ndef g(): ...\n",
    "attrs, pydantic, dataclasses": "import attr, attrs, pydantic, dataclasses\n@attr.s\nclass f:\n    x = attr.ib()\n"
    "@attrs.define\nclass g:\n    x: int = attrs.field(factory=list)\n    @x.validator\n    def v(self, a, b): ...\n"
    "class h(pydantic.BaseModel):\n    x: int\n    @pydantic.field_validator('x')\n    @classmethod\n"
        "    def v(cls, x): ...\n"
    "@dataclasses.dataclass(frozen=True)\nclass i:\n    x: int = dataclasses.field(default_factory=lambda: 1)\n",
    "joblib, tenacity, wrapt, dask": "import joblib, tenacity, wrapt, dask\nm = joblib.Memory('x')\n@tenacity.retry\n"
    "def g(): ...\n@wrapt.decorator\ndef h(): ...\n@dask.delayed\ndef i(): ...\nj = joblib.delayed(i)\n",
    "deprecated, beartype, jaxtyping": "import deprecated, beartype, jaxtyping\n@deprecated.deprecated('x')\n"
        "def f(): ...\n"
    "@beartype.beartype\ndef g(): ...\n@jaxtyping.jaxtyped(typechecker=beartype.beartype)\ndef h(): ...\n",
    "law and luigi": "import law, luigi\n@law.decorator.log\ndef f(): ...\n@luigi.util.requires(1)\n"
        "class g(law.Task):\n"
    "    x = luigi.Parameter(default='1')\n    @law.decorator.safe_output\n    def run(self): ...\n"
        "h = law.util.DotDict()\n",
    "pytest": "import pytest\n@pytest.fixture\ndef f(): ...\n@pytest.mark.parametrize('x', [1])\ndef g(x): ...\n",
    "awkward": "import awkward as ak\nbehavior = {}\nbehavior.update(ak.behavior)\n@ak.mixin_class(behavior)\n"
        "class f:\n"
    "    @ak.mixin_class_method(1)\n    def g(self): ...\n",
    "hist": "import hist, boost_histogram as bh\nf = hist.axis.Regular(1, 0, 1)\ng = hist.Hist(f)\n"
        "h = hist.Hist.new.Reg(1, 0, 1).Weight()\n",
    "constants": "import re, pathlib, collections, logging, os\nf = re.compile('x')\n"
        "g = pathlib.Path(__file__).parent / 'x'\n"
    "h = collections.namedtuple('h', 'a b')\nlog = logging.getLogger(__name__)\nlog.setLevel(1)\n"
        "i = os.environ.get('X')\n"
    "j = {k: len(k) for k in ('a', 'b')}\nl = sorted(j, key=lambda x: -len(x))\n",
}  # fmt: skip


def _reached(text: str, write: Write, closure: Of) -> set[str]:
    write({"work.py": "import other\ndef run():\n    return 1\n", "other.py": text})
    return {name for name in closure().symbols if name.startswith("other.") and name != "other.<module>"}


@pytest.mark.parametrize("case", REMEMBER)
def test_what_others_remember_counts_wherever_its_module_is_imported(case: str, write: Write, closure: Of) -> None:
    assert "other.f" in _reached(REMEMBER[case], write, closure)


@pytest.mark.parametrize("case", DO_NOT)
def test_what_others_only_wrap_counts_where_it_is_used(case: str, write: Write, closure: Of) -> None:
    assert _reached(DO_NOT[case], write, closure) == set()
