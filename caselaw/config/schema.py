"""The schema of campaigns: a pydantic model of the project, and its complaints in the words of the file."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from caselaw.config.positions import Document, Node
from caselaw.config.problem import KeyPath, Problem, did_you_mean, display, dotted, listed
from caselaw.config.project import Project
from caselaw.errors import ConfigError

REWORDED = (
    ("Input should be ", "must be "),
    ("Value error, ", ""),
    ("Assertion failed, ", ""),
    ("Field required", "is missing"),
)


def schema_of(project: Project) -> type[BaseModel]:
    """The model that `[caselaw] schema` names; the project's folder is importable for this."""
    module_name, _, name = (project.schema or "").partition(":")
    where = display(project.config_file)
    try:
        module = imported(module_name, project)
    except Exception as error:
        raise ConfigError(
            f"schema: '{module_name}' cannot be imported ({type(error).__name__}: {error})",
            where,
            "name a module of this project in [caselaw] schema, as module:Model",
        ) from error
    model = getattr(module, name, None)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        models = [
            key
            for key, value in vars(module).items()
            if isinstance(value, type) and issubclass(value, BaseModel)
        ]
        raise ConfigError(
            f"schema: '{project.schema}' is not a pydantic model",
            where,
            f"models of {module_name}: {listed(models)}",
        )
    return model


def imported(module_name: str, project: Project) -> types.ModuleType:
    try:
        return importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        root = str(project.root)
        if error.name is None or not module_name.startswith(error.name) or root in sys.path:
            raise
        sys.path.append(root)
        importlib.invalidate_caches()
        return importlib.import_module(module_name)


def validate(schema: type[BaseModel], document: Document) -> tuple[BaseModel | None, list[Problem]]:
    """The model filled from the document, or None with every problem that the schema finds."""
    assert document.root is not None
    try:
        return schema.model_validate(document.root.data()), []
    except ValidationError as error:
        found: dict[KeyPath, list[tuple[str, str, Any]]] = {}
        for fault in error.errors(include_url=False):
            for path, message in complaints(fault, document, schema):
                if not any(path[: len(bad)] == bad for bad in document.unreadable):
                    found.setdefault(path, []).append((fault["type"], message, fault["input"]))
    return None, [problem_at(path, faults, document) for path, faults in found.items()]


def complaints(
    fault: Mapping[str, Any], document: Document, schema: type[BaseModel]
) -> Iterator[tuple[KeyPath, str]]:
    """Where in the file a fault is, and what it says; a validator may know several places.

    A validator that knows better than its model's place raises a ValueError with an attribute `problems`,
    a mapping of dotted keys (relative to the model) to messages.
    """
    path = path_in_file(fault, document.root)
    reason = fault.get("ctx", {}).get("error")
    problems = getattr(reason, "problems", None)
    if isinstance(problems, Mapping):
        for key, message in problems.items():
            yield (*path, *inner_path(str(key), document.node(path))), message
    elif fault["type"] == "extra_forbidden":
        known = [name for model in models_at(schema, path[:-1]) for name in names_of(model)]
        hint = did_you_mean(str(path[-1]), known)
        yield path, f"unknown key{', ' + hint if hint else ''} (known: {listed(known, 30)})"
    else:
        yield path, reworded(fault["msg"])


def path_in_file(fault: Mapping[str, Any], node: Node | None) -> KeyPath:
    """pydantic's location without the names of union members, which the file does not have."""
    path: list[str | int] = []
    location = fault["loc"]
    for number, part in enumerate(location):
        child = node.child(part) if node is not None else None
        if child is not None:
            path.append(part)
            node = child
        elif number == len(location) - 1 and fault["type"] == "missing":
            path.append(part)
    return tuple(path)


def inner_path(key: str, node: Node | None) -> KeyPath:
    parts: list[str | int] = []
    for part in key.split(".") if key else ():
        is_index = node is not None and isinstance(node.content, list) and part.isdecimal()
        parts.append(int(part) if is_index else part)
        node = node.child(parts[-1]) if node is not None else None
    return tuple(parts)


def problem_at(path: KeyPath, faults: list[tuple[str, str, Any]], document: Document) -> Problem:
    """One problem per place: alternatives of a union are joined."""
    kinds = {kind for kind, _, _ in faults}
    messages = list(dict.fromkeys(message for _, message, _ in faults))
    message = " or ".join(messages)
    line, column = document.key_position(path) if kinds == {"extra_forbidden"} else document.position(path)
    if not kinds & {"missing", "extra_forbidden", "value_error", "assertion_error"}:
        message += f" (got {described(faults[0][2])})"
    return Problem(line, column, dotted(path), message)


def described(value: Any) -> str:
    """A wrong value in a few words."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return f"a mapping of {listed(value, 5)}" if value else "an empty mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…" + text[0]


def reworded(message: str) -> str:
    for theirs, ours in REWORDED:
        if message.startswith(theirs):
            return ours + message.removeprefix(theirs)
    return message[:1].lower() + message[1:]


def names_of(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def models_at(schema: type[BaseModel], path: KeyPath) -> list[type[BaseModel]]:
    """The models that may stand at a path: several where the schema has a union."""
    annotations: list[Any] = [schema]
    for part in path:
        annotations = [below for annotation in annotations for below in one_step(annotation, part)]
    members = [member for annotation in annotations for member in members_of(annotation)]
    return [member for member in members if isinstance(member, type) and issubclass(member, BaseModel)]


def members_of(annotation: Any) -> Iterator[Any]:
    """The types behind Annotated, unions and aliases."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from members_of(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from members_of(member)
    elif hasattr(annotation, "__value__"):
        yield from members_of(annotation.__value__)
    else:
        yield annotation


def one_step(annotation: Any, part: str | int) -> Iterator[Any]:
    for member in members_of(annotation):
        origin = get_origin(member)
        arguments = get_args(member)
        if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
            yield arguments[1]
        elif origin is tuple and isinstance(part, int) and Ellipsis not in arguments:
            yield from arguments[part : part + 1]
        elif origin is not None:
            yield from (argument for argument in arguments if argument is not Ellipsis)
        elif isinstance(member, type) and issubclass(member, BaseModel):
            for name, field in member.model_fields.items():
                if part in (name, field.alias):
                    yield field.annotation
