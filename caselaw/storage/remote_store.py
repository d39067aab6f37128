"""A store on a server."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import logging
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from caselaw.config import StoreSettings
from caselaw.config.address import without_scheme
from caselaw.errors import StagingFailed, StoreUnavailable
from caselaw.fingerprint import digest, file_digest
from caselaw.storage.cache import FileCache
from caselaw.storage.files.answers import clear_answers
from caselaw.storage.files.dot_names import OWN
from caselaw.storage.files.entry import Entry
from caselaw.storage.files.folders import get_folder, put_folder
from caselaw.storage.files.server import ServerFiles
from caselaw.storage.files.store_server import server_of
from caselaw.storage.files.unfinished import is_unfinished
from caselaw.storage.location import RECORDS, aside_name, component
from caselaw.storage.remote_documents import RemoteDocuments
from caselaw.storage.store import Online

logger = logging.getLogger(__name__)

MOST_TEXT = 1 << 16
"""Bytes of a small file."""


class RemoteStore:
    """Outputs on a server, read through a cache on this machine. See `Store`."""

    is_local = False

    def __init__(self, settings: StoreSettings) -> None:
        self.settings = settings
        self.server = server_of(settings)
        self.root = settings.root
        mark = hashlib.blake2b(settings.root.encode(), digest_size=4).hexdigest()
        self.scratch = settings.mirror / f"{component(without_scheme(settings.root))}-{mark}"
        self.cache = FileCache(settings.cache_folder or settings.mirror.parent / "cache", settings.cache)

    @property
    def files(self) -> ServerFiles:
        """What is done to files there."""
        return self.server.files

    def path(self, url: str) -> str:
        """A URL of this store as its file system names it."""
        return self.server.path(url)

    def exists(self, path: str) -> bool:
        try:
            self.info(path)
        except FileNotFoundError:
            return False
        return True

    def info(self, path: str) -> dict[str, Any]:
        """What the file system says of a file or folder. Raises `FileNotFoundError`."""
        with clear_answers(path):
            return self.files.info(self.path(path))

    def names(self, directories: Sequence[str]) -> dict[str, frozenset[str]]:
        paths = {directory: self.path(directory) for directory in directories}
        with clear_answers(self.root):
            found = self.files.names(list(dict.fromkeys(paths.values())))
        self.confirm([path for path, names in found.items() if not names])
        return {directory: whole(found[path]) for directory, path in paths.items()}

    def confirm(self, empty: Sequence[str]) -> None:
        """Raise `StoreUnavailable` where a folder whose listing is empty holds something: dCache's way to fail.

        A folder of outputs holds records, always: one question for each folder is enough.
        """
        with clear_answers(self.root):
            hidden = self.files.unlisted([f"{path}/{RECORDS}" for path in empty]) if empty else ()
        if hidden:
            what = "the server's listing is empty, but the folder is not"
            raise StoreUnavailable(what, min(hidden), "run again; if it stays so, look into the server's log")

    def entries(self, directory: str) -> list[Entry]:
        try:
            with clear_answers(directory):
                found = self.files.entries(self.path(directory), OWN)
        except FileNotFoundError:
            return []
        entries = [entry for entry in map(entry_of, found) if not is_unfinished(entry.name)]
        return sorted(entries, key=lambda entry: entry.name)

    def size(self, path: str) -> tuple[int, float | None] | None:
        try:
            entry = self.info(path)
        except FileNotFoundError:
            return None
        if entry["type"] != "directory":
            return entry["size"] or 0, entry.get("mtime")
        with clear_answers(path):
            inside = self.files.below(self.path(path)).values()
        times = [each["mtime"] for each in inside if each.get("mtime")]
        return sum(each["size"] or 0 for each in inside), max(times, default=None)

    def local(self, path: str, sha256: str | None = None, size: int | None = None) -> Path:
        """The copy in the cache, which stays while this process lives; with `sha256` the server may not be asked."""
        name = os.path.basename(path)
        if sha256 is not None:
            return self.cache.get(sha256, functools.partial(self.download_path, path, size), name=name, sha256=sha256)
        entry = self.info(path)
        return self.cache.get(self.key(path, entry), functools.partial(self.download, entry), name=name)

    def key(self, path: str, entry: dict[str, Any]) -> str:
        """What the cache calls a file whose digest is not known: another content under its name is another file."""
        if entry["type"] != "directory":
            return f"{path} {stamp(entry)}"
        with clear_answers(path):
            inside = self.files.below(entry["name"])
        return digest("folder", path, {name: stamp(each) for name, each in inside.items()})

    def download_path(self, path: str, size: int | None, target: Path) -> None:
        """Copy a file or folder to this machine; of a file whose size is known nothing is asked first."""
        if size is None:
            self.download(self.info(path), target)
            return
        with clear_answers(path):
            self.files.get(self.path(path), str(target), size=size)

    def download(self, entry: dict[str, Any], target: Path) -> None:
        """Copy a file or folder to this machine, verified."""
        with clear_answers(self.root):
            if entry["type"] == "directory":
                get_folder(self.files, entry["name"], target)
            else:
                self.files.get(entry["name"], str(target))

    def digest(self, path: str) -> str:
        with tempfile.TemporaryDirectory(dir=self.made(self.scratch), prefix="digest-") as folder:
            target = Path(folder, os.path.basename(path))
            self.download(self.info(path), target)
            return file_digest(target)

    def place(self, staged: Path, final: str, sha256: str) -> bool:
        """Upload under a temporary name, verify, rename. Where the name is taken, somebody published the same."""
        try:
            with clear_answers(final):
                if staged.is_dir():
                    put_folder(self.files, staged, self.path(final))
                else:
                    self.files.put(str(staged), self.path(final), overwrite=False)
        except FileExistsError:
            logger.info("somebody else has published it: %s", final)
            return False
        self.cache.offer(sha256, staged, name=os.path.basename(final), sha256=sha256)
        return True

    def set_aside(self, path: str) -> str | None:
        aside = aside_name(path)
        try:
            with clear_answers(path):
                self.files.rename(self.path(path), self.path(aside), overwrite=False)
        except FileNotFoundError:
            return None
        return aside

    def alias(self, source: str, final: str, sha256: str) -> bool:
        try:
            copy = self.local(source, sha256)
        except FileNotFoundError:
            return False
        self.place(copy, final, sha256)
        return True

    def remove(self, path: str) -> None:
        with contextlib.suppress(FileNotFoundError), clear_answers(path):
            self.files.remove_tree(self.path(path))

    def remove_empty_folder(self, directory: str) -> None:
        """Servers tell no folder's age: those of outputs stay."""

    def bring_online(self, paths: Sequence[str], report: Callable[[int, int], None]) -> Online:
        tapes = self.files.tapes
        by_path = {self.path(path): path for path in paths}
        of_server = {tapes.name_of(path): url for path, url in by_path.items()} | by_path
        failed: dict[str, StagingFailed] = {}

        def note(error: StagingFailed) -> None:
            found = {of_server[path]: why for path, why in error.failures.items() if path in of_server}
            if not found:
                raise error
            failed.update(dict.fromkeys(found, StagingFailed(error.what, error.where, error.advice, found)))

        while left := [path for path, url in by_path.items() if url not in failed]:
            try:
                with clear_answers(self.root):
                    requests = tapes.stage(left)
            except StagingFailed as error:
                note(error)
                continue
            try:
                with clear_answers(self.root):
                    tapes.wait(requests, left, lambda online, failed, total: report(online, total))
            except StagingFailed as error:
                note(error)
            return Online(requests, failed)
        return Online((), failed)

    def done_reading(self) -> None:
        self.cache.release()

    def release(self, pin: Any) -> None:
        if pin:
            with clear_answers(self.root):
                self.files.tapes.release(pin)

    def read_text(self, path: str) -> str | None:
        """All of it, not a range: XRootD 5.5.3 hangs up on who asks for more bytes than there are."""
        try:
            with clear_answers(path):
                return self.files.read(self.path(path), MOST_TEXT).decode(errors="replace")
        except FileNotFoundError:
            return None

    def create_text(self, path: str, text: str) -> None:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            with contextlib.suppress(FileExistsError), clear_answers(path):
                self.files.put(file.name, self.path(path), overwrite=False)

    def documents(self, folder: str, *, fixed: bool) -> RemoteDocuments:
        path = self.scratch / folder.removeprefix(f"{self.root}/")
        return RemoteDocuments(self.files, folder, self.path(folder), path, fixed)

    def made(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def whole(names: frozenset[str]) -> frozenset[str]:
    """Names without those of what is unfinished."""
    return frozenset(name for name in names if not is_unfinished(name))


def stamp(entry: dict[str, Any]) -> str:
    """What changes with the content of a file, as far as the server says it."""
    sums = entry.get("checksums") or {}
    return f"{entry['size']} {sums.get('sha-256') or sums.get('adler32') or entry.get('etag') or entry.get('mtime')}"


def entry_of(found: dict[str, Any]) -> Entry:
    is_folder = found["type"] == "directory"
    name = os.path.basename(found["name"].rstrip("/"))
    return Entry(name, is_folder, 0 if is_folder else found["size"] or 0, found.get("mtime"))
