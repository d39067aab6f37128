"""Stores: the root under which outputs live."""

from __future__ import annotations

import re
from pathlib import Path

from caselaw.config.lawcfg import expanded
from caselaw.config.problem import Problem, did_you_mean, display, dotted, listed
from caselaw.config.project import Project
from caselaw.errors import ConfigError

FILE = Path("configs") / "stores.yaml"
NAME = re.compile(r"[A-Za-z0-9][\w-]*")
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


def resolve_store(project: Project) -> Path:
    """The folder of the project's store: a name in configs/stores.yaml, or a path relative to law.cfg.

    Raises `ConfigError` for an unknown name, an unset variable and stores that are not folders.
    """
    store = str(project.store)
    path, where = store, display(project.config_file)
    file = project.root / FILE
    if NAME.fullmatch(store) and file.is_file():
        stores = read_stores(file)
        if store in stores:
            path, where = stores[store]
        elif not (project.root / store).is_dir():
            hint = did_you_mean(store, stores)
            raise ConfigError(
                f"there is no store '{store}' in {display(file)}",
                where,
                f"{hint + ' ' if hint else ''}stores: {listed(stores)}; a folder is written './{store}'",
            )
    return folder_of(expanded(path, where), project.root, where)


def folder_of(path: str, root: Path, where: str) -> Path:
    """An absolute path from a path or a `file://` URL."""
    scheme = SCHEME.match(path)
    if scheme is None:
        return root / path
    from urllib.parse import unquote, urlsplit

    url = urlsplit(path)
    if scheme[1].lower() != "file" or url.netloc not in ("", "localhost"):
        raise ConfigError(
            f"the store '{path}' is not on this machine; remote stores are not supported yet",
            where,
            "use a folder, for example a mounted file system",
        )
    return Path(unquote(url.path))


_stores: dict[Path, tuple[tuple[int, int, int], dict[str, tuple[str, str]]]] = {}


def read_stores(file: Path) -> dict[str, tuple[str, str]]:
    """Path of every store and where it stands; raises `ConfigError` with all problems of the file."""
    from caselaw.config.positions import Node
    from caselaw.config.yaml_reader import read

    stat = file.stat()
    stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    if file in _stores and _stores[file][0] == stamp:
        return _stores[file][1]
    document = read(file.read_bytes())
    problems = list(document.problems)

    def complain(node: Node, key: tuple[str, ...], message: str) -> None:
        problems.append(Problem(node.line, node.column, dotted(key), message))

    stores = {}
    root = document.root
    if root is not None and root.content is not None and not isinstance(root.content, dict):
        complain(root, (), "must be a mapping of store names to their settings")
    for name, entry in (root.content if root is not None and isinstance(root.content, dict) else {}).items():
        settings = entry.node.content
        path = settings.get("path") if isinstance(settings, dict) else None
        if path is None or not isinstance(path.node.content, str):
            complain(path.node if path else entry.node, (name,), "must have a 'path', which is text")
            continue
        for other in settings.keys() - {"path"}:
            complain(settings[other].node, (name, other), "unknown key (known: path)")
        stores[name] = (path.node.content, f"{display(file)}:{path.node.line}")
    if problems:
        lines = "\n".join(f"  {problem.at(file)}" for problem in sorted(problems))
        raise ConfigError(f"the stores cannot be read:\n{lines}\n", display(file), "correct the file")
    _stores[file] = (stamp, stores)
    return stores
