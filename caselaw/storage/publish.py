"""Publishing: write under a temporary name in the store, verify, rename.

Nobody sees a partial output, whatever is killed when: what stays behind lies in the store's staging
folder, named after the process that made it, and is removed by the next run there.
"""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from caselaw.errors import PublishError
from caselaw.storage.files.atomic import take_name
from caselaw.storage.files.folder import local_names
from caselaw.storage.files.unfinished import STAGING
from caselaw.storage.owner import LOCK, has_ended, kept, let_go, owner
from caselaw.storage.products import own, refuse_open, verify


@dataclass(frozen=True)
class Published:
    """One output as it was verified: where it is, the SHA-256 of its bytes, their number, and what it holds.

    `modified` is when a file was written last, in nanoseconds: it keeps this when it gets its name.
    """

    path: str
    sha256: str
    size: int
    digest: str
    modified: int | None = None


@dataclass(frozen=True)
class Staging:
    """A private folder of the store in which one branch writes its products."""

    folder: str
    paths: Mapping[str, Path]
    folders: frozenset[str] = frozenset()
    """Products that are folders."""

    @classmethod
    def open(cls, store: Path, products: Mapping[str, str]) -> Staging:
        """A folder for products, which are called as they are declared."""
        endings = {name: "" if extension in ("", "/") else f".{extension}" for name, extension in products.items()}
        folders = frozenset(name for name, extension in products.items() if extension == "/")
        return cls.with_names(store, {name: f"{name}{ending}" for name, ending in endings.items()}, folders)

    @classmethod
    def with_names(cls, store: Path, names: Mapping[str, str], folders: frozenset[str]) -> Staging:
        """A folder for products under names of their own, relative to it.

        A process has one folder, or several where branches are open at the same time. Raises `PublishError` where the
        store cannot be written.
        """
        number = 0
        while (folder := f"{store}/{STAGING}/{owner()}-{number}") in _open:
            number += 1
        paths = {product: Path(folder, name) for product, name in names.items()}
        try:
            arrive(f"{store}/{STAGING}")
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise PublishError(
                f"the store cannot be written: {error.strerror}", folder,
                "check free space and permissions of the store, then run again",
            ) from error  # fmt: skip
        _open.add(folder)
        return cls(folder, paths, folders)

    def make_folders(self) -> Mapping[str, Path]:
        """Make the products that are folders; returns the paths of all."""
        for name in self.folders:
            self.paths[name].mkdir(exist_ok=True)
        return self.paths

    def verify(self, final: Mapping[str, str], *, may_be_empty: bool = False) -> dict[str, Published]:
        """Verify products; `final` maps each to the path or URL that it is going to have."""
        refuse_open(self.folder)
        for path in filter(os.path.lexists, self.paths.values()):
            own(os.fspath(path))
        verified = {
            product: verify(product, os.fspath(path), product in self.folders, may_be_empty=may_be_empty)
            for product, path in self.paths.items()
            if product in final
        }
        return {
            product: Published(final[product], *found, self.modified(product)) for product, found in verified.items()
        }

    def modified(self, product: str) -> int | None:
        return None if product in self.folders else os.stat(self.paths[product]).st_mtime_ns

    def close(self, *, keep_folder: bool = False) -> None:
        """Remove what was not published. An emptied folder may be kept for the next branch of this process."""
        if not keep_folder or os.listdir(self.folder):
            shutil.rmtree(self.folder, ignore_errors=True)
        _open.discard(self.folder)
        if not keep_folder:
            leave(os.path.dirname(self.folder))


# Staging folders in use by this process; a fork starts with folders of its own, as names carry the process.
_open: set[str] = set()


def move(source: str, final: str) -> None:
    """Give a staged product its final name. Raises `PublishError` where that fails."""
    try:
        take_name(source, final, f"{source}.replaced")
    except OSError as error:
        raise PublishError(
            f"an output could not get its name: {error.strerror}", final,
            "check free space and permissions of the store, then run again",
        ) from error  # fmt: skip


@contextlib.contextmanager
def private_folder(store: Path, purpose: str) -> Iterator[Path]:
    """An empty folder of this process in the store; what a kill leaves there is removed by the next run."""
    place = store / STAGING / f"{owner()}-{purpose}"
    arrive(str(place.parent))
    _open.add(str(place))
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        _open.discard(str(place))
        leave(str(place.parent))


def arrive(place: str) -> None:
    """Let others see that this process lives, as long as it has anything in a staging folder."""
    lock = f"{place}/{owner()}{LOCK}"
    try:
        kept(lock)
    except FileNotFoundError:
        os.makedirs(place, exist_ok=True)
        kept(lock)


def leave(place: str) -> None:
    """Nothing of this process is left in a staging folder."""
    if not any(folder.startswith(f"{place}/{owner()}") for folder in _open):
        let_go(f"{place}/{owner()}{LOCK}")


def orphans_in(store: Path) -> dict[str, list[Path]]:
    """Names of processes of this host that have ended → their staging folders, and locks without any."""
    place = store / STAGING
    found: dict[str, list[Path]] = {}
    for entry in sorted(local_names(place)):
        found.setdefault(owner_of(entry), []).append(place / entry)
    return {
        name: paths for name, paths in found.items() if all(has_ended(name, place / f"{name}{LOCK}", p) for p in paths)
    }


def owner_of(entry: str) -> str:
    return entry.removesuffix(LOCK) if entry.endswith(LOCK) else entry.rpartition("-")[0]


def remove_orphans(store: Path, *, also: frozenset[str] = frozenset()) -> int:
    """Remove staging folders of this host's processes that live no more, and of `also`; returns how many."""
    place, removed = store / STAGING, 0
    for name in also:
        for path in place.glob(f"{glob.escape(name)}*"):
            removed += remove_orphan(path)
    for paths in orphans_in(store).values():
        removed += sum(map(remove_orphan, paths))
    return removed


def remove_orphan(path: Path) -> bool:
    """Remove a folder or a lock; whether it was a folder."""
    if path.name.endswith(LOCK):
        path.unlink(missing_ok=True)
        return False
    shutil.rmtree(path, ignore_errors=True)
    return True
