"""Reading YAML: data with the place of every key and value, and the problems of the text.

Read from the event stream of libyaml, because its own composer takes the last of two equal keys silently
and overruns the C stack on deep nesting. Scalars are those of YAML 1.2's core schema: plain text is a number,
`true`, `false` or `null` only where it plainly looks like one; `yes`, `on`, `010`, `12:30` and dates are
text, and `1e-3` is a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NoReturn

import yaml

from caselaw.config.positions import Document, KeyEntry, YamlNode
from caselaw.config.problem import Problem, dotted

DEEPEST = 100
MOST_NODES = 1_000_000

CORE = "tag:yaml.org,2002:"
INT = re.compile(r"[-+]?(?:0|[1-9](?:_?[0-9])*)|0x[0-9a-fA-F]+|0o[0-7]+")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9](?:_?[0-9])*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
SPECIAL = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **{sign + name: float(sign + "inf") for sign in ("", "+", "-") for name in (".inf", ".Inf", ".INF")},
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class UnreadableYamlError(Exception):
    """Reading cannot go on after this problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def read(content: bytes) -> Document:
    """Read one YAML document; nothing in it is ever executed."""
    problems: list[Problem] = []
    text = ""
    try:
        text = decoded(content)
        return YamlReader(text, problems).document()
    except UnreadableYamlError as unreadable:
        problems.append(unreadable.problem)
    except yaml.MarkedYAMLError as error:
        problems.append(syntax_problem(error, text))
    return Document(problems=problems)


def syntax_problem(error: yaml.MarkedYAMLError, text: str) -> Problem:
    """YAML's own complaint at its own mark."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    message = ", ".join(part for part in (error.context, error.problem) if part) or "not valid YAML"
    lines = text.split("\n")
    if line <= len(lines) and "\t" in lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]:
        message += "; indent with spaces, not with tabs"
    return Problem(line, column, "", message)


def decoded(content: bytes) -> str:
    """The text of a file. Raises `UnreadableYamlError` for what is not text, naming the place."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        raise UnreadableYamlError(
            Problem(*place(before), "", f"byte 0x{content[error.start]:02x} is not UTF-8 text")
        ) from error
    bad = UNPRINTABLE.search(text)
    if bad:
        raise UnreadableYamlError(Problem(*place(text[: bad.start()]), "", f"control character {bad[0]!r} in the text"))
    return text


def place(before: str) -> tuple[int, int]:
    """Line and column of the character after `before`."""
    lines = before.splitlines(keepends=True)
    if not lines or lines[-1].endswith(("\n", "\r")):
        return len(lines) + 1, 1
    return len(lines), len(lines[-1]) + 1


