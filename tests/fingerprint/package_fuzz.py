"""Edits of installed packages, each run before and after: a changed result with an equal digest is stale.

A package is copied into a project of its own, where it is first-party. One process has loaded what it needs from
others and forks for each edit, so that nothing of the package itself stays in memory.
"""

from __future__ import annotations

import ast
import compileall
import copy
import functools
import importlib.util
import json
import os
import py_compile
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fuzzed_packages import PACKAGES, entries

from caselaw.errors import FingerprintError
from caselaw.fingerprint import Closures, first_party

SERVER = r"""
import io, json, os, sys, traceback
root, tops = sys.argv[1], set(sys.argv[2].split(","))
os.chdir(root)
sys.path.insert(0, root)
sys.dont_write_bytecode = True
os.environ["PYTHONHASHSEED"] = "0"

def ours():
    return [name for name in sys.modules if name.partition(".")[0] in tops | {"driver"}]

def run(entry, traced):
    lines = {}
    def local(frame, event, argument):
        if event == "line":
            lines.setdefault(frame.f_code.co_filename, set()).add(frame.f_lineno)
        return local
    def follow(frame, event, argument):
        name = frame.f_code.co_filename
        if name.startswith(root):
            lines.setdefault(name, set()).add(frame.f_lineno)
            return local
    before = set(sys.modules)
    try:
        if traced:
            sys.settrace(follow)
        import driver
        result = "\n".join(map(str, getattr(driver, entry)()))
    except BaseException as error:
        result = f"!{type(error).__name__}: {error}"
    finally:
        sys.settrace(None)
    others = [n for n in sys.modules if n not in before and n.partition(".")[0] not in tops | {"driver"}]
    return {"result": result, "lines": {k: sorted(v) for k, v in lines.items()} if traced else {}, "others": others}

asked, answers = sys.stdin, os.fdopen(os.dup(1), "w")
null = os.open(os.devnull, os.O_RDWR)
os.dup2(null, 1)
os.dup2(null, 2)
for line in asked:
    request = json.loads(line)
    if "load" in request:
        loaded = []
        for name in request["load"]:
            try:
                __import__(name)
            except BaseException:
                pass
            if ours():
                answers.write(json.dumps({"bad": name}) + "\n")
                answers.flush()
                break
        else:
            answers.write(json.dumps({"bad": None}) + "\n")
            answers.flush()
        continue
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        sys.stdout = sys.stderr = io.StringIO()
        with os.fdopen(writing, "w") as out:
            out.write(json.dumps(run(request["entry"], request.get("traced", False))))
            out.flush()
        os._exit(0)
    os.close(writing)
    import select, signal
    text, patience = b"", request.get("seconds", 60)
    while True:
        ready, _, _ = select.select([reading], [], [], patience)
        part = os.read(reading, 1 << 20) if ready else b""
        if not part:
            break
        text += part
    os.close(reading)
    if not ready:
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    answers.write((text.decode() or json.dumps({"result": "!no answer", "lines": {}, "others": []})) + "\n")
    answers.flush()
"""


@dataclass
class Server:
    """Runs entries of a driver in forks of a process that has loaded what the package takes from others."""

    root: Path
    tops: tuple[str, ...]
    loaded: list[str] = field(default_factory=list)
    process: Any = None

    def start(self) -> None:
        self.stop()
        environment = {**os.environ, "PYTHONHASHSEED": "0", "NUMBA_DISABLE_JIT": "1", "OMP_NUM_THREADS": "1",
                       "OPENBLAS_NUM_THREADS": "1", "COLUMNS": "100"}  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(self.root), ",".join(self.tops)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
        )  # fmt: skip
        if self.loaded and (bad := self.ask(load=self.loaded)["bad"]):
            self.loaded = [name for name in self.loaded if name.partition(".")[0] != bad.partition(".")[0]]
            self.start()

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def send(self, **request: Any) -> None:
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        return json.loads(self.process.stdout.readline())  # type: ignore[no-any-return]

    def ask(self, **request: Any) -> dict[str, Any]:
        self.send(**request)
        return self.answer()


@dataclass
class Entry:
    """One function of a driver, with what it printed and the lines that it executed."""

    name: str
    result: str
    lines: dict[str, set[int]]
    of_functions: dict[str, set[int]]
    """Of these lines, those in functions: the others are executed whenever the module is imported."""
    digest: str = ""
    symbols: int = 0


@dataclass
class Outcome:
    """What became of the edits."""

    edits: int = 0
    changed: int = 0
    failed: int = 0
    asked: int = 0
    same_result: int = 0
    """Of edits of executed lines that leave the result, and for which the digest was asked: those that change it."""
    unexecuted: int = 0
    needless: int = 0
    """Of edits of code that is not executed, those that change the digest."""
    stale: list[str] = field(default_factory=list)


