"""What a task sees of its campaign: the keys that it declares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Any

from caselaw.config.campaign import Campaign, canonical_form
from caselaw.config.lookup import lookup
from caselaw.config.problem import did_you_mean, listed
from caselaw.config.readonly import ReadOnlyDict
from caselaw.errors import ConfigError, UndeclaredKey


class DeclaredConfig:
    """The campaign's values under a task's declared keys; reading another key raises `UndeclaredKey`.

    Read-only. Pickles as its values, without the rest of the campaign.
    """

    __slots__ = ("_campaign", "_path", "_task", "_values")

    def __init__(self, campaign: Campaign, keys: Iterable[str], task: str = "the task") -> None:
        self._campaign = campaign.name
        self._path = str(campaign.path)
        self._task = task
        self._values: Mapping[str, Any] = ReadOnlyDict({key: campaign.value(key) for key in keys})

    @classmethod
    def rebuilt(cls, campaign: str, path: str, task: str, values: Mapping[str, Any]) -> DeclaredConfig:
        """The same from its parts, without reading the campaign again."""
        config = cls.__new__(cls)
        config._campaign, config._path, config._task, config._values = campaign, path, task, values
        return config

    def __reduce__(self) -> tuple[Any, ...]:
        return DeclaredConfig.rebuilt, (self._campaign, self._path, self._task, self._values)

    @property
    def keys(self) -> tuple[str, ...]:
        """The declared keys."""
        return tuple(self._values)

    def __getitem__(self, key: str) -> Any:
        """The value at `key`, which is a declared key or lies below one."""
        above = self._declared(key)
        if above is None:
            raise self._undeclared(key)
        return lookup(self._values[above], key, self._path, skip=above.count(".") + 1)

    def __contains__(self, key: object) -> bool:
        """Whether `key` may be read: it is declared or lies below a declared key."""
        return isinstance(key, str) and self._declared(key) is not None

    def __iter__(self) -> Any:
        return iter(self._values)

    def __repr__(self) -> str:
        return f"DeclaredConfig({self._campaign}: {', '.join(self._values)})"

    def canonical(self) -> dict[str, Any]:
        """Declared keys and their values as plain data, for the fingerprint."""
        return {key: canonical_form(value, self._path) for key, value in self._values.items()}

    def _declared(self, key: str) -> str | None:
        while key:
            if key in self._values:
                return key
            key = key.rpartition(".")[0]
        return None

    def _undeclared(self, key: str) -> UndeclaredKey:
        line = ", ".join(f'"{declared}"' for declared in (*self._values, key)) + "," * (not self._values)
        return UndeclaredKey(
            f"reads the key '{key}' of its campaign, but declares only: {listed(self._values)}",
            self._task,
            f"declare it, so that it counts in the fingerprint: config_keys = ({line})",
        )


def format_keys(keys: Iterable[str], params: Mapping[str, Any]) -> tuple[str, ...]:
    """Declared keys with `{parameter}` replaced: `"datasets.{dataset}"` → `"datasets.ttbar"`.

    Raises `ConfigError` for a placeholder that is no parameter, and for a value that cannot be part of a key.
    """
    if isinstance(keys, str):
        raise ConfigError(f"config_keys is the text '{keys}'", "config_keys", f'write a tuple: ("{keys}",)')
    return tuple(format_key(key, params) for key in keys)


def format_key(key: str, params: Mapping[str, Any]) -> str:
    """A key with the values of parameters in place of `{name}`. Raises `ConfigError` for one that cannot be a key."""
    result = []
    try:
        pieces = list(Formatter().parse(key))
    except ValueError as error:
        raise ConfigError(f"'{key}' has unbalanced braces", "config_keys", "write {parameter}") from error
    for text, name, specification, conversion in pieces:
        result.append(text)
        if name is None:
            continue
        if name not in params or specification or conversion:
            hint = did_you_mean(name, params)
            raise ConfigError(
                f"'{key}' has the placeholder '{{{name}}}', which is no parameter of the task",
                "config_keys",
                f"{hint + ' ' if hint else ''}parameters: {listed(params)}",
            )
        value = str(params[name])
        if not value or "." in value:
            raise ConfigError(
                f"parameter '{name}' is '{value}' and cannot be part of the key '{key}'",
                "config_keys",
                "a part of a key is not empty and holds no dot: rename it in the campaign",
            )
        result.append(value)
    formatted = "".join(result)
    if not all(formatted.split(".")):
        raise ConfigError(f"'{key}' is not a key", "config_keys", "write names with single dots between them")
    return formatted