class YamlReader:
    """Builds nodes from the event stream of one document."""

    def __init__(self, text: str, problems: list[Problem]) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self.events: Iterator[Any] = yaml.parse(text, Loader=loader)
        self.anchors: dict[str, YamlNode] = {}
        self.path: list[str | int] = []
        self.result = Document(problems=problems)

    def document(self) -> Document:
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if self.result.root is not None:
                    self.fail(event, "a second document starts here; a file holds one")
                self.result.root = self.node(next(self.events))
        return self.result

    def report(self, event: Any, message: str) -> None:
        mark = event.start_mark
        self.result.problems.append(Problem(mark.line + 1, mark.column + 1, dotted(self.path), message))

    def fail(self, event: Any, message: str) -> NoReturn:
        """Raises `UnreadableYamlError` that names the place and the key."""
        mark = event.start_mark
        raise UnreadableYamlError(Problem(mark.line + 1, mark.column + 1, dotted(self.path), message))

    def node(self, event: Any) -> YamlNode:
        if isinstance(event, yaml.AliasEvent):
            name = str(event.anchor)
            if name not in self.anchors:
                self.fail(event, f"unknown anchor '{name}' (it must come before, and not hold itself)")
            return self.checked(event, self.anchors[name])
        if len(self.path) > DEEPEST:
            self.fail(event, f"nested more than {DEEPEST} levels deep")
        node = YamlNode(event.start_mark.line + 1, event.start_mark.column + 1, None)
        if isinstance(event, yaml.MappingStartEvent):
            self.refuse_tag(event, "map")
            self.fill_mapping(node)
        elif isinstance(event, yaml.SequenceStartEvent):
            self.refuse_tag(event, "seq")
            self.fill_list(node)
        else:
            node.content = self.scalar(event)
        if event.anchor:
            self.anchors[event.anchor] = node
        return self.checked(event, node)

    def checked(self, event: Any, node: YamlNode) -> YamlNode:
        if node.size > MOST_NODES:
            self.fail(event, f"more than {MOST_NODES} values; aliases may multiply them")
        if len(self.path) + node.depth > DEEPEST:
            self.fail(event, f"nested more than {DEEPEST} levels deep")
        return node

    def refuse_tag(self, event: Any, plain: str) -> None:
        if event.tag not in (None, "!", CORE + plain):
            self.unreadable_at(event, f"tag '{shown(event.tag)}' is not allowed: a campaign is plain YAML")

    def unreadable_at(self, event: Any, message: str) -> None:
        self.report(event, message)
        self.result.unreadable.add(tuple(self.path))

    def fill_list(self, node: YamlNode) -> None:
        node.content = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            self.path.append(len(node.content))
            child = self.node(event)
            self.path.pop()
            node.content.append(child)
            node.add(child)

    def fill_mapping(self, node: YamlNode) -> None:
        content: dict[str, KeyEntry] = {}
        node.content = content
        merged: list[YamlNode] = []
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.key(event)
            self.path.append(key)
            if key in content:
                self.report(event, f"the key is given twice (first on line {content[key].line})")
            child = self.node(next(self.events))
            if key == "<<" and isinstance(event, yaml.ScalarEvent) and event.implicit[0]:
                merged += self.mappings(event, child)
            else:
                content.setdefault(key, KeyEntry(event.start_mark.line + 1, event.start_mark.column + 1, child))
            self.path.pop()
            node.add(child)
        for other in merged:
            for key, entry in other.content.items():
                content.setdefault(key, entry)

    def key(self, event: Any) -> str:
        """A key is text as it is written, so that `2015:` needs no quotes."""
        if isinstance(event, yaml.AliasEvent) and event.anchor in self.anchors:
            node = self.anchors[event.anchor]
            if isinstance(node.content, str):
                return node.content
        if not isinstance(event, yaml.ScalarEvent):
            self.fail(event, "a key must be text")
        if event.anchor:
            mark: Any = event.start_mark
            self.anchors[event.anchor] = YamlNode(mark.line + 1, mark.column + 1, event.value)
        text: str = event.value
        if not text:
            self.report(event, "a key is empty")
        return text

    def mappings(self, event: Any, node: YamlNode) -> list[YamlNode]:
        """What `<<` merges: a mapping, or a list of mappings."""
        nodes = node.content if isinstance(node.content, list) else [node]
        if not all(isinstance(each.content, dict) for each in nodes):
            self.report(event, "'<<' merges a mapping or a list of mappings")
            return []
        return list(nodes)

    def scalar(self, event: Any) -> Any:
        text: str = event.value
        tag = event.tag
        try:
            if tag is None:
                return plain(text) if event.implicit[0] else text
            if tag in ("!", CORE + "str"):
                return text
            value = plain(text)
            if tag == CORE + "float" and isinstance(value, int) and not isinstance(value, bool):
                return float(value)
            kinds = {CORE + "int": int, CORE + "float": float, CORE + "bool": bool, CORE + "null": type(None)}
            if tag in kinds and type(value) is kinds[tag]:
                return value
            if tag in kinds:
                self.unreadable_at(event, f"'{text}' is not a {shown(tag)}")
            else:
                self.refuse_tag(event, "str")
        except ValueError:
            self.unreadable_at(event, f"a number of {len(text)} digits is too long")
        return None


def plain(text: str) -> Any:
    """The value of an unquoted scalar."""
    if text in SPECIAL:
        return SPECIAL[text]
    if INT.fullmatch(text):
        return int(text.replace("_", ""), 0)
    if FLOAT.fullmatch(text):
        return float(text.replace("_", ""))
    return text


def shown(tag: str) -> str:
    """A tag as it stands in the file."""
    return "!!" + tag.removeprefix(CORE) if tag.startswith(CORE) else tag
