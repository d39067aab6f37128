"""What functions of others do with the code and the objects that they are given, as far as it is known.

Named one by one: a package may hold both `numba.njit`, which remembers nothing, and `numba.extending.overload`,
which does. What is not named is taken to remember the code of ours that it is given.
"""

from __future__ import annotations

from caselaw.fingerprint.code.reading.facts import MUTATORS
from caselaw.fingerprint.code.reading.modules import ENGINE, standard_library

# They give back what they are given, or a wrapper of it, and remember nothing. A `*` stands for any name.
_PURE = frozenset({
    "attr.*", "attrs.*", "backoff.*", "beartype.*", "cachetools.*", "decorator.*", "deprecated.*", "deprecation.*",
    "typing_extensions.*", "wrapt.*", "tenacity.*", "retry.*", "retrying.*", "funcy.*", "toolz.*", "cytoolz.*",
    "jaxtyping.*", "typeguard.typechecked", "typeguard.check_type", "line_profiler.profile", "memory_profiler.profile",
    "joblib.delayed", "joblib.Parallel", "joblib.wrap_non_picklable_objects", "joblib.Memory", "joblib.Memory.cache",
    "cloudpickle.dumps", "dill.dumps", "tqdm.tqdm", "tqdm.auto.tqdm", "timeout_decorator.timeout",
    "dask.delayed", "dask.delayed.delayed", "dask.compute", "dask.persist", "dask.bag.from_delayed",
    "dask.array.map_blocks", "dask.array.from_delayed", "dask.dataframe.from_delayed", "dask.optimize",
    "numba.njit", "numba.jit", "numba.vectorize", "numba.guvectorize", "numba.cfunc", "numba.stencil",
    "numba.generated_jit", "numba.prange", "numba.typeof", "numba.extending.register_jitable",
    "numba.experimental.jitclass", "numba.jitclass", "numba.cuda.jit", "numba.core.decorators.njit",
    "numba.core.decorators.jit", "numba.typed.*",
    "numpy.*", "scipy.*", "cupy.*", "pandas.DataFrame", "pandas.Series", "pandas.NamedAgg", "polars.col",
    "awkward.Array", "awkward.transform", "awkward.highlevel.Array", "awkward.broadcast_arrays", "awkward.zip",
    "awkward.mixin_class", "awkward.behaviors.mixins.mixin_class", "awkward.mixin_class_method",
    "boost_histogram.*", "awkward.behaviors.mixins.mixin_class_method", "awkward.with_name",
    "hist.Hist", "hist.hist.Hist", "iminuit.Minuit", "iminuit.cost.*",
    "correctionlib.*", "uproot.open", "uproot.iterate", "uproot.dask", "mplhep.*", "fsspec.open",
    "coffea.processor.Runner", "coffea.processor.IterativeExecutor", "coffea.processor.FuturesExecutor",
    "coffea.processor.DaskExecutor", "coffea.processor.ProcessorABC", "coffea.analysis_tools.*",
    "coffea.lookup_tools.*", "coffea.jetmet_tools.*", "coffea.processor.accumulate", "coffea.util.*",
    "jax.jit", "jax.vmap", "jax.pmap", "jax.grad", "jax.value_and_grad", "jax.jacobian", "jax.jacfwd", "jax.jacrev",
    "jax.hessian", "jax.checkpoint", "jax.remat", "jax.linearize", "jax.vjp", "jax.jvp", "jax.custom_jvp",
    "jax.custom_vjp", "jax.custom_jvp.defjvp", "jax.custom_jvp.defjvps", "jax.custom_vjp.defvjp", "jax.named_call",
    "jax.named_scope", "jax.pure_callback", "jax.eval_shape", "jax.make_jaxpr", "jax.closure_convert",
    "jax.experimental.shard_map.shard_map", "jax.lax.*", "jax.numpy.*", "jax.scipy.*", "jax.tree.map", "jax.tree_map",
    "jax.tree_util.tree_map", "jax.tree_util.Partial", "equinox.*", "flax.linen.*", "flax.nnx.*", "optax.*",
    "haiku.transform", "haiku.without_apply_rng", "chex.chexify", "chex.assert_max_traces", "einops.*",
    "torch.no_grad", "torch.enable_grad", "torch.inference_mode", "torch.set_grad_enabled", "torch.compile",
    "torch.compiler.disable", "torch.jit.script", "torch.jit.trace", "torch.jit.export", "torch.jit.ignore",
    "torch.jit.unused", "torch.jit.interface", "torch.vmap", "torch.func.*", "torch.fx.wrap", "torch.nn.*",
    "torch.autograd.function.once_differentiable", "torch.cuda.amp.custom_fwd", "torch.cuda.amp.custom_bwd",
    "torch.amp.*", "torch.autocast", "torch.profiler.record_function", "torch.utils.data.*", "torch.optim.*",
    "torch.distributed.elastic.multiprocessing.errors.record", "torch.utils.checkpoint.*",
    "lightning.*", "pytorch_lightning.*", "sklearn.*", "xgboost.*", "lightgbm.*", "skl2onnx.to_onnx",
    "tensorflow.function", "tensorflow.custom_gradient", "tensorflow.autograph.*", "tensorflow.recompute_grad",
    "tensorflow.py_function", "tensorflow.numpy_function", "tensorflow.keras.layers.*", "tensorflow.keras.Model",
    "tensorflow.keras.Sequential", "tensorflow.data.*", "tensorflow.Module", "keras.layers.*", "keras.Model",
    "keras.Sequential", "zfit.run.*", "zfit.param.*", "zfit.z.function", "pyhf.*", "cabinetry.fit.*",
    "click.command", "click.group", "click.option", "click.argument", "click.pass_context", "click.pass_obj",
    "click.make_pass_decorator", "click.version_option", "click.help_option", "click.confirmation_option",
    "click.password_option", "click.Choice", "click.Path", "click.Option", "click.Argument", "click.Command",
    "click.Group", "typer.Option", "typer.Argument", "typer.run",
    "hypothesis.*", "pytest.mark.*", "pytest.fixture", "pytest.param", "pytest.raises", "pytest.importorskip",
    "pytest.hookimpl", "pytest.approx", "mock.*",
    "pydantic.*", "pydantic.functional_validators.*", "pydantic.v1.*", "pydantic.dataclasses.*", "msgspec.*",
    "pydantic_core.*", "cattrs.structure", "cattrs.unstructure", "marshmallow.validates", "marshmallow.post_load",
    "marshmallow.pre_load", "marshmallow.validates_schema", "marshmallow.fields.*",
    "sympy.lambdify", "sympy.*", "networkx.*", "six.add_metaclass", "six.python_2_unicode_compatible",
    "six.with_metaclass", "multimethod.multimeta", "lazy_loader.attach", "tornado.gen.coroutine",
    "sortedcontainers.*", "frozendict.*", "pint.*", "rich.*", "tabulate.*", "yaml.load", "yaml.safe_load",
    "matplotlib.pyplot.*", "matplotlib.ticker.*", "matplotlib.animation.*", "vector.*",
    "order.*", "scinum.*", "uhi.*", "particle.*", "hepunits.*",
})  # fmt: skip

