"""What the schema finds wrong with a campaign, at its place and in the words of the file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from caselaw.config.positions import Document, YamlNode
from caselaw.config.problem import KeyPath, Problem, did_you_mean, dotted, listed
from caselaw.config.schema import models_at, names_of

PLAINLY = {
    "dict_type": "must be a mapping",
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "set_type": "must be a list",
    "frozen_set_type": "must be a list",
    "string_type": "must be text",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "missing": "is missing",
}
QUOTED = re.compile(r"'([^']+)'")


def validate(schema: type[BaseModel], document: Document) -> tuple[BaseModel | None, list[Problem]]:
    """The model filled from the document, or None with every problem that the schema finds."""
    assert document.root is not None
    try:
        return schema.model_validate(document.root.data()), []
    except ValidationError as error:
        faults = [fault_in_file(each, document.root) for each in error.errors(include_url=False)]
    found: dict[KeyPath, list[tuple[str, str, Any]]] = {}
    for fault in likely(faults):
        for path, message in complaints(fault, document, schema):
            if not any(path[: len(bad)] == bad for bad in document.unreadable):
                found.setdefault(path, []).append((fault.kind, message, fault.value))
    return None, [problem_at(path, complained, document) for path, complained in found.items()]


class Fault(NamedTuple):
    """pydantic's fault at its place in the file; `member` is the part of a union that it belongs to, and where."""

    path: KeyPath
    member: tuple[KeyPath, str] | None
    kind: str
    message: str
    value: Any
    reason: Any


def fault_in_file(fault: Mapping[str, Any], root: YamlNode) -> Fault:
    """pydantic's location has names of union members, which the file does not have."""
    path: list[str | int] = []
    member = None
    node: YamlNode | None = root
    location = fault["loc"]
    for number, part in enumerate(location):
        child = node.child(part) if node is not None else None
        if child is not None or (number == len(location) - 1 and fault["type"] == "missing"):
            path.append(part)
            node = child
        elif member is None:
            member = (tuple(path), str(part))
    reason = fault.get("ctx", {}).get("error")
    return Fault(tuple(path), member, fault["type"], fault["msg"], fault["input"], reason)


def likely(faults: list[Fault]) -> list[Fault]:
    """Without the faults of union members that fit worse than another member."""
    numbers = Counter(fault.member for fault in faults)
    fewest: dict[KeyPath, int] = {}
    for member, number in numbers.items():
        if member is not None:
            fewest[member[0]] = min(number, fewest.get(member[0], number))
    return [each for each in faults if each.member is None or numbers[each.member] == fewest[each.member[0]]]


def complaints(fault: Fault, document: Document, schema: type[BaseModel]) -> Iterator[tuple[KeyPath, str]]:
    """Where in the file a fault is, and what it says; a validator may know several places.

    A validator that knows better than its model's place raises a ValueError with an attribute `problems`,
    a mapping of dotted keys (relative to the model) to messages.
    """
    problems = getattr(fault.reason, "problems", None)
    if isinstance(problems, Mapping):
        for key, message in problems.items():
            yield (*fault.path, *inner_path(str(key), document.node(fault.path))), message
    elif fault.kind == "extra_forbidden":
        models = models_at(schema, fault.path[:-1])
        meant = [model for model in models if fault.member is not None and model.__name__ in fault.member[1]]
        known = [name for model in meant or models for name in names_of(model)]
        hint = did_you_mean(str(fault.path[-1]), known)
        yield fault.path, f"unknown key{', ' + hint if hint else ''} (known: {listed(known, 30)})"
    elif fault.kind in ("value_error", "assertion_error"):
        yield place_meant(fault, document), reworded(fault.kind, fault.message)
    else:
        yield fault.path, reworded(fault.kind, fault.message)


def place_meant(fault: Fault, document: Document) -> KeyPath:
    """The one place below the fault's that most of the words quoted in its message name, as key or value."""
    words = set(QUOTED.findall(fault.message))
    scores: dict[KeyPath, int] = {}

    def search(node: YamlNode, path: KeyPath, met: frozenset[str]) -> None:
        if isinstance(node.content, dict):
            for key, entry in node.content.items():
                search(entry.node, (*path, key), met | ({key} & words))
        elif isinstance(node.content, list):
            for index, child in enumerate(node.content):
                search(child, (*path, index), met)
        else:
            met |= {str(node.content)} & words
        scores[path] = len(met)

    top = document.node(fault.path)
    if not words or top is None:
        return fault.path
    search(top, fault.path, frozenset())
    most = max(scores.values())
    best = [path for path, score in scores.items() if score == most]
    shortest = min(best, key=len)
    return shortest if most and all(path[: len(shortest)] == shortest for path in best) else fault.path


def inner_path(key: str, node: YamlNode | None) -> KeyPath:
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


def reworded(kind: str, message: str) -> str:
    """pydantic's message in the words of a YAML file."""
    if kind in PLAINLY:
        return PLAINLY[kind]
    for prefix in ("Value error, ", "Assertion failed, "):
        if message.startswith(prefix):
            return message.removeprefix(prefix)
    if message.startswith("Input should be "):
        return "must be " + message.removeprefix("Input should be ")
    return message[:1].lower() + message[1:]
