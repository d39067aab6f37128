"""Folders as they are listed: each once, whoever asks for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field

Tell = Callable[[str], None]


@dataclass
class FolderNames:
    """Names in folders. `tell` hears of each folder before it is listed."""

    tell: Tell
    listed: dict[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    unlisted: dict[str, str] = field(default_factory=dict)
    """Folders that could not be listed, and why: what is there is not known."""

    def names(self, folder: str) -> tuple[frozenset[str], frozenset[str]]:
        """Names of the folders and of the files in a folder, by one listing."""
        if folder not in self.listed:
            self.tell(folder)
            folders: set[str] = set()
            files: set[str] = set()
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        (folders if entry.is_dir() else files).add(entry.name)
            except (FileNotFoundError, NotADirectoryError):
                pass  # nothing was made there
            except OSError as error:
                self.unlisted[folder] = error.strerror or str(error)
            self.listed[folder] = frozenset(folders), frozenset(files)
        return self.listed[folder]
