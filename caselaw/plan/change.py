"""One thing that makes two fingerprints differ, and how the components of two fingerprints are compared."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ChangeKind(StrEnum):
    """Where two fingerprints differ."""

    CODE = "code"
    PARAMETER = "parameter"
    CONFIG = "config"
    INPUT = "input"
    ENVIRONMENT = "environment"
    DISTRIBUTION = "distribution"


KIND_OF_COMPONENT = {
    "code": ChangeKind.CODE, "parameters": ChangeKind.PARAMETER, "config": ChangeKind.CONFIG,
    "environment": ChangeKind.ENVIRONMENT,
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One thing that differs; `old` or `new` is None where there is nothing on that side.

    `task` is the upstream task behind an input; `values` are the files or branch values that an input gained, lost or
    holds with other content; `texts` are the sources of a symbol on both sides; `through` names the tasks between the
    one that was asked about and the one that changed.
    """

    kind: ChangeKind
    name: str
    old: Any
    new: Any
    task: Mapping[str, Any] | None = None
    values: Mapping[str, list[str]] = field(default_factory=dict)
    texts: tuple[str | None, str | None] = (None, None)
    through: tuple[str, ...] = ()

    @property
    def patch(self) -> str:
        """The unified difference of a symbol's source; empty where the text is equal or not known."""
        from difflib import unified_diff

        before, after = ((text or "").splitlines() for text in self.texts)
        return "\n".join(unified_diff(before, after, f"a/{self.name}", f"b/{self.name}", lineterm=""))

    def as_json(self) -> dict[str, Any]:
        optional = {"task": self.task, "values": self.values, "patch": self.patch}
        required = {"kind": self.kind, "name": self.name, "old": self.old, "new": self.new}
        return required | {name: value for name, value in optional.items() if value}


def basis_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What differs in code, parameters, configuration, distributions and environment.

    A component that differs in no single part is one change of its digest.
    """
    found = [
        *code_changes(old, new),
        *named_changes(ChangeKind.PARAMETER, old["parameters"], new["parameters"]),
        *named_changes(ChangeKind.CONFIG, flat(old["config"]), flat(new["config"])),
        *named_changes(ChangeKind.ENVIRONMENT, old["environment"], new["environment"]),
        *named_changes(ChangeKind.DISTRIBUTION, old["distributions"], new["distributions"]),
    ]
    explained = {change.kind for change in found}
    if ChangeKind.DISTRIBUTION in explained:  # a part of the environment
        explained.add(ChangeKind.ENVIRONMENT)
    for component, kind in KIND_OF_COMPONENT.items():
        before, after = old["components"][component], new["components"][component]
        if before != after and kind not in explained:
            found.append(Change(kind, component, before, after))
    return found


def code_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for change in named_changes(ChangeKind.CODE, old["symbols"], new["symbols"]):
        texts = (old["sources"].get(change.name), new["sources"].get(change.name))
        yield dataclasses.replace(change, texts=texts)


def named_changes(kind: ChangeKind, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """One change per name whose values differ; 1, 1.0 and true are different values."""
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if (name in old) != (name in new) or json.dumps(before) != json.dumps(after):
            yield Change(kind, name, before, after)


def flat(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested mappings as dotted keys; an empty mapping is a value."""
    found: dict[str, Any] = {}
    for name, value in config.items():
        if isinstance(value, Mapping) and value:
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = value
    return found
