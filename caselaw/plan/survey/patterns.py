"""Paths as far as a text tells them: what is not known is a wildcard."""

from __future__ import annotations

import os
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

ANY, NUMBER = "\0", "\1"
"""Stand for what is not known: some text without a slash, an integer."""
EXPRESSIONS = {ANY: "[^/]*", NUMBER: r"-?\d+"}
PERCENT = re.compile(r"%(?:\((\w+)\))?[-+ #0]*(?:\*|\d+)?(?:\.\d+)?([a-zA-Z%])")


@dataclass(frozen=True)
class Path:
    """Where outputs of a task lie. `folder`: an output is a folder. `server`: they are not on this machine."""

    text: str
    folder: bool = False
    server: bool = False

    @property
    def shown(self) -> str:
        return self.text.replace(ANY, "*").replace(NUMBER, "#") + ("/" if self.folder else "")


def joined(parts: list[str]) -> str:
    return os.path.join(*parts) if parts else ""


def filled(template: str, values: Iterator[str], by_name: dict[str, str]) -> str:
    """What `template.format(…)` gives."""
    found = []
    try:
        for text, name, spec, _ in string.Formatter().parse(template):
            found.append(text)
            if name is not None:
                found.append(placed(name, spec or "", values, by_name))
    except ValueError:
        return ANY
    return "".join(found)


def placed(name: str, spec: str, values: Iterator[str], by_name: dict[str, str]) -> str:
    value = by_name.get(name, ANY) if name and not name.isdigit() else next(values, ANY)
    return specified(value, spec)


def specified(value: str, spec: str) -> str:
    """A value in a format; a number in another form than decimal may be anything."""
    if not spec or value == ANY:
        return value
    return NUMBER if value == NUMBER and spec.rstrip("d").isdigit() else ANY


def percented(template: str, values: list[str]) -> str:
    """What `template % values` gives."""
    rest = iter(values)

    def value(match: re.Match[str]) -> str:
        if match[2] == "%":
            return "%"
        found = ANY if match[1] else next(rest, ANY)
        return NUMBER if match[2] == "d" and found in (ANY, NUMBER) else found

    return PERCENT.sub(value, template)


def expression(segment: str) -> re.Pattern[str]:
    """A regular expression for one part of a path."""
    return re.compile("".join(EXPRESSIONS.get(letter, re.escape(letter)) for letter in segment))


def is_wild(text: str) -> bool:
    return ANY in text or NUMBER in text
