"""Stores: the root under which outputs live, on this machine or on a server."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from caselaw.config.address import Address, address_of
from caselaw.config.lawcfg import expanded
from caselaw.config.problem import did_you_mean, display, listed
from caselaw.config.project import Project
from caselaw.config.store_file import FILE, read_stores
from caselaw.errors import ConfigError

NAME = re.compile(r"[A-Za-z0-9][\w-]*")
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
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
        return "://" not in self.root

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
    to law.cfg.

    Raises `ConfigError` for an unknown name, an unset variable and a URL that names no server.
    """
    name = str(project.store) if store is None else store
    where = display(project.config_file)
    file = project.root / FILE
    if NAME.fullmatch(name) and file.is_file():
        stores = read_stores(file)
        if name in stores:
            return from_entry(project, name, stores[name].settings, stores[name].where)
        if not (project.root / name).is_dir():
            hint = did_you_mean(name, stores)
            raise ConfigError(
                f"there is no store '{name}' in {display(file)}",
                where,
                f"{hint + ' ' if hint else ''}stores: {listed(stores)}; a folder is written './{name}'",
            )
    return from_entry(project, name, {"path": name}, where)


def store_names(project: Project) -> list[str]:
    """The stores of configs/stores.yaml."""
    file = project.root / FILE
    return list(read_stores(file)) if file.is_file() else []


def store_at(project: Project, url: str) -> StoreSettings:
    """The settings of the innermost store that holds a URL, by whichever door: the project's, one in
    configs/stores.yaml, or else its server as a whole.
    """
    file = project.root / FILE
    stores = read_stores(file) if file.is_file() else {}
    own = [str(project.store)] if project.store in stores or "://" in str(project.store) else []
    known = [resolve_store(project, name) for name in dict.fromkeys([*own, *stores])]
    below = [(path, each) for each in known if not each.is_local and (path := each.path_below(url)) is not None]
    if below:
        return min(below, key=lambda found: len(found[0]))[1]
    scheme, _, rest = url.partition("://")
    server = f"{scheme}://{rest.partition('/')[0]}"
    return from_entry(project, server, {"path": server}, display(project.config_file))


def mirror_of(project: Project) -> Path:
    """The folder of this machine for what is kept of stores on servers: records, and outputs that wait."""
    return project.root / ".caselaw" / "stores"


def stores_inside(project: Project, root: str) -> frozenset[str]:
    """Paths below a folder, or a URL, that are roots of the project's other stores: what lies there is not its own."""
    found = (below(each, root) for each in (resolve_store(project, name) for name in [None, *store_names(project)]))
    return frozenset(path for path in found if path)


def below(settings: StoreSettings, root: str) -> str | None:
    """Where a store lies below a folder; None where it lies elsewhere."""
    if settings.is_local or "://" not in root:
        if not settings.is_local or "://" in root:
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
    options = {key: option(value, project.root, key, where) for key, value in entry.get("options", {}).items()}
    return StoreSettings(
        name, root, tuple(root_of(door, project.root, where) for door in doors), by_operation, options,
        round(entry.get("cache", DEFAULT_CACHE)), entry.get("patience", DEFAULT_PATIENCE),
        mirror_of(project), project.root / expanded(folder, where) if folder else None,
    )  # fmt: skip


FILES = frozenset({"ca", "certificate", "key", "token_file", "password_file"})


def option(value: Any, root: Path, key: str, where: str) -> Any:
    """An option of a file system: variables replaced in text, and files relative to law.cfg's folder."""
    if not isinstance(value, str):
        return value
    text = expanded(value, where)
    return str(root / text) if key in FILES else text


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
