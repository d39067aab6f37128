"""The options of the file systems: one table, with what each takes from Python and from text.

Text comes from fsspec's configuration, environment variables and the configuration files of other programs.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

DAY = 86_400.0  # seconds
UNITS = {"": 1.0, "s": 1.0, "min": 60.0, "h": 3600.0, "d": DAY}
SWITCHES = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
SERVERS = ("apache", "dcache", "nginx", "plain", "storm", "xrootd")
NAMES_OF_SERVERS = frozenset({"host", "hostname", "port", "url", "endpoint_url"})
"""What others call the server, or a part of it."""
ASYNC = frozenset({"asynchronous", "loop", "batch_size", "skip_instance_cache"})
"""What every file system of fsspec takes."""


@dataclass(frozen=True)
class OptionKind:
    """What an option takes: `what` for people; `read` raises `ValueError` or `TypeError` for anything else."""

    what: str
    read: Callable[[Any], Any]
    is_file: bool = False


def text(value: Any) -> str:
    """A text. Raises `TypeError` for anything else."""
    if not isinstance(value, str):
        raise TypeError
    return value


def file(value: Any) -> str:
    """A path, with `~` replaced. Raises `TypeError` for anything else."""
    return os.path.expanduser(text(os.fspath(value)))


def number(value: Any) -> float:
    """A finite number above 0. Raises `ValueError` and `TypeError` for anything else."""
    if isinstance(value, bool) or not 0 < (found := float(value)) < float("inf"):
        raise ValueError
    return found


def count(value: Any) -> int:
    """A whole number, at least 1. Raises `ValueError` and `TypeError` for anything else."""
    if isinstance(value, float | bool) or (found := int(value)) < 1:
        raise ValueError
    return found


def count_or_none(value: Any) -> int | None:
    """As `count`, or none."""
    return None if value is None or value == "none" else count(value)


def seconds(value: Any) -> float:
    """A number of seconds, or a text with a unit. Raises `ValueError` and `TypeError` for anything else."""
    if not isinstance(value, str):
        return number(value)
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", value)
    if found is None or found[2] not in UNITS:
        raise ValueError
    return number(float(found[1]) * UNITS[found[2]])


def switch(value: Any) -> bool:
    """True or false. Raises `KeyError` and `TypeError` for anything else."""
    return value if isinstance(value, bool) else SWITCHES[text(value).strip().lower()]


def server(value: Any) -> str:
    """A kind of server. Raises `ValueError` for anything else."""
    if value not in SERVERS:
        raise ValueError
    return text(value)


def words(value: Any) -> tuple[str, ...]:
    """A list, or a text with commas. Raises `TypeError` for anything else."""
    found = value.split(",") if isinstance(value, str) else value
    return tuple(word for each in found if (word := text(each).strip()))


TEXT, FILE = OptionKind("text", text), OptionKind("the path of a file", file, is_file=True)
NUMBER, COUNT = OptionKind("a number above 0", number), OptionKind("a whole number, at least 1", count)
COUNT_OR_NONE = OptionKind("a whole number, at least 1, or none", count_or_none)
SECONDS = OptionKind("a time such as '90s', '10 min', '1.5 h' or '2 d'", seconds)
SWITCH = OptionKind("true or false", switch)
SERVER = OptionKind(f"one of {', '.join(SERVERS)}", server)
WORDS = OptionKind("a list of texts", words)


def option(
    default: Any, kind: OptionKind, about: str, *, secret: bool = False, dcache: bool = False, of_store: bool = True
) -> Any:  # fmt: skip
    about_it = {"kind": kind, "about": about, "secret": secret, "dcache": dcache, "of_store": of_store}
    return field(default=default, repr=not secret, metadata=about_it)


@dataclass(frozen=True)
class Options:
    """What may be said of a server, beside its address and its other doors."""

    token: str | None = option(None, TEXT, "a bearer token", secret=True)
    token_file: str | None = option(None, FILE, "its file, read again when it changes; else WLCG's token discovery")
    user: str | None = option(None, TEXT, "basic authentication, with one of the following three")
    password: str | None = option(None, TEXT, "the password", secret=True)
    password_file: str | None = option(None, FILE, "its file")
    password_variable: str | None = option(None, TEXT, "its environment variable")
    ca: str | None = option(None, FILE, "a file or folder of CA certificates, beside the system's")
    certificate: str | None = option(None, FILE, "of the client, or an X509 proxy; else the one that grid tools use")
    key: str | None = option(None, FILE, "of the certificate, where it is not in the same file")
    profile: str | None = option(None, SERVER, "what kind of server it is; found out when not given")
    trusted: tuple[str, ...] = option((), WORDS, "other servers that may see the credentials after a redirect")
    connections: int = option(32, COUNT, "the most per host")
    requests_per_second: float | None = option(None, NUMBER, "the most of this process")
    least_speed: float = option(1000.0, NUMBER, "bytes per second below which a download is broken off and tried again")
    attempts: int | None = option(6, COUNT_OR_NONE, "how often one request is sent")
    deadline: float = option(90.0, SECONDS, "how long one request is tried again")
    use_listings_cache: bool = option(False, SWITCH, "keep listings, and what is written here in them", of_store=False)
    listings_expiry_time: float | None = option(None, SECONDS, "for so long; else always", of_store=False)
    max_paths: int | None = option(None, COUNT, "so many of them", of_store=False)
    api_url: str | None = option(None, TEXT, "of dCache's REST frontend, https://host:3880/api/v1", dcache=True)
    stage: bool = option(False, SWITCH, "bring a file from tape to disk when it is read", dcache=True)
    lifetime: float = option(2 * DAY, SECONDS, "how long such a file is kept on disk", dcache=True)


@dataclass(frozen=True)
class ServerOption:
    """A row of the table. `dcache`: it is one of `dcache://` only. `of_store`: it says something about the server,
    and nothing about what a program remembers of it.
    """

    name: str
    default: Any
    kind: OptionKind
    about: str
    secret: bool
    dcache: bool
    of_store: bool

    def read(self, value: Any) -> Any:
        """The value that is meant. Raises `ValueError`, which names the option and never shows a secret."""
        if value is None and self.default is None:
            return None
        try:
            return self.kind.read(value)
        except (ValueError, TypeError, KeyError, OverflowError):
            shown = "it" if self.secret else repr(value)
            raise ValueError(f"{self.name}: {shown} is not {self.kind.what}") from None


OPTIONS: Mapping[str, ServerOption] = {
    each.name: ServerOption(each.name, each.default, **each.metadata) for each in fields(Options)
}


def read(given: Mapping[str, Any]) -> Options:
    """The options, with what was not given. Raises `ValueError` for a value that cannot be."""
    return Options(**{name: OPTIONS[name].read(value) for name, value in given.items()})


def refuse_unknown(names: Iterable[str], accepted: Collection[str]) -> None:
    """Raises `TypeError`, as Python does for its functions: a slip is not passed over in silence."""
    for name in names:
        if name not in accepted:
            near = difflib.get_close_matches(name, accepted, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(accepted))}"
            if name in NAMES_OF_SERVERS:
                hint = "the server is given as base_url='davs://host:port'"
            raise TypeError(f"{name} is no option of this file system; {hint}")
