"""The API reference: pages of docs/reference with what the docstrings say in place of lines that begin with `:::`.

mkdocs runs it as a hook; it reads the source and imports nothing. A line is one of

    ::: caselaw.each                       a function, or a class with its public members
    ::: caselaw.Task: publish, output      a class with these members, its own or inherited
    ::: tree caselaw.errors                the classes of a module, as a tree of who derives from whom
    ::: all caselaw.errors                 every public class and function of a module

`python scripts/api_reference.py docs/reference/errors.md` prints a page.
"""

from __future__ import annotations

import ast
import functools
import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DIRECTIVE = re.compile(r"^::: (?:(?P<form>tree|all) )?(?P<name>[\w.]+)(?:: (?P<members>[\w, ]+))?$", re.MULTILINE)
WIDTH = 100
Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


@dataclass(frozen=True)
class Found:
    """A definition and the module that it stands in."""

    module: str
    node: Definition


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """What mkdocs calls for each page."""
    return expanded(markdown) if page.file.src_uri.startswith("reference/") else markdown


def expanded(page: str) -> str:
    """A page with its lines `::: …` replaced. Raises `LookupError` for a name that is not there."""
    return linked(DIRECTIVE.sub(lambda match: "\n".join(answer(match)), page))


def answer(match: re.Match[str]) -> Iterator[str]:
    name, wanted = match["name"], match["members"]
    if match["form"] == "tree":
        yield from ["```text", *tree(name), "```"]
    elif match["form"] == "all":
        for each in public_names(name):
            yield from entry(f"{name}.{each}", each, None)
    else:
        yield from entry(name, name, wanted.split(", ") if wanted else None)


def public_names(module: str) -> list[str]:
    """Public classes and functions that a module defines, in the order of the file."""
    return [node.name for node in parsed(module).body if isinstance(node, Definition) and node.name[0] != "_"]


# finding definitions


@functools.cache
def parsed(module: str) -> ast.Module:
    """The syntax tree of a module. Raises `LookupError` where there is none."""
    base = ROOT.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return ast.parse(path.read_text(encoding="utf-8"))
    raise LookupError(f"there is no module {module} in this repository")


def definition(name: str) -> Found:
    """Where a dotted name is defined, through imports. Raises `LookupError` where it is not."""
    module, _, short = name.rpartition(".")
    for node in ast.walk(parsed(module)):
        if isinstance(node, Definition) and node.name == short:
            return Found(module, node)
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if (alias.asname or alias.name) == short:
                    return definition(f"{node.module}.{alias.name}")
    raise LookupError(f"{module} neither defines nor imports {short}")


def lineage(found: Found) -> Iterator[Found]:
    """A class and those of this repository that it derives from, nearest first."""
    yield found
    assert isinstance(found.node, ast.ClassDef)
    for base in found.node.bases:
        try:
            above = definition(f"{found.module}.{ast.unparse(base)}")
        except LookupError:  # a class of another library
            continue
        yield from lineage(above)


def member(found: Found, name: str) -> Function | None:
    """A method or property of a class, its own or inherited; None for what is no function."""
    for each in lineage(found):
        for node in each.node.body:
            if isinstance(node, Function) and node.name == name and ast.get_docstring(node):
                return node
    return None


# writing them down


def entry(name: str, shown: str, wanted: list[str] | None) -> Iterator[str]:
    """Heading, signature and docstring of a function, or of a class with its members."""
    found = definition(name)
    yield from [f"### `{shown}` {{#{shown}}}", "", "```python", signature(found.node), "```", ""]
    text = ast.get_docstring(found.node)
    if not text:
        raise LookupError(f"{name} has no docstring")
    yield from [text, ""]
    if isinstance(found.node, ast.ClassDef):
        for each in wanted if wanted is not None else own_members(found.node):
            node = member(found, each)
            if node is None:
                raise LookupError(f"{name} has no documented method or property {each}")
            yield from [f"#### `{each}` {{#{shown}.{each}}}", "", "```python", signature(node), "```", ""]
            yield from [ast.get_docstring(node) or "", ""]