# They remember what they are given, or change the whole process, whatever package they are from.
_REGISTER = frozenset({
    "atexit.register", "atexit.unregister", "signal.signal", "signal.set_wakeup_fd", "sys.settrace", "sys.setprofile",
    "sys.addaudithook", "sys.setrecursionlimit", "sys.set_asyncgen_hooks", "sys.monitoring.register_callback",
    "threading.settrace", "threading.setprofile", "threading.excepthook", "codecs.register",
    "codecs.register_error", "copyreg.pickle", "copyreg.constructor", "weakref.finalize", "os.register_at_fork",
    "os.putenv", "os.chdir", "os.umask", "faulthandler.register", "logging.setLoggerClass",
    "logging.setLogRecordFactory", "logging.addLevelName", "logging.captureWarnings", "sqlite3.register_adapter",
    "sqlite3.register_converter", "unittest.addModuleCleanup",
    "readline.set_completer", "warnings.filterwarnings", "warnings.simplefilter", "locale.setlocale",
    "mimetypes.add_type", "shutil.register_archive_format", "shutil.register_unpack_format",
    "multiprocessing.set_start_method", "decimal.setcontext", "random.seed",
    "socket.setdefaulttimeout", "gc.freeze", "gc.disable", "gc.enable", "site.addsitedir", "builtins.exec",
    "builtins.eval", "builtins.delattr", "numpy.seterr", "numpy.seterrcall", "numpy.random.seed",
    "numpy.set_printoptions", "jax.config.update", "torch.manual_seed",
    "xml.etree.ElementTree.register_namespace", "vector.register_awkward",
    "vector.register_numba", "pyhf.set_backend", "sklearn.set_config", "matplotlib.pyplot.style.use",
    "matplotlib.pyplot.rc", "matplotlib.pyplot.switch_backend", "mplhep.style.use",
    "torch.utils.data.functional_datapipe",
    "sympy.init_printing",
    "torch.nn.modules.module.register_module_forward_hook",
    "torch.optim.optimizer.register_optimizer_step_post_hook",
    "scipy.special.seterr", "scipy.fft.set_global_backend",
    "scipy.fft.register_backend", "numpy.setbufsize",
})  # fmt: skip

