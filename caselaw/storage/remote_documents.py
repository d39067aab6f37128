"""Small documents on a server, with a copy on this machine in which they are read."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caselaw.errors import ContentChanged
from caselaw.storage.files.answers import clear_answers
from caselaw.storage.files.concurrency import side_by_side
from caselaw.storage.files.folder import local_names
from caselaw.storage.files.server import ServerFiles
from caselaw.storage.local_store import LocalDocuments

ATTEMPTS = 3

# Documents that arrive damaged each time: this process does not ask again.
_damaged: set[str] = set()


def read_bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


@dataclass(frozen=True)
class RemoteDocuments:
    """Documents of one folder. `fixed`: a name never gets another content. See `Documents`."""

    files: ServerFiles
    url: str
    folder: str
    path: Path
    fixed: bool

    def refresh(self) -> None:
        """One listing; what is new is read, what is gone is forgotten.

        Another one where a document vanished meanwhile: what it held stands in a new one, which is not listed yet.
        """
        for _ in range(ATTEMPTS):
            if self.follow():
                return

    def follow(self) -> bool:
        """Whether all that was listed could be read."""
        # First: what another process of this machine publishes after this is not taken for gone.
        on_disk = {name for name in local_names(self.path) if not name.startswith(".")}
        listing: list[dict[str, Any]] = []
        with contextlib.suppress(FileNotFoundError), clear_answers(self.url):
            listing = self.files.entries(self.folder)
        found = {os.path.basename(each["name"]): each for each in listing}
        on_server = {name for name, each in found.items() if each["type"] == "file" and not name.startswith(".")}
        new = [found[name] for name in on_server if not (self.fixed and name in on_disk)]
        if new:
            self.path.mkdir(parents=True, exist_ok=True)
        found_again = side_by_side(self.read, new) if new else []
        for name in on_disk - on_server:
            LocalDocuments(self.path).remove(name)
        return all(found_again)

    def read(self, entry: dict[str, Any]) -> bool:
        """Copy one document, with the server's time where it has one; whether it is still there."""
        name = os.path.basename(entry["name"])
        url = f"{self.url}/{name}"
        if url in _damaged:
            return True
        try:
            try:
                with clear_answers(url):
                    content = self.files.read(entry["name"])
            except ContentChanged:
                _damaged.add(url)
                content = b""  # it is there, and says nothing: its reader tells
            LocalDocuments(self.path).write(name, content.decode(errors="replace"))  # what is no text, its reader tells
            if entry.get("mtime"):
                os.utime(self.path / name, (time.time(), entry["mtime"]))
        except FileNotFoundError:
            return False
        return True

    def renew(self, name: str) -> bool:
        before = read_bytes(self.path / name)
        try:
            with clear_answers(f"{self.url}/{name}"):
                entry = self.files.info(f"{self.folder}/{name}")
            self.read(entry)
        except FileNotFoundError:
            LocalDocuments(self.path).remove(name)
        return read_bytes(self.path / name) != before

    def write(self, name: str, text: str) -> None:
        with clear_answers(f"{self.url}/{name}"):
            self.files.write(text.encode(), f"{self.folder}/{name}")
        LocalDocuments(self.path).write(name, text)

    def remove(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError), clear_answers(f"{self.url}/{name}"):
            self.files.remove_file(f"{self.folder}/{name}")
        LocalDocuments(self.path).remove(name)
