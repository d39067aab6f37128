"""Private parameters that hold what no command line gives: instances that a task makes of its other parameters.

columnflow's `calibrator_inst` is one, made by `modify_param_values` of `--calibrator`, with
`visibility=ParameterVisibility.PRIVATE`. Such a value stays what it is. It counts by its content, or, where its class
has no defined one, by its class and by the text that the parameter writes for it; and the code of its class counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import luigi

from caselaw.errors import CaselawError, TaskError
from caselaw.fingerprint.encoding import class_name
from caselaw.fingerprint.hashing import digest, short

_PLAIN = (str, int, float, complex, bytes, type(None))
_ADDRESS = re.compile(r" at 0x[0-9a-f]+>")


def keeps_objects(parameter: luigi.Parameter, value: Any) -> bool:
    """Whether a value is the task's own affair: a private parameter holds an instance of some class."""
    private = luigi.parameter.ParameterVisibility.PRIVATE
    return parameter.visibility == private and next(objects_in(value), None) is not None


def objects_in(value: Any) -> Iterator[object]:
    """What is no plain data, in a value and in its elements."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from objects_in(key)
            yield from objects_in(item)
    elif isinstance(value, tuple | list | AbstractSet):
        for item in value:
            yield from objects_in(item)
    elif not isinstance(value, _PLAIN):
        yield value


def counted_form(cls: Any, name: str, parameter: luigi.Parameter, value: Any) -> Any:
    """What counts of a value that a private parameter keeps. Raises `TaskError` where nothing says what it is."""
    classes = [class_name(type(each)) for each in objects_in(value)]
    try:
        return [*classes, short(digest(value))]
    except CaselawError:
        text = str(parameter.serialize(value))
    if _ADDRESS.search(text):
        raise TaskError(
            f"nothing says what the private parameter '{name}' holds: {text}",
            f"{cls.__module__}.{cls.__qualname__}",
            "give it a parameter class with a `serialize` that tells one value from another, make it a dataclass, or"
            " declare the parameter with significant=False if it cannot influence the output",
        )
    return [*classes, text]
