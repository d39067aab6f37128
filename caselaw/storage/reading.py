"""Outputs as they can be read on this machine, by the digests that their records state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from caselaw.errors import ContentChanged
from caselaw.fingerprint import file_digest
from caselaw.storage.store import Store

ADVICE = "check the file in its store: no record explains it"


@dataclass(frozen=True)
class Content:
    """What a record says of an output: the SHA-256, empty where nobody has read it, and the size in bytes."""

    sha256: str
    size: int | None = None


def of_folder(contents: Iterable[Content]) -> tuple[Content, ...]:
    """The contents of a folder, which comes file by file: the size of all together tells nothing of any."""
    return tuple(replace(each, size=None) for each in contents)


def local_copy(
    store: Store, path: str, contents: Sequence[Content], digest: Callable[[Path], str] = file_digest
) -> Path:
    """Where an output can be read, which has one of some contents; any, where none is given.

    With one, the server may not be asked; with several, it says which of them it holds now. Raises `ContentChanged`
    for an output that has none of them.
    """
    if not contents or not all(each.sha256 for each in contents):  # one was never read
        return store.local(path)
    if len(contents) == 1:
        return store.local(path, contents[0].sha256, contents[0].size)
    found = store.local(path)
    sha256 = digest(found)
    if sha256 not in {each.sha256 for each in contents}:
        what = f"it is none of the {len(contents)} contents that its records state: SHA-256 {sha256}"
        raise ContentChanged(what, path, ADVICE)
    return found
