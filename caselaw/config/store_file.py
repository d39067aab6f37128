"""configs/stores.yaml: stores by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from caselaw.config.address import is_url
from caselaw.config.client_options import A_SECRET, SECRETS, WEBDAV, client_options, problems, scheme_of_store
from caselaw.config.positions import YamlNode
from caselaw.config.problem import Problem, did_you_mean, display, dotted, listed
from caselaw.errors import ConfigError
from caselaw.resources import MEMORY_UNITS, TIME_UNITS, quantity

FILE = Path("configs") / "stores.yaml"

OPERATIONS = ("read", "write", "list")
KNOWN = ("path", "url", "doors", "cache", "cache_folder", "patience", "options")
PATIENCE = frozenset({"attempts", "deadline"})
"""Options of the client in whose place a store has `patience`."""
NAME = re.compile(r"[A-Za-z0-9][\w-]*")


Complain = Callable[[YamlNode, tuple[str, ...], str], None]


class StoreEntry(NamedTuple):
    """A store as the file has it; `where` is `stores.yaml:12`."""

    settings: Mapping[str, Any]
    where: str


_stores: dict[Path, tuple[tuple[int, int, int], dict[str, StoreEntry]]] = {}


def read_stores(file: Path) -> dict[str, StoreEntry]:
    """All stores by name; raises `ConfigError` with all problems of the file."""
    from caselaw.config.yaml_reader import read

    stat = file.stat()
    stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    if file in _stores and _stores[file][0] == stamp:
        return _stores[file][1]
    document = read(file.read_bytes())
    problems = list(document.problems)

    def complain(node: YamlNode, key: tuple[str, ...], message: str) -> None:
        problems.append(Problem(node.line, node.column, dotted(key), message))

    stores = {}
    root = document.root
    if root is not None and root.content is not None and not isinstance(root.content, dict):
        complain(root, (), "must be a mapping of store names to their settings")
    for name, entry in (root.content if root is not None and isinstance(root.content, dict) else {}).items():
        if not NAME.fullmatch(name):
            complain(entry.node, (name,), "a name has only letters, digits, _ and -: NAME:path could not mean it")
        settings, line = checked(name, entry.node, complain)
        stores[name] = StoreEntry(settings, f"{display(file)}:{line}")
    if problems:
        lines = "\n".join(f"  {problem.at(file)}" for problem in sorted(problems))
        raise ConfigError(f"the stores cannot be read:\n{lines}\n", display(file), "correct the file")
    _stores[file] = (stamp, stores)
    return stores


def checked(name: str, node: YamlNode, complain: Complain) -> tuple[dict[str, Any], int]:
    """Settings of one store and the line of its place; complains about all that is wrong with them."""
    content = node.content if isinstance(node.content, dict) else {}
    place = content.get("url") or content.get("path")
    scheme = scheme_of_store(None if place is None else place.node.data())
    known = known_keys(scheme, content)
    for key in content:
        if key not in known and key not in SECRETS:
            hint = did_you_mean(key, known)
            what = f"unknown key{'; ' + hint if hint else f' (known: {listed(known, 99)})'}"
            complain(content[key].node, (name, key), what)
    if place is None or ("url" in content and "path" in content):
        complain(node, (name,), "must have a 'path' (a folder) or a 'url' (on a server, or a list of its doors)")
        return {}, node.line
    found: dict[str, Any] = {"options": {}}
    for key, entry in content.items():
        value, here = entry.node.data(), (name, key)
        if key in SECRETS:
            complain(entry.node, here, A_SECRET)
        elif key not in known:
            continue
        elif key not in KNOWN:
            check_option(key, value, scheme, partial(complain, entry.node, here))
            found["options"][key] = value
        elif key in ("cache", "patience"):
            try:
                found[key] = quantity(str(value), MEMORY_UNITS if key == "cache" else TIME_UNITS)
            except ConfigError as error:
                complain(entry.node, here, error.what)
        elif not isinstance(value, expected := expected_type(key)) or isinstance(value, bool) != (expected is bool):
            complain(entry.node, here, f"must be {NAMES_OF_TYPES[expected]}")
        elif key == "options":
            for name_of, each in value.items():
                check_option(name_of, each, scheme, partial(complain, entry.node, (*here, name_of)))
            found["options"] |= value
        elif value == "":
            complain(entry.node, here, "must not be empty")
        else:
            found[key] = value
    urls = found.get("url", ())
    if isinstance(urls, str) and not is_url(urls) and "$" not in urls:
        complain(place.node, (name, "url"), "must be a URL; a folder of this machine is a 'path'")
    if isinstance(found.get("url"), list) and not (found["url"] and all(isinstance(url, str) for url in found["url"])):
        complain(place.node, (name, "url"), "must be a URL, or a list of URLs of the same store")
    for operation, urls in found.get("doors", {}).items():
        if operation not in OPERATIONS or not (isinstance(urls, list) and all(isinstance(url, str) for url in urls)):
            complain(
                content["doors"].node, (name, "doors", operation), f"must be a list of URLs for {listed(OPERATIONS)}"
            )
    return found, place.node.line


def known_keys(scheme: str, content: Iterable[str]) -> list[str]:
    """Keys that a store may have; all that it has, where the client is not installed that alone knows its options."""
    options = client_options()
    if not options and scheme in WEBDAV:
        return [*KNOWN, *content]
    return [*KNOWN, *(key for key, each in options.items() if not each.secret and key not in PATIENCE)]


def check_option(key: str, value: Any, scheme: str, complain: Callable[[str], None]) -> None:
    """Complain about an option of the store's file system that cannot be."""
    if key in PATIENCE and scheme in WEBDAV:
        complain("is said by 'patience' in a store")
        return
    for problem in problems(key, value, scheme):
        complain(problem)


def expected_type(key: str) -> Any:
    """What kind of value a key has."""
    return {"path": str, "url": (str, list), "doors": dict, "cache_folder": str, "options": dict}[key]


NAMES_OF_TYPES: Mapping[Any, str] = {str: "text", (str, list): "text, or a list of texts", dict: "a mapping"}
