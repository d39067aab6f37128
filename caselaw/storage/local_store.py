"""A store in a folder of this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from caselaw.errors import FingerprintError, PublishError, StoreUnavailable
from caselaw.fingerprint import file_digest
from caselaw.storage.alias import alias, link_or_copy
from caselaw.storage.files.entry import Entry
from caselaw.storage.files.folder import ADVICE, exists_local, local_names
from caselaw.storage.files.unfinished import is_unfinished, unfinished_beside, unfinished_name
from caselaw.storage.location import aside_name
from caselaw.storage.publish import move, private_folder
from caselaw.storage.store import Online

SECONDS_KEPT = 86400.0
WRITABLE = "check free space and permissions of the store, then run again"


@dataclass(frozen=True)
class LocalStore:
    """Outputs in a folder, which may be that of a mounted file system. See `Store`."""

    root: str
    is_local = True

    @property
    def scratch(self) -> Path:
        return Path(self.root)

    def exists(self, path: str) -> bool:
        return exists_local(path)

    def names(self, directories: Sequence[str]) -> dict[str, frozenset[str]]:
        return {directory: local_names(directory) for directory in directories}

    def entries(self, directory: str) -> list[Entry]:
        try:
            with os.scandir(directory) as found:
                entries = [entry_of(each) for each in found if not is_unfinished(each.name)]
            return sorted(entries, key=lambda entry: entry.name)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise unanswered("the store could not list a folder", directory, error) from error

    def size(self, path: str) -> tuple[int, float | None] | None:
        here = Path(path)
        try:
            state = here.stat()
            inside = [file for file in here.rglob("*") if file.is_file()] if here.is_dir() else [here]
            size = sum(file.stat().st_size for file in inside)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise unanswered("the size of an output is not known", path, error) from error
        return size, state.st_mtime

    def local(self, path: str, sha256: str | None = None, size: int | None = None) -> Path:
        return Path(path)

    def done_reading(self) -> None:
        """Nothing was copied."""

    def digest(self, path: str) -> str:
        """The digest of a file. Raises `FileNotFoundError`, and `StoreUnavailable` where it cannot be read."""
        try:
            return file_digest(path)
        except FingerprintError as error:
            if not exists_local(path):  # removed meanwhile
                raise FileNotFoundError(path) from error
            if isinstance(error.__cause__, OSError):
                raise StoreUnavailable(error.what, path, ADVICE) from error
            raise

    def place(self, staged: Path, final: str, sha256: str) -> bool:
        os.makedirs(os.path.dirname(final), exist_ok=True)
        move(os.fspath(staged), final)
        return True

    def set_aside(self, path: str) -> str | None:
        """Rename an output without a record. Raises `PublishError` where that fails."""
        aside = aside_name(path)
        try:
            os.rename(path, aside)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise PublishError(
                f"an output without a record is in the way, and cannot be renamed: {error.strerror}", path,
                "check the permissions of the store, or rename it yourself; then run again",
            ) from error  # fmt: skip
        return aside

    def alias(self, source: str, final: str, sha256: str) -> bool:
        return alias(self.scratch, source, final)

    def remove(self, path: str) -> None:
        """By one rename out of sight."""
        with private_folder(self.scratch, "trash") as trash:
            discard(Path(path), trash / os.path.basename(path))

    def remove_empty_folder(self, directory: str) -> None:
        path = Path(directory)
        if exists_local(path) and not local_names(path) and time.time() - path.stat().st_mtime > SECONDS_KEPT:
            with contextlib.suppress(OSError):  # somebody has just put something into it
                path.rmdir()

    def bring_online(self, paths: Sequence[str], report: Callable[[int, int], None]) -> Online:
        """A mounted file system brings its files by itself."""
        return Online()

    def release(self, pin: None) -> None:
        """Nothing is kept."""

    def read_text(self, path: str) -> str | None:
        try:
            return Path(path).read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise unanswered("a file could not be read", path, error) from error

    def create_text(self, path: str, text: str) -> None:
        """Write a file that is not there yet. Raises `StoreUnavailable` where that fails."""
        temporary = unfinished_beside(path)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            try:
                Path(temporary).write_text(text, encoding="utf-8")
                with contextlib.suppress(FileExistsError):
                    link_or_copy(temporary, path)
            finally:
                Path(temporary).unlink(missing_ok=True)
        except OSError as error:
            raise StoreUnavailable(f"a file could not be written: {error.strerror}", path, WRITABLE) from error

    def documents(self, folder: str, *, fixed: bool) -> LocalDocuments:
        return LocalDocuments(Path(folder))


@dataclass(frozen=True)
class LocalDocuments:
    """Documents that are read where they lie. See `Documents`."""

    path: Path

    def refresh(self) -> None:
        """Nothing to do."""

    def renew(self, name: str) -> bool:
        """There is no copy."""
        return False

    def write(self, name: str, text: str) -> None:
        """Write a document. Raises `StoreUnavailable` where that fails."""
        path = self.path / name
        temporary = path.with_name(unfinished_name())
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                temporary.write_text(text, encoding="utf-8")
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)
        except OSError as error:
            raise StoreUnavailable(f"a file could not be written: {error.strerror}", path, WRITABLE) from error

    def remove(self, name: str) -> None:
        (self.path / name).unlink(missing_ok=True)


def entry_of(found: os.DirEntry[str]) -> Entry:
    is_folder = found.is_dir(follow_symlinks=False)
    state = found.stat(follow_symlinks=False)
    return Entry(found.name, is_folder, 0 if is_folder else state.st_size, state.st_mtime)


def discard(path: Path, place: Path) -> None:
    """Remove an output. Raises `StoreUnavailable` where that fails."""
    try:
        path.replace(place)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreUnavailable(
            f"an output could not be removed: {error.strerror}", path, "check the permissions of the store"
        ) from error
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink()


def unanswered(what: str, path: str, error: OSError) -> StoreUnavailable:
    return StoreUnavailable(f"{what}: {error.strerror}", path, ADVICE)
