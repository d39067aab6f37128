"""One section of law.cfg that describes a store: every key is known and typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from law.config import Config
from law.util import brace_expand, parse_bytes, parse_duration

from caselaw.config.address import is_url, scheme_of
from caselaw.config.client_options import SECRETS, client_options, is_taken, takers
from caselaw.config.problem import did_you_mean, listed
from caselaw.errors import ConfigError
from caselaw.storage.files.filesystem import options_of
from caselaw.storage.files.schemes import require_library

OPERATIONS = (
    "exists", "stat", "listdir", "mkdir", "mkdir_rec", "chmod", "unlink", "rmdir", "filecopy", "move"
)  # fmt: skip
CACHE, OPTION = "cache_", "option_"

Reader = tuple[Callable[[str], Any], str]
"""What makes a value of a text, and what that is."""


@dataclass(frozen=True)
class LawSettings:
    """A store as its section describes it.

    `base` are URLs of the same folder, `bases` those for single operations. `client` are options of our own client,
    `options` those of whichever library speaks the scheme. `cache` are the arguments of law's cache.
    """

    section: str
    base: tuple[str, ...]
    bases: Mapping[str, tuple[str, ...]]
    client: Mapping[str, Any] = field(repr=False)  # a token may be in them
    options: Mapping[str, Any] = field(repr=False)
    cache: Mapping[str, Any]
    retries: int = 0
    retry_delay: float = 0.0
    random_base: bool = False
    validate_copy: bool = False
    use_cache: bool = False

    def options_of(self, url: str) -> dict[str, Any]:
        """Arguments of the file system that a URL needs."""
        return options_of(url, self.client, self.options)


def urls(text: str) -> tuple[str, ...]:
    """A list of URLs; `{a,b}` stands for one with a and one with b."""
    return tuple(url.strip().rstrip("/") for url in brace_expand(text.strip(), split_csv=True) if url.strip())


def words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def seconds(text: str) -> float:
    return float(parse_duration(text, input_unit="s", unit="s"))


def megabytes(text: str) -> float:
    return float(parse_bytes(text, input_unit="MB", unit="MB"))


def permissions(text: str) -> int:
    """Octal digits, as everybody writes them."""
    return int(text.removeprefix("0o"), 8)


def switch(text: str) -> bool:
    return bool(Config.instance()._convert_to_boolean(text))


def document(text: str) -> Any:
    """A value as YAML writes it: a number, true, text, `{a: 1}`. Raises `ValueError` where it is none."""
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        raise ValueError("not YAML") from None


PLAIN: Mapping[str, Reader] = {
    "retries": (int, "a number"),
    "retry_delay": (seconds, "a time such as '5s'"),
    "random_base": (switch, "true or false"),
    "validate_copy": (switch, "true or false"),
    "use_cache": (switch, "true or false"),
}
CACHE_READERS: Mapping[str, Reader] = {
    "root": (str, "a folder"),
    "cleanup": (switch, "true or false"),
    "max_size": (megabytes, "a size such as '5GB'"),
    "mtime_patience": (float, "a number of seconds"),
    "file_perm": (permissions, "permissions such as 0660"),
    "dir_perm": (permissions, "permissions such as 0770"),
    "wait_delay": (seconds, "a time such as '5s'"),
    "max_waits": (int, "a number"),
    "global_lock": (switch, "true or false"),
}
READERS: Mapping[str, Reader] = {
    "base": (urls, "URLs"),
    **{f"base_{operation}": (urls, "URLs") for operation in OPERATIONS},
    **PLAIN,
    **{f"{CACHE}{name}": reader for name, reader in CACHE_READERS.items()},
}
FILES = ("ca", "certificate", "key")


def read_settings(section: str | None = None) -> LawSettings:
    """The settings in a section of law.cfg; without a name that of `[target] default_store_fs`.

    Raises `ConfigError`, with section and key, for an unknown section or key, a value of the wrong type, and for a
    base that is missing or no URL.
    """
    config, name = Config.instance(), section_name(section)
    require_libraries(config, name)
    values = {key: read_value(config, name, key) for key in config.options(name)}
    given = {key: value for key, value in values.items() if value is not None}
    if "base" not in given:
        raise ConfigError(
            "base is missing", f"[{name}] in law.cfg", "set it to the store's URL: base: davs://server/path"
        )
    bases = {key.removeprefix("base_"): value for key, value in given.items() if key.startswith("base_")}
    plain = {key: given[key] for key in PLAIN if key in given}
    client = {key: given[key] for key in client_options() if key in given}
    check_bases(name, [*given["base"], *(url for each in bases.values() for url in each)], client)
    options = {key.removeprefix(OPTION): value for key, value in given.items() if key.startswith(OPTION)}
    return LawSettings(name, given["base"], bases, client, options, cache_options(given), **plain)


def require_libraries(config: Any, section: str) -> None:
    """Raises `ConfigError` where one is missing: which other options there are is not known without it."""
    keys = [key for key in config.options(section) if READERS.get(key, (None,))[0] is urls]
    for url in (url for key in keys for url in read_value(config, section, key) or ()):
        if is_url(url):
            require_library(url, f"[{section}] in law.cfg")


def section_name(section: str | None) -> str:
    """The section, or the default one. Raises `ConfigError` where there is none."""
    config = Config.instance()
    name = section or config.get_expanded("target", "default_store_fs", None)
    if not name:
        advice = "give the target fs='<section>', or set default_store_fs in the section [target]"
        raise ConfigError("no store is named", "law.cfg", advice)
    if not config.has_section(name):
        advice = "describe the store there: base: davs://…"
        raise ConfigError("there is no such section", f"[{name}] in law.cfg", advice)
    return str(name)


def read_value(config: Any, section: str, key: str) -> Any:
    """The value of one key; None where it is empty. Raises `ConfigError` for a key or a value that is none."""
    known = {**READERS, **client_readers()}
    read, what = (document, "YAML") if key.startswith(OPTION) and key != OPTION else known.get(key, (None, ""))
    if read is None:
        hint = did_you_mean(key, known)
        raise ConfigError(
            f"{key} is no option of a store", f"[{section}] in law.cfg",
            f"{hint + ' ' if hint else ''}options: {listed(known)}; options of other file systems begin with {OPTION}",
        )  # fmt: skip
    text = config.get_expanded(section, key, None)
    if text is None or not str(text).strip():
        return None
    try:
        return read(str(text).strip())
    except ValueError:
        shown = "" if key in SECRETS or key.startswith(OPTION) else f" '{text}'"
        raise ConfigError(f"{key}:{shown} is not {what}", f"[{section}] in law.cfg", f"give {what}") from None


def cache_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of law's cache."""
    from law.sandbox.base import _sandbox_switched

    options = {key.removeprefix(CACHE): value for key, value in given.items() if key.startswith(CACHE)}
    return options | {"cleanup": False} if _sandbox_switched else options  # the process outside cleans up


