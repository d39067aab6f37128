"""A worse machine for a program: a disk that is full, a clock that is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from service import compiled


@dataclass(frozen=True)
class Machine:
    """What makes a program see such a machine: `library` is preloaded into it."""

    library: Path

    def disk(self, folder: Path, *more: Path) -> dict[str, str]:
        """The environment of a program whose disk, which holds `folder`, can be `full`."""
        return {"LD_PRELOAD": ":".join(map(str, (self.library, *more))), "FULL_DISK": str(folder)}

    def clock(self, seconds: int) -> dict[str, str]:
        """The environment of a program whose clock is wrong by so many seconds."""
        return {"LD_PRELOAD": str(self.library), "CLOCK_SKEW": str(seconds)}


def machine(folder: Path) -> Machine:
    """A machine, whose library is made in `folder`."""
    return Machine(
        compiled(Path(__file__).with_name("machine.c"), folder / "machine.so", "-shared", "-fPIC", "-ldl")
    )  # fmt: skip


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """While the block runs, the disk that holds `folder` is full, for programs with the environment of `disk`."""
    mark = folder.with_name(f"{folder.name}.full")
    mark.touch()
    try:
        yield
    finally:
        mark.unlink()
