"""Which store a path or URL lies in."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING

from caselaw.config import StoreSettings, load_project, store_at
from caselaw.config.address import is_url
from caselaw.storage.local_store import LocalStore
from caselaw.storage.store import Store

if TYPE_CHECKING:
    from caselaw.storage.remote_store import RemoteStore

THIS_MACHINE = LocalStore("/")


def open_store(settings: StoreSettings) -> Store:
    """The store of these settings. Nothing is asked of a server yet."""
    return LocalStore(settings.root) if settings.is_local else remote_store(settings)


def store_of(path: str | os.PathLike[str]) -> Store:
    """The store that a path or URL lies in."""
    text = os.fspath(path)
    return remote_store(store_at(load_project(), text)) if is_url(text) else THIS_MACHINE


@functools.cache
def remote_store(settings: StoreSettings) -> RemoteStore:
    from caselaw.storage.remote_store import RemoteStore

    return RemoteStore(settings)