class Project:
    """Packages in a folder of their own, with their driver."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.root = name, folder / name
        self.tops, text = PACKAGES[name], entries(name)
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        for top in self.tops:
            _copy(top, self.root)
        (self.root / "driver.py").write_text(ast.unparse(ast.parse(text)))
        compileall.compile_dir(self.root, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
        self.files = {path: path.read_text() for path in sorted(self.root.rglob("*.py"))}
        self.server = Server(self.root, self.tops)
        self.entries = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]

    def start(self) -> list[Entry]:
        self.server.start()
        others: dict[str, None] = {}
        for name in self.entries:
            others.update(dict.fromkeys(self.server.ask(entry=name)["others"]))
        self.server.loaded = [name for name in others if not name.startswith("_")]
        self.server.start()
        found = []
        for name in self.entries:
            first, second = self.server.ask(entry=name, traced=True), self.server.ask(entry=name)
            if first["result"] == second["result"] and not first["result"].startswith("!"):
                lines = {path: set(numbers) for path, numbers in first["lines"].items()}
                inside = {path: lines[path] & self.within(Path(path)) for path in lines}
                found.append(Entry(name, first["result"], lines, inside))
            else:
                print(
                    f"{self.name}.{name} is left out: {first['result'][:300]} / {second['result'][:60]}",
                    file=sys.stderr,
                )
        for entry in found:
            closure = self.closure(entry.name)
            entry.digest, entry.symbols = closure.digest, len(closure.symbols)
        return found

    def within(self, path: Path) -> set[int]:
        """Lines in functions."""
        functions = [n for n in ast.walk(ast.parse(self.files.get(path, ""))) if isinstance(n, ast.FunctionDef)]
        return {line for n in functions for line in range(n.body[0].lineno, (n.end_lineno or 0) + 1)}

    def closure(self, entry: str) -> Any:
        return Closures(first_party(self.root), folder=self.root / ".caselaw").of([f"driver:{entry}"])


def _copy(top: str, root: Path) -> None:
    """A package or module, without what formats it: edits are written as `ast.unparse` writes."""
    spec = importlib.util.find_spec(top)
    assert spec is not None, top
    origin = Path(spec.origin or "")
    if spec.submodule_search_locations:
        ignored = shutil.ignore_patterns("__pycache__", "tests", "test")
        shutil.copytree(origin.parent, root / top, ignore=ignored)
    else:
        shutil.copy(origin, root)
    for path in [*(root / top).rglob("*.py"), *root.glob(f"{top}.py")]:
        path.write_text(ast.unparse(ast.parse(path.read_text())) + "\n")


# Edits

Change = Callable[[Any], None]
_COMPARED = {ast.Lt: ast.GtE, ast.Gt: ast.LtE, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.LtE: ast.Gt, ast.GtE: ast.Lt,
             ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In}  # fmt: skip
_OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult}


def changes(node: Any) -> Iterator[tuple[str, Change]]:
    """Edits that a person might make of one node."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield "truth", lambda n: setattr(n, "value", not n.value)
        elif isinstance(node.value, int | float):
            yield "number", lambda n: setattr(n, "value", n.value + 1)
        elif isinstance(node.value, str):
            yield "text", lambda n: setattr(n, "value", n.value + "z")
        elif node.value is None:
            yield "nothing", lambda n: setattr(n, "value", 0)
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARED:
        yield "comparison", lambda n: n.ops.__setitem__(0, _COMPARED[type(n.ops[0])]())
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _OPERATORS:
        yield "operator", lambda n: setattr(n, "op", _OPERATORS[type(n.op)]())
    elif isinstance(node, ast.BoolOp):
        yield "and, or", lambda n: setattr(n, "op", ast.Or() if isinstance(n.op, ast.And) else ast.And())
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        yield "condition", lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))
    elif isinstance(node, ast.Call) and node.keywords:
        yield "keyword removed", lambda n: n.keywords.pop()
    elif isinstance(node, ast.Return) and node.value is not None:
        yield "nothing returned", lambda n: setattr(n, "value", ast.Constant(None))
    elif isinstance(node, ast.FunctionDef | ast.ClassDef) and node.decorator_list:
        yield "decorator removed", lambda n: n.decorator_list.pop()
    elif isinstance(node, ast.FunctionDef) and node.args.defaults:
        yield "default", lambda n: n.args.defaults.__setitem__(-1, ast.Constant(7))
    elif isinstance(node, ast.ClassDef) and len(node.bases) > 1:
        yield "bases exchanged", lambda n: n.bases.reverse()
    elif isinstance(node, ast.List | ast.Tuple) and len(node.elts) > 1 and isinstance(node.ctx, ast.Load):
        yield "elements exchanged", lambda n: n.elts.reverse()
    elif isinstance(node, ast.Dict) and node.keys:
        yield "key removed", lambda n: (n.keys.pop(), n.values.pop())
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Delete | ast.Raise):
        yield "statement removed", lambda n: None


