"""The project: what law.cfg says about it in its section [caselaw]."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from caselaw.config.lawcfg import LawOption, overrides, read_options
from caselaw.config.problem import did_you_mean, listed
from caselaw.errors import ConfigError

SECTION = "caselaw"
OPTIONS = ("campaign", "store", "optional_layers", "first_party", "workers", "schema", "watchdog")

SECONDS_OF_PATIENCE = 30.0
OBJECT = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")

# A file may change within the clock tick in which it was read.
CLOCK_TICK = 50_000_000


@dataclass(frozen=True)
class Project:
    """A project folder and its choices.

    `root` is the folder of law.cfg (`config_file`). `campaign` is the default campaign, `store` a name in
    configs/stores.yaml or a path (see `resolve_store`), `layers` are the stores behind it in which outputs are looked
    for, in order, and `optional_layers` those that may be left out when they do not answer. `first_party` are the
    top-level packages and modules whose code counts (None: all under `root`), `workers` is the number of processes for
    branches, `schema` the pydantic model of campaigns as `module:Model`, `watchdog` the seconds after which a worker
    that does not begin what it was sent is reported (0: never).
    """

    root: Path
    config_file: Path
    campaign: str | None = None
    store: str | Path = "data"
    layers: tuple[str, ...] = ()
    optional_layers: frozenset[str] = frozenset()
    first_party: tuple[str, ...] | None = None
    workers: int = 1
    schema: str | None = None
    watchdog: float = SECONDS_OF_PATIENCE


class LoadedProject(NamedTuple):
    """A project in memory, and the state of all that it was read from."""

    project: Project
    files: tuple[Path, ...]
    state: tuple[object, ...]
    is_young: bool


_loaded: dict[Path, LoadedProject] = {}


def load_project(start: Path | None = None) -> Project:
    """The project around `start` (a folder, or a law.cfg itself); by default the one that is being worked in.

    Without `start`: the file that LAW_CONFIG_FILE names, else law.cfg in the current folder, else the nearest
    one above it. Raises `ConfigError` naming file and line for what is wrong in section [caselaw].
    """
    config_file = find_law_cfg(start)
    held = _loaded.get(config_file)
    if held is None or held.is_young or held.state != state_of(held.files):
        options, files = read_options(config_file, SECTION)
        state = state_of(files)
        project = project_from(config_file, {**options, **overrides(SECTION, OPTIONS)})
        is_young = any(path.stat().st_mtime_ns + CLOCK_TICK > time.time_ns() for path in files)
        held = _loaded[config_file] = LoadedProject(project, files, state, is_young)
    return held.project


def state_of(files: tuple[Path, ...]) -> tuple[object, ...]:
    """What must be the same for a project in memory to be still right."""
    stamps: list[object] = [os.environ.get(f"LAW__{SECTION}__{name}") for name in OPTIONS]
    for path in files:
        try:
            stat = path.stat()
        except OSError:
            stamps.append(None)
        else:
            stamps.append((stat.st_mtime_ns, stat.st_size, stat.st_ino))
    return tuple(stamps)


def find_law_cfg(start: Path | None) -> Path:
    """The law.cfg of this folder or one above, or what LAW_CONFIG_FILE names.

    Raises `ConfigError` where there is none.
    """
    chosen = os.environ.get("LAW_CONFIG_FILE")
    if start is None and chosen:
        path = Path.cwd() / Path(os.path.expandvars(chosen)).expanduser()
        if not path.is_file():
            raise ConfigError("there is no such file", f"LAW_CONFIG_FILE={chosen}", "unset the variable or correct it")
        return Path(os.path.normpath(path))
    folder = Path.cwd() / start if start is not None else Path.cwd()
    if folder.is_file():
        return folder
    for above in (folder, *folder.parents):
        if (above / "law.cfg").is_file():
            return above / "law.cfg"
    raise ConfigError(
        "neither this folder nor one above it has a law.cfg",
        folder,
        "change to the folder of your project, or set LAW_CONFIG_FILE",
    )


def project_from(config_file: Path, options: dict[str, LawOption]) -> Project:
    for option in options.values():
        if option.name not in OPTIONS:
            hint = did_you_mean(option.name, OPTIONS)
            raise option.error("unknown option", f"{hint + ' ' if hint else ''}known in [{SECTION}]: {listed(OPTIONS)}")
    root = config_file.parent
    given = {name: option.value for name, option in options.items()}
    first, *layers = stores(options["store"]) if "store" in options else (root / "data",)
    optional = frozenset(listed_names(given.get("optional_layers", "")))
    if unknown := optional.difference(map(str, layers)):
        raise options["optional_layers"].error(
            f"'{min(unknown)}' is none of the layers after the first", "name those of 'store' that may be left out"
        )
    return Project(
        root=root,
        config_file=config_file,
        campaign=given.get("campaign"),
        store=first,
        layers=tuple(map(str, layers)),
        optional_layers=optional,
        first_party=first_party(options["first_party"]) if "first_party" in options else None,
        workers=workers(options["workers"]) if "workers" in options else usable_cores(),
        schema=schema(options["schema"]) if "schema" in options else None,
        watchdog=watchdog(options["watchdog"]) if "watchdog" in options else SECONDS_OF_PATIENCE,
    )


def stores(option: LawOption) -> tuple[str, ...]:
    """One store, or layers in brackets: `[mine, group]`. Raises `ConfigError` for layers that make no sense."""
    if not (option.value.startswith("[") and option.value.endswith("]")):
        if "," in option.value and not re.match(r"[./~$]|\w+://", option.value):
            raise option.error(
                f"'{option.value}' is no name of a store", f"layers stand in brackets: [{option.value}]; a folder: ./…"
            )
        return (option.value,)
    names = listed_names(option.value)
    if not names or len(set(names)) < len(names):
        raise option.error(f"'{option.value}' are no layers", "name each store once: [mine, group, published]")
    if quoted := next((name for name in names if name[0] in "'\""), None):
        raise option.error(f"{quoted} is no name of a store", "write it without quotes")
    return names


def listed_names(text: str) -> tuple[str, ...]:
    return tuple(name for name in map(str.strip, text.strip("[]").split(",")) if name)


def first_party(option: LawOption) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name for name in re.split(r"[,\s]+", option.value) if name))
    for name in names:
        if not name.isidentifier():
            raise option.error(f"'{name}' is not a top-level package or module", "give names such as: analysis, tasks")
    return names


def workers(option: LawOption) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", option.value) or int(option.value) < 1:
        raise option.error(
            f"'{option.value}' is not a number of processes", "give a number from 1; none means all CPUs"
        )
    return int(option.value)


def watchdog(option: LawOption) -> float:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", option.value):
        raise option.error(f"'{option.value}' is not a number of seconds", "give a number, or 0 for no watch")
    return float(option.value)


def schema(option: LawOption) -> str:
    if not OBJECT.fullmatch(option.value):
        raise option.error(
            f"'{option.value}' is not a model", "write it as module:Model, e.g. analysis.campaign:Campaign"
        )
    return option.value


def usable_cores() -> int:
    """CPUs that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
