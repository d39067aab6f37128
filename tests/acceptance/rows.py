"""One row of the table: an edit, what must happen to every branch of the three steps, and what did."""

from __future__ import annotations

import shutil
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from small_chain import FAMILIES, SmallChain, Status

Edit = Callable[[SmallChain], None]

# Words for what must happen to a branch, and what may be seen of it.
FATES = {
    "stay": {"stay"},  # not executed, complete before
    "run": {"run"},  # executed; stale before: there is an output of an earlier fingerprint
    "make": {"make"},  # executed; missing before: none of this family, parameters and value
    "remake": {"remake"},  # executed; unrecorded before: its output was there, and nothing said what made it
    "adopt": {"adopt"},  # not executed; stale before: nobody can know until the upstream step has run
    "adoptable": {"adoptable"},  # not executed; adoptable before
    "later": {"adopt", "adoptable"},  # not executed; downstream of one that is adoptable
    "may": {"stay", "run", "adopt"},  # any of these is right
}

# Rows of these kinds are many and alike; that a second run executes nothing is seen in all the others.
ASKED_ONCE = {"code", "construct"}


@dataclass(frozen=True)
class Row:
    """An edit and the fates of Read, Shape and Summary: one word per step, or one per branch with commas.

    `before` is done to a copy of the complete project and followed by a run, then comes `edit`, then a run with
    `arguments`. `run_with` are arguments that `caselaw status` does not get. `root` is the last task of the chain.
    """

    kind: str
    name: str
    edit: Edit
    fates: str
    arguments: tuple[str, ...] = ()
    run_with: tuple[str, ...] = ()
    before: Edit | None = None
    first_run: tuple[str, ...] = ()
    families: tuple[str, ...] = FAMILIES

    @property
    def id(self) -> str:
        return f"{self.kind}: {self.name}"

    @property
    def root(self) -> str:
        return self.families[-1]

    def expected(self, family: str, branches: int) -> tuple[str, ...]:
        words = tuple(self.fates.split()[self.families.index(family)].split(","))
        return words * branches if len(words) == 1 else words

    @property
    def nothing_runs(self) -> bool:
        return set(self.fates.replace(",", " ").split()) == {"stay"}


@dataclass(frozen=True)
class Outcome:
    """What was seen of a row."""

    row: Row
    observed: tuple[tuple[str, ...], ...]
    problems: tuple[str, ...]


def outcome_of(row: Row, complete: SmallChain, folder: Path) -> Outcome:
    """Apply a row to a copy of the complete project in `folder`, which stays if there is a problem."""
    problems: list[str] = []
    observed: tuple[tuple[str, ...], ...] = ()
    try:
        chain = complete.copy(folder)
        if row.before is not None:
            row.before(chain)
            chain.run(row.root)
        chain.executions()
        row.edit(chain)
        chain.executions()
        observed = observe(row, chain, problems)
        if not problems:
            shutil.rmtree(folder)
    except AssertionError as error:
        problems.append(str(error))
    except Exception:
        problems.append(traceback.format_exc())
    return Outcome(row, observed, tuple(problems))


def observe(row: Row, chain: SmallChain, problems: list[str]) -> tuple[tuple[str, ...], ...]:
    """Ask for the status, run, and compare; returns the fate of every branch."""
    before, inodes = chain.status(*row.arguments, family=row.root), chain.inodes()
    for family in (*row.first_run, row.root):
        chain.run(family, *row.arguments, *row.run_with)
    counts = chain.executions()
    quiet = row.nothing_runs and not counts and before.code == 0
    after = before if quiet else complete_status(row, chain, problems)
    fates = tuple(
        tuple(
            fate(counts.get(family, {}).get(number, 0), state, adopted(after, family, number, inodes))
            for number, state in enumerate(before.states(family))
        )
        for family in row.families
    )
    compare(row, before, fates, problems)
    return fates


def complete_status(row: Row, chain: SmallChain, problems: list[str]) -> Status:
    """The status after a run, which must be complete; another run must execute nothing."""
    after = chain.status(*row.arguments, family=row.root)
    if after.code != 0:
        states = {family: after.states(family) for family in row.families}
        problems.append(f"after the run, caselaw status exits {after.code}: {states}")
    if row.kind not in ASKED_ONCE:
        chain.run(row.root, *row.arguments, *row.run_with)
        if again := chain.executions():
            problems.append(f"a second run executed {again}")
    return after


def adopted(after: Status, family: str, number: int, inodes: set[int]) -> bool:
    """Whether all outputs of a branch are files that existed before, under whatever name."""
    outputs = list(after.outputs(family, number))
    return all(path.exists() and path.stat().st_ino in inodes for path in outputs)


def fate(count: int, state: str, linked: bool) -> str:
    """What happened to a branch that was in `state` before and whose run() was executed `count` times."""
    if count > 1:
        return f"run-{count}-times"
    if count == 1:
        return {"missing": "make", "stale": "run", "unrecorded": "remake"}.get(state, f"run-although-{state}")
    if state == "complete":
        return "stay"
    if not linked:
        return f"nothing-although-{state}"
    return {"stale": "adopt", "adoptable": "adoptable"}.get(state, f"adopt-although-{state}")


def compare(row: Row, before: Status, fates: tuple[tuple[str, ...], ...], problems: list[str]) -> None:
    for family, observed in zip(row.families, fates, strict=True):
        expected = row.expected(family, len(observed))
        if len(expected) != len(observed) or any(map(disagrees, expected, observed)):
            problems.append(f"{family}: expected {' '.join(expected)}, observed {' '.join(observed) or 'no branch'}")
    wanted = 0 if all(word == "stay" for observed in fates for word in observed) else 1
    if before.code != wanted:
        problems.append(f"before the run, caselaw status exits {before.code}, not {wanted}")


def disagrees(expected: str, observed: str) -> bool:
    return observed not in FATES[expected]
