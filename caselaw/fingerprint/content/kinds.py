"""What kind of content a file holds, by its extension and its first bytes: both must agree."""

from __future__ import annotations

from pathlib import Path

from caselaw.fingerprint.files import unreadable

KINDS = {
    ".root": ("root", b"root"),
    ".parquet": ("parquet", b"PAR1"),
    ".pq": ("parquet", b"PAR1"),
    ".h5": ("hdf5", b"\x89HDF\r\n\x1a\n"),
    ".hdf5": ("hdf5", b"\x89HDF\r\n\x1a\n"),
    ".hdf": ("hdf5", b"\x89HDF\r\n\x1a\n"),
    ".npz": ("npz", b"PK"),
    ".pdf": ("pdf", b"%PDF-"),
    ".png": ("png", b"\x89PNG\r\n\x1a\n"),
    ".svg": ("svg", b"<"),
    ".tar.gz": ("tar", b"\x1f\x8b"),
    ".tgz": ("tar", b"\x1f\x8b"),
    ".tar": ("tar", b""),  # its magic bytes are those of each member's header
    ".gz": ("gzip", b"\x1f\x8b"),
    ".svgz": ("gzip", b"\x1f\x8b"),
}
"""Extension → kind and magic bytes."""

_LEADING = b"\xef\xbb\xbf \t\r\n"  # a byte-order mark and blanks may precede the first element


def kind_of(path: Path) -> str | None:
    """The kind (a module of this package) that reads the file; None when its bytes are all there is to it."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    kind, magic = KINDS.get("".join(suffixes)) or KINDS.get("".join(suffixes[-1:])) or ("", b"")
    if not kind:
        return None
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise unreadable(path, error) from error
    if kind == "svg":
        start = start.lstrip(_LEADING)
    return kind if start.startswith(magic) else None
