"""The record of one branch: what its outputs were made from, how, and what they hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import NoneType
from typing import Any

from caselaw.errors import RecordError

SCHEMA = 2


@dataclass(frozen=True)
class Record:
    """What made the outputs of one branch; times in seconds since the epoch, sizes and memory in bytes."""

    family: str
    parameters: Mapping[str, str]
    """Significant parameters as on the command line."""
    branch_value: str | None
    identity: str
    """Digest of the branch value: with the folder it says who the branch is, whatever its fingerprint."""
    fingerprint: str
    own: str
    """Digest of all components but the inputs; names the document that lists them (see `Basis`)."""
    inputs: Mapping[str, Mapping[str, Any]]
    """Input name → `keys` (digest of upstream fingerprints), `own` (of the upstream task), `content`, `files`,
    `missing` (values of branches that upstream is accepted without)."""
    content: str | None
    """Digest of own components and *contents* of all inputs; None where a content is not known."""
    outputs: Mapping[str, Mapping[str, Any]]
    """Product → `name`, `bytes`, `sha256` of its bytes, `digest` of what it holds.

    Of a file that its task names itself also `modified` (ns, by the clock of its file system). Of one that a user
    vouched for `was`, its name before, and, where it was not read, `stated`: what its server says of it. Its `sha256`
    is empty then.
    """
    host: str
    started: float
    ended: float
    cpu_seconds: float
    peak_memory: int
    campaign: str | None = None
    workflow: str | None = None
    """Fingerprint of the workflow that the branch was part of."""
    adopted: str | None = None
    """Fingerprint of the output that was taken over, for one that was not made but adopted."""
    vouched: Mapping[str, str] | None = None
    """Who said that something else made the same (`by`), `when`, and `why`; None for what caselaw made."""
    git: Mapping[str, Any] = field(default_factory=dict)
    without_layers: Mapping[str, str] = field(default_factory=dict)
    """Layers that gave no answer and were left out, and why: one of them may have had the same outputs."""
    exit: int = 0
    schema: int = SCHEMA

    @property
    def seconds(self) -> float:
        return self.ended - self.started

    @property
    def names(self) -> list[str]:
        """File names of all products."""
        return [output["name"] for output in self.outputs.values()]

    @property
    def holds(self) -> str:
        """One digest of what all products hold."""
        return holds(self.outputs)


def holds(outputs: Mapping[str, Mapping[str, Any]]) -> str:
    """One digest of what some products hold."""
    from caselaw.fingerprint import digest

    return digest("products", {product: output["digest"] for product, output in outputs.items()})


def as_json(record: Record) -> dict[str, Any]:
    """The record as plain data."""
    return {name: getattr(record, name) for name in _NAMES}


def from_json(content: Any, where: object) -> Record | None:
    """The record in plain data; None for one of another schema, which this version cannot use."""
    if not isinstance(content, dict):
        raise broken("a record is not an object", where)
    if content.get("schema") != SCHEMA:
        if isinstance(content.get("schema", 1), int) and "fingerprint" in content:
            return None
        raise broken("a record has no schema number", where)
    try:
        record = Record(**{name: value for name, value in content.items() if name in _NAMES})
    except TypeError as error:
        raise broken(f"a record cannot be read: {error}", where) from error
    wrong = next((name for name, kinds in _KINDS.items() if not isinstance(getattr(record, name), kinds)), None)
    if wrong is None and not all(map(is_output, record.outputs.values())):
        wrong = "outputs"
    if wrong is not None:
        raise broken(f"a record cannot be read: '{wrong}' is not what it should be", where)
    return record


def is_output(content: Any) -> bool:
    """Whether this describes an output: its name, and digests of its bytes and of what it holds."""
    return isinstance(content, dict) and all(isinstance(content.get(key), str) for key in ("name", "sha256", "digest"))


def parsed(line: str, where: object) -> Record | None:
    """The record in a line of JSON."""
    try:
        content = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise broken(f"a record cannot be read: {error}", where) from error
    return from_json(content, where)


def broken(what: str, where: object) -> RecordError:
    return RecordError(
        what, where, "restore it from a copy of the store, or remove it; outputs that only this one explains are made "
        "again, or trusted (--trust-unrecorded)",
    )  # fmt: skip


_NAMES = frozenset(field.name for field in fields(Record))
_KINDS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("family", "identity", "fingerprint", "own", "host"), (str,)),
    **dict.fromkeys(("branch_value", "content", "campaign", "workflow", "adopted"), (str, NoneType)),
    **dict.fromkeys(("started", "ended", "cpu_seconds"), (int, float)),
    **dict.fromkeys(("parameters", "inputs", "outputs", "git", "without_layers"), (dict,)),
    "vouched": (dict, NoneType),
}
