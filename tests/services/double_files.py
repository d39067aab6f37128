"""The double's namespace: a tree of files and folders in memory, with what dCache knows about each."""

from __future__ import annotations

import time
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote


@dataclass
class Node:
    """A file, or a folder where `inside` is a dictionary. `size` is None while a file is being written, `stated` the
    checksum of before where the data were changed in their pool.
    """

    inside: dict[str, Node] | None = None
    data: bytes = b""
    size: int | None = 0
    locality: str = "ONLINE"
    stated: str = ""
    modified: float = field(default_factory=time.time)
    id: str = field(default_factory=lambda: uuid.uuid4().hex.upper() + "0000")

    @property
    def folder(self) -> bool:
        return self.inside is not None

    def fill(self, data: bytes) -> None:
        self.data, self.size, self.modified, self.stated = data, len(data), time.time(), ""

    def adler32(self) -> str:
        return self.stated or f"{zlib.adler32(self.data):08x}"


class Namespace:
    """Nodes by absolute path. Questions about a path that is missing raise `KeyError`."""

    def __init__(self) -> None:
        self.root = Node({})

    def find(self, path: str) -> Node | None:
        node: Node | None = self.root
        for part in parts(path):
            node = node.inside.get(part) if node is not None and node.inside is not None else None
        return node

    def __getitem__(self, path: str) -> Node:
        node = self.find(path)
        if node is None:
            raise KeyError(path)
        return node

    def __contains__(self, path: str) -> bool:
        return self.find(path) is not None

    def is_folder(self, path: str) -> bool:
        node = self.find(path)
        return node is not None and node.folder

    def children(self, path: str) -> list[str]:
        """Paths of what lies in a folder, sorted."""
        return [f"{path.rstrip('/')}/{name}" for name in sorted(self[path].inside or ())]

    def add(self, path: str, node: Node) -> Node:
        """Put a node in place of what is there; folders above are made."""
        folder, name = split(path)
        above = self.find(folder) or self.add(folder, Node({}))
        assert above.inside is not None
        above.inside[name] = node
        return node

    def remove(self, path: str) -> None:
        folder, name = split(path)
        inside = self[folder].inside or {}
        del inside[name]

    def rename(self, source: str, target: str) -> None:
        node = self[source]
        self.remove(source)
        self.add(target, node)

    def walk(self, path: str = "/") -> Iterator[tuple[str, Node]]:
        """Every node under a path, and the path's own."""
        yield path, self[path]
        for name in self.children(path):
            yield from self.walk(name)


def parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def split(path: str) -> tuple[str, str]:
    """The folder of a path, and the last name of it."""
    *above, name = parts(path)
    return "/" + "/".join(above), name


def normal(path: str) -> str:
    """The path that a URL's path means: decoded, with one leading slash and no other at its ends."""
    return "/" + "/".join(parts(unquote(path, errors="surrogateescape")))


def parent(path: str) -> str:
    return split(path)[0] if path != "/" else "/"
