"""Which observations no component of the fingerprint covers."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from caselaw.fingerprint.code.reading.modules import standard_library
from caselaw.fingerprint.distributions import MISSING
from caselaw.plan.audit import options
from caselaw.plan.audit.coverage import Coverage, covers_path
from caselaw.plan.audit.observation import Observation, UseKind
from caselaw.plan.audit.origin import CodeOrigin, below
from caselaw.plan.audit.variables import ALL

# Libraries ask these how the machine is made: how many cores, which linker, which fonts.
PROBES = frozenset({"cc", "clang", "fc-list", "gcc", "getconf", "ld", "ldconfig", "lscpu", "nproc", "uname"})


@dataclass(frozen=True)
class Finding:
    """One undeclared use; `where` is the line as file:line, relative to the project."""

    kind: UseKind
    name: str
    where: str | None


def judge(
    observations: Iterable[Observation], coverage: Coverage, scratch: Path
) -> tuple[list[Finding], dict[UseKind, int]]:
    """What is undeclared, in the order of kinds and names, and how many uses of each kind are covered."""
    undeclared: dict[tuple[UseKind, str], Finding] = {}
    covered: dict[tuple[UseKind, str], UseKind] = {}
    for used in without_addresses(observations):
        name = shown(used, coverage)
        if name is None:
            continue
        if used.seen or COVERS[used.kind](used, coverage, scratch):
            covered[used.kind, name] = used.kind
        else:
            undeclared.setdefault((used.kind, name), Finding(used.kind, name, relative(used.where, coverage.root)))
    findings = sorted(undeclared.values(), key=lambda finding: (list(COVERS).index(finding.kind), finding.name))
    counted = Counter(kind for (kind, name) in covered if (kind, name) not in undeclared)
    return findings, {kind: counted[kind] for kind in COVERS}


def shown(used: Observation, coverage: Coverage) -> str | None:
    """The name for people and programs; None for what is no use of its own."""
    if used.kind in (UseKind.FILE, UseKind.WRITE):
        return relative(used.name, coverage.root)
    if used.kind is UseKind.MODULE and used.path is not None:
        return module_name(Path(used.path), coverage.root)
    if used.kind is UseKind.MODULE:
        if " (" in used.name:  # a module of ours that another file was loaded for
            return used.name
        top = used.name.partition(".")[0]
        return None if not is_installed(top, coverage) else top
    return used.name


def covers_function(used: Observation, _: Coverage, __: Path) -> bool:
    return used.seen


def covers_file(used: Observation, coverage: Coverage, scratch: Path) -> bool:
    if below(os.path.realpath(used.name), (str(scratch),)) or covers_path(coverage, used.name, used.by):
        return True
    for folder in coverage.site:
        if below(used.name, (folder,)):
            top = os.path.relpath(used.name, folder).partition(os.sep)[0]
            # Metadata, folders of shared libraries: no name to import, so their owner is not known.
            return not top.isidentifier() or covers_top(top, used, coverage)
    return False


def covers_module(used: Observation, coverage: Coverage, _: Path) -> bool:
    if " (" in used.name:
        return False
    if used.path is not None:
        return used.path in coverage.sources or is_empty(used.path)
    # What a library imports by itself, because it needs it or finds it installed, is the environment's.
    return used.by is CodeOrigin.LIBRARY or covers_top(used.name.partition(".")[0], used, coverage)


def covers_top(top: str, used: Observation, coverage: Coverage) -> bool:
    """Whether a top-level module of a library belongs to a distribution that counts, or to one that it requires."""
    if standard_library(top):
        return True
    owners = {distribution.name for distribution in coverage.installed.of(top)}
    return bool(owners & coverage.distributions) or (used.by is CodeOrigin.ENGINE and bool(owners & coverage.engine))


def covers_variable(used: Observation, coverage: Coverage, _: Path) -> bool:
    return used.name != ALL and used.name in coverage.variables


def covers_parameter(used: Observation, coverage: Coverage, _: Path) -> bool:
    return used.name in coverage.parameters


def never_covers(_: Observation, __: Coverage, ___: Path) -> bool:
    return False


def covers_option(used: Observation, coverage: Coverage, _: Path) -> bool:
    return options.covers(used.name, coverage.options)


def covers_subprocess(used: Observation, _: Coverage, __: Path) -> bool:
    return used.by is CodeOrigin.ENGINE or (used.by is CodeOrigin.LIBRARY and Path(used.name).name in PROBES)


def covers_network(used: Observation, coverage: Coverage, _: Path) -> bool:
    return used.name.rpartition(":")[0] in coverage.hosts


BY_COMPARISON = (UseKind.STATEMENT, UseKind.DOCSTRING, UseKind.ANNOTATION, UseKind.IMPORT_ORDER)

COVERS: Mapping[UseKind, Callable[[Observation, Coverage, Path], bool]] = {
    UseKind.FUNCTION: covers_function,
    **dict.fromkeys(BY_COMPARISON, covers_function),
    UseKind.MODULE: covers_module,
    UseKind.FILE: covers_file,
    UseKind.WRITE: never_covers,
    UseKind.CACHE: never_covers,
    UseKind.REQUIREMENT: covers_function,
    UseKind.PARAMETER: covers_parameter,
    UseKind.VARIABLE: covers_variable,
    UseKind.OPTION: covers_option,
    UseKind.SUBPROCESS: covers_subprocess,
    UseKind.NETWORK: covers_network,
}


def without_addresses(observations: Iterable[Observation]) -> list[Observation]:
    """Leave out connections to the numeric address of a host whose name was looked up for the same port."""
    used = list(observations)
    named = {one.name.rpartition(":")[2] for one in used if one.kind is UseKind.NETWORK and not is_address(one.name)}
    return [
        one
        for one in used
        if not (one.kind is UseKind.NETWORK and is_address(one.name) and one.name.rpartition(":")[2] in named)
    ]


def is_address(name: str) -> bool:
    import ipaddress

    try:
        ipaddress.ip_address(name.rpartition(":")[0])
    except ValueError:
        return False
    return True


def is_installed(top: str, coverage: Coverage) -> bool:
    """Whether a library's module is there: many are only looked for. First-party modules are seen when executed."""
    if standard_library(top) or top in ("__main__", "__mp_main__"):
        return True
    if any((coverage.root / name).exists() for name in (top, f"{top}.py")):
        return False
    return any(distribution.version != MISSING for distribution in coverage.installed.of(top))


def is_empty(path: str) -> bool:
    """Whether a module has no statement that could matter, as many `__init__.py`."""
    return Path(path).stat().st_size == 0


def module_name(path: Path, root: Path) -> str:
    """The dotted name of a first-party file, or its path where it lies outside the project."""
    if not path.is_relative_to(root):
        return str(path)
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def relative(text: str | None, root: Path) -> str | None:
    prefix = f"{root}{os.sep}"
    return text if text is None or not text.startswith(prefix) else text[len(prefix) :] or "."
