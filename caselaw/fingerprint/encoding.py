"""Canonical bytes of a value: typed, length-prefixed, independent of the order of mappings and sets.

Every value becomes `tag length ":" payload`, where the payload of a container is the concatenation of
its elements' encodings. No encoding is the beginning of another one, so that two values that differ
never share their bytes. What the encoding takes as equal, on purpose:

- a tuple and a list of the same elements (YAML, JSON and luigi turn one into the other), but order counts;
- any `Mapping` and a dict of the same items, a set and a frozenset;
- a str, int, float or bytes subclass and the plain value (YAML loaders mark positions that way).

What it tells apart: `1`, `1.0`, `True` and `numpy.int64(1)`; `0.0` and `-0.0`; `"a"`, `b"a"` and `Path("a")`.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable, Iterable, Mapping, Set
from enum import Enum
from typing import Any

from caselaw.errors import FingerprintError

Encoder = Callable[[Any], bytes]


class _NoEncodingError(Exception):
    """Raised inside, so that the place in a nested value is only looked for when something is wrong."""


def encode(value: object) -> bytes:
    """Return the canonical bytes of `value`; FingerprintError for a type without a defined encoding."""
    try:
        return _encode(value)
    except _NoEncodingError:
        raise _no_encoding(value) from None
    except RecursionError:
        raise FingerprintError(
            "a value contains itself or is nested too deeply to be fingerprinted",
            f"value of type {class_name(type(value))}",
            "pass plain, finite data: numbers, strings, lists and dictionaries of them",
        ) from None


def class_name(cls: type) -> str:
    """`module.qualname`; a class of a script keeps its name when the script is imported instead of run."""
    module = cls.__module__
    if module in ("__main__", "__mp_main__"):
        spec = getattr(sys.modules.get(module), "__spec__", None)
        file = getattr(sys.modules.get(module), "__file__", None)
        if spec is not None:
            module = spec.name.removesuffix(".__main__")
        elif file is not None:
            module = file.rpartition("/")[2].removesuffix(".py")
    return f"{module}.{cls.__qualname__}"


def _encode(value: Any) -> bytes:
    encoder = _EXACT.get(type(value))
    return encoder(value) if encoder is not None else _encoder(value)(value)


def _framed(tag: bytes, payload: bytes) -> bytes:
    return b"%b%d:%b" % (tag, len(payload), payload)


def _joined(tag: bytes, encodings: Iterable[bytes]) -> bytes:
    return _framed(tag, b"".join(encodings))


def _none(value: None) -> bytes:
    return b"n0:"


def _bool(value: bool) -> bytes:
    return b"b1:1" if value else b"b1:0"


def _int(value: int) -> bytes:
    digits = b"%x" % int(value)  # hexadecimal: decimal digits of huge integers are quadratic, and limited
    return b"i%d:%b" % (len(digits), digits)


def _float_bits(value: float) -> bytes:
    return b"nan" if value != value else struct.pack(">d", value)


def _float(value: float) -> bytes:
    return _framed(b"f", _float_bits(value))


def _complex(value: complex) -> bytes:
    return _joined(b"c", (_float(value.real), _float(value.imag)))


def _str(value: str) -> bytes:
    data = value.encode("utf-8", "surrogatepass")
    return b"s%d:%b" % (len(data), data)


def _bytes(value: bytes | bytearray) -> bytes:
    return _framed(b"y", bytes(value))


def _sequence(value: Iterable[Any]) -> bytes:
    payload = b"".join([_encode(item) for item in value])
    return b"l%d:%b" % (len(payload), payload)


def _mapping(value: Mapping[Any, Any]) -> bytes:
    return _joined(b"d", sorted([_encode(key) + _encode(item) for key, item in value.items()]))


def _set(value: Iterable[Any]) -> bytes:
    return _joined(b"e", sorted([_encode(item) for item in value]))


def _range(value: range | slice) -> bytes:
    tag = b"R" if isinstance(value, range) else b"S"
    return _joined(tag, [_encode(bound) for bound in (value.start, value.stop, value.step)])


def _object(value: object, fields: Mapping[str, Any]) -> bytes:
    return _joined(b"O", (_str(class_name(type(value))), _mapping(fields)))


def _enum(value: Enum) -> bytes:
    try:
        payload = _encode(value.value)
    except _NoEncodingError:
        payload = b""  # a member whose value is, say, a function: its name says which
    return _joined(b"E", (_str(class_name(type(value))), _encode(value.name), payload))


def _named_tuple(value: Any) -> bytes:
    return _object(value, dict(zip(value._fields, value, strict=True)))


def _dataclass(value: Any) -> bytes:
    import dataclasses

    return _object(value, {field.name: getattr(value, field.name) for field in dataclasses.fields(value)})


def _attrs(value: Any) -> bytes:
    return _object(value, {field.name: getattr(value, field.name) for field in type(value).__attrs_attrs__})


def _pydantic(value: Any) -> bytes:
    fields = {name: getattr(value, name) for name in type(value).model_fields}
    return _object(value, fields | (value.__pydantic_extra__ or {}))


def _path(value: Any) -> bytes:
    windows = any(base.__name__ == "PureWindowsPath" for base in type(value).__mro__)
    owner = "" if type(value).__module__.partition(".")[0] == "pathlib" else class_name(type(value))
    return _joined(b"p", (_bool(windows), _str(owner), _str(str(value))))


_HOW_IT_RUNS = frozenset({"effective_workflow", "workflow"})


def _task(value: Any) -> bytes:
    """A task by its family and significant parameters, as they are on the command line."""
    parameters = value.to_str_params(only_significant=True)
    counted = {name: text for name, text in parameters.items() if name not in _HOW_IT_RUNS}
    return _joined(b"K", (_str(value.get_task_family()), _mapping(counted)))


def _target(value: Any) -> bytes:
    """A target by its path or address; what it holds is asked elsewhere."""
    where = value.uri() if hasattr(value, "uri") else getattr(value, "path", None)
    if where is None:
        raise _NoEncodingError
    return _joined(b"G", (_str(class_name(type(value))), _str(str(where))))


def _as_text(tag: bytes, text: Callable[[Any], str]) -> Encoder:
    """Types whose text says everything; a subclass may hold more (pandas' nanoseconds) and is refused."""

    def encoder(value: Any) -> bytes:
        if type(value).__module__.lstrip("_").partition(".")[0] not in _TEXT_MODULES:
            raise _NoEncodingError
        return _framed(tag, text(value).encode())

    return encoder


_TEXT_MODULES = ("datetime", "pydatetime", "decimal", "pydecimal", "fractions", "uuid")


def _array(value: Any) -> bytes:
    numpy = sys.modules["numpy"]
    if type(value) is not numpy.ndarray:
        raise _NoEncodingError
    return _shaped(value)


def _shaped(array: Any) -> bytes:
    return _joined(b"a", (_sequence(array.shape), _elements(array)))


def _numpy_scalar(value: Any) -> bytes:
    return _framed(b"A", _elements(sys.modules["numpy"].asarray(value)))


def _elements(array: Any) -> bytes:
    """Data type and elements in row-major order; little-endian, and without the padding of records."""
    dtype = array.dtype
    if dtype.names is not None:
        return _joined(b"r", [_str(name) + _shaped(array[name]) for name in dtype.names])
    if dtype.kind == "O":
        return _sequence(array.ravel().tolist())
    long_double = (dtype.kind == "f" and dtype.itemsize > 8) or (dtype.kind == "c" and dtype.itemsize > 16)
    if dtype.kind not in "biufcmMSUV" or long_double:  # a long double carries undefined padding bits
        raise _NoEncodingError
    dtype = dtype.newbyteorder("<")
    return _str(dtype.str) + _bytes(array.astype(dtype, copy=False).tobytes(order="C"))


_EXACT: dict[type, Encoder] = {
    type(None): _none,
    bool: _bool,
    int: _int,
    float: _float,
    complex: _complex,
    str: _str,
    bytes: _bytes,
    bytearray: _bytes,
    tuple: _sequence,
    list: _sequence,
    dict: _mapping,
    set: _set,
    frozenset: _set,
    range: _range,
    slice: _range,
}

# Found by name in the class's bases, because importing these modules only to compare types would cost more
# than all the rest. Python 3.13 keeps the classes of pathlib in pathlib._local.
_NAMED: dict[tuple[str, str], Encoder] = {
    ("pathlib", "PurePath"): _path,
    ("pathlib._local", "PurePath"): _path,
    ("datetime", "datetime"): _as_text(b"T", lambda value: f"{value.isoformat()} {value.fold}"),
    ("datetime", "date"): _as_text(b"t", lambda value: value.isoformat()),
    ("datetime", "time"): _as_text(b"h", lambda value: f"{value.isoformat()} {value.fold}"),
    ("datetime", "timedelta"): _as_text(b"u", lambda v: f"{v.days} {v.seconds} {v.microseconds}"),
    ("decimal", "Decimal"): _as_text(b"m", str),
    ("fractions", "Fraction"): _as_text(b"q", str),
    ("uuid", "UUID"): _as_text(b"U", str),
    ("luigi.task", "Task"): _task,
    ("luigi.target", "Target"): _target,
    ("luigi.date_interval", "DateInterval"): lambda v: _joined(b"O", (_str(class_name(type(v))), _str(str(v)))),
    ("numpy", "str_"): _str,
    ("numpy", "bytes_"): _bytes,
    ("numpy", "generic"): _numpy_scalar,
    ("numpy", "ndarray"): _array,
    ("pydantic.main", "BaseModel"): _pydantic,
}


def _encoder(value: Any) -> Encoder:
    """The encoder of a value whose exact type is not a plain one."""
    cls = type(value)
    if isinstance(value, type):
        raise _NoEncodingError
    if isinstance(value, Enum):
        return _enum
    for base in cls.__mro__:
        named = _NAMED.get((base.__module__, base.__qualname__))
        if named is not None:
            return named
    if hasattr(cls, "__dataclass_fields__"):
        return _dataclass
    if hasattr(cls, "__attrs_attrs__"):
        return _attrs
    if isinstance(value, tuple) and hasattr(cls, "_fields"):
        return _named_tuple
    for plain in (str, int, float, complex, bytes, tuple, list):
        if isinstance(value, plain):
            return _EXACT[plain]
    if isinstance(value, Mapping):
        return _mapping
    if isinstance(value, Set):
        return _set
    raise _NoEncodingError


def _no_encoding(value: object) -> FingerprintError:
    place, culprit = _locate(value, "value")
    name = class_name(culprit) if isinstance(culprit, type) else class_name(type(culprit))
    if isinstance(culprit, type) or callable(culprit):
        kind = "class" if isinstance(culprit, type) else "callable"
        what = f"a {kind} ({name}) has no fingerprint as a value"
        advice = "pass its name, and look it up with caselaw.resolve('module:name') where it is used"
    else:
        what = f"values of type {name} cannot be fingerprinted"
        advice = (
            "use plain data (numbers, strings, lists, dictionaries, paths, enums, dates, numpy arrays), "
            "a dataclass or a pydantic model; or mark the parameter significant=False if it cannot "
            "influence the output"
        )
    return FingerprintError(what, place, advice)


def _locate(value: Any, place: str) -> tuple[str, object]:
    """The innermost part of `value` that has no encoding, and the path to it."""
    for name, part in _parts(value):
        try:
            _encode(part)
        except _NoEncodingError:
            return _locate(part, place + name)
    return place, value


def _parts(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, type):
        return []
    if isinstance(value, Mapping):
        keys = [(f" key {key!r}", key) for key in value]
        return keys + [(f"[{key!r}]", item) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [(f"[{index}]", item) for index, item in enumerate(value)]
    if isinstance(value, Set):
        return [(f" element {item!r}", item) for item in value]
    cls = type(value)
    names = [
        *getattr(cls, "__dataclass_fields__", ()),
        *(field.name for field in getattr(cls, "__attrs_attrs__", ())),
        *getattr(cls, "__pydantic_fields__", ()),
    ]
    return [(f".{name}", getattr(value, name)) for name in names if hasattr(value, name)]
