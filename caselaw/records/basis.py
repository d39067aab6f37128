"""All components of a fingerprint but the inputs, one by one: what `caselaw why` compares."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from caselaw.records.files import BASIS, DOCUMENT, FOLDER, write_atomically
from caselaw.records.record import SCHEMA, broken
from caselaw.storage.state import exists

NAME_LENGTH = 20


@dataclass(frozen=True)
class Basis:
    """What a task was made from, apart from its inputs; one document serves all its branches."""

    own: str
    """The digest of `components`, by which records refer to this document."""
    family: str
    components: Mapping[str, str]
    """Digests of family, code, parameters, config and environment."""
    symbols: Mapping[str, str]
    """Symbol of first-party code → digest."""
    sources: Mapping[str, str]
    """Symbol → its text, for the difference that people want to see."""
    parameters: Mapping[str, str]
    """Significant parameter → value with its type."""
    config: Mapping[str, Any]
    """Declared key of the campaign → value."""
    distributions: Mapping[str, str]
    """Distribution that the code reaches → version."""
    environment: Mapping[str, str]
    """What the task runs in: part of its sandbox, or variable → digest or name."""
    python: str
    """Version of Python, for information: it is no component."""
    schema: int = SCHEMA


def path_of(directory: str, own: str) -> Path:
    return Path(directory, FOLDER, f"{BASIS}{own[:NAME_LENGTH]}{DOCUMENT}")


def write_basis(directory: str, basis: Basis) -> None:
    """Publish the document, unless it is there."""
    path = path_of(directory, basis.own)
    if not exists(path):
        write_atomically(path, asdict(basis))


def read_basis(directory: str, own: str) -> Basis | None:
    """The document of these components; None where there is none that this version can use."""
    path = path_of(directory, own)
    if not exists(path):
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["schema"] != SCHEMA:
            return None
        return Basis(**{field.name: content[field.name] for field in fields(Basis)})
    except (ValueError, KeyError, TypeError) as error:
        raise broken(f"the components of a fingerprint cannot be read: {error!r}", path) from error
