"""One port to files: nothing beside it asks which kind of server there is, or names a library that speaks to one."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

from caselaw.config.address import BUCKETS, PORTS, SAME, WEBDAV
from caselaw.storage.files.schemes import EXTRAS, OBJECTS

ROOT = Path(__file__).resolve().parents[2]
PORT = "caselaw/storage/files"
LIBRARIES = {"griddav", "fsspec"}
SPEAKERS = {"webdav_files", "webdav_tapes", "webdav_credentials", "fsspec_files"}
"""Modules of the port for one kind of server each: who asks a server does it by the protocols."""
SCHEMES = {*WEBDAV, *BUCKETS, *OBJECTS, *EXTRAS, *PORTS, *SAME, *SAME.values()}
SETS = {"WEBDAV", "OBJECTS", "BUCKETS", "EXTRAS", "PORTS", "SAME"}
"""What schemes that are treated alike are called."""
MAY_IMPORT = {"caselaw/config/client_options.py": "options of stores are those of the client's own table"}
MAY_COMPARE = {
    "caselaw/config/address.py": "what a URL means: where two spellings of one place are equal, and what is no path",
    "caselaw/config/client_options.py": "which options of the client a store may have",
    "caselaw/config/store.py": "the options of stores.yaml as its client reads them",
    "caselaw/config/store_file.py": "the options of stores.yaml, checked",
}


def outside(text: str) -> Iterator[tuple[str, ast.AST]]:
    """Every node of every module of caselaw beside the port."""
    for path in sorted((ROOT / "caselaw").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(f"{PORT}/") and any(word in source(path) for word in text.split()):
            yield from ((name, node) for node in ast.walk(tree(path)))


@functools.cache
def source(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(source(path))


def imported(node: ast.AST) -> set[str]:
    """The packages that a statement imports."""
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return {str(node.module).partition(".")[0]}
    return set()


def texts(*nodes: ast.AST | None) -> Iterator[str]:
    """Texts that stand in expressions, also in tuples and sets of them."""
    for node in nodes:
        for each in ast.walk(node) if node is not None else ():
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value


def compared(node: ast.AST) -> Iterator[str]:
    """Texts that something is compared with, or taken apart by."""
    if isinstance(node, ast.Compare):
        yield from texts(node.left, *node.comparators)
    elif isinstance(node, ast.MatchValue):
        yield from texts(node.value)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in {"startswith", "endswith", "removeprefix", "partition", "split", "find", "index", "match"}:
            yield from texts(*node.args)
    elif isinstance(node, ast.Dict):
        yield from texts(*(key for key in node.keys if isinstance(key, ast.Constant)))


def asks_for_a_scheme(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return any(alias.name in SETS for alias in node.names)
    # `root` is also the root of a store: as a scheme it is written with what follows it
    return any(
        text == "://" or text.partition("://")[0] in SCHEMES - {"root"} or text == "root://" for text in compared(node)
    )


def test_nobody_beside_the_port_imports_a_library_for_servers() -> None:
    found = {name for name, node in outside("griddav fsspec") if imported(node) & LIBRARIES}
    assert found == set(MAY_IMPORT)


def test_nobody_beside_the_port_knows_what_speaks_to_one_kind_of_server() -> None:
    found = {
        f"{name} imports {node.module}" for name, node in outside(" ".join(SPEAKERS))
        if isinstance(node, ast.ImportFrom) and str(node.module).rpartition(".")[2] in SPEAKERS
    }  # fmt: skip
    assert found == set()


def test_nobody_beside_the_port_asks_for_a_scheme() -> None:
    found = {name for name, node in outside(f":// {' '.join(SETS | SCHEMES)}") if asks_for_a_scheme(node)}
    assert found == set(MAY_COMPARE)


def test_what_asks_for_a_scheme_is_found() -> None:
    asking = (
        'scheme in ("dav", "davs")', 'url.startswith("dcache://")', '"://" in url', 'url.partition("://")[0]',
        'scheme == "s3"', 'url.startswith(("root://", "x"))', 'kinds = {"davs": 1}', 'not scheme != "https"',
        "from caselaw.storage.files.schemes import WEBDAV", "match scheme:\n    case 'gs': pass",
    )  # fmt: skip
    assert [code for code in asking if not any(map(asks_for_a_scheme, ast.walk(ast.parse(code))))] == []
    told = ('raise ConfigError("write davs://…")', 'kind == "root"', 'print("://")', "is_url(path)")
    assert [code for code in told if any(map(asks_for_a_scheme, ast.walk(ast.parse(code))))] == []
