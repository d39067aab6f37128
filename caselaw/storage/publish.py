"""Publishing: write under a temporary name in the store, verify, rename.

Nobody sees a partial output, whatever is killed when: what stays behind lies in the store's staging
folder, named after the host and process that made it, and is removed by the next run there.
"""

from __future__ import annotations

import errno
import os
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from caselaw.errors import PublishError
from caselaw.storage.folder import names_here
from caselaw.storage.location import Location
from caselaw.storage.products import verify

STAGING = ".staging"
NOT_EMPTY = frozenset({errno.ENOTEMPTY, errno.EEXIST})


@dataclass(frozen=True)
class Published:
    """One output as it was verified: where it is, the SHA-256 of its bytes, their number, and what it holds."""

    path: str
    sha256: str
    size: int
    digest: str


@dataclass(frozen=True)
class Staging:
    """A private folder of the store in which one branch writes its products."""

    folder: str
    paths: Mapping[str, Path]
    folders: frozenset[str] = frozenset()
    """Products that are folders."""

    @classmethod
    def open(cls, store: Path, products: Mapping[str, str]) -> Staging:
        """A process has one folder, or several where branches are open at the same time."""
        number = 0
        while (folder := f"{store}/{STAGING}/{owner()}-{number}") in _open:
            number += 1
        endings = {name: "" if extension in ("", "/") else f".{extension}" for name, extension in products.items()}
        paths = {name: Path(folder, f"{name}{ending}") for name, ending in endings.items()}
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise PublishError(
                f"the store cannot be written: {error.strerror}", folder,
                "check free space and permissions of the store, then run again",
            ) from error  # fmt: skip
        _open.add(folder)
        return cls(folder, paths, frozenset(name for name, extension in products.items() if extension == "/"))

    def make_folders(self) -> Mapping[str, Path]:
        """Make the products that are folders; returns the paths of all."""
        for name in self.folders:
            self.paths[name].mkdir(exist_ok=True)
        return self.paths

    def verify(self, location: Location, fingerprint: str) -> dict[str, Published]:
        """Verify every product; each with the final name that it is going to have."""
        verified = {
            product: verify(product, os.fspath(path), is_folder=product in self.folders)
            for product, path in self.paths.items()
        }
        final = dict(zip(self.paths, location.full_names(fingerprint), strict=True))
        return {product: Published(final[product], *found) for product, found in verified.items()}

    def close(self, *, keep_folder: bool = False) -> None:
        """Remove what was not published. An emptied folder may be kept for the next branch of this process."""
        if not keep_folder or os.listdir(self.folder):
            shutil.rmtree(self.folder, ignore_errors=True)
        _open.discard(self.folder)


# Staging folders in use by this process; a fork starts with folders of its own, as names carry the process.
_open: set[str] = set()


def move(source: str, final: str) -> None:
    """Give a staged product its final name."""
    try:
        take_name(source, final, f"{source}.replaced")
    except OSError as error:
        raise PublishError(
            f"an output could not get its name: {error.strerror}", final,
            "check free space and permissions of the store, then run again",
        ) from error  # fmt: skip


def take_name(source: str, final: str, aside: str) -> None:
    """Rename within the store; a folder that a killed run may have left under that name is put `aside`."""
    try:
        os.replace(source, final)
    except OSError as error:
        if error.errno not in NOT_EMPTY:
            raise
        os.rename(final, aside)
        os.replace(source, final)


def owner() -> str:
    """Name of this process in staging folders."""
    return f"{socket.gethostname()}.{os.getpid()}"


def remove_orphans(store: Path, *, also: frozenset[int] = frozenset()) -> int:
    """Remove staging folders of this host's processes that live no more (and of `also`); returns how many."""
    removed = 0
    prefix = f"{socket.gethostname()}."
    for name in names_here(store / STAGING):
        pid = name.removeprefix(prefix).partition("-")[0]
        if not name.startswith(prefix) or not pid.isdigit():
            continue
        if int(pid) in also or not alive(int(pid)):
            shutil.rmtree(store / STAGING / name, ignore_errors=True)
            removed += 1
    return removed


def alive(pid: int) -> bool:
    """Whether a process of this host exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
