"""What people write for a place: `NAME:path` of a store, a URL, or a path of this machine."""

from __future__ import annotations

import os
import re
from pathlib import Path

from caselaw.config import Project, load_project, resolve_store, store_at
from caselaw.config.address import address_of, is_url
from caselaw.config.store import StoreSettings, named_store, root_of, store_names, stores_inside
from caselaw.config.store_file import NAME
from caselaw.errors import ConfigError
from caselaw.storage.files.local import LocalPlace
from caselaw.storage.files.place import Place, exists
from caselaw.storage.files.remote import RemotePlace
from caselaw.storage.files.store_server import server_of

IN_STORE = re.compile(r"([A-Za-z0-9][\w-]*):(?!//)(.*)", re.DOTALL)


def place_of(text: str) -> Place:
    """The place that `NAME:path` (of a store in configs/stores.yaml), a URL, or a path of this machine means.

    Raises `ConfigError` for a store that is not there.
    """
    if is_url(text):
        return of_url(text)
    in_store = IN_STORE.fullmatch(text)
    if in_store is None:
        return local_place(os.path.abspath(os.path.expanduser(text)))
    name, path = in_store[1], "/".join(part for part in in_store[2].split("/") if part not in ("", "."))
    if ".." in path.split("/"):
        raise ConfigError("a path in a store does not lead out of it", text, "write it without '..'")
    try:
        settings = named_store(load_project(), name)
    except ConfigError as error:
        advice = f"{error.advice}; a file of this name is written './{text}'"
        raise ConfigError(error.what, error.where, advice) from error
    root = root_place(settings)
    return root.child(path) if path else root


def folder_of(text: str | None) -> Place:
    """The folder that STORE means: the root of the project's store without one, of a store by its bare name, else
    exactly the place that `place_of` says, in whichever store it lies.

    Raises `ConfigError` where there is neither.
    """
    if text is None:
        return root_place(resolve_store(load_project()))
    project = project_or_none()
    if project is not None and text in store_names(project):
        return root_place(resolve_store(project, text))
    place = place_of(text)
    if NAME.fullmatch(text) and not exists(place):
        advice = "give a name of configs/stores.yaml, NAME:path, a URL, or a path from here; without it, the project's"
        raise ConfigError("there is no store and no folder of this name", text, advice)
    return place


def others_in(place: Place) -> frozenset[str]:
    """Paths below a place that are stores of the project."""
    project = project_or_none()
    return frozenset() if project is None else stores_inside(project, place.url)


def is_root_of_store(place: Place) -> bool:
    """Whether a place on a server is the root of its store, not a folder in it."""
    return isinstance(place, RemotePlace) and place.url == place.server.root


def is_whole_server(place: Place) -> bool:
    """Whether a place is the root of a server, or of the file system of this machine."""
    if isinstance(place, RemotePlace):
        return address_of(place.url).is_whole_server
    return os.path.realpath(place.url) == os.path.sep


def root_place(settings: StoreSettings) -> Place:
    """The root of a store."""
    return local_place(settings.root) if settings.is_local else remote_place(settings, settings.root)


def of_url(url: str) -> Place:
    settings = settings_of(url)
    if settings.is_local:
        return local_place(os.path.abspath(settings.root))
    return remote_place(settings, settings.spelled(url))


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
    return LocalPlace(path)


def remote_place(settings: StoreSettings, url: str) -> Place:
    return RemotePlace(server_of(settings), url)
