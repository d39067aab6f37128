"""One section of law.cfg, read the way law reads it, with file and line of every option.

That is: option names keep their case, an option may have no value, `%(name)s` and `$VARIABLE` are replaced,
files under `[core] inherit` come first and those under `[core] extend` last, and a variable
`LAW__<section>__<option>` wins over all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from caselaw.config.problem import display
from caselaw.errors import ConfigError

if TYPE_CHECKING:
    from configparser import ConfigParser

HEADER = re.compile(r"\[(?P<section>.+)\]")
OPTION = re.compile(r"(?P<name>[^\s#;=:\[][^=:]*?)\s*(?:[=:]|$)")
VARIABLE = re.compile(r"\$(?:(\w+)|\{([^}]*)\})")


class LawOption(NamedTuple):
    """An option as given; `where` is `law.cfg:12`, or the name of an environment variable."""

    name: str
    value: str
    where: str

    def error(self, what: str, advice: str) -> ConfigError:
        return ConfigError(f"{self.name}: {what}", self.where, advice)


def read_options(config_file: Path, section: str) -> tuple[dict[str, LawOption], tuple[Path, ...]]:
    """Options of a section that have a value, and every file that was read for them."""
    options: dict[str, LawOption] = {}
    files = []
    for path in files_in_order(config_file, ()):
        options.update(options_of_file(path, section))
        files.append(path)
    return {name: option for name, option in options.items() if option.value.lower() not in ("", "none")}, tuple(files)


def overrides(section: str, names: tuple[str, ...]) -> dict[str, LawOption]:
    """Options given by environment variables."""
    variables = {name: f"LAW__{section}__{name}" for name in names}
    return {
        name: LawOption(name, expanded(os.environ[variable], variable), variable)
        for name, variable in variables.items()
        if os.environ.get(variable)
    }


def files_in_order(path: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    """The files that law puts together: what `path` inherits from, itself, what extends it.

    Raises `ConfigError` where files include each other.
    """
    if path in above:
        chain = " → ".join(display(each) for each in (*above, path))
        raise ConfigError(f"the files include each other: {chain}", display(path), "remove one of them")
    core = options_of_file(path, "core")
    for name in ("inherit", "extend"):
        if name == "extend":
            yield path
        for file in core[name].value.split(",") if name in core else ():
            included = Path(os.path.normpath(path.parent / file.strip()))
            if file.strip() and included.is_file():  # law passes over those that are not there
                yield from files_in_order(included, (*above, path))


def options_of_file(path: Path, section: str) -> dict[str, LawOption]:
    """The section's own options, without those of [DEFAULT]. Raises `ConfigError` for references to other options."""
    from configparser import InterpolationError

    text, parser = parsed(path)
    lines = lines_of_options(text, section)
    result = {}
    for name, line in lines.items():
        where = f"{display(path)}:{line}"
        try:
            value = parser.get(section, name)
        except InterpolationError as error:
            raise ConfigError(f"{name}: {error.message}", where, "write '%%' for a percent sign") from error
        if (value or "").startswith("&::"):
            raise ConfigError(f"{name}: references to other options are not followed", where, "write the value itself")
        result[name] = LawOption(
            name, expanded((value or "").strip(), where) if section != "core" else value or "", where
        )
    return result


def parsed(path: Path) -> tuple[str, ConfigParser]:
    """The file as its parser has it. Raises `ConfigError` where it cannot be read."""
    import configparser

    parser = configparser.ConfigParser(allow_no_value=True)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    try:
        text = path.read_text(encoding="utf-8")
        parser.read_string(text, display(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", display(path), "law needs a text file here") from error
    except configparser.Error as error:
        errors = getattr(error, "errors", None)
        line = errors[0][0] if errors else getattr(error, "lineno", 1)
        reason = " ".join(error.message.split())
        raise ConfigError(reason, f"{display(path)}:{line}", "correct the file; law cannot read it either") from error
    return text, parser


def lines_of_options(text: str, section: str) -> dict[str, int]:
    """Line of every option of a section."""
    lines: dict[str, int] = {}
    current = None
    for number, line in enumerate(text.splitlines(), 1):
        header = HEADER.match(line)
        option = OPTION.match(line)
        if header:
            current = header["section"]
        elif option and current == section:
            lines[option["name"]] = number
    return lines


def expanded(text: str, where: object) -> str:
    """`text` with `$VARIABLE` and a leading `~` replaced.

    Raises `ConfigError` for a variable that is not set and a user who does not exist.
    """

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name not in os.environ:
            raise ConfigError(f"the environment variable '{name}' is not set", where, f"set it, or change '{text}'")
        return os.environ[name]

    replaced = VARIABLE.sub(value, text)
    if not replaced.startswith("~"):
        return replaced
    try:
        return str(Path(replaced).expanduser())
    except RuntimeError as error:
        told = f"correct '{text}', or write './{text}' for a folder"
        raise ConfigError("this user has no home folder", where, told) from error
