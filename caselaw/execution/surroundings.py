"""What a worker finds around it, as it is in the process that sends it branches, also where it is no copy of that."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caselaw.execution.modules import load, load_main, loaded, main
from caselaw.execution.settings import RunSettings

STATUS = Path("/proc/self/status")
LOADED_LATE = ("caselaw.storage.", "griddav.")
"""What is loaded when a server is asked first takes a third of a second: once for all workers of such a run."""


@dataclass(frozen=True)
class Surroundings:
    """Search path, folder, variables, configuration and modules of a process.

    `modules` are the first-party modules and those of tasks that are loaded, in their order, each with its file;
    `main` says how the script was started, where tasks are defined in it; `of_servers` are our own
    that are loaded when a server is asked first.
    """

    path: tuple[str, ...]
    arguments: tuple[str, ...]
    folder: str
    mask: int
    variables: Mapping[str, str]
    settings: RunSettings
    modules: tuple[tuple[str, str], ...]
    main: Mapping[str, Any]
    of_servers: tuple[str, ...]

    @classmethod
    def current(cls, root: Path) -> Surroundings:
        """Those of this process, which works in the project folder `root`."""
        return cls(
            tuple(sys.path), tuple(sys.argv), str(Path.cwd()), creation_mask(), dict(os.environ),
            RunSettings.current(), loaded(root), main(),
            tuple(name for name in sys.modules if name.startswith(LOADED_LATE)),
        )  # fmt: skip

    def key(self) -> tuple[object, ...]:
        """Equal where workers may go on, different where they would find something else.

        Modules and loggers may be added while tasks run, and what was there before stays as it is.
        """
        return self.path, self.folder, self.mask, self.variables, self.settings.law, self.settings.luigi

    def enter(self) -> None:
        """Make them those of this process."""
        sys.path[:] = self.path
        sys.argv[:] = self.arguments
        os.chdir(self.folder)
        os.umask(self.mask)
        os.environ.clear()
        os.environ.update(self.variables)
        self.settings.enter()

    def load(self) -> str | None:
        """Import all modules again; what makes that impossible for a script.

        A module that cannot be imported is left out: who needs it meets the error where the task is made.
        """
        for name in self.of_servers:
            importlib.import_module(name)
        problem = load_main(self.main) if self.main else None
        for name, file in self.modules:
            with contextlib.suppress(BaseException):
                load(name, file)
        return problem


def creation_mask() -> int:
    """The umask, where it can be read without setting it."""
    try:
        with STATUS.open(encoding="utf-8", errors="replace") as file:
            return next(int(line.split()[1], 8) for line in file if line.startswith("Umask:"))
    except (OSError, StopIteration):
        mask = os.umask(0o077)
        os.umask(mask)
        return mask