def own_members(cls: ast.ClassDef) -> list[str]:
    return [node.name for node in cls.body if isinstance(node, Function) and node.name[0] != "_"
            and ast.get_docstring(node)]  # fmt: skip


def signature(node: Definition) -> str:
    """What a reader would type, with types; fields of a dataclass are its arguments."""
    if isinstance(node, ast.ClassDef):
        bases = ", ".join(map(ast.unparse, node.bases))
        return "\n".join([f"class {node.name}({bases})" if bases else f"class {node.name}", *made_by(node)])
    if any(ast.unparse(each).rpartition(".")[2] in ("property", "cached_property", "FreeName")
           for each in node.decorator_list):  # fmt: skip
        return f"{node.name}: {ast.unparse(node.returns) if node.returns else 'Any'}"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    prefix = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    return f"{prefix} " + call(node.name, arguments(node.args), returns)


def made_by(cls: ast.ClassDef) -> Iterator[str]:
    """How an instance is made, where the class itself says it."""
    for node in cls.body:
        if isinstance(node, Function) and node.name == "__init__":
            yield call(cls.name, arguments(node.args), "")
            return
    if any("dataclass" in ast.unparse(each) for each in cls.decorator_list):
        yield call(cls.name, [ast.unparse(node) for node in cls.body if isinstance(node, ast.AnnAssign)], "")


def arguments(args: ast.arguments) -> list[str]:
    parts = re.split(r",\s+(?![^\[(]*[\])])", ast.unparse(args))
    return [part for part in parts if part not in ("self", "cls", "")]


def call(name: str, given: Iterable[str], returns: str) -> str:
    given = list(given)
    line = f"{name}({', '.join(given)}){returns}"
    return line if len(line) <= WIDTH else "\n".join([f"{name}(", *(f"    {each}," for each in given), f"){returns}"])


def tree(module: str) -> Iterator[str]:
    """The classes of a module, one a line; names of classes from elsewhere stand behind those that derive from them."""
    classes = {node.name: [ast.unparse(base) for base in node.bases] for node in parsed(module).body
               if isinstance(node, ast.ClassDef)}  # fmt: skip
    tops = [name for name, bases in classes.items() if not set(bases) & set(classes)]
    for top in tops:
        yield from branch(top, classes, "", "")


def branch(name: str, classes: dict[str, list[str]], own: str, below: str) -> Iterator[str]:
    others = [base for base in classes[name] if base not in classes]
    yield f"{own}{name}" + (f" ({', '.join(others)})" if others else "")
    children = [each for each, bases in classes.items() if bases and name in bases]
    for child in children:
        last = child == children[-1]
        yield from branch(child, classes, below + ("└── " if last else "├── "), below + ("    " if last else "│   "))


@functools.cache
def error_pages() -> dict[str, str]:
    """Name of an error → the page that explains it."""
    pages = {"caselaw.errors": "errors.md", "griddav.errors": "griddav.md"}
    return {name: page for module, page in pages.items() if module_exists(module) for name in public_names(module)}


def module_exists(module: str) -> bool:
    try:
        parsed(module)
    except LookupError:
        return False
    return True


def linked(page: str) -> str:
    """The page with links from names of errors to where they are explained; code stays as it is."""
    parts = re.split(r"(^```.*?^```$|^#.*$)", page, flags=re.DOTALL | re.MULTILINE)
    return "".join(part if index % 2 else link_errors(part) for index, part in enumerate(parts))


def link_errors(text: str) -> str:
    def link(match: re.Match[str]) -> str:
        page = error_pages().get(match[1])
        return match[0] if page is None else f"[`{match[1]}`]({page}#{match[1]})"

    return re.sub(r"(?<!\[)`(?:\w+\.errors\.)?(\w+)`", link, text)


def main(paths: list[str]) -> None:
    for path in paths:
        print(expanded(Path(path).read_text(encoding="utf-8")))


if __name__ == "__main__":
    main(sys.argv[1:]) if len(sys.argv) > 1 else print(inspect.cleandoc(__doc__ or ""))
