"""Files and folders of this machine."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from caselaw.errors import StoreUnavailable, TransferError
from caselaw.storage.files.checksums import checksum_of
from caselaw.storage.files.credentials import CredentialKind, Identity, NarrowToken
from caselaw.storage.files.folder import ADVICE, exists_local
from caselaw.storage.files.place import Node, Report
from caselaw.storage.files.unfinished import unfinished_name

PIECE = 1 << 20  # bytes


@dataclass(frozen=True)
class LocalPlace:
    """An absolute path; links are followed. See `Place`."""

    url: str

    @property
    def name(self) -> str:
        return os.path.basename(self.url)

    @property
    def local_path(self) -> Path:
        return Path(self.url)

    @property
    def parent(self) -> LocalPlace:
        return LocalPlace(os.path.dirname(self.url))

    def child(self, name: str) -> LocalPlace:
        return LocalPlace(os.path.join(self.url, name))

    def node(self) -> Node:
        with clear_answers(self.url):
            return node_of(self.name, os.stat(self.url), os.path.isdir(self.url))

    def entries(self) -> list[Node]:
        with clear_answers(self.url), os.scandir(self.url) as entries:
            found = [self.entry(entry) for entry in entries]
        return sorted((node for node in found if node is not None), key=lambda node: node.name)

    def entry(self, entry: os.DirEntry[str]) -> Node | None:
        """None for what vanished. Raises `StoreUnavailable` for a folder that contains itself."""
        if entry.is_symlink() and f"{os.path.realpath(self.url)}/".startswith(f"{os.path.realpath(entry.path)}/"):
            raise StoreUnavailable("a folder contains itself", entry.path, "remove the link that leads back")
        try:
            return node_of(entry.name, entry.stat(), entry.is_dir())
        except FileNotFoundError:
            return Node(entry.name, False, None) if entry.is_symlink() else None

    def receive(self, source: Path, progress: Report, *, overwrite: bool) -> None:
        """Copy a file to this place, where it appears whole. Raises `FileExistsError` where the name is taken."""
        if not overwrite and exists_local(self.url):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), self.url)
        self.parent.make_folder()
        temporary = os.path.join(os.path.dirname(self.url), unfinished_name())
        try:
            with clear_answers(self.url):
                copy_bytes(source, temporary, progress)
                os.replace(temporary, self.url)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)

    def rename(self, target: LocalPlace) -> None:
        """Give it another name. Raises `FileExistsError` where that is taken."""
        if exists_local(target.url):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target.url)
        with clear_answers(self.url):
            os.rename(self.url, target.url)

    def remove(self) -> None:
        with contextlib.suppress(FileNotFoundError), clear_answers(self.url):
            if os.path.isdir(self.url) and not os.path.islink(self.url):
                shutil.rmtree(self.url)
            else:
                os.unlink(self.url)

    def make_folder(self) -> None:
        with clear_answers(self.url):
            os.makedirs(self.url, exist_ok=True)

    def hides_dot_names(self) -> bool:
        return False

    def preferred(self) -> None:
        return None

    def checksum(self, algorithm: str) -> str:
        with clear_answers(self.url):
            return checksum_of(self.url, algorithm)

    def tells_more_of_single_files(self) -> bool:
        return False

    def time(self) -> float:
        return time.time()

    def identity(self) -> Identity:
        return Identity(CredentialKind.USER, facts={"subject": str(os.geteuid())})

    def narrow_token(self, activities: Collection[str], lifetime: float) -> NarrowToken:
        """Raises `TransferError`: there is nobody to ask for one."""
        raise TransferError("this store knows no macaroons", self.url, "name a store on a WebDAV server")


def node_of(name: str, state: os.stat_result, is_folder: bool) -> Node:
    return Node(name, is_folder, 0 if is_folder else state.st_size, state.st_mtime)


def copy_bytes(source: Path, target: str, progress: Report) -> None:
    """Copy a file, and look at its size. Raises `StoreUnavailable` where it changed meanwhile."""
    size = 0
    with source.open("rb") as read, open(target, "xb") as written:
        while piece := read.read(PIECE):
            written.write(piece)
            size += len(piece)
            progress(size)
    if not size == os.stat(target).st_size == source.stat().st_size:
        raise StoreUnavailable("the file changed while it was copied", source, "copy it again")


@contextmanager
def clear_answers(path: str) -> Iterator[None]:
    """Only `FileNotFoundError` means missing, and `FileExistsError` taken; others are a `StoreUnavailable`."""
    try:
        yield
    except NotADirectoryError as error:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path) from error
    except (FileNotFoundError, FileExistsError):
        raise
    except OSError as error:
        raise StoreUnavailable(f"{error.strerror or error}", path, ADVICE) from error