_CHANGE_FIRST = frozenset({
    "builtins.setattr", "builtins.delattr", "heapq.heappush", "heapq.heappop", "heapq.heapify", "heapq.heapreplace",
    "heapq.heappushpop", "bisect.insort", "bisect.insort_left", "bisect.insort_right", "operator.setitem",
    "operator.delitem", "random.shuffle", "numpy.random.shuffle", "numpy.copyto", "numpy.put", "numpy.place",
    "numpy.putmask", "numpy.fill_diagonal", "numpy.put_along_axis", "functools.update_wrapper", "builtins.next",
    "awkward.mixin_class", "awkward.behaviors.mixins.mixin_class", "abc.update_abstractmethods",
    "typing.get_type_hints", "types.MethodType", "struct.pack_into", "awkward.behavior.update",
})  # fmt: skip
"""They change their first argument."""

_CALL_FIRST = frozenset({
    "builtins.map", "builtins.filter", "functools.reduce", "builtins.sorted", "builtins.min", "builtins.max",
    "itertools.starmap", "itertools.takewhile", "itertools.dropwhile", "itertools.filterfalse", "itertools.groupby",
    "itertools.accumulate", "operator.call", "asyncio.run", "contextlib.ExitStack.enter_context",
})  # fmt: skip
"""They call the functions that they are given, with what else they are given."""

_SHARED = frozenset({
    "decimal.getcontext", "asyncio.get_event_loop", "threading.current_thread", "gc.get_objects", "inspect.stack",
    "inspect.currentframe", "sys._getframe", "inspect.getmodule", "importlib.import_module", "builtins.__import__",
    "builtins.globals", "builtins.locals", "importlib.reload",
    "numpy.random.get_state", "builtins.super", "warnings.catch_warnings", "operator.attrgetter",
})  # fmt: skip
"""What they give belongs to others, too."""
_FRESH = frozenset({
    "argparse", "array", "awkward", "builtins", "collections", "copy", "correctionlib", "csv", "dask", "functools",
    "hist", "boost_histogram", "itertools", "json", "logging", "numba", "numpy", "omegaconf", "operator", "order",
    "pandas", "pathlib", "pyarrow", "polars", "re", "scipy", "sympy", "torch", "jax", "uproot", "vector", "yaml",
})  # fmt: skip
"""Packages whose functions give new objects, of the process or of its own logger."""