def check_bases(section: str, bases: list[str], client: Mapping[str, Any]) -> None:
    """Raise `ConfigError` for base URLs that are none or hold a password, and for options that do not fit them."""
    where = f"[{section}] in law.cfg"
    for url in bases:
        parts = urlsplit(url)
        if not is_url(url):
            advice = "write scheme://server:port/path, and file:///path for a folder"
            raise ConfigError(f"base: '{url}' is no URL", where, advice)
        if parts.username is not None or parts.password is not None:
            advice = "give user and password as options of their own, or a token_file"
            raise ConfigError("base: the URL holds a user or password, which would be shown", where, advice)
    missing = next((key for key in FILES if key in client and not Path(client[key]).exists()), None)
    if missing:
        raise ConfigError(f"{missing}: there is no '{client[missing]}'", where, "give an absolute path of this machine")
    schemes = set(map(scheme_of, bases))
    unused = next((key for key in sorted(client) if not any(is_taken(key, scheme) for scheme in schemes)), None)
    if unused:
        advice = f"other file systems have options of their own: {OPTION}<name>"
        raise ConfigError(f"{unused} is an option of {takers(unused)} only", where, advice)


def client_readers() -> dict[str, Reader]:
    """How options of the client are read: durations, lists and switches as everywhere in law."""
    return {name: client_reader(option) for name, option in client_options().items()}


def client_reader(option: Any) -> Reader:
    as_law = {"seconds": seconds, "words": words, "switch": switch}.get(option.kind.read.__name__, str)

    def read(text: str) -> Any:
        return option.read(as_law(text))

    return read, option.kind.what
