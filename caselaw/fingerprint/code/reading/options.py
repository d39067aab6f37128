"""Options of law.cfg and of luigi's configuration that code reads: which ones, where the source shows it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from caselaw.fingerprint.code.reading.facts import ANY, Option
from caselaw.fingerprint.code.reading.lookups import constant_text

_PARSERS = {
    "law.config": "law",
    "law.Config": "law",
    "luigi.configuration": "luigi",
}
CONFIGURED = frozenset({"law", "luigi"})
"""Packages with a configuration."""
OF_SECTION = frozenset({"options", "keys", "items", "has_section", "getintdict"})
OF_OPTION = frozenset({
    "get", "getint", "getfloat", "getboolean", "get_default", "get_expanded", "get_expanded_int",
    "get_expanded_float", "get_expanded_bool", "get_expanded_boolean", "has_option", "is_missing_or_none",
})  # fmt: skip
_ARE_NO_READING = frozenset({
    "law.config.law_home_path", "law.config.set", "law.config.update", "law.config.add_section", "law.config.include",
    "luigi.configuration.add_config_path", "luigi.configuration.set",
})  # fmt: skip


def parser_of(origin: str) -> str | None:
    """`law` or `luigi`, where a dotted origin is a configuration or something of it."""
    if origin in _ARE_NO_READING:
        return None
    for root, parser in _PARSERS.items():
        if origin == root or origin.startswith(f"{root}."):
            return parser
    return None


def whole(origins: set[str]) -> Iterator[Option]:
    """What somebody may read who has got hold of the configuration itself."""
    for parser in {parser_of(origin) for origin in origins} - {None}:
        yield Option(str(parser))


def read_by(call: ast.Call, method: str, origins: set[str]) -> Iterator[Option]:
    """The options that a call of a method or function reads, given the dotted origins of what has it."""
    for parser in {parser_of(origin) for origin in origins} - {None}:
        section = text_of_argument(call, 0, "section")
        expanded = "expanded" in method or any(
            keyword.arg in ("expand_vars", "expand_user") for keyword in call.keywords
        )
        if section is None or (method not in OF_SECTION | OF_OPTION and method != "find_option"):
            yield Option(str(parser))
        elif method in OF_SECTION:
            yield Option(str(parser), section)
        else:
            found = [text_of_argument(call, 1, "option")]
            if method == "find_option":
                found = [constant_text(argument) for argument in call.args[1:]]
            yield from (Option(str(parser), section, option or ANY, expanded) for option in found or [ANY])


def text_of_argument(call: ast.Call, position: int, name: str) -> str | None:
    """The constant text of an argument; None where it is computed or missing."""
    if any(isinstance(argument, ast.Starred) for argument in call.args[: position + 1]):
        return None
    if len(call.args) > position:
        return constant_text(call.args[position])
    return next((constant_text(keyword.value) for keyword in call.keywords if keyword.arg == name), None)
