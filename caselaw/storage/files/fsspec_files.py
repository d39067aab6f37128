"""Files on XRootD (`root://`), S3 and other servers that an installed package of fsspec speaks to.

None of these file systems writes beside and renames, and some take names for patterns, keep files open that were
replaced, or lack an operation: what is missing stands here.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fsspec.asyn import AsyncFileSystem

from caselaw.errors import ContentChanged, StoreRefused, StoreUnavailable, TransferError
from caselaw.fingerprint import file_digest
from caselaw.storage.files.answers import DAMAGED, clear_answers
from caselaw.storage.files.checksums import checksum_of
from caselaw.storage.files.concurrency import side_by_side
from caselaw.storage.files.credentials import CredentialKind, Identity, NarrowToken
from caselaw.storage.files.schemes import OBJECTS
from caselaw.storage.files.tapes import NoTapes, Tapes
from caselaw.storage.files.unfinished import unfinished_beside
from caselaw.storage.files.webdav_files import reporting

if TYPE_CHECKING:
    from caselaw.storage.files.server import ServerFiles

PIECE = 1 << 20  # bytes
STATED = "adler32"
"""Of XRootD: what sites set up, and the server keeps beside a file."""
NO_CHECKSUMS = ("[3012]", "[3013]")  # XRootD: none of this kind, or none at all
AGAIN = "run again; if it happens again, look into the server's log"


@dataclass(frozen=True)
class FsspecFiles:
    """See `ServerFiles`."""

    fs: Any
    scheme: str

    @property
    def has_folders(self) -> bool:
        return self.scheme not in OBJECTS

    @property
    def tells_its_errors(self) -> bool:
        return False

    @property
    def tapes(self) -> Tapes:
        return NoTapes()

    def path_of(self, url: str) -> str:
        return str(self.fs._strip_protocol(url))

    def info(self, path: str) -> dict[str, Any]:
        self.refuse_cut_name(path)
        with clear_answers(self.url(path)):  # who looks before an operation is told what is missing
            found: dict[str, Any] = self.fs.info(path)
        return found

    def entries(self, path: str, also: Collection[str] = ()) -> list[dict[str, Any]]:
        self.refuse_cut_name(path)
        found: list[dict[str, Any]] = self.fs.ls(path, detail=True)
        return found

    def names(self, paths: Sequence[str]) -> Mapping[str, frozenset[str]]:
        return dict(zip(paths, side_by_side(self.names_in, paths), strict=True))

    def names_in(self, path: str) -> frozenset[str]:
        try:
            with clear_answers(self.url(path)):
                return frozenset(os.path.basename(each["name"].rstrip("/")) for each in self.entries(path))
        except FileNotFoundError:
            return frozenset()

    def unlisted(self, paths: Sequence[str]) -> Collection[str]:
        return ()

    def below(self, path: str) -> Mapping[str, dict[str, Any]]:
        found: Mapping[str, dict[str, Any]] = self.fs.find(path, detail=True)
        return found

    def put(
        self, source: str, path: str, progress: Callable[[int], None] | None = None, *, overwrite: bool
    ) -> None:  # fmt: skip
        def send(name: str) -> None:
            try:
                self.fs.put_file(source, name, callback=reporting(progress))
            except NotImplementedError:  # fsspec-xrootd
                with open(source, "rb") as read, self.fs.open(name, "wb") as written:
                    shutil.copyfileobj(read, written, PIECE)
                if progress is not None:
                    progress(os.stat(source).st_size)

        self.refuse_taken(path, overwrite)
        self.place(path, os.stat(source).st_size, send, source)

    def write(self, data: bytes, path: str) -> None:
        def send(name: str) -> None:
            with self.fs.open(name, "wb") as written:
                written.write(data)

        self.refuse_taken(path, overwrite=True)
        self.place(path, len(data), send)

    def read(self, path: str, most: int | None = None) -> bytes:
        """Raises `StoreUnavailable` where another number of bytes arrived."""
        self.refuse_cut_name(path)
        self.fs.invalidate_cache(path)  # see `get`
        expected = self.info(path)["size"]
        data: bytes = self.fs.cat_file(path, start=None, end=None)  # fsspec-xrootd has no defaults
        self.compare(path, len(data), expected)
        return data

    def get(
        self, path: str, target: str, progress: Callable[[int], None] | None = None, size: int | None = None
    ) -> None:  # fmt: skip
        """Where nobody else looks at what arrived, its checksum is compared with that of the server, if it states one.

        Raises `StoreUnavailable` where another number of bytes arrived, and `ContentChanged` for other bytes, twice.
        """
        for last in (False, True):
            try:
                with clear_answers(self.url(path)):
                    self.get_once(path, target, progress, checked=size is None)
                return
            except ContentChanged:
                if last:
                    raise

    def get_once(self, path: str, target: str, progress: Callable[[int], None] | None, *, checked: bool) -> None:
        self.fs.invalidate_cache(path)  # fsspec-xrootd keeps files open, even those that were replaced
        temporary, expected = unfinished_beside(target), self.info(path)["size"]
        try:
            self.fs.get_file(path, temporary, callback=reporting(progress))
            self.compare(path, Path(temporary).stat().st_size, expected)
            if checked:
                self.compare_checksum(path, temporary)
            os.replace(temporary, target)
        finally:
            Path(temporary).unlink(missing_ok=True)

    def copy(self, source: str, path: str) -> None:
        self.refuse_taken(path, overwrite=True)
        self.place(path, self.info(source)["size"], lambda name: self.copy_bytes(source, name))

    def copy_to(
        self, path: str, server: ServerFiles, target: str, progress: Callable[[int], None], *, overwrite: bool
    ) -> None:  # fmt: skip
        """These servers copy nothing between themselves."""

    def copy_bytes(self, source: str, path: str) -> None:
        try:
            self.fs.cp_file(source, path)
        except NotImplementedError:
            with self.fs.open(source, "rb") as read, self.fs.open(path, "wb") as written:
                shutil.copyfileobj(read, written, PIECE)

    def rename(self, source: str, path: str, *, overwrite: bool) -> None:
        is_folder = self.info(source)["type"] == "directory"
        self.refuse_taken(path, overwrite=overwrite and not is_folder)
        self.take_name(source, path, is_folder)

    def take_name(self, source: str, path: str, is_folder: bool) -> None:
        self.make_folder(os.path.dirname(path))
        if not is_folder and has_magic(source) and isinstance(self.fs, AsyncFileSystem):
            self.copy_bytes(source, path)  # `mv` would take the name for a pattern
            self.remove_file(source)
        else:
            self.fs.mv(source, path, recursive=is_folder)

    def remove_file(self, path: str) -> None:
        self.refuse_cut_name(path)
        self.fs.rm_file(path)

    def remove_tree(self, path: str) -> None:
        if self.info(path)["type"] != "directory":
            self.remove_file(path)
        elif not has_magic(path):
            self.fs.rm(path, recursive=True)
        else:  # `rm` would take the name for a pattern
            for each in self.entries(path):
                self.remove_tree(each["name"].rstrip("/"))
            if self.has_folders:
                self.fs.rmdir(path)

    def remove_empty_folder(self, path: str) -> None:
        self.refuse_cut_name(path)
        self.fs.rmdir(path)

    def make_folder(self, path: str) -> None:
        self.refuse_cut_name(path)
        self.fs.makedirs(path, exist_ok=True)

    def make_folder_in(self, path: str) -> None:
        self.refuse_cut_name(path)
        self.fs.mkdir(path, create_parents=False)

    def hides_dot_names(self) -> bool:
        return False

    def usual_checksum(self) -> str | None:
        """Of XRootD alone. The ETag of an object is its MD5 only where it was sent in one part and without a key, which
        it does not tell; the library for S3 sends and compares a CRC-32 with each object itself.
        """
        # fsspec's own `checksum` is none of the content
        return STATED if self.scheme == "root" and hasattr(self.fs, "_checksum") else None

    def checksum(self, path: str, algorithm: str) -> str | None:
        if self.usual_checksum() is None:
            return None
        self.refuse_cut_name(path)
        wanted = algorithm.replace("-", "")
        try:
            kind, digits = self.fs.checksum(f"{path}?cks.type={wanted}")
        except OSError as error:
            if any(code in str(error) for code in NO_CHECKSUMS):
                return None
            raise
        return digits.lower() if kind == wanted else None

    def compare_checksum(self, path: str, local: str) -> None:
        """Raise `ContentChanged` unless the server states what a file of this machine has."""
        stated = self.checksum(path, STATED)
        if stated is not None and stated.zfill(8) != (found := checksum_of(local, STATED)):
            what = f"the server states the {STATED} {stated}, and the file here has {found}"
            raise ContentChanged(what, self.url(path), DAMAGED)

    def sha256(self, path: str, size: int) -> str:
        with tempfile.TemporaryDirectory(prefix="caselaw-") as folder:
            target = Path(folder, "file")
            self.get(path, str(target), size=size)
            return file_digest(target)

    def tells_more_of_single_files(self) -> bool:
        return False

    def time(self, path: str) -> float | None:
        return None

    def identity(self) -> Identity:
        return Identity(CredentialKind.OF_LIBRARY, self.scheme)

    def narrow_token(self, path: str, activities: Collection[str], lifetime: float) -> NarrowToken:
        """Raises `TransferError`: there is nobody to ask for one."""
        raise TransferError("this store knows no macaroons", self.url(path), "name a store on a WebDAV server")

    def place(self, path: str, size: int, make: Callable[[str], object], source: str | None = None) -> None:
        """Make a file under a temporary name, compare its size, and its checksum with a local `source`, then rename it.

        An object of an object store is there when it is whole. Raises `StoreUnavailable` where another number of bytes
        arrived, and `ContentChanged` where it has other ones.
        """
        temporary = unfinished_beside(path) if self.has_folders else path
        self.make_folder(os.path.dirname(path))
        try:
            make(temporary)
            self.compare(path, self.info(temporary)["size"], size)
            if source is not None:
                self.compare_checksum(temporary, source)
            if temporary != path:
                self.take_name(temporary, path, is_folder=False)
        except BaseException:
            if temporary != path:
                with contextlib.suppress(Exception):  # the error that is being raised counts
                    self.remove_file(temporary)
            raise

    def compare(self, path: str, found: int, expected: int | None) -> None:
        """Raise `StoreUnavailable` unless all bytes arrived: a transfer that was cut is no answer."""
        if found != expected:
            raise StoreUnavailable(f"{found} bytes arrived of {expected}", self.url(path), AGAIN)

    def refuse_taken(self, path: str, overwrite: bool) -> None:
        """Raise `FileExistsError` for a name that may not be taken, `IsADirectoryError` for one that never may be."""
        try:
            there = self.info(path)
        except FileNotFoundError:
            return
        if not overwrite:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
        if there["type"] == "directory":
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)

    def refuse_cut_name(self, path: str) -> None:
        """Raise `StoreRefused` for a name of which the server would take a part, and act on another file."""
        if self.scheme == "root" and "?" in path:
            raise StoreRefused("XRootD takes '?' for the end of a name", self.url(path), "use another name")

    def url(self, path: str) -> str:
        return str(self.fs.unstrip_protocol(path))
