"""Axis and process labels (matplotlib's mathtext) as HTML."""

from __future__ import annotations

import re
from html import escape
from html.entities import html5

from analysis.report.html import Html

# most names of symbols are those of HTML; these are not, or mean something else there
SYMBOLS = {"to": "→", "cdot": "·", "infty": "∞", "sqrt": "√"}
STYLES = {"mathrm", "mathit", "mathbf", "text", "rm", "it", "bf", "left", "right"}
ACCENTS = {"bar": "\u0304", "overline": "\u0304", "hat": "\u0302", "tilde": "\u0303", "vec": "\u20d7"}
TOKEN = re.compile(r"\\([A-Za-z]+|.)|([{}_^])|([^\\{}_^]+)")


def label_html(label: str) -> Html:
    """`$H_T$` becomes `H<sub>T</sub>`, `$t\\bar{t}$` becomes t and t with a bar; the rest is escaped text."""
    parts = label.split("$")
    if len(parts) % 2 == 0:
        return Html(escape(label))
    return Html("".join(_math(part) if k % 2 else escape(part) for k, part in enumerate(parts)))


def _math(source: str) -> str:
    tokens = [match.groups() for match in TOKEN.finditer(source)]
    html, _ = _sequence(tokens, 0)
    return html


Tokens = list[tuple[str | None, str | None, str | None]]


def _sequence(tokens: Tokens, at: int) -> tuple[str, int]:
    """Everything up to the closing brace or the end, and the position behind it."""
    parts: list[str] = []
    while at < len(tokens):
        if tokens[at][1] == "}":
            return "".join(parts), at + 1
        part, at = _item(tokens, at)
        parts.append(part)
    return "".join(parts), at


def _item(tokens: Tokens, at: int) -> tuple[str, int]:
    command, special, plain = tokens[at]
    if plain is not None:
        return escape(plain), at + 1
    if special == "{":
        return _sequence(tokens, at + 1)
    if special in ("_", "^"):
        inner, at = _argument(tokens, at + 1)
        tag = "sub" if special == "_" else "sup"
        return f"<{tag}>{inner}</{tag}>", at
    if command is None:  # a brace that nothing opened
        return "", at + 1
    if command in ACCENTS:
        inner, at = _argument(tokens, at + 1)
        return inner + ACCENTS[command], at
    if command in STYLES:
        return "", at + 1
    if not command.isalpha():
        return ("\u2009" if command in ",;: " else escape(command)), at + 1
    return SYMBOLS.get(command) or html5.get(f"{command};", escape(command)), at + 1


def _argument(tokens: Tokens, at: int) -> tuple[str, int]:
    """A group in braces, a command, or the single next character."""
    if at >= len(tokens):
        return "", at
    plain = tokens[at][2]
    if plain is not None and len(plain) > 1:
        tokens[at] = (None, None, plain[1:])
        return escape(plain[0]), at
    return _item(tokens, at)
