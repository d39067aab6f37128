"""PDF: everything that the pages reach; not dates, the producer, file identifiers, and how it is stored."""

from __future__ import annotations

import re
import zlib
from typing import Any

from caselaw.fingerprint.content.source import Budget, ContentSource
from caselaw.fingerprint.content.stream import STEP, ByteStream
from caselaw.fingerprint.encoding import encode
from caselaw.fingerprint.hashing import digest, digest_bytes

VERSION = 2

_DATES_AND_WRITERS = frozenset({"/CreationDate", "/ModDate", "/LastModified", "/Producer", "/Creator"})
_LEFT_OUT = _DATES_AND_WRITERS | {"/Metadata", "/PieceInfo"}
_STORAGE = frozenset({"/Length", "/Filter", "/DecodeParms", "/DL"})
_SUBSET = re.compile(r"^/[A-Z]{6}\+")  # a random mark before the name of a font of which a part is embedded
_INFLATED = frozenset({"/FlateDecode", "/Fl"})
_DECODED = _INFLATED | {"/ASCIIHexDecode", "/AHx", "/ASCII85Decode", "/A85", "/LZWDecode", "/LZW",
                        "/RunLengthDecode", "/RL"}  # fmt: skip


def content(source: ContentSource) -> str:
    """Digest of the document's objects from its root, and of title, author, subject and keywords.

    Objects count by what they hold and how they refer to each other, not by their numbers. Raises
    `ValueError` for damaged and encrypted files.
    """
    from pypdf import PdfReader

    with PdfReader(source.handle, strict=True) as reader:
        if reader.is_encrypted:
            raise ValueError("an encrypted document")
        trailer = reader.trailer
        return digest(
            "pdf", VERSION, _graph(trailer["/Root"], source.budget), _graph(trailer.get("/Info"), source.budget)
        )


def _graph(root: Any, budget: Budget) -> str:
    """Digest of an object and all that it refers to, in the order of a walk with sorted keys.

    An object that was met before counts as the number of its first visit, which also ends circles.
    """
    stream, visits = ByteStream(), dict[Any, int]()
    stack: list[Any] = [root]
    while stack:
        item = stack.pop()
        if type(item) is bytes:  # a key; the document's own strings are of derived classes
            stream.feed(item)
            continue
        written, nested = _node(item, visits, budget)
        stream.feed(written)
        stack.extend(reversed(nested))
    return stream.digest()


def _node(item: Any, visits: dict[Any, int], budget: Budget) -> tuple[bytes, list[Any]]:
    """What to write for an object, and the objects (and bytes) that follow it."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    if isinstance(item, IndirectObject):
        number = (item.idnum, item.generation)
        if number in visits:
            return encode(["seen", visits[number]]), []
        visits[number] = len(visits)
        found = item.get_object()
        if found is None:
            raise ValueError(f"object {number} is missing")
        return b"", [found]
    if isinstance(item, ArrayObject):
        return encode(["array", len(item)]), list(item)
    if isinstance(item, DictionaryObject):
        return _dictionary(item, budget)
    return encode(_plain(item)), []


def _dictionary(item: Any, budget: Budget) -> tuple[bytes, list[Any]]:
    from pypdf.generic import StreamObject

    left_out = _LEFT_OUT
    if item.get("/Type") == "/Annot" or "/Rect" in item:
        left_out = left_out | {"/M"}  # when the annotation was changed
    written = encode("dictionary")
    if isinstance(item, StreamObject):
        written = encode(["stream", *_data(item, budget)])
        left_out = left_out | _STORAGE
    keys = sorted(key for key in item if key not in left_out or not _left_out(key, item.raw_get(key)))
    nested = [part for key in keys for part in (encode(str(key)), item.raw_get(key))]
    return written + encode(len(keys)), nested


def _left_out(key: str, value: Any) -> bool:
    """Whether an entry is what its key says: fonts, pictures and places may have any name."""
    from pypdf.generic import ByteStringObject, DictionaryObject, StreamObject, TextStringObject

    value = value.get_object()
    if key in _DATES_AND_WRITERS | {"/M"}:
        return isinstance(value, TextStringObject | ByteStringObject)
    if key == "/Metadata":
        return isinstance(value, StreamObject) and value.get("/Subtype", "/XML") == "/XML"
    if key == "/PieceInfo":
        return type(value) is DictionaryObject and "/Type" not in value
    return True


def _plain(item: Any) -> list[Any]:
    """A name, a number, a text, a truth value or null, with its kind."""
    from pypdf import generic

    if isinstance(item, generic.NameObject):
        return ["name", _SUBSET.sub("/", str(item))]
    if isinstance(item, generic.BooleanObject):
        return ["boolean", bool(item.value)]
    if isinstance(item, generic.FloatObject | generic.NumberObject):
        return ["number", str(item)]
    if isinstance(item, generic.TextStringObject):
        return ["text", item.original_bytes]
    if isinstance(item, generic.ByteStringObject):
        return ["text", bytes(item)]
    if item is None or isinstance(item, generic.NullObject):
        return ["null"]
    raise ValueError(f"an object of unknown type {type(item).__name__}")


def _data(item: Any, budget: Budget) -> list[Any]:
    """The data of a stream without its compression; images in formats of their own stay as they are."""
    names, parameters = (_list(item.get(key)) for key in ("/Filter", "/DecodeParms"))
    if not set(names) <= _DECODED:
        return [digest_bytes(item._data), [str(name) for name in names], [str(value) for value in parameters]]
    if names and names[0] in _INFLATED:
        _inflate(item._data, budget)
    data = item.get_data()
    budget.expand(len(data))
    return [digest_bytes(data), [], []]


def _inflate(data: bytes, budget: Budget) -> None:
    """Raise for damaged data, of which pypdf would take what it can get, and for more than the budget."""
    inflater = zlib.decompressobj()
    while not inflater.eof:
        piece = inflater.decompress(data, STEP)
        data = inflater.unconsumed_tail
        if not piece and not data and not inflater.eof:
            raise ValueError("an incomplete stream")
        budget.expand(len(piece))


def _list(value: Any) -> list[Any]:
    value = value.get_object() if hasattr(value, "get_object") else value
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
