"""Values that cannot be changed: a campaign is shared by every task of a process."""

from __future__ import annotations

from typing import Any, NoReturn


class ReadOnlyDict(dict[Any, Any]):
    """A dict that refuses to change; it is a dict to JSON, to pickle and to `isinstance`."""

    __slots__ = ()

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("a campaign is read-only: copy with dict(…) what is to be changed")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[ReadOnlyDict], tuple[dict[Any, Any]]]:
        return ReadOnlyDict, (dict(self),)


def read_only(value: Any) -> Any:
    """Plain data with dicts and lists that cannot change: lists become tuples."""
    if isinstance(value, dict):
        return ReadOnlyDict({key: read_only(element) for key, element in value.items()})
    if isinstance(value, list | tuple):
        return tuple(read_only(element) for element in value)
    return value


def protect_model(model: Any) -> None:
    """Make the dicts inside a pydantic model read-only, in place; its lists keep their declared type."""
    for name, value in vars(model).items():
        vars(model)[name] = protected(value)
    for name, value in (model.model_extra or {}).items():
        model.model_extra[name] = read_only(value)


def protected(value: Any) -> Any:
    if hasattr(type(value), "model_fields"):
        protect_model(value)
    elif isinstance(value, dict):
        return ReadOnlyDict({key: protected(element) for key, element in value.items()})
    elif isinstance(value, list | tuple):
        for element in value:
            protected(element)
    return value
