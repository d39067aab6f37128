"""Where the outputs of a task lie, read from its output(): what its expressions come to, as far as they can be told."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from caselaw.plan.survey.calls import bound, flat, in_order
from caselaw.plan.survey.classes import Class, Classes, Member
from caselaw.plan.survey.names import AssignedName, ClassSource, Imported, SurveyedModule
from caselaw.plan.survey.patterns import ANY, NUMBER, Path, filled, joined, percented, specified

DEPTH = 25
FOLDER, SERVER, FILE = "DirectoryTarget", ("Remote", "WLCG", "GFAL", "Dropbox", "S3", "Hdfs", "GCS"), "Target"
SAME = frozenset({"str", "Path", "PurePath", "abspath", "realpath", "normpath", "fspath", "expanduser", "resolve",
                  "absolute", "as_posix", "list", "tuple", "sorted", "str_to_path"})  # fmt: skip
"""Functions that give back the path that they get."""
FAMILY = frozenset({"task_family", "get_task_family"})


@dataclass(frozen=True)
class ExpressionScope:
    """Where an expression stands: the task that is asked, the class whose method it is in, and what names hold."""

    task: Class
    owner: Class
    module: SurveyedModule
    names: dict[str, Any] = field(default_factory=dict)
    depth: int = 0


def paths_of(task: Class, classes: Classes, root: str) -> list[Path] | None:
    """Paths of all outputs; None where the text does not tell them, or there are none."""
    member = task.member("output")
    if member is None or member.function is None or not member.owner.of_project:
        return None
    found = list(
        targets(
            ExpressionReader(classes, root).called(
                member, ExpressionScope(task, member.owner, member.owner.module), [], {}
            )
        )
    )
    return found if found and all(path.text.startswith("/") or path.server for path in found) else None


def targets(value: Any) -> Iterator[Path]:
    if isinstance(value, Path):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from targets(each)


@dataclass
class ExpressionReader:
    """Works out expressions: a text with wildcards, a list, a target's path, or None for what cannot be told."""

    classes: Classes
    root: str

    def value(self, node: ast.expr | None, scope: ExpressionScope) -> Any:
        if scope.depth > DEPTH:
            return None
        match node:
            case ast.Constant(value=value):
                return None if value is None else str(value)
            case ast.Name(id=name):
                return self.named(name, scope)
            case ast.JoinedStr(values=parts):
                return "".join(self.part(part, scope) for part in parts)
            case ast.BinOp():
                return self.combined(node, scope)
            case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
                return self.elements(elements, scope)
            case ast.Dict(values=values):
                return self.elements(values, scope)
            case ast.ListComp(elt=inner) | ast.GeneratorExp(elt=inner) | ast.SetComp(elt=inner):
                return [self.value(inner, each) for each in self.in_loop(node.generators, scope)]
            case ast.DictComp(value=inner):
                return [self.value(inner, each) for each in self.in_loop(node.generators, scope)]
            case ast.IfExp(body=one, orelse=other) | ast.BoolOp(values=[one, other]):
                found = [self.value(each, scope) for each in (one, other)]
                return found if all(isinstance(each, Path) for each in found) else next(filter(None, found), None)
            case ast.Attribute():
                return self.attribute(node, scope)
            case ast.Subscript(value=ast.Attribute(attr="environ"), slice=name):
                return os.environ.get(self.text(name, scope))
            case ast.Call():
                return self.call(node, scope)
        return None

    def text(self, node: ast.expr, scope: ExpressionScope) -> str:
        found = self.value(node, scope)
        return found if isinstance(found, str) else ANY

    def part(self, part: ast.expr, scope: ExpressionScope) -> str:
        if not isinstance(part, ast.FormattedValue):
            return self.text(part, scope)
        spec = self.text(part.format_spec, scope) if part.format_spec else ""
        return specified(self.text(part.value, scope), spec)

    def elements(self, nodes: Iterable[ast.expr], scope: ExpressionScope) -> list[Any]:
        found: list[Any] = []
        for node in nodes:
            value = self.value(node.value if isinstance(node, ast.Starred) else node, scope)
            if isinstance(node, ast.Starred) and isinstance(value, list):
                found.extend(value)
            else:
                found.append(value)
        return found

    def in_loop(self, generators: list[ast.comprehension], scope: ExpressionScope) -> list[ExpressionScope]:
        """The scopes of a comprehension: one per element where these are known, else one for all."""
        match generators:
            case [ast.comprehension(target=ast.Name(id=name), iter=over, ifs=[])]:
                found = self.value(over, scope)
                if isinstance(found, list) and found:
                    return [replace(scope, names={**scope.names, name: each}) for each in found]
        names = {node.id: ANY for each in generators for node in ast.walk(each.target) if isinstance(node, ast.Name)}
        return [replace(scope, names={**scope.names, **names})]

    def combined(self, node: ast.BinOp, scope: ExpressionScope) -> Any:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        match node.op:
            case ast.Add() if isinstance(left, list) or isinstance(right, list):
                return [*(left if isinstance(left, list) else [ANY]), *(right if isinstance(right, list) else [ANY])]
            case ast.Add() if left is not None or right is not None:
                return f"{left if isinstance(left, str) else ANY}{right if isinstance(right, str) else ANY}"
            case ast.Mod() if isinstance(left, str):
                values = right if isinstance(right, list) else [right]
                return percented(left, [each if isinstance(each, str) else ANY for each in values])
            case ast.Div() if isinstance(left, str):
                return joined([left, right if isinstance(right, str) else ANY])
        return None

    # names and attributes

    def named(self, name: str, scope: ExpressionScope) -> Any:
        if name in scope.names:
            return scope.names[name]
        if name == "__file__":
            return str(scope.module.path)
        for binding in reversed(scope.module.names.get(name, [])):
            match binding:
                case AssignedName(value):
                    return self.value(value, replace(scope, names={}, depth=scope.depth + 1))
                case Imported(source, str(attribute)):
                    found = self.classes.library.module(source, scope.module)
                    if found is not None and found is not scope.module and found.of_project:
                        return self.named(attribute, replace(scope, module=found, names={}, depth=scope.depth + 1))
        for star in scope.module.stars if scope.depth < DEPTH else ():
            found = self.classes.library.module(star, scope.module)
            if found is not None and found.of_project:
                value = self.named(name, replace(scope, module=found, names={}, depth=scope.depth + 1))
                if value is not None:
                    return value
        return None

    def attribute(self, node: ast.Attribute, scope: ExpressionScope) -> Any:
        match node:
            case ast.Attribute(value=value, attr="__name__") if is_class_of_task(value):
                return scope.task.source.node.name
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                return self.of_task(name, scope)
            case ast.Attribute(value=inner, attr="parent"):
                found = self.value(inner, scope)
                return os.path.dirname(found) if isinstance(found, str) else None
            case ast.Attribute(value=inner, attr="path" | "abspath"):
                found = self.value(inner, scope)
                return found.text if isinstance(found, Path) else found
        owner = self.classes.library.meaning(node.value, scope.module)
        if isinstance(owner, SurveyedModule) and owner.of_project:
            return self.named(node.attr, replace(scope, module=owner, names={}, depth=scope.depth + 1))
        return ANY

    def of_task(self, name: str, scope: ExpressionScope) -> Any:
        if name in FAMILY:
            return family_name(scope.task)
        if name == "branch":
            return NUMBER
        member = scope.task.member(name)
        if member is None or not member.owner.of_project:
            return f"{scope.task.source.node.name}_{ANY}" if name == "task_id" else ANY
        if member.function is not None:
            return self.called(member, scope, [], {})
        if isinstance(member.value, ast.Call) and (kind := self.name_of(member.value.func)).endswith("Parameter"):
            return NUMBER if kind == "IntParameter" else ANY
        inner = ExpressionScope(scope.task, member.owner, member.owner.module, depth=scope.depth + 1)
        found = self.value(member.value, inner)
        return ANY if found is None else found

    # calls

    def call(self, node: ast.Call, scope: ExpressionScope) -> Any:
        arguments = self.elements(node.args, scope)
        words = {word.arg: self.value(word.value, scope) for word in node.keywords if word.arg}
        match node.func:
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr=name):
                return self.above(name, scope, arguments, words)
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name) if name not in FAMILY:
                member = scope.task.member(name)
                if member is not None and member.owner.of_project and member.function is not None:
                    return self.called(member, scope, arguments, words)
                return None
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                return self.of_task(name, scope)
            case ast.Attribute(value=inner, attr="format"):
                by_name = {name: each if isinstance(each, str) else ANY for name, each in words.items()}
                values = (each if isinstance(each, str) else ANY for each in arguments)
                return filled(self.text(inner, scope), values, by_name)
            case ast.Attribute(value=inner, attr="child"):
                found = self.value(inner, scope)
                below = arguments[0] if arguments and isinstance(arguments[0], str) else ANY
                if isinstance(found, Path):
                    return replace(found, text=joined([found.text, below]), folder=words.get("type") in (None, "d"))
                return None
        return self.of_library(node, arguments, words, scope)

    def of_library(self, node: ast.Call, arguments: list[Any], words: dict[str, Any], scope: ExpressionScope) -> Any:
        name = self.name_of(node.func)
        first = arguments[0] if arguments else words.get("path")
        match name:
            case "join" | "joinpath":
                parts = [each if isinstance(each, str) else ANY for each in flat(arguments)]
                if isinstance(node.func, ast.Attribute) and name == "joinpath":
                    parts.insert(0, self.text(node.func.value, scope))
                return joined(parts)
            case "getenv" | "get" if "environ" in ast.unparse(node.func) or name == "getenv":
                return os.environ.get(str(first), arguments[1] if len(arguments) > 1 else None)
            case "expandvars":
                return os.path.expandvars(first) if isinstance(first, str) else None
            case "dirname":
                return os.path.dirname(first) if isinstance(first, str) else None
            case "map" if len(arguments) == 2:
                return arguments[1]
            case "rel_path" if len(arguments) > 1:
                return joined([os.path.dirname(str(first)), *(str(each) for each in arguments[1:])])
        if name in SAME:
            if first is None and isinstance(node.func, ast.Attribute):  # path.resolve()
                return self.value(node.func.value, scope)
            return first
        return self.target(node, name, first, scope)

    def target(self, node: ast.Call, name: str, first: Any, scope: ExpressionScope) -> Any:
        """The path of a target, or what a collection of targets holds."""
        if "Collection" in name or name in ("DotDict", "OrderedDict", "dict"):
            return self.elements([*node.args, *(word.value for word in node.keywords)], scope)
        if not name.endswith((FILE, "Target")):
            return None
        if name.startswith(SERVER):
            return Path(str(first or ANY), server=True)
        if not isinstance(first, str) or first.startswith((ANY, NUMBER)):
            return None  # it may lie anywhere
        meant = self.classes.library.meaning(node.func, scope.module)
        of_law = isinstance(meant, ClassSource) and meant.qualified.startswith("law.")
        first = os.path.expandvars(os.path.expanduser(first))
        return Path(os.path.normpath(joined(["/" if of_law else self.root, first])), folder=name.endswith(FOLDER))

    def above(self, name: str, scope: ExpressionScope, arguments: list[Any], words: dict[str, Any]) -> Any:
        later = scope.task.mro[scope.task.mro.index(scope.owner) + 1 :] if scope.owner in scope.task.mro else ()
        member = next((above.own[name] for above in later if name in above.own), None)
        if member is None or member.function is None or not member.owner.of_project:
            return None
        return self.called(member, scope, arguments, words)

    def called(self, member: Member, scope: ExpressionScope, arguments: list[Any], words: dict[str, Any]) -> Any:
        """What a method returns: the last of several texts, all of several targets."""
        assert member.function is not None
        names = bound(member.function, arguments, words)
        inner = ExpressionScope(scope.task, member.owner, member.owner.module, names, scope.depth + 1)
        returned = []
        for statement in in_order(member.function.body):
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    inner.names[name] = self.value(value, inner)
                case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
                    inner.names[name] = self.value(ast.BinOp(target, op, value), inner)
                case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))], value=value):
                    inner.names[name] = [*flat([inner.names.get(name)]), self.value(value, inner)]
                case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[value])):
                    inner.names[name] = [*flat([inner.names.get(name)]), self.value(value, inner)]
                case ast.For(target=target):
                    inner.names.update({each.id: ANY for each in ast.walk(target) if isinstance(each, ast.Name)})
                case ast.Return(value=value) if value is not None:
                    returned.append(self.value(value, inner))
                case ast.Expr(value=ast.Yield(value=value)):
                    returned.append(self.value(value, inner))
        found = [path for each in returned for path in targets(each)]
        return found if found else next((each for each in reversed(returned) if each is not None), None)

    def name_of(self, function: ast.expr) -> str:
        return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def is_class_of_task(node: ast.expr) -> bool:
    """Whether this is `self.__class__`, `type(self)` or `cls`."""
    return ast.unparse(node) in ("self.__class__", "type(self)", "cls")


def family_name(task: Class) -> str:
    member = task.member("task_namespace")
    value = getattr(member.value, "value", None) if member is not None and member.owner.of_project else None
    name = task.source.node.name
    return f"{value}.{name}" if isinstance(value, str) and value else name
