"""Pieces from which the edits of the table are made."""

from __future__ import annotations

import os

from rows import Edit
from small_chain import SmallChain


def replace(name: str, old: str, new: str) -> Edit:
    """Replace a text that stands once in a file of the project."""

    def edit(chain: SmallChain) -> None:
        text = chain.read(name)
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        assert old != new, "an edit changes something"
        chain.write(name, text.replace(old, new))

    return edit


def write(name: str, text: str) -> Edit:
    """Write a file that is new or has another content."""

    def edit(chain: SmallChain) -> None:
        path = chain.root / name
        assert not path.exists() or path.read_text() != text, f"{name} stays as it is"
        chain.write(name, text)

    return edit


def append(name: str, text: str) -> Edit:
    """Add lines at the end of a file."""

    def edit(chain: SmallChain) -> None:
        chain.write(name, chain.read(name) + text)

    return edit


def touch(*names: str) -> Edit:
    """Set the times of files to now."""

    def edit(chain: SmallChain) -> None:
        for name in names:
            (chain.root / name).touch()

    return edit


def keeping_times(edit: Edit, name: str) -> Edit:
    """An edit after which a file has its old modification time."""

    def kept(chain: SmallChain) -> None:
        path = chain.root / name
        status = path.stat()
        edit(chain)
        assert path.stat().st_size == status.st_size, f"the size of {name} changed"
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    return kept


def all_of(*edits: Edit) -> Edit:
    """Several edits, one after the other."""

    def edit(chain: SmallChain) -> None:
        for each in edits:
            each(chain)

    return edit


def run(family: str = "Summary", *arguments: str) -> Edit:
    """`law run` as part of an edit."""
    return lambda chain: chain.run(family, *arguments)


def nothing(chain: SmallChain) -> None:
    """No edit: the row is about arguments, or about the copy itself."""
