"""Values of parameters as they are after their way through the command line, whoever gives them.

`Fit(scale=1)` in Python and `--scale 1` are one task: its `self.scale` is 1.0 both times. What would come back as
something else, or not at all, is refused: a job or another process would make outputs of another name.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

import law
import luigi

from caselaw.errors import CaselawError, TaskError
from caselaw.fingerprint.order import in_one_order, ordered
from caselaw.parameters.alike import alike, same
from caselaw.parameters.engine import counted_names, hidden_names, is_own, parameters_of
from caselaw.parameters.private import keeps_objects

NO_VALUE = luigi.parameter._no_value
MOST_VALUES = 1000
"""As many values of one class are remembered with their canonical form."""

# Values of these parameters that are of this very type come back as they are.
_EXACT: dict[type, type] = {
    luigi.IntParameter: int,
    luigi.FloatParameter: float,
    luigi.BoolParameter: bool,
    luigi.Parameter: str,
    luigi.StrParameter: str,
    law.Parameter: str,
}
_ODD_TEXTS = ("", "None")
_EQUAL_IS_SAME = frozenset({int, str, bool})
_WITH_ORDER = frozenset({int, str, bool, float, tuple, list, dict, type(None)})


class ExactPair(tuple):  # type: ignore[type-arg]
    """Name and value of a parameter; equal are those of equal type only.

    luigi takes instances with equal pairs for one: without this, `Fit(n=1)` would be what `Fit(n=True)` was.
    """

    __slots__ = ()
    __hash__ = tuple.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, tuple) and self[0] == other[0] and same(self[1], other[1])

    def __ne__(self, other: object) -> bool:
        return not self == other


@dataclass(frozen=True)
class Way:
    """What is to be known of the parameters of a class; those of law and caselaw themselves are left as they are."""

    cls: Any
    parameters: Mapping[str, luigi.Parameter]
    exact: Mapping[str, type | None]
    """Name → the type of values that need no look."""
    values: dict[ExactPair, Any] = field(default_factory=dict)

    @classmethod
    @functools.cache
    def of(cls, task_class: Any) -> Way:
        own = {name: p for name, p in task_class.get_params() if is_own(task_class, name, p)}
        return cls(task_class, own, {name: _EXACT.get(type(parameter)) for name, parameter in own.items()})

    def canonical(self, name: str, value: Any) -> Any:
        """The value that the command line would give; remembered where it can be looked up."""
        if keeps_objects(self.parameters[name], value):
            return value
        pair = ExactPair((name, value))
        try:
            found = self.values.get(pair, NO_VALUE)
        except TypeError:  # it cannot be looked up
            return self._canonical(name, value)
        if found is NO_VALUE:
            found = self._canonical(name, value)
            if len(self.values) >= MOST_VALUES:
                self.values.clear()
            self.values[pair] = found
        return found

    def _canonical(self, name: str, value: Any) -> Any:
        parameter = self.parameters[name]
        if parameter.significant:
            return counted_value(self.cls, name, parameter, value)
        try:
            return counted_value(self.cls, name, parameter, value)
        except CaselawError:
            return value  # it never counts: whatever it is, the outputs are the same


def forget_parameters() -> None:
    """A class has other parameters than before, and so may have those derived from it."""
    for values in (Way.of, counted_names, hidden_names, parameters_of):
        values.cache_clear()


def arguments_by_name(
    cls: Any, params: Iterable[tuple[str, luigi.Parameter]], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    """Positional and named arguments of a task together by name; sets became tuples in one order, luigi's is random.

    Positions count the task's own parameters: luigi's tasks are made as `Streams(date)`, where law has its own first.
    Raises luigi's `UnknownParameterException` for too many of them, and `DuplicateParameterException` for one given
    twice.
    """
    if not all(type(value) in _WITH_ORDER for value in kwargs.values()):
        kwargs = {name: without_chance(value) for name, value in kwargs.items()}
    if not args:
        return dict(kwargs)
    names = [name for name, parameter in params if parameter.positional and is_own(cls, name, parameter)]
    if len(args) > len(names):
        raise luigi.parameter.UnknownParameterException(
            f"{cls.__name__}: takes at most {len(names)} parameters by position ({len(args)} given)"
        )
    if twice := kwargs.keys() & set(names[: len(args)]):
        raise luigi.parameter.DuplicateParameterException(
            f"{cls.__name__}: parameter '{min(twice)}' was already set as a positional parameter"
        )
    return {**dict(zip(names, map(without_chance, args), strict=False)), **kwargs}


def without_chance(value: Any) -> Any:
    return tuple(ordered(value)) if isinstance(value, AbstractSet) else value


def canonical_values(cls: Any, found: Iterable[tuple[str, Any]], given: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Names and values of a task's parameters in canonical form; raises `TaskError` for what cannot be given again.

    `given` are values before luigi looked at them.
    """
    way = Way.of(cls)
    values: list[tuple[str, Any]] = []
    for pair in found:  # for every instance: most values need no look
        name, value = pair
        exact = way.exact.get(name, NO_VALUE)
        if exact is NO_VALUE or (type(value) is exact and exact in _EQUAL_IS_SAME and value not in _ODD_TEXTS):
            values.append(pair)
            continue
        if type(value) is not exact or value in _ODD_TEXTS:
            if value is None and given.get(name) is not None:
                refuse_unclear_truth(cls, name, way.parameters[name], given[name])
            value = way.canonical(name, value)
        values.append(ExactPair((name, value)))
    return values