READS = frozenset({
    "__call__", "__contains__", "__getitem__", "__len__", "__iter__", "all", "any", "argmax", "argmin", "as_posix",
    "astype",
    "bit_length", "capitalize", "casefold", "center", "copy", "count", "cumsum", "decode", "difference", "dot",
    "elements", "encode", "endswith", "exists", "expanduser", "fetchall", "find", "findall", "finditer", "flatten",
    "format", "format_map", "from_bytes", "fromhex", "fromkeys", "fullmatch", "get", "group", "groups", "hex",
    "index", "intersection", "is_dir", "is_file", "isalnum", "isalpha", "isdigit", "isdisjoint", "isidentifier",
    "islower", "isoformat", "isspace", "issubset", "issuperset", "isupper", "items", "iterdir", "join", "joinpath",
    "keys", "ljust", "lower", "lstrip", "match", "max", "mean", "min", "most_common", "mro", "new_child", "parents",
    "partition", "prod", "ravel", "read_bytes", "read_text", "relative_to", "removeprefix", "removesuffix", "repeat",
    "replace", "reshape", "resolve", "rfind", "rglob", "glob", "rindex", "rjust", "round", "rpartition", "rsplit",
    "rstrip",
    "search", "split", "splitlines", "startswith", "std", "strftime", "strip", "sub", "subn", "sum", "swapcase",
    "symmetric_difference", "title", "to_bytes", "tobytes", "tolist", "total", "translate", "transpose", "union",
    "upper", "values", "var", "with_name", "with_stem", "with_suffix", "zfill", "_asdict", "_replace", "__subclasses__",
    "debug", "info", "warning", "error", "exception", "critical", "isEnabledFor", "getChild", "absolute", "timestamp",
    "model_dump", "model_copy", "to_numpy", "item", "conj", "squeeze", "nonzero", "view", "is_integer",
    "as_integer_ratio",
})  # fmt: skip
"""Methods that change nothing, as the usual classes have them."""
_CHANGING = MUTATORS | {"__setattr__", "__delattr__", "__setitem__", "__delitem__", "__enter__", "__exit__"}


def is_pure(dotted: str) -> bool:
    """Whether a function of others remembers nothing of what it is given."""
    if registers(dotted):
        return False
    top = dotted.partition(".")[0]
    if top in ENGINE or top in ("builtins", "typing_extensions") or standard_library(top):
        return True
    parts = dotted.split(".")
    return dotted in _PURE or any(".".join([*parts[:length], "*"]) in _PURE for length in range(1, len(parts)))


def registers(dotted: str) -> bool:
    """Whether it is known to remember what it is given, or to change the process."""
    if dotted in _REGISTER or dotted.endswith((".event_handler", ".register_adapter")):
        return True
    owner, _, name = dotted.rpartition(".")
    of_object = "." in owner and not owner.startswith(("builtins.", "collections."))  # os.environ.update
    return name in _OF_OBJECTS and of_object and not owner.rpartition(".")[2][:1].isupper() and dotted not in _PURE


_OF_OBJECTS = frozenset({
    "append", "clear", "connect", "extend", "insert", "pop", "popitem", "register", "setdefault", "subscribe", "update",
})  # fmt: skip


def changes_first(dotted: str) -> bool:
    """Whether it changes its first argument; `list.append(TABLE, 1)` does."""
    if dotted in _CHANGE_FIRST:
        return True
    owner, _, name = dotted.rpartition(".")
    of_type = owner.startswith(("builtins.", "collections."))
    return (of_type and name in _CHANGING) or (owner == "operator" and name.startswith("i") and name[1:] in _IN_PLACE)


_IN_PLACE = frozenset({"add", "and", "concat", "mul", "or", "sub", "xor", "lshift", "rshift"})


def calls_first(dotted: str) -> bool:
    """Whether it calls the functions that it is given."""
    return dotted in _CALL_FIRST


def gives_new(dotted: str) -> bool:
    """Whether what it gives is new: to change that changes nothing of others."""
    if dotted in _SHARED:
        return False
    leaf = dotted.rpartition(".")[2].lstrip("_")
    top = dotted.partition(".")[0]
    return leaf[:1].isupper() or top in _FRESH or standard_library(top) or is_pure(dotted)


def only_reads(name: str) -> bool:
    """Whether a method of that name changes nothing of an object of unknown kind."""
    special = name.startswith("__") and name.endswith("__") and not name.startswith("__i")
    return name in READS or (special and name not in _CHANGING)
