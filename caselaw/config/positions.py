"""Data of a YAML file that knows its place: line and column of every key and value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from caselaw.config.problem import KeyPath, Problem


class KeyEntry(NamedTuple):
    """One `key: value` of a mapping, with the place of the key."""

    line: int
    column: int
    node: YamlNode


@dataclass(slots=True)
class YamlNode:
    """A value at its place; `content` is a mapping of entries, a list of nodes, or the scalar itself."""

    line: int
    column: int
    content: Any
    size: int = 1
    depth: int = 0

    def add(self, child: YamlNode) -> None:
        """Count a child; aliases can make a short file large and deep."""
        self.size += child.size
        self.depth = max(self.depth, child.depth + 1)

    def child(self, part: str | int) -> YamlNode | None:
        if isinstance(self.content, dict):
            entry = self.content.get(str(part))
            return entry.node if entry else None
        if isinstance(self.content, list) and isinstance(part, int) and 0 <= part < len(self.content):
            node: YamlNode = self.content[part]
            return node
        return None

    @property
    def is_scalar(self) -> bool:
        return not isinstance(self.content, dict | list)

    def data(self) -> Any:
        """Plain dicts, lists and scalars."""
        if isinstance(self.content, dict):
            return {key: entry.node.data() for key, entry in self.content.items()}
        if isinstance(self.content, list):
            return [node.data() for node in self.content]
        return self.content


@dataclass
class Document:
    """What was read: the root (None where there is none to speak of) and the problems found on the way."""

    root: YamlNode | None = None
    problems: list[Problem] = field(default_factory=list)
    unreadable: set[KeyPath] = field(default_factory=set)

    def position(self, path: KeyPath) -> tuple[int, int]:
        """Line and column of what stands at `path`; of the nearest thing above where nothing does.

        Of a scalar it is the value's place, of a mapping or list that of its key.
        """
        if self.root is None:
            return 1, 1
        node, place = self.root, (self.root.line, self.root.column)
        for part in path:
            child = node.child(part)
            if child is None:
                break
            if isinstance(node.content, dict) and not child.is_scalar:
                entry = node.content[str(part)]
                place = (entry.line, entry.column)
            else:
                place = (child.line, child.column)
            node = child
        return place

    def key_position(self, path: KeyPath) -> tuple[int, int]:
        """Line and column of the key that `path` ends with."""
        parent = self.node(path[:-1])
        if parent is not None and isinstance(parent.content, dict) and str(path[-1]) in parent.content:
            entry = parent.content[str(path[-1])]
            return entry.line, entry.column
        return self.position(path)

    def node(self, path: KeyPath) -> YamlNode | None:
        node = self.root
        for part in path:
            if node is None:
                return None
            node = node.child(part)
        return node