Candidate = tuple[ast.AST, str, Change]


@functools.lru_cache(maxsize=512)
def candidates(text: str, lines: frozenset[int]) -> list[Candidate]:
    """Nodes that stand on some of these lines, and what may be done to them."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if not hasattr(node, "lineno"):
            continue
        last = node.end_lineno if isinstance(node, ast.expr) else node.lineno  # type: ignore[attr-defined]
        if not lines.isdisjoint(range(node.lineno, (last or 0) + 1)):
            found += [(node, what, change) for what, change in changes(node)]
    return found


def edited(text: str, lines: set[int], chance: random.Random) -> tuple[str, str] | None:
    """What is edited, and the text afterwards, with one edit on one of these lines."""
    wanted = candidates(text, frozenset(lines))
    for _ in range(5 if wanted else 0):
        node, what, change = chance.choice(wanted)
        copied: Any = ast.Pass() if what == "statement removed" else copy.deepcopy(node)
        try:
            change(copied)
            new = _replaced(text, node, copied)
            ast.parse(new)
        except (SyntaxError, ValueError, RecursionError, AttributeError):
            continue
        if new != text:
            return f"line {node.lineno}: {what}", new  # type: ignore[attr-defined]
    return None


def _replaced(text: str, node: Any, other: ast.AST) -> str:
    """A text with one node written anew; decorators stand before the node."""
    rows = [row.encode() for row in text.splitlines(keepends=True)]
    first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))]) - 1
    last = node.end_lineno - 1
    written = ast.unparse(ast.fix_missing_locations(other))
    written = f"({written})" if isinstance(node, ast.expr) else written.replace("\n", "\n" + " " * node.col_offset)
    before = rows[first][: node.col_offset]
    after = rows[last][node.end_col_offset :]
    return b"".join([*rows[:first], before, written.encode(), after, *rows[last + 1 :]]).decode()


def unexecuted_functions(text: str, lines: set[int]) -> set[int]:
    """Lines in bodies of functions of which nothing was executed."""
    found: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and not any(
            line in lines for line in range(node.body[0].lineno, node.end_lineno + 1)
        ):  # type: ignore[operator]
            found.update(range(node.body[0].lineno, node.end_lineno + 1))  # type: ignore[operator]
    return found


_ADDRESSES = re.compile(r"0x[0-9a-f]+")


def fuzz(project: Project, edits: int, seed: int, report: Callable[[str], None] = print) -> Outcome:
    """Edit lines that some entry executes, and compare results and digests."""
    chance, outcome = random.Random(f"{project.name} {seed}"), Outcome()
    entries = project.start()
    while outcome.edits < edits and entries:
        entry = chance.choice(entries)
        lines = entry.of_functions if chance.random() < _OF_FUNCTIONS else entry.lines
        weights = {path: len(lines[path]) for path in lines if Path(path) in project.files and lines[path]}
        path = Path(chance.choices(list(weights), list(weights.values()))[0])
        text = project.files[path]
        found = edited(text, lines[str(path)], chance)
        if found is None or path.name == "driver.py":
            continue
        what, new = found
        try:
            path.write_text(new)
            _judge(project, entry, outcome, f"{path.relative_to(project.root)}, {what}", chance, report)
        finally:
            path.write_text(text)
        if chance.random() < _SAMPLED:
            _try_unexecuted(project, entry, outcome, chance)
    project.server.stop()
    return outcome


_OF_FUNCTIONS, _SAMPLED = 0.8, 0.25


def _judge(
    project: Project, entry: Entry, outcome: Outcome, what: str, chance: random.Random, report: Callable[[str], None]
) -> None:
    """Run an entry with its edited package, and compare; the digest is only asked where it matters."""
    result = project.server.ask(entry=entry.name)["result"]
    outcome.edits += 1
    if result.startswith("!"):
        outcome.failed += 1
    elif _ADDRESSES.sub("", result) != _ADDRESSES.sub("", entry.result):
        outcome.changed += 1
        if project.closure(entry.name).digest == entry.digest:
            outcome.stale.append(f"{project.name}.{entry.name}: {what}")
            report(f"STALE {outcome.stale[-1]}")
    elif chance.random() < _SAMPLED:
        outcome.asked += 1
        outcome.same_result += project.closure(entry.name).digest != entry.digest


def _try_unexecuted(project: Project, entry: Entry, outcome: Outcome, chance: random.Random) -> None:
    """An edit of a function that the entry does not execute."""
    path = chance.choice(list(project.files))
    text = project.files[path]
    lines = unexecuted_functions(text, entry.lines.get(str(path), set()))
    found = edited(text, lines, chance) if lines else None
    if found is None:
        return
    try:
        path.write_text(found[1])
        digest = project.closure(entry.name).digest
    except FingerprintError:
        return
    finally:
        path.write_text(text)
    outcome.unexecuted += 1
    outcome.needless += digest != entry.digest
