"""What happens when code in memory is not what was hashed: questions say so, runs are refused."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from weakref import WeakKeyDictionary

from caselaw.errors import LoadedElsewhere, SourceChanged
from caselaw.fingerprint.code.counted_files import HashedCode
from caselaw.loading import notes
from caselaw.loading.age import RESTARTED, clock, restarted
from caselaw.loading.differences import Difference, DifferenceKind, differences
from caselaw.loading.notes import read

PROGRAMS = frozenset({"law", "caselaw", "luigi"})

logger = logging.getLogger(__name__)

# Caches, not configuration: what this process has looked at, said and begun.
_agreed: WeakKeyDictionary[HashedCode, tuple[int, int]] = WeakKeyDictionary()
_said: set[str] = set()
_begun: set[int] = set()


def tell(code: HashedCode, task_class: type) -> None:
    """Warn, once, of code in memory that is not what was hashed.

    A program of law or caselaw that holds what a file was a moment ago starts again, unless it has run something.
    """
    state = notes.state()
    if _agreed.get(code) == state:
        return
    found = differences(code, task_class, ahead=True)
    if not found:
        _agreed[code] = state
        return
    if (
        may_restart()
        and any(each.is_loaded for each in found)
        and all(each.kind not in (DifferenceKind.ELSEWHERE, DifferenceKind.COMPILED) for each in found)
    ):
        restart(found[0].hashed)
    said = str(error_of(found))
    if said not in _said:
        _said.add(said)
        logger.warning("%s", said)


def require_before_run(code: HashedCode, task_class: type) -> None:
    """Raise `SourceChanged` unless everything that is loaded, or would be, is what was hashed."""
    found = differences(code, task_class, ahead=True)
    if found:
        raise error_of(found)
    _begun.add(os.getpid())
    _agreed[code] = notes.state()


def require(code: HashedCode, task_class: type) -> None:
    """Raise `SourceChanged` unless everything that is loaded is what was hashed.

    An edit of what was loaded before changes nothing: what runs is what was hashed.
    """
    state = notes.state()
    if _agreed.get(code) == state:
        return
    found = differences(code, task_class, ahead=False)
    if found:
        raise error_of(found)
    _agreed[code] = state


def error_of(found: Sequence[Difference]) -> SourceChanged:
    """One error for modules that are not what was hashed: what the first is, and which others there are."""
    first = min(found, key=weight)
    others = sorted({each.module for each in found if each.kind is first.kind} - {first.module})
    more = f" (likewise: {', '.join(others[:5])}{', …' if len(others) > 5 else ''})" if others else ""
    name = f"'{first.module}'"
    if first.kind is DifferenceKind.ELSEWHERE:
        verb = "has loaded" if first.is_loaded else "would load"
        return LoadedElsewhere(
            f"this file counts for {name}, but Python {verb} {first.found}{more}"
            if first.hashed else f"{name} counts as missing, but Python {verb} {first.found}{more}",
            first.hashed or first.module,
            elsewhere_advice(first),
        )  # fmt: skip
    again = "run again; in a notebook, restart the kernel"
    if first.kind is DifferenceKind.EXCHANGED:
        what = f"{name} was loaded anew after an edit, and '{first.found}' may still hold what it was{more}"
    elif first.kind is DifferenceKind.COMPILED:
        what = f"numba compiled functions of {name} before caselaw was imported, maybe for other code{more}"
        again = f"import caselaw before {name}"
    elif first.kind is DifferenceKind.EDITED and first.is_loaded:
        what = f"{name} was edited: this process has loaded another text of it than the one that counts{more}"
    elif first.kind is DifferenceKind.EDITED:
        what = f"{name} was edited after it had been counted{more}"
    else:
        what = f"{name} was loaded before caselaw and changed since this program started: nobody knows which text{more}"
        again += ", and import caselaw first"
    return SourceChanged(what, first.hashed, again)


def weight(difference: Difference) -> tuple[bool, bool, bool]:
    """What is named first: a file with another content, one that is not empty, one that is loaded."""
    hashed = read(difference.hashed)
    return read(difference.found) == hashed, not hashed, not difference.is_loaded


def elsewhere_advice(first: Difference) -> str:
    if not first.hashed:
        return "have it in one place, or name its package in [caselaw] first_party"
    parts = Path(first.hashed).parts
    depth = len(first.module.split(".")) + (Path(first.hashed).stem == "__init__")
    folder = Path(*parts[:-depth]) if len(parts) > depth else Path(first.hashed).parent
    return (
        f"put {folder} first on PYTHONPATH, or install this checkout (pip install -e) in an environment of its own "
        "without the other copy, or work in the folder of the other one"
    )


def may_restart() -> bool:
    """Whether this is a program of law or caselaw that has run nothing yet and was not started again before."""
    program = sys.orig_argv[1] if len(sys.orig_argv) > 1 else ""  # law puts words of its own into sys.argv
    return Path(program).name in PROGRAMS and restarted() is None and not _begun


def restart(path: str) -> None:
    """Start this program again, with what files hold now."""
    logger.debug("starting again: Python had loaded other code of %s", path)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(
        sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, RESTARTED: f"{os.getpid()} {clock()}"}
    )
