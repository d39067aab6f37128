"""The server of a store: its files, and which path there a URL of the store means."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from caselaw.config import StoreSettings
from caselaw.storage.files.filesystem import file_system
from caselaw.storage.files.schemes import scheme_of
from caselaw.storage.files.server import ServerFiles, files_of


@dataclass(frozen=True)
class StoreServer:
    """What stands behind `RemoteStore` and `RemotePlace`. Nothing is asked of it before its files are."""

    settings: StoreSettings

    @property
    def root(self) -> str:
        """The URL of the store."""
        return self.settings.root

    @functools.cached_property
    def files(self) -> ServerFiles:
        """Raises `ConfigError` where the library for it is missing or an option unknown."""
        return files_of(file_system(self.settings), scheme_of(self.root))

    def path(self, url: str) -> str:
        """A URL of the store, by whichever of its doors, as its files name it."""
        return self.files.path_of(url if url.startswith(self.root) else self.settings.spelled(url))


@functools.cache
def server_of(settings: StoreSettings) -> StoreServer:
    """The server of a store; all that speak to it share one."""
    return StoreServer(settings)
