"""What outputs hold, where their names do not tell: files by their bytes, others by what a server says."""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

import law
import luigi
from law.target.remote.base import RemoteTarget

from caselaw.errors import FingerprintError
from caselaw.fingerprint import FileDigests, digest
from caselaw.storage.state import exists

MISSING = "missing"
FACTS = ("st_size", "st_mtime")

warn_once = functools.cache(logging.getLogger(__name__).warning)


def content_of_outputs(outputs: Any, digests: FileDigests) -> str:
    """One digest of what `output()` returned: a target, a collection, or any nesting of mappings and iterables.

    Raises `FingerprintError` for what is no target.
    """
    if outputs is None:
        return digest(None)
    if isinstance(outputs, law.TargetCollection):
        return content_of_outputs(outputs.targets, digests)
    if isinstance(outputs, luigi.Target):
        return content_of_target(outputs, digests)
    if isinstance(outputs, Mapping):
        return digest({str(name): content_of_outputs(inner, digests) for name, inner in outputs.items()})
    if isinstance(outputs, str) or not isinstance(outputs, Iterable):
        raise FingerprintError(
            f"an output is {type(outputs).__name__}, which is no target", repr(outputs),
            "return targets from output(), or mappings, lists and collections of targets",
        )  # fmt: skip
    found = [content_of_outputs(inner, digests) for inner in outputs]
    return digest(sorted(found) if isinstance(outputs, set | frozenset) else found)


def content_of_target(target: Any, digests: FileDigests) -> str:
    """A local file or folder by name and bytes, a remote one by name and what its server says."""
    if isinstance(target, RemoteTarget):
        return digest("remote", target.basename, of_remote(target))
    if isinstance(target, luigi.LocalTarget | law.LocalTarget):
        path = str(getattr(target, "abspath", target.path))
        return digest("local", PurePosixPath(path).name, digests.digest(path) if exists(path) else MISSING)
    warn_once(
        "%s: what it holds cannot be asked for, so a change of it makes nothing run again; write a file, or give "
        "what determines it as a parameter",
        named(target),
    )
    return digest("target", named(target), bool(target.exists()))


def of_remote(target: Any) -> Any:
    """Checksum, or size and time, of a file on a server; of a folder, those of all files in it.

    Raises `FingerprintError` where the server tells none of these.
    """
    status = target.exists(stat=True)
    if not status:
        return MISSING
    if isinstance(target, law.FileSystemDirectoryTarget):
        return {str(child.basename): of_remote(child) for child in map(target.child, target.listdir())}
    if callable(checksum := getattr(target, "checksum", None)) and (stated := checksum()):
        return str(stated)
    facts = {name: getattr(status, name, None) for name in FACTS}
    if facts["st_size"] is None and facts["st_mtime"] is None:
        raise FingerprintError(
            "the server tells neither size nor time of a file, so a change of it would go unnoticed", target.uri(),
            "give it as caselaw.files([…], digests={…}), or copy it here",
        )  # fmt: skip
    return facts


def named(target: Any) -> str:
    """A target of unknown kind in a message."""
    where = getattr(target, "path", None)
    return f"{type(target).__name__} {where}" if where is not None else repr(target).partition(" at 0x")[0]