def counted_value(cls: Any, name: str, parameter: luigi.Parameter, value: Any) -> Any:
    """The value as the command line would give it. Raises `TaskError` where it cannot, or gives something else."""
    if isinstance(parameter, law.TaskInstanceParameter) and isinstance(value, luigi.Task):
        return value  # it counts by its own parameters, which the command line has given
    default = default_of(cls, name, parameter)
    if default is None and value is not None and is_text_of_none(parameter, value):
        return None
    try:
        text = text_of(parameter, value)
        result = parsed(parameter, text)
    except Exception as error:
        if value is None and default is None:
            return None  # nothing else has this text: not to give the parameter gives None
        raise refused(cls, name, value, f"cannot be given on the command line: {reason(error)}") from error
    if value is None and default is None and result == "None":
        return None
    if isinstance(parameter._default, AbstractSet) and isinstance(result, tuple):
        result = default_in_order(result, parameter._default)
    if isinstance(value, AbstractSet) and isinstance(result, tuple):
        result = tuple(ordered(result))
    if not (same(result, value) or alike(value, result)):
        raise refused(cls, name, value, f"would come back from the command line as {result!r} ({text!r})")
    refuse_default_of_other_kind(cls, name, parameter, value, result)
    refuse_not_given(cls, name, parameter, text, result, default)
    refuse_unstable(cls, name, parameter, value, result)
    return result


def default_of(cls: Any, name: str, parameter: luigi.Parameter) -> Any:
    """What the parameter is where it is not given: by law.cfg, else by its declaration."""
    configured = parameter._get_value_from_config(cls.get_task_family(), name)
    return parameter._default if configured is NO_VALUE else configured


def text_of(parameter: luigi.Parameter, value: Any) -> str:
    """The value as it is written on the command line; sets in one order."""
    return str(parameter.serialize(ordered(value) if isinstance(value, AbstractSet) else value))


def parsed(parameter: luigi.Parameter, text: str) -> Any:
    """What luigi and law make of a text on the command line."""
    value = parameter.normalize(parameter.parse(text))
    if isinstance(value, list):
        value = tuple(value)
    elif isinstance(value, set):
        value = tuple(ordered(value))
    if isinstance(value, str):
        value = parameter.parse(value)  # law parses what is still a text once more
    return in_one_order(value)


def is_text_of_none(parameter: luigi.Parameter, value: Any) -> bool:
    """Whether a text is how None is written, where None means "not given"."""
    return value == "None" and type(value) is str and isinstance(parameter, luigi.Parameter) and none_is_text(parameter)


def none_is_text(parameter: luigi.Parameter) -> bool:
    try:
        return text_of(parameter, None) == "None" and parsed(parameter, "None") == "None"
    except Exception:
        return False


def default_in_order(value: tuple[Any, ...], default: AbstractSet[Any]) -> tuple[Any, ...]:
    """Of a default that is a set luigi makes a tuple in the order of the process."""
    return tuple(ordered(value)) if same(ordered(value), ordered(default)) else value


def refuse_unclear_truth(cls: Any, name: str, parameter: luigi.Parameter, given: Any) -> None:
    """luigi makes None of what is neither true nor false."""
    if parameter.significant and isinstance(parameter, luigi.BoolParameter) and str(given).lower() != "none":
        raise refused(cls, name, given, "is neither true nor false: luigi would take it as None")


def refuse_default_of_other_kind(cls: Any, name: str, parameter: luigi.Parameter, value: Any, result: Any) -> None:
    """A default that is no text, where the command line gives texts: `if self.flag` would be true for "False".

    Raises `TaskError` for it.
    """
    if isinstance(result, str) and not isinstance(value, str) and same(value, parameter._default):
        raise TaskError(
            f"the default {value!r} of the parameter '{name}' is the text {result!r} when it is given on the command"
            " line",
            class_name(cls),
            "declare a parameter of its kind (luigi.IntParameter, BoolParameter, PathParameter, …), or a text",
        )


def refuse_not_given(
    cls: Any, name: str, parameter: luigi.Parameter, text: str, result: Any, default: Any
) -> None:  # fmt: skip
    """law takes an empty text as "not given". Raises `TaskError` for such a value."""
    if text or getattr(parameter, "parse_empty", False):
        return
    if default is NO_VALUE:
        otherwise = "is missing"
    else:
        value = parameter.normalize(default)
        value = tuple(value) if isinstance(value, list) else value
        if same(in_one_order(value), result):
            return
        otherwise = f"is {value!r}"
    raise TaskError(
        f"the value {shown(result)} of the parameter '{name}' is an empty text on the command line: law takes it as not"
        f" given, and then it {otherwise}",
        class_name(cls),
        "make it the default, give another value (law.NO_STR, say), or declare a parameter of law's with"
        " parse_empty=True",
    )


def refuse_unstable(cls: Any, name: str, parameter: luigi.Parameter, value: Any, result: Any) -> None:
    """What is another value each time that it is written and read has no name."""
    try:
        again = parsed(parameter, text_of(parameter, result))
    except Exception as error:
        raise refused(cls, name, value, f"cannot be given on the command line twice: {reason(error)}") from error
    if not same(again, result):
        raise refused(cls, name, value, f"is {result!r} after one way through the command line, {again!r} after two")


def refused(cls: Any, name: str, value: Any, why: str) -> TaskError:
    return TaskError(
        f"the value {shown(value)} of the parameter '{name}' {why}",
        class_name(cls),
        "give it as the command line would; or let `parse` and `serialize` of its class undo each other; or declare it"
        " with significant=False if it cannot influence the output",
    )


def shown(value: Any) -> str:
    text = f"{value!r}"
    return f"{text if len(text) <= 80 else text[:77] + '…'} ({type(value).__name__})"


def reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def class_name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"
