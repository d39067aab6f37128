"""ROOT: keys of all directories with their objects; not dates, UUIDs, compression and places in the file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from caselaw.fingerprint.content.rntuple import ntuple_content
from caselaw.fingerprint.content.stream import Stream
from caselaw.fingerprint.content.ttree import is_backup, tree_content
from caselaw.fingerprint.hashing import digest

if TYPE_CHECKING:
    from uproot.reading import ReadOnlyDirectory, ReadOnlyKey

VERSION = 1

_DIRECTORIES = frozenset({"TDirectory", "TDirectoryFile"})
_TREES = frozenset({"TTree", "TNtuple", "TNtupleD"})
_NTUPLES = frozenset({"ROOT::RNTuple", "ROOT::Experimental::RNTuple"})
_PROCESS = "TProcessID"  # its title is a UUID, another one in each job


def content(path: Path) -> str:
    """Digest of keys by name, class and title, with their objects.

    A directory counts with its keys, a tree with its branches, an RNTuple with its fields. Anything else,
    histograms among it, counts with its uncompressed bytes, which hold every member. Raises for damaged
    files and for objects whose content lies in places that uproot cannot follow.
    """
    import uproot

    # Plain reads: a memory map would end the process when somebody truncates the file meanwhile.
    source = uproot.source.file.MultithreadedFileSource
    options = {"object_cache": None, "array_cache": None, "minimal_ttree_metadata": False, "num_workers": 1}
    with uproot.open(path, handler=source, **options) as file:
        if path.stat().st_size < file.file.fEND:
            raise ValueError("an incomplete file")
        return digest("root", VERSION, _directory(file))


def _directory(directory: ReadOnlyDirectory) -> dict[str, Any]:
    """Each name with its objects, the newest cycle first. The number of a cycle is no content."""
    if not directory.fSeekKeys:
        raise ValueError("a directory without a list of keys: the file was not closed")
    cycles: dict[str, list[ReadOnlyKey]] = {}
    for name in set(directory.keys(recursive=False, cycle=True)):
        key = directory.key(name)
        if f"{key.fName};{key.fCycle}" != name:
            raise ValueError(f"no key of the name {name!r}")
        cycles.setdefault(key.fName, []).append(key)
    return {name: _objects(keys, directory) for name, keys in cycles.items()}


def _objects(keys: list[ReadOnlyKey], directory: ReadOnlyDirectory) -> list[Any]:
    newest, *older = sorted(keys, key=lambda key: -key.fCycle)
    objects = [_object(newest, directory)]
    for key in older:
        both_trees = key.fClassName in _TREES and newest.fClassName in _TREES
        if not (both_trees and is_backup(key.get(), newest.get())):
            objects.append(_object(key, directory))
    return objects


def _object(key: ReadOnlyKey, directory: ReadOnlyDirectory) -> list[Any]:
    described = [key.fClassName, key.fTitle]
    if key.fClassName in _DIRECTORIES:
        return [*described, _directory(key.get())]
    if key.fClassName in _TREES:
        return [*described, tree_content(key.get())]
    if key.fClassName in _NTUPLES:
        return [*described, ntuple_content(key.get())]
    if key.fClassName == _PROCESS:
        return [key.fClassName]
    refuse_trees(key.fClassName, directory)
    stream = Stream()
    chunk, _ = key.get_uncompressed_chunk_cursor()
    stream.feed(chunk.raw_data)
    return [*described, stream.digest()]


def refuse_trees(class_name: str, directory: ReadOnlyDirectory) -> None:
    """Raise for classes derived from TTree: their own bytes only say where the baskets are."""
    import uproot

    versions = directory.file.streamers.get(class_name, {}).values()
    if class_name in _TREES or not (versions or class_name in uproot.classes):
        raise ValueError(f"{class_name} is a tree of unknown kind, or may be one")
    for base in {base for version in versions for base, _ in version.base_names_versions}:
        refuse_trees(base, directory)
