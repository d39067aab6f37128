"""A file or folder, on this machine or on a server, and what can be done with it."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

from caselaw.config import Project, load_project, resolve_store, store_at
from caselaw.config.store import SCHEME, StoreSettings, root_of
from caselaw.errors import ConfigError
from caselaw.storage.store import open_store

Report = Callable[[int], None]
"""Gets the bytes of a file that were transferred so far."""

IN_STORE = re.compile(r"([A-Za-z0-9][\w-]*):(?!//)(.*)", re.DOTALL)
TEMPORARY = re.compile(r"\.(upload|download|pending)-[0-9a-f]{32}(\.\w+)?")


def ignore(_: int) -> None:
    """Nobody watches."""


def temporary_name() -> str:
    """A name that nobody else takes; what stays behind under it, `caselaw store clean` finds."""
    return f".upload-{uuid.uuid4().hex}"


@dataclass(frozen=True)
class Node:
    """What is known of a file or folder without reading it.

    `size` in bytes: of a folder 0, None of a file that is not whole: it is being written, or a link leads nowhere.
    `modified` in seconds since 1970, `checksums` (algorithm → hexadecimal digits) and `locality` where the server
    states them.
    """

    name: str
    is_folder: bool
    size: int | None
    modified: float | None = None
    checksums: Mapping[str, str] = field(default_factory=dict)
    locality: str | None = None


class Place(Protocol):
    """A path or URL, whether something is there or not. All methods raise `StoreUnavailable` for a failed question."""

    @property
    def url(self) -> str:
        """An absolute path or a URL, for people."""

    @property
    def name(self) -> str:
        """The last part of it."""

    @property
    def here(self) -> Path | None:
        """The path, on this machine."""

    @property
    def parent(self) -> Self:
        """The folder that it lies in."""

    def child(self, name: str) -> Self:
        """What lies below it."""

    def node(self) -> Node:
        """What is there. Raises `FileNotFoundError`."""

    def entries(self) -> list[Node]:
        """What is in a folder, by name. Raises `FileNotFoundError`."""

    def receive(self, source: Path, progress: Report, *, overwrite: bool) -> None:
        """Copy a file of this machine here; it appears whole. Raises `FileExistsError`."""

    def rename(self, target: Self) -> None:
        """Give it a name of the same store that is free. Raises `FileExistsError`."""

    def remove(self) -> None:
        """Remove it with all that it holds; what is gone is no error."""

    def make_folder(self) -> None:
        """Make the folder and those above it, unless they are there."""

    def preferred(self) -> str | None:
        """The checksum that is had without reading the file here; None for none."""

    def checksum(self, algorithm: str) -> str | None:
        """Hexadecimal digits of a file; None where the server does not state them. Raises `FileNotFoundError`."""


def exists(place: Place) -> bool:
    """Whether there is a file or folder."""
    return found(place) is not None


def found(place: Place) -> Node | None:
    """What is there, or nothing."""
    try:
        return place.node()
    except FileNotFoundError:
        return None


def place_of(text: str) -> Place:
    """The place that `NAME:path` (of a store in configs/stores.yaml), a URL, or a path of this machine means.

    Raises `ConfigError` for a store that is not there.
    """
    if SCHEME.match(text):
        return of_url(text)
    in_store = IN_STORE.fullmatch(text)
    if in_store is None:
        return local_place(os.path.abspath(os.path.expanduser(text)))
    name, path = in_store[1], "/".join(part for part in in_store[2].split("/") if part)
    if ".." in path.split("/"):
        raise ConfigError("a path in a store does not lead out of it", text, "write it without '..'")
    try:
        settings = resolve_store(load_project(), name)
    except ConfigError as error:
        advice = f"{error.advice}; a file of this name is written './{text}'"
        raise ConfigError(error.what, error.where, advice) from error
    root = root_place(settings)
    return root.child(path) if path else root


def store_settings(text: str | None) -> StoreSettings:
    """The store that `NAME`, `NAME:`, a URL or a folder means; without one, the project's."""
    if text is not None and SCHEME.match(text):
        return settings_of(text.rstrip("/"))
    in_store = IN_STORE.fullmatch(text) if text is not None else None
    if in_store is not None and in_store[2].strip("/"):
        raise ConfigError(f"'{text}' is a path in a store", text, f"name the store as a whole: {in_store[1]}")
    return resolve_store(load_project(), text if in_store is None else in_store[1])


def root_place(settings: StoreSettings) -> Place:
    """The root of a store."""
    return local_place(settings.root) if settings.is_local else remote_place(settings, settings.root)


def of_url(url: str) -> Place:
    settings = settings_of(url)
    if settings.is_local:
        return local_place(os.path.abspath(settings.root))
    return remote_place(settings, url.rstrip("/"))


def settings_of(url: str) -> StoreSettings:
    """The store that holds a URL, with its options in configs/stores.yaml; outside of a project, the URL itself."""
    root_of(url, Path(), "a URL")  # raises for what is none of a store; it may hold a secret
    return store_at(project_or_none() or outside(), url)


def project_or_none() -> Project | None:
    above = (Path.cwd(), *Path.cwd().parents)
    if "LAW_CONFIG_FILE" in os.environ or any((folder / "law.cfg").is_file() for folder in above):
        return load_project()
    return None


def outside() -> Project:
    """A project of nobody, whose caches lie where caches of a user do."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "caselaw"
    return Project(cache, cache / "law.cfg")


def local_place(path: str) -> Place:
    from caselaw.storage.transfer.here import LocalPlace

    return LocalPlace(path)


def remote_place(settings: StoreSettings, url: str) -> Place:
    from caselaw.storage.remote.store import RemoteStore
    from caselaw.storage.transfer.there import RemotePlace

    store = open_store(settings)
    assert isinstance(store, RemoteStore)
    return RemotePlace(store, url)
