"""What the fingerprint of a branch covers, beside its own code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from caselaw.config.address import is_url
from caselaw.fingerprint.code.reading.modules import ENGINE
from caselaw.fingerprint.distributions import Distributions
from caselaw.plan.audit.contents import uncounted_contents
from caselaw.plan.audit.inputs import targets
from caselaw.plan.audit.origin import CodeOrigin, below, engine_folders
from caselaw.plan.audit.parameters import counted_parameters
from caselaw.plan.audit.recorder import Lines
from caselaw.plan.audit.requirements import with_requirements
from caselaw.storage.marker import MARKER
from caselaw.task.base import FingerprintedTask

# The operating system: what it holds is the environment's, as are names of hosts and users.
SYSTEM = (
    "/bin", "/dev", "/lib", "/lib32", "/lib64", "/proc", "/sbin", "/sys", "/usr/bin", "/usr/include", "/usr/lib",
    "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/sbin", "/usr/share", "/usr/local/share/fonts", "/etc/ld.so.cache",
    "/etc/ld.so.conf", "/etc/ld.so.preload", "/etc/fonts", "/etc/group", "/etc/host.conf", "/etc/hostname",
    "/etc/hosts", "/etc/locale.alias", "/etc/localtime", "/etc/machine-id", "/etc/mime.types", "/etc/nsswitch.conf",
    "/etc/os-release", "/etc/passwd", "/etc/pki", "/etc/protocols", "/etc/resolv.conf", "/etc/services", "/etc/ssl",
    "/etc/timezone",
)  # fmt: skip


@dataclass(frozen=True)
class Coverage:
    """`paths` are files and folders, with all below them. `site` are folders of installed distributions.

    `sources` are first-party files in the closure, `listed` folders of which the names count;
    `distributions` those that the closure counts, `engine` those
    of caselaw itself, each with what they require. `hosts` are servers of input files.
    """

    root: Path
    paths: frozenset[str]
    sources: frozenset[str]
    listed: frozenset[str]
    site: tuple[str, ...]
    caches: tuple[str, ...]
    distributions: frozenset[str]
    engine: frozenset[str]
    installed: Distributions
    parameters: frozenset[str]
    variables: frozenset[str]
    options: frozenset[str]
    hosts: frozenset[str]


def coverage_of(branch: Any, lines: Lines) -> Coverage:
    """What the fingerprint of one branch (or of a task without branches) covers."""
    root, closure = branch.law_project.root, branch.code_closure
    needs_nothing = not branch.requires_declared and branch.requires() is None  # of which law makes no input()
    inputs = [] if needs_nothing else [os.fspath(target) for target in targets(branch.input())]
    uncounted = uncounted_contents(branch)
    files = [path for path in inputs if not is_url(path) and os.path.realpath(path) not in uncounted]
    whole = frozenset(os.path.realpath(path) for path in closure.whole)
    home = Path.home()
    return Coverage(
        root=root.resolve(),
        paths=frozenset(os.path.realpath(path) for path in (*files, *project_files(branch), *runtime())) | whole,
        sources=frozenset(lines) - whole,
        listed=frozenset(os.path.realpath(path) for path in closure.sources if path.is_dir()),
        site=tuple(os.path.realpath(entry) for entry in sys.path if entry.endswith(("site-packages", "dist-packages"))),
        caches=tuple(os.path.realpath(home / name) for name in (".cache", ".config", ".local/share/fonts", ".fonts")),
        distributions=with_requirements(closure.distributions),
        engine=with_requirements(ENGINE),
        installed=Distributions(root / ".caselaw"),
        parameters=counted_parameters(branch.of_all_branches),
        variables=frozenset(getattr(branch, "environment_variables", ())),
        options=frozenset(branch.environment_parts),
        hosts=frozenset(host for path in inputs if is_url(path) and (host := urlsplit(path).hostname)),
    )


def project_files(branch: FingerprintedTask) -> Iterator[Path]:
    """Files of the project that decide how and where, and the campaign, whose declared keys count."""
    project = branch.law_project
    yield project.config_file
    yield project.root / ".caselaw"
    yield project.root / ".law"
    yield project.root / "configs" / "stores.yaml"
    for store in (branch.output_store, *(layer.store for layer in branch.output_layers)):
        if store.is_local:
            yield Path(store.root, MARKER)
    if branch.campaign_file is not None:
        yield branch.campaign_file.path


def runtime() -> Iterator[str]:
    """The interpreter and its standard library, and caselaw, which reads its own code to name its memos."""
    import sysconfig

    yield from (sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "include"))
    yield from engine_folders()
    yield from (sys.executable, f"{sys.prefix}/pyvenv.cfg", f"{sys.base_prefix}/bin", f"{sys.base_prefix}/lib")


def covers_path(coverage: Coverage, path: str, by: CodeOrigin) -> bool:
    """Whether a file that was read is covered, other than as part of a distribution."""
    real = os.path.realpath(path)
    if real in coverage.listed:
        return True
    if by is CodeOrigin.FIRST_PARTY:  # source that is read as text says more than the code that was counted
        return real not in coverage.sources and (below(real, (*SYSTEM, *coverage.paths)) or below(path, SYSTEM))
    if real in coverage.sources or "__pycache__" in Path(real).parts:
        return True
    if below(real, coverage.caches):
        return True
    return below(real, SYSTEM) or below(path, SYSTEM) or below(real, coverage.paths)
