"""Stores: the root under which outputs live, on this machine or on a server."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from caselaw.config.address import SCHEME, Address, address_of, is_url, root_of_server, scheme_of
from caselaw.config.client_options import WEBDAV, client_options
from caselaw.config.lawcfg import expanded
from caselaw.config.problem import did_you_mean, display, listed
from caselaw.config.project import Project
from caselaw.config.store_file import FILE, NAME, StoreEntry, read_stores
from caselaw.errors import ConfigError

warn_once = functools.cache(logging.getLogger(__name__).warning)

LIKE_A_SLIP = 0.8
"""How like a name of a store a word is that was meant for it; 1 is equal."""
NO_STORES: Mapping[str, StoreEntry] = {}
DEFAULT_CACHE = 20 * 10**9  # bytes
DEFAULT_PATIENCE = 90.0  # seconds


@dataclass(frozen=True)
class StoreSettings:
    """Where a store is and how it is spoken to.

    `root` is an absolute path, or a URL without a slash at its end. `doors` are further URLs of the same store,
    `doors_by_operation` those for `read`, `write` and `list` where they differ.
    `options` go to the file system of the URL's scheme: ca, token_file, … `cache` is how many bytes of its files are
    kept in `cache_folder` on this machine, `patience` how many seconds a server that does not answer is asked again.
    `mirror` is the folder of this machine in which records and unfinished uploads of a server's store are kept.
    """

    name: str
    root: str
    doors: tuple[str, ...] = ()
    doors_by_operation: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    cache: int = DEFAULT_CACHE
    patience: float = DEFAULT_PATIENCE
    mirror: Path = Path()
    cache_folder: Path | None = None

    @property
    def is_local(self) -> bool:
        """Whether it is a folder of this machine."""
        return not is_url(self.root)

    @property
    def all_doors(self) -> tuple[str, ...]:
        """The root, by each of the URLs that lead to it."""
        by_operation = (door for doors in self.doors_by_operation.values() for door in doors)
        return tuple(dict.fromkeys((self.root, *self.doors, *by_operation)))

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Those of the doors."""
        return tuple(dict.fromkeys(map(address_of, self.all_doors)))

    def path_below(self, url: str) -> str | None:
        """The path from the root to what a URL means, by whichever door; None for what lies in no folder of it."""
        address = address_of(url)
        return next((path for own in self.addresses if (path := address.below(own)) is not None), None)

    def spelled(self, url: str) -> str:
        """A URL by one of the doors as the store itself writes it; another one as it is."""
        path = self.path_below(url)
        return url if path is None else f"{self.root}/{path}".rstrip("/")


def resolve_store(project: Project, store: str | None = None) -> StoreSettings:
    """The settings of the project's store, or of `store`: a name in configs/stores.yaml, a URL, or a path relative
    to law.cfg. A word that is both, a name there and a folder, is the name.

    Raises `ConfigError` for an unset variable, a URL that names no server, and a word that is neither a name nor a
    folder, but looks like a slip of a name.
    """
    name = str(project.store) if store is None else store
    stores = entries_of(project) if NAME.fullmatch(name) else {}
    if name in stores:
        found = from_entry(project, name, stores[name].settings, stores[name].where)
        folder = project.root / name
        if found.root != str(folder) and folder.is_dir():
            warn_once(
                "'%s' is the store of that name in %s (%s); the folder is written './%s'",
                name, display(project.root / FILE), found.root, name,
            )  # fmt: skip
        return found
    if get_close_matches(name, stores, n=1, cutoff=LIKE_A_SLIP) and not (project.root / name).is_dir():
        raise unknown_store(project, name)
    return from_entry(project, name, {"path": name}, display(project.config_file))


def named_store(project: Project, name: str) -> StoreSettings:
    """The settings of a store that is called by its name, in configs/stores.yaml or as law.cfg has it.

    Raises `ConfigError` where there is none of this name, and as `resolve_store` does.
    """
    if name not in entries_of(project) and name != str(project.store) and not (project.root / name).is_dir():
        raise unknown_store(project, name)
    return resolve_store(project, name)


def unknown_store(project: Project, name: str) -> ConfigError:
    stores, file = entries_of(project), project.root / FILE
    hint = did_you_mean(name, stores)
    return ConfigError(
        f"there is no store '{name}' in {display(file)}",
        display(project.config_file),
        f"{hint + ' ' if hint else ''}stores: {listed(stores)}; a folder is written './{name}'",
    )


def entries_of(project: Project) -> Mapping[str, StoreEntry]:
    """What configs/stores.yaml has, where there is one."""
    file = project.root / FILE
    return read_stores(file) if file.is_file() else NO_STORES


def store_names(project: Project) -> list[str]:
    """The stores of configs/stores.yaml."""
    return list(entries_of(project))


@dataclass(frozen=True)
class FoundStore:
    """The settings of the store that a folder lies in, by what configs/stores.yaml had: the very object."""

    stores: Mapping[str, StoreEntry]
    settings: StoreSettings


# A cache, not configuration: stores by project and URL of a folder. Every output of every branch is asked for.
_at: dict[tuple[Project, str], FoundStore] = {}
MOST_FOLDERS = 4096


