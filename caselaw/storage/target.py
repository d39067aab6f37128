"""law targets for outputs: usable as paths, and never "missing" because of an error."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import law
from law.target.local import LocalTarget
from law.target.remote.base import RemoteTarget

from caselaw.config.address import is_url
from caselaw.storage.files.atomic import beside, take_name
from caselaw.storage.files.pending_file import open_in_format
from caselaw.storage.law.local_files import LocalFiles
from caselaw.storage.location import Location
from caselaw.storage.reading import Content, of_folder
from caselaw.storage.state import exists


class AnsweringTarget(LocalTarget):  # type: ignore[misc]
    """A path of the store on this machine, for every function that takes `os.PathLike`."""

    def __init__(self, path: Any = None, fs: Any = LocalFiles.default_instance, **options: Any) -> None:
        super().__init__(path, fs, **options)

    def __fspath__(self) -> str:
        return str(self.path)

    def exists(self, stat: bool = False, **_: Any) -> Any:
        """Whether it exists; with `stat` what `os.stat` says, or None. Raises `StoreUnavailable`."""
        there = exists(self.path)
        return (self.stat() if there else None) if stat else there

    def complete(self, **_: Any) -> bool:
        return bool(self.optional) or exists(self.path)


class FileTarget(AnsweringTarget, law.LocalFileTarget):  # type: ignore[misc]
    """A file of the store.

    However it is written (`open`, `dump`, `localize`, copies and moves), it appears as a whole or not at all.
    `format` is one of luigi's: with it, `open` reads and writes what the format makes of the bytes.
    """

    def open(self, mode: str = "r", **options: Any) -> Any:
        """Open it in mode r, w or a; in mode w nothing is visible before `close`, or after an error."""
        return open_in_format(lambda mode: self.fs.open(self.path, mode, **options), self.format, mode)

    def dump(self, *content: Any, **options: Any) -> Any:
        """Write content by the formatter for the file's extension."""
        if self.is_tmp:
            return super().dump(*content, **options)
        permissions = {name: options.pop(name) for name in ("perm", "dir_perm") if name in options}
        with self.localize("a", **permissions) as temporary:
            return temporary.dump(*content, **options)


class DirectoryTarget(AnsweringTarget, law.LocalDirectoryTarget):  # type: ignore[misc]
    """A folder of the store that was published as one output."""

    @contextmanager
    def localize(self, mode: str = "r", **options: Any) -> Iterator[Any]:
        """A folder to read (mode r), or to fill (w) or change (a), which takes the name at the end of the block.

        Nothing happens to what is there when the block ends with an error.
        """
        if mode == "r" or not options.get("is_tmp", True):
            with super().localize(mode, **options) as target:
                yield target
            return
        permissions, final = {"perm": options.get("dir_perm")}, self.abspath
        self.parent.touch(**permissions)
        with beside(final) as written:
            folder = type(self)(written, fs=self.fs)
            if mode == "a" and exists(final):
                shutil.copytree(final, folder.path)
            folder.touch(perm=options.get("perm"))
            yield folder
            take_name(written, final)


FileTarget.file_class = DirectoryTarget.file_class = FileTarget
FileTarget.directory_class = DirectoryTarget.directory_class = DirectoryTarget

Target = FileTarget | DirectoryTarget


class Outputs(dict[str, Target]):
    """What one task or branch made: product name → target.

    With a single product it is that target as well: `self.output().dump(…)`, `step(self.input()["nano"])`.
    """

    def __getattr__(self, name: str) -> Any:
        """What the single target has. Raises `AttributeError` where there are several, or none."""
        if name.startswith("__"):
            raise AttributeError(name)
        if len(self) != 1:
            raise AttributeError(f"'{name}' of which? {self._several()}")
        return getattr(self._single(), name)

    def __str__(self) -> str:
        return self.path if len(self) == 1 else super().__str__()

    def copy(self, *arguments: Any, **options: Any) -> Any:
        """A copy of the mapping; with a destination, one of the single target."""
        return self._single().copy(*arguments, **options) if arguments or options else super().copy()

    @property
    def path(self) -> str:
        return url_of(self._single())

    def __fspath__(self) -> str:
        return os.fspath(self._single())

    def _single(self) -> Target:
        if len(self) != 1:
            raise TypeError(self._several())
        return next(iter(self.values()))

    def _several(self) -> str:
        return f"{len(self)} products here ({', '.join(self)}): name one of them in brackets"


def url_of(target: Any) -> str:
    """The path of a target on this machine, or the URL of one on a server."""
    return str(target.uri() if isinstance(target, RemoteTarget) else target.path)


Contents = Callable[[str, str], Mapping[str, tuple[Content, ...]]]
"""Folder and fingerprint of outputs → what each product may hold, as far as that is known."""


def target_of(path: str | os.PathLike[str], folder: bool = False) -> Target:
    """The target of one output path or URL."""
    if is_url(os.fspath(path)):
        return remote_target(os.fspath(path), folder)
    return DirectoryTarget(os.fspath(path)) if folder else FileTarget(os.fspath(path))


def remote_target(url: str, folder: bool, contents: Callable[[], tuple[Content, ...]] = tuple) -> Target:
    """The target of an output on a server; `contents` tells what it may hold, when it is read."""
    from caselaw.storage.remote_target import RemoteDirectoryTarget, RemoteFileTarget

    return (RemoteDirectoryTarget if folder else RemoteFileTarget)(url, contents=contents)


def outputs_of(location: Location, fingerprint: str, contents: Contents | None = None) -> Outputs:
    """Targets of all products that a branch with this fingerprint makes."""
    paths = location.paths(fingerprint)
    if contents is None or not is_url(location.directory):
        return Outputs({name: target_of(path, location.is_folder(name)) for name, path in paths.items()})

    def stated(product: str) -> tuple[Content, ...]:
        found = contents(location.directory, fingerprint).get(product, ())
        return of_folder(found) if location.is_folder(product) else found

    return Outputs({
        name: remote_target(path, location.is_folder(name), partial(stated, name)) for name, path in paths.items()
    })  # fmt: skip


@dataclass(frozen=True)
class Url:
    """A file on a server that no task makes; every library opens it by its URL."""

    path: str

    def __fspath__(self) -> str:
        return self.path

    def __str__(self) -> str:
        return self.path


def external_target(path: str) -> FileTarget | Url:
    """The target of a file that no task makes."""
    return Url(path) if is_url(path) else FileTarget(path)
