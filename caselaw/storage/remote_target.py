"""law targets for outputs on a server: read through the cache, and never "missing" because of an error."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from caselaw.config import StoreSettings, load_project, store_at
from caselaw.storage.files.filesystem import asking_again
from caselaw.storage.law.filesystem import StoreFileSystem
from caselaw.storage.law.settings import LawSettings
from caselaw.storage.law.target import StoreDirectoryTarget, StoreFileTarget, StoreTarget
from caselaw.storage.reading import Content, local_copy
from caselaw.storage.state import exists
from caselaw.storage.stores import store_of


class ReadThroughCache(StoreTarget):
    """A target of a store; to every function that takes `os.PathLike` it is a path on this machine.

    `contents` tells what it may be, when it is read: nothing where that is not known.
    """

    def __init__(
        self, path: Any, fs: StoreFileSystem | None = None, *, contents: Callable[[], tuple[Content, ...]] = tuple,
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(path, fs or file_system_of(str(path)), **options)
        self.contents = contents

    def __fspath__(self) -> str:
        url = str(self.uri())
        return str(local_copy(store_of(url), url, self.contents()))

    def complete(self, **_: Any) -> bool:
        return bool(self.optional) or exists(str(self.uri()))


class RemoteFileTarget(ReadThroughCache, StoreFileTarget):
    """A file of the store."""


class RemoteDirectoryTarget(ReadThroughCache, StoreDirectoryTarget):
    """A folder of the store that was published as one output."""


def file_system_of(url: str) -> StoreFileSystem:
    """law's file system of the store that a URL lies in."""
    return law_file_system(store_at(load_project(), url))


@functools.cache
def law_file_system(settings: StoreSettings) -> StoreFileSystem:
    """law's view of a store; all its targets share one."""
    return StoreFileSystem(
        LawSettings(
            section=settings.name, base=(settings.root, *settings.doors), bases={},
            client=asking_again(settings), options=settings.options, cache={},
        )
    )  # fmt: skip
