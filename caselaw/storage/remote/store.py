"""A store on a server."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import logging
import os
import tempfile
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from caselaw.config import StoreSettings
from caselaw.errors import PublishError
from caselaw.fingerprint import digest, file_digest
from caselaw.storage.cache import FileCache
from caselaw.storage.entry import Entry
from caselaw.storage.location import component
from caselaw.storage.remote.documents import RemoteDocuments
from caselaw.storage.remote.filesystem import clear_answers, file_system

logger = logging.getLogger(__name__)

AT_ONCE = 32
TEMPORARY = ".upload-"


class RemoteStore:
    """Outputs on a server, read through a cache on this machine. See `Store`."""

    is_local = False

    def __init__(self, settings: StoreSettings) -> None:
        self.settings = settings
        self.root = settings.root
        mark = hashlib.blake2b(settings.root.encode(), digest_size=4).hexdigest()
        self.here = settings.mirror / f"{component(settings.root.partition('://')[2])}-{mark}"
        self.cache = FileCache(settings.cache_folder or settings.mirror.parent / "cache", settings.cache)

    @functools.cached_property
    def fs(self) -> Any:
        """The file system that speaks to the server."""
        return file_system(self.settings)

    @property
    def scratch(self) -> Path:
        return self.here

    def path(self, url: str) -> str:
        """A URL of this store as its file system names it."""
        return str(self.fs._strip_protocol(url))

    def exists(self, path: str) -> bool:
        try:
            self.info(path)
        except FileNotFoundError:
            return False
        return True

    def info(self, path: str) -> dict[str, Any]:
        """What the file system says of a file or folder. Raises `FileNotFoundError`."""
        with clear_answers(path):
            found: dict[str, Any] = self.fs.info(self.path(path))
        return found

    def names(self, directories: Sequence[str]) -> dict[str, frozenset[str]]:
        if hasattr(self.fs, "names_in"):
            by_path = {self.path(directory): directory for directory in directories}
            found = self.fs.names_in(list(by_path))
            return {directory: found[path] for path, directory in by_path.items()}
        with ThreadPoolExecutor(AT_ONCE) as pool:
            listings = list(pool.map(self.entries, directories))
        return {
            directory: frozenset(entry.name for entry in listing)
            for directory, listing in zip(directories, listings, strict=True)
        }

    def entries(self, directory: str) -> list[Entry]:
        try:
            with clear_answers(directory):
                found = self.fs.ls(self.path(directory), detail=True)
        except FileNotFoundError:
            return []
        return sorted(map(entry_of, found), key=lambda entry: entry.name)

    def size(self, path: str) -> tuple[int, float | None] | None:
        try:
            there = self.info(path)
        except FileNotFoundError:
            return None
        if there["type"] != "directory":
            return there["size"] or 0, there.get("mtime")
        with clear_answers(path):
            inside = self.fs.find(self.path(path), detail=True).values()
        times = [each["mtime"] for each in inside if each.get("mtime")]
        return sum(each["size"] or 0 for each in inside), max(times, default=None)

    def local(self, path: str, sha256: str | None = None) -> Path:
        """The copy in the cache, which stays while this process lives; with `sha256` the server may not be asked."""
        name = os.path.basename(path)
        if sha256 is not None:
            return self.cache.get(sha256, functools.partial(self.download_path, path), name=name, sha256=sha256)
        there = self.info(path)
        return self.cache.get(self.key(path, there), functools.partial(self.download, there), name=name)

    def key(self, path: str, there: dict[str, Any]) -> str:
        """What the cache calls a file whose digest is not known: another content under its name is another file."""
        if there["type"] != "directory":
            return f"{path} {stamp(there)}"
        with clear_answers(path):
            inside = self.fs.find(there["name"], detail=True)
        return digest("folder", path, {name: stamp(each) for name, each in inside.items()})

    def download_path(self, path: str, target: Path) -> None:
        self.download(self.info(path), target)

    def download(self, there: dict[str, Any], target: Path) -> None:
        """Copy a file or folder to this machine, verified."""
        with clear_answers(there["name"]):
            if there["type"] != "directory":
                self.fs.get_file(there["name"], str(target))
                return
            inside = self.fs.find(there["name"])
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(functools.partial(self.download_into, there["name"], target), inside))

    def download_into(self, folder: str, target: Path, path: str) -> None:
        to = target / path.removeprefix(f"{folder}/")
        to.parent.mkdir(parents=True, exist_ok=True)
        self.fs.get_file(path, str(to))

    def digest(self, path: str) -> str:
        with tempfile.TemporaryDirectory(dir=self.made(self.here), prefix="digest-") as folder:
            target = Path(folder, os.path.basename(path))
            self.download(self.info(path), target)
            return file_digest(target)

    def place(self, staged: Path, final: str, sha256: str) -> None:
        """Upload under a temporary name, verify, rename. Where the name is taken, somebody published the same."""
        try:
            with clear_answers(final):
                if staged.is_dir():
                    self.place_folder(staged, self.path(final))
                else:
                    self.fs.put_file(str(staged), self.path(final), mode="create")
        except FileExistsError:
            logger.info("somebody else has published it: %s", final)
            return
        except OSError as error:
            raise PublishError(
                f"an output could not be uploaded: {error.strerror or error}", final, "check the disk, then run again"
            ) from error
        self.cache.add(sha256, staged, name=os.path.basename(final), sha256=sha256)

    def place_folder(self, staged: Path, final: str) -> None:
        temporary = f"{os.path.dirname(final)}/{TEMPORARY}{uuid.uuid4().hex}"
        files = [file for file in staged.rglob("*") if file.is_file()]
        try:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                targets = [f"{temporary}/{file.relative_to(staged)}" for file in files]
                list(pool.map(self.fs.put_file, map(str, files), targets))
            self.fs.mv(temporary, final)
        except BaseException:
            with contextlib.suppress(Exception):  # what stays behind, `caselaw store clean` finds
                self.fs.rm(temporary, recursive=True)
            raise

    def alias(self, source: str, final: str, sha256: str) -> bool:
        try:
            copy = self.local(source, sha256)
        except FileNotFoundError:
            return False
        self.place(copy, final, sha256)
        return True

    def remove(self, path: str) -> None:
        with contextlib.suppress(FileNotFoundError), clear_answers(path):
            self.fs.rm(self.path(path), recursive=True)

    def remove_empty_folder(self, directory: str) -> None:
        """Servers tell no folder's age: those of outputs stay."""

    def bring_online(self, paths: Sequence[str], report: Callable[[int, int], None]) -> Any:
        from caselaw.storage.tape import ensure_online

        return ensure_online(self.fs, map(self.path, paths), progress=lambda state: report(state.online, state.total))

    def release(self, pin: Any) -> None:
        if pin:
            from caselaw.storage.tape import release

            release(self.fs, pin)

    def documents(self, folder: str, *, fixed: bool) -> RemoteDocuments:
        path = self.here / folder.removeprefix(f"{self.root}/")
        return RemoteDocuments(self.fs, folder, self.path(folder), path, fixed)

    def made(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def stamp(there: dict[str, Any]) -> str:
    """What changes with the content of a file, as far as the server says it."""
    sums = there.get("checksums") or {}
    return f"{there['size']} {sums.get('sha-256') or sums.get('adler32') or there.get('etag') or there.get('mtime')}"


def entry_of(found: dict[str, Any]) -> Entry:
    is_folder = found["type"] == "directory"
    name = os.path.basename(found["name"].rstrip("/"))
    return Entry(name, is_folder, 0 if is_folder else found["size"] or 0, found.get("mtime"))
