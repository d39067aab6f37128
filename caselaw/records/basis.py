"""All components of a fingerprint but the inputs, one by one: what `caselaw why` compares."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from caselaw.errors import StoreUnavailable
from caselaw.records.files import BASIS, DOCUMENT, documents_of, sound, text_as_json, text_of
from caselaw.records.record import SCHEMA, broken
from caselaw.storage.files.folder import ADVICE, local_names

NAME_LENGTH = 20

SECONDS_KEPT = 86400.0
"""As long a document without records is kept: it may be that of a run whose first record is not written yet."""


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


def name_of(own: str) -> str:
    return f"{BASIS}{own[:NAME_LENGTH]}{DOCUMENT}"


def write_basis(directory: str, basis: Basis) -> None:
    """Publish the document, unless it is there. One that grows old is written again: see `forget_unused`."""
    documents = documents_of(directory)
    documents.refresh()
    if age(documents.path / name_of(basis.own)) > SECONDS_KEPT / 2:
        documents.write(name_of(basis.own), text_as_json(asdict(basis)))


def age(path: Path) -> float:
    """Seconds since a file was written; infinite for one that does not exist.

    Raises `StoreUnavailable` where it cannot be looked at.
    """
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return math.inf
    except OSError as error:
        raise StoreUnavailable(f"the age of a file is not known: {error.strerror}", path, ADVICE) from error


def read_basis(directory: str, own: str) -> Basis | None:
    """The document of these components; None where there is none that this version can use."""
    documents = documents_of(directory)
    path = documents.path / name_of(own)
    try:
        if not path.exists():
            documents.refresh()
        found = sound(directory, path, lambda: [basis_in(path)])
    except FileNotFoundError:
        return None
    return None if found is None else found[0]


def basis_in(path: Path) -> Basis | None:
    try:
        content = json.loads(text_of(path))
        if content["schema"] != SCHEMA:
            return None
        return Basis(**{field.name: content[field.name] for field in fields(Basis)})
    except (ValueError, KeyError, TypeError) as error:
        raise broken(f"the components of a fingerprint cannot be read: {error!r}", path) from error


def forget_unused(directory: str, used: Iterable[str]) -> None:
    """Remove documents of components that no record names, and unfinished files, after a day."""
    documents = documents_of(directory)
    needed = set(map(name_of, used))
    for name in local_names(documents.path):
        if name.startswith((BASIS, ".")) and name not in needed and age(documents.path / name) > SECONDS_KEPT:
            documents.remove(name)
