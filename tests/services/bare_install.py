"""An environment as a plain `pip install` makes it: links to the installed packages that are required, and no other."""

from __future__ import annotations

import importlib.metadata
import sysconfig
import venv
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def closure(requirements: Iterable[str]) -> Iterator[importlib.metadata.Distribution]:
    """The distributions that these requirements bring, each once."""
    waiting, seen = [Requirement(text) for text in requirements], set()
    while waiting:
        requirement = waiting.pop()
        name = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if name in seen:
            continue
        seen.add(name)
        distribution = importlib.metadata.distribution(requirement.name)
        yield distribution
        for text in distribution.requires or ():
            needed = Requirement(text)
            extras = requirement.extras or {""}
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(needed)


def tops(distribution: importlib.metadata.Distribution) -> set[str]:
    """What a distribution puts into site-packages."""
    return {file.parts[0] for file in distribution.files or () if file.parts[0] not in ("..", "__pycache__")}


def made(folder: Path, requirements: Iterable[str], packages: Iterable[Path]) -> Path:
    """Make the environment with the requirements and with `packages`, folders beside each other; returns its Python."""
    venv.create(folder, symlinks=True, with_pip=False)
    (libraries,) = folder.glob("lib/python*/site-packages")
    installed = Path(sysconfig.get_path("purelib"))
    for distribution in closure(requirements):
        for top in tops(distribution):
            if not (libraries / top).exists():
                (libraries / top).symlink_to(installed / top)
    for package in packages:
        (libraries / package.name).symlink_to(package)
    return folder / "bin" / "python"
