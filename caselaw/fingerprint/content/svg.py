"""SVG: elements, attributes and texts; not metadata, comments, and random names of definitions."""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

from caselaw.fingerprint.content.source import ContentSource
from caselaw.fingerprint.content.stream import ByteStream
from caselaw.fingerprint.encoding import encode
from caselaw.fingerprint.hashing import digest

VERSION = 1

_METADATA = "http://www.w3.org/2000/svg metadata"
_RANDOM = re.compile(r"(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8,})$", re.IGNORECASE)
_NAME = re.compile(r"[\w.:-]+")


def content(source: ContentSource) -> str:
    """Digest of the document; raises when it is not well-formed or declares entities.

    Names that end in a UUID or in eight or more hexadecimal digits, as matplotlib draws them at random for
    clip paths and markers, are replaced by the number of their first appearance, also where they are used.
    """
    names = _Names()
    _parse(source, names)
    document = _Document(names.found)
    _parse(source, document)
    return digest("svg", VERSION, document.stream.digest())


class _Names:
    """Random names of elements, and the new ones, in the order of the document."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        identifier = attributes.get("id", "")
        random = _RANDOM.search(identifier)
        if random and identifier not in self.found:
            self.found[identifier] = f"{identifier[: random.start()]}#{len(self.found)}"

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass

    def instruction(self, target: str, data: str) -> None:
        pass


class _Document:
    """The document as a stream, with the new names."""

    def __init__(self, names: dict[str, str]) -> None:
        self.stream = ByteStream()
        self._names = names
        self._texts: list[str] = []
        self._hidden = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._hidden or name == _METADATA:
            self._hidden += 1
        else:
            self._add("start", name, {key: self._renamed(key, value) for key, value in attributes.items()})

    def end(self, name: str) -> None:
        if self._hidden:
            self._hidden -= 1
        else:
            self._add("end", name)

    def text(self, text: str) -> None:
        if not self._hidden:
            self._texts.append(text)

    def instruction(self, target: str, data: str) -> None:
        if not self._hidden:
            self._add("instruction", target, data)

    def _add(self, *event: Any) -> None:
        if self._texts:  # the parser cuts texts where its buffer or a comment ends
            text = "".join(self._texts)
            self._texts.clear()
            self.stream.feed(encode(["text", self._replaced(text) if "#" in text else text]))
        self.stream.feed(encode(event))

    def _renamed(self, key: str, value: str) -> str:
        """An attribute with the new names: `id`, `url(#…)`, `#…`, and lists of names."""
        named = key == "id" or key.startswith("aria-") or "#" in value
        return self._replaced(value) if named else value

    def _replaced(self, text: str) -> str:
        return _NAME.sub(self._new_name, text) if self._names else text

    def _new_name(self, found: re.Match[str]) -> str:
        return self._names.get(found[0], found[0])


def _parse(source: ContentSource, handler: _Names | _Document) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    parser.ProcessingInstructionHandler = handler.instruction
    parser.EntityDeclHandler = parser.SkippedEntityHandler = _refuse
    with source.open() as file:
        parser.ParseFile(file)


def _refuse(*_: object) -> None:
    raise ValueError("a document with entities")
