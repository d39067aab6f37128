"""HTML from Python, escaped by construction: text is escaped unless it already is `Html`."""

from __future__ import annotations

import re
from html import escape

VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta"})
NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*")


class HtmlError(ValueError):
    """A tag or attribute has an impossible name."""


class Html(str):
    """Text that is markup already and is not escaped again."""

    __slots__ = ()


Child = Html | str | int | float | None


def text(child: Child) -> Html:
    """`child` as markup: escaped, unless it is `Html`; None is nothing."""
    if child is None:
        return Html()
    return child if isinstance(child, Html) else Html(escape(str(child)))


def join(*children: Child, by: str = "") -> Html:
    return Html(escape(by).join(text(child) for child in children))


def element(tag: str, *children: Child, **attributes: str | float | bool | None) -> Html:
    """`<tag attribute="…">children</tag>`.

    An underscore at an attribute's end is dropped (`class_`), inside it becomes a hyphen (`data_sort`).
    True makes a bare attribute, None and False leave it out.
    """
    parts = [_checked(tag)]
    for key, value in attributes.items():
        name = _checked(key.rstrip("_").replace("_", "-"))
        if value is True:
            parts.append(name)
        elif value is not None and value is not False:
            parts.append(f'{name}="{escape(str(value))}"')
    opening = f"<{' '.join(parts)}>"
    if tag in VOID:
        return Html(opening)
    return Html(f"{opening}{join(*children)}</{tag}>")


def _checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise HtmlError(f"'{name}' is not a name of a tag or attribute")
    return name
