"""Dotted keys: `selection.lepton_jets.jets.pt` through models, mappings and lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caselaw.config.problem import did_you_mean, listed
from caselaw.errors import CampaignError


def lookup(value: Any, key: str, where: object, *, skip: int = 0) -> Any:
    """What stands at `key` below `value`; the first `skip` parts of the key lead to `value` itself.

    Raises `CampaignError` that names the neighbours of what is missing.
    """
    parts = key.split(".")
    for number, part in enumerate(parts[skip:], skip):
        children = children_of(value)
        if part not in children:
            raise missing(value, children, parts[:number], part, where)
        value = children[part]
    return value


def children_of(value: Any) -> Mapping[str, Any]:
    """What one more part of a key can name."""
    if hasattr(type(value), "model_fields"):  # pydantic, which is not imported for this
        return {**vars(value), **(value.model_extra or {})}
    if isinstance(value, Mapping):
        return value if all(isinstance(name, str) for name in value) else {str(n): v for n, v in value.items()}
    if isinstance(value, list | tuple):
        return {str(index): element for index, element in enumerate(value)}
    return {}


def missing(value: Any, children: Mapping[str, Any], above: list[str], part: str, where: object) -> CampaignError:
    key = ".".join([*above, part])
    place = f"below '{'.'.join(above)}'" if above else "at the top"
    if children:
        hint = did_you_mean(part, children)
        if any(name.startswith(f"{part}.") for name in children):
            hint = f"a name with a dot cannot be part of a key, read the whole '{'.'.join(above)}';"
        advice = f"{hint + ' ' if hint else ''}known {place}: {listed(children)}"
        return CampaignError(f"there is no key '{key}'", where, advice)
    found = "is empty" if isinstance(value, Mapping | list | tuple) else f"is {value!r}"
    return CampaignError(f"there is no key '{key}'", where, f"'{'.'.join(above)}' {found}, nothing stands below it")