def store_at(project: Project, url: str) -> StoreSettings:
    """The settings of the innermost store that holds a URL, by whichever door: the project's, one in
    configs/stores.yaml, or else its server as a whole.
    """
    stores, (folder, _, name) = entries_of(project), url.rpartition("/")
    held = None if name in (".", "..") else _at.get((project, folder))
    if held is not None and held.stores is stores:
        return held.settings
    own = [name for name in map(str, (project.store, *project.layers)) if name in stores or is_url(name)]
    known, problems = resolvable_stores(project, dict.fromkeys([*own, *stores]))
    holding = [(path, each) for each in known if not each.is_local and (path := each.path_below(url)) is not None]
    if holding:
        found = min(holding, key=lambda found: len(found[0]))[1]
        inside = any(below(each, folder) for each in known)
        if not inside and found.path_below(folder) is not None and is_fixed(project, stores):
            if len(_at) >= MOST_FOLDERS:
                _at.clear()
            _at[project, folder] = FoundStore(stores, found)
        return found
    if problems:
        raise problems[0]  # it may be the one that holds the URL
    server = root_of_server(url)
    return from_entry(project, server, {"path": server}, display(project.config_file))


def is_fixed(project: Project, stores: Mapping[str, StoreEntry]) -> bool:
    """Whether no variable of the environment says where stores are, or how they are spoken to."""
    return {"$", "~"}.isdisjoint(repr((project.store, project.layers, [each.settings for each in stores.values()])))


def resolvable_stores(
    project: Project, names: Iterable[str | None]
) -> tuple[list[StoreSettings], list[ConfigError]]:  # fmt: skip
    """Stores by name, and what is wrong with others: a variable of one that is not used here may well be unset."""
    found: list[StoreSettings] = []
    problems: list[ConfigError] = []
    for name in names:
        try:
            found.append(resolve_store(project, name))
        except ConfigError as error:
            problems.append(error)
    return found, problems


def mirror_of(project: Project) -> Path:
    """The folder of this machine for what is kept of stores on servers: records, and outputs that wait."""
    return project.root / ".caselaw" / "stores"


def stores_inside(project: Project, root: str) -> frozenset[str]:
    """Paths below a folder, or a URL, that are roots of the project's other stores: what lies there is not its own."""
    found = (below(each, root) for each in (resolve_store(project, name) for name in [None, *store_names(project)]))
    return frozenset(path for path in found if path)


def below(settings: StoreSettings, root: str) -> str | None:
    """Where a store lies below a folder; None where it lies elsewhere."""
    if settings.is_local or not is_url(root):
        if not settings.is_local or is_url(root):
            return None
        inside, outside = os.path.realpath(settings.root), os.path.realpath(root).rstrip("/")
        return inside[len(outside) + 1 :] if f"{inside}/".startswith(f"{outside}/") else None
    folder = address_of(root)
    return next((path for own in settings.addresses if (path := own.below(folder)) is not None), None)


def from_entry(project: Project, name: str, entry: Mapping[str, Any], where: str) -> StoreSettings:
    """Settings from what stands in configs/stores.yaml."""
    urls = entry.get("url", entry.get("path"))
    first, *doors = [expanded(str(url), where) for url in (urls if isinstance(urls, list) else [urls])]
    root, folder = root_of(first, project.root, where), entry.get("cache_folder")
    by_operation = {
        operation: tuple(root_of(expanded(url, where), project.root, where) for url in urls)
        for operation, urls in entry.get("doors", {}).items()
    }
    scheme, given = scheme_of(root), entry.get("options", {})
    options = {key: option(value, project.root, key, where, scheme) for key, value in given.items()}
    return StoreSettings(
        name, root, tuple(root_of(door, project.root, where) for door in doors), by_operation, options,
        round(entry.get("cache", DEFAULT_CACHE)), entry.get("patience", DEFAULT_PATIENCE),
        mirror_of(project), project.root / expanded(folder, where) if folder else None,
    )  # fmt: skip


def option(value: Any, root: Path, key: str, where: str, scheme: str) -> Any:
    """An option of a file system: variables replaced in texts, and files relative to law.cfg's folder.

    Raises `ConfigError` for an option of the client that is none then.
    """
    if isinstance(value, list):
        found: Any = [expanded(each, where) if isinstance(each, str) else each for each in value]
    else:
        found = expanded(value, where) if isinstance(value, str) else value
    known = client_options().get(key) if scheme in WEBDAV else None
    if known is None:
        return found
    try:
        read = known.read(found)
    except ValueError as error:
        raise ConfigError(str(error), where, f"give {known.kind.what}") from error
    return str(root / read) if known.kind.is_file else read


def root_of(path: str, root: Path, where: str) -> str:
    """An absolute path from a path or a `file://` URL; another URL without the slash at its end.

    Raises `ConfigError` for a URL without a server, with a password, or with `.` and `..`.
    """
    scheme = SCHEME.match(path)
    if scheme is None:
        return str(root / path)
    from urllib.parse import unquote, urlsplit

    url = urlsplit(path)
    if scheme[1].lower() == "file" and url.netloc in ("", "localhost"):
        return str(Path(unquote(url.path)))
    if not url.hostname or scheme[1].lower() == "file":
        raise ConfigError(f"the store '{path}' names no server", where, "write scheme://server:port/path")
    if url.username is not None or url.password is not None:
        raise ConfigError(
            "the URL of a store holds a user or password", where, "give 'user' and 'password_file' as options"
        )
    if not {".", ".."}.isdisjoint(path.split("/")):
        raise ConfigError("a URL leads to its place without '.' and '..'", path, "write the path that is meant")
    return path.rstrip("/")
