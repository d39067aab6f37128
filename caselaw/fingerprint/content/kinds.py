"""What kind of content a file holds, by its extension and its first bytes: both must agree."""

from __future__ import annotations

from typing import NamedTuple

HEAD = 64
"""How many of the first bytes are looked at."""


class Kind(NamedTuple):
    """What a digest is called by, the magic bytes, and the module of this package that reads it."""

    name: str
    magic: bytes
    module: str


def _own(name: str, magic: bytes) -> Kind:
    return Kind(name, magic, name)


_ROOT = _own("root", b"root")
_PARQUET = _own("parquet", b"PAR1")
_HDF5 = _own("hdf5", b"\x89HDF\r\n\x1a\n")
_OFFICE = Kind("zip", b"PK", "zip")
_LINES = Kind("jsonl", b"", "json_lines")
_POSTSCRIPT = _own("postscript", b"%!PS-Adobe-")
_GZIP, _XZ = Kind("gzip", b"\x1f\x8b", "compressed"), Kind("xz", b"\xfd7zXZ\0", "compressed")
_BZIP2, _ZSTD = Kind("bzip2", b"BZh", "compressed"), Kind("zstd", b"\x28\xb5\x2f\xfd", "compressed")
_LZMA = Kind("lzma", b"\x5d\0\0", "compressed")

KINDS = {
    ".root": _ROOT, ".parquet": _PARQUET, ".pq": _PARQUET, ".h5": _HDF5, ".hdf5": _HDF5, ".hdf": _HDF5,
    ".npy": _own("npy", b"\x93NUMPY"), ".npz": Kind("npz", b"PK", "zip"),
    ".json": _own("json", b""), ".jsonl": _LINES, ".ndjson": _LINES, ".onnx": _own("onnx", b"\x08"),
    ".pdf": _own("pdf", b"%PDF-"), ".png": _own("png", b"\x89PNG\r\n\x1a\n"), ".svg": _own("svg", b"<"),
    ".eps": _POSTSCRIPT, ".ps": _POSTSCRIPT,
    ".zip": _OFFICE, ".xlsx": _OFFICE, ".docx": _OFFICE, ".pptx": _OFFICE,
    ".gz": _GZIP, ".svgz": _GZIP, ".xz": _XZ, ".lzma": _LZMA, ".bz2": _BZIP2, ".zst": _ZSTD,
    ".tar": _own("tar", b""),  # its magic bytes are those of each member's header
}  # fmt: skip
"""Extension → kind."""

KINDS |= {
    extension: KINDS[compression]._replace(name="tar", module="tar")
    for compression, extensions in {
        ".gz": (".tar.gz", ".tgz"), ".xz": (".tar.xz", ".txz"), ".lzma": (".tar.lzma", ".tlz"),
        ".bz2": (".tar.bz2", ".tbz2", ".tbz"), ".zst": (".tar.zst", ".tzst"),
    }.items()
    for extension in extensions
}  # fmt: skip

_TEXT = frozenset({"svg"})
_LEADING = b"\xef\xbb\xbf \t\r\n"  # a byte-order mark and blanks may precede the first element


def named_kind(name: str) -> Kind | None:
    """The kind that the name of a file promises; None when its bytes are all there is to it."""
    _, *endings = name.rpartition("/")[2].lstrip(".").lower().rsplit(".", 2)
    extensions = [f".{ending}" for ending in endings]
    return KINDS.get("".join(extensions)) or KINDS.get("".join(extensions[-1:]))


def begins_as(kind: Kind, start: bytes) -> bool:
    """Whether the first bytes of a file (at least `HEAD`, if it has them) are those of the kind."""
    return (start.lstrip(_LEADING) if kind.name in _TEXT else start).startswith(kind.magic)
