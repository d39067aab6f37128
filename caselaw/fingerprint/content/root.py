"""ROOT: keys of all directories in order, with their objects; not dates, UUIDs, compression and places."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caselaw.fingerprint.content.rntuple import ntuple_content
from caselaw.fingerprint.content.source import Budget, ContentSource
from caselaw.fingerprint.content.stream import ByteStream
from caselaw.fingerprint.content.ttree import is_backup, tree_content
from caselaw.fingerprint.hashing import digest

if TYPE_CHECKING:
    from uproot.reading import ReadOnlyDirectory, ReadOnlyKey

VERSION = 2

_DIRECTORIES = frozenset({"TDirectory", "TDirectoryFile"})
_TREES = frozenset({"TTree", "TNtuple", "TNtupleD"})
_NTUPLES = frozenset({"ROOT::RNTuple", "ROOT::Experimental::RNTuple"})
_PROCESS = "TProcessID"  # its title is a UUID, another one in each job
_BRANCH = re.compile(rb"TBranch")
_WORD = re.compile(r"[\w:]+")


def content(source: ContentSource) -> str:
    """Digest of keys in order, by name, cycle, class and title, with their objects.

    A directory counts with its keys, a tree with its branches, an RNTuple with its fields. Anything else, histograms
    among it, counts with its uncompressed bytes, which hold every member. Raises `ValueError` for damaged files and
    for objects whose content lies in places that uproot cannot follow.
    """
    import uproot

    # Plain reads: a memory map would end the process when somebody truncates the file meanwhile.
    options: dict[str, Any] = {"handler": uproot.source.file.MultithreadedFileSource}
    if not isinstance(source.data, Path):
        options = {}
    options |= {"object_cache": None, "array_cache": None, "minimal_ttree_metadata": False, "num_workers": 1}
    with uproot.open(source.handle, **options) as file:
        if source.size < file.file.fEND:
            raise ValueError("an incomplete file")
        return digest("root", VERSION, _Objects(source.budget).of_directory(file))


class _Objects:
    """What the objects of one file hold."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._layouts: dict[str, str] = {}

    def of_directory(self, directory: ReadOnlyDirectory) -> list[Any]:
        """The keys in order, with their objects."""
        if not directory.fSeekKeys:
            raise ValueError("a directory without a list of keys: the file was not closed")
        keys = []
        for name in dict.fromkeys(directory.keys(recursive=False, cycle=True)):
            key = directory.key(name)
            if f"{key.fName};{key.fCycle}" != name:
                raise ValueError(f"no key of the name {name!r}")
            keys.append(key)
        newest = {key.fName: key for key in sorted(keys, key=lambda key: int(key.fCycle))}
        return [[key.fName, key.fCycle, *self._of_key(key, newest[key.fName], directory)] for key in keys]

    def _of_key(self, key: ReadOnlyKey, newest: ReadOnlyKey, directory: ReadOnlyDirectory) -> list[Any]:
        described = [key.fClassName, key.fTitle]
        if key.fClassName in _DIRECTORIES:
            return [*described, self.of_directory(key.get())]
        if key.fClassName in _TREES:
            tree = key.get()
            if key is not newest and newest.fClassName in _TREES and is_backup(tree, newest.get()):
                return [*described, "backup", tree.num_entries]  # the first entries of the newest one
            return [*described, tree_content(tree, self._budget)]
        if key.fClassName in _NTUPLES:
            return [*described, ntuple_content(key.get(), self._budget)]
        if key.fClassName == _PROCESS:
            return [key.fClassName]
        refuse_trees(key.fClassName, directory)
        return [*described, self._streamed(key), self._layout(key.fClassName, directory)]

    def _streamed(self, key: ReadOnlyKey) -> str:
        """The bytes of an object; ValueError when it holds a tree: they only say where the baskets are."""
        self._budget.expand(key.fObjlen)
        chunk, _ = key.get_uncompressed_chunk_cursor()
        if _BRANCH.search(chunk.raw_data):
            raise ValueError(f"{key.fClassName} {key.fName} holds a tree")
        stream = ByteStream()
        stream.feed(chunk.raw_data)
        return stream.digest()

    def _layout(self, class_name: str, directory: ReadOnlyDirectory) -> str:
        if class_name not in self._layouts:
            self._layouts[class_name] = digest(_layouts(class_name, directory, {}))
        return self._layouts[class_name]


def _layouts(class_name: str, directory: ReadOnlyDirectory, found: dict[str, Any]) -> dict[str, Any]:
    """Names and types of the members that the file gives for a class and for those inside it."""
    for name in [class_name, *_WORD.findall(class_name)]:
        versions = directory.file.streamers.get(name, {})
        if versions and name not in found:
            found[name] = {
                version: [[element.name, element.typename, int(element.array_length)] for element in layout.elements]
                for version, layout in versions.items()
            }
            for layout in versions.values():
                for element in layout.elements:
                    inside = element.name if element.typename == "BASE" else element.typename
                    _layouts(inside, directory, found)
    return found


def refuse_trees(class_name: str, directory: ReadOnlyDirectory) -> None:
    """Raise `ValueError` for classes derived from TTree: their own bytes only say where the baskets are."""
    import uproot

    versions = directory.file.streamers.get(class_name, {}).values()
    if class_name in _TREES or not (versions or class_name in uproot.classes):
        raise ValueError(f"{class_name} is a tree of unknown kind, or may be one")
    for base in {base for version in versions for base, _ in version.base_names_versions}:
        refuse_trees(base, directory)
