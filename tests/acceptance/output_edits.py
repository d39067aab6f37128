"""Outputs deleted or damaged, and equal outputs: what is downstream is adopted."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from code_edits import SHAPING
from edits import all_of, replace, run
from rows import Edit, Row
from small_chain import SmallChain

NOTHING = "stay stay stay"
READING = "physics/reading.py"

# Edits whose steps run and make what they made before.
READS_THE_SAME = replace(READING, "int(word)", "int(word) + 0")
READS_THE_SAME_AGAIN = replace(READING, "int(word) + 0", "int(word) - 0")
READS_ANOTHER_SECOND_FILE = replace(READING, "int(word)", "min(int(word), 80)")
SHAPES_THE_SAME = replace(SHAPING, "sum(numbers) * 2", "2 * sum(numbers)")
SHAPES_ANOTHER = replace(SHAPING, "sum(numbers) * 2", "sum(numbers) * 3")


def output(name: str, edit: Edit, fates: str, **more: object) -> Row:
    return Row("output", name, edit, fates, **more)  # type: ignore[arg-type]


def equal(name: str, edit: Edit, fates: str, **more: object) -> Row:
    return Row("equal output", name, edit, fates, **more)  # type: ignore[arg-type]


def output_of(chain: SmallChain, family: str, branch: int) -> Path:
    """The file of a branch, found by caselaw."""
    (path,) = chain.status().outputs(family, branch)
    return path


def delete(family: str, branch: int) -> Edit:
    return lambda chain: output_of(chain, family, branch).unlink()


def tampered(path: Path) -> None:
    """Exchange the last digit: size and times stay."""
    status, content = path.stat(), path.read_bytes()
    place = max(content.rfind(b"%d" % digit) for digit in range(10))
    path.write_bytes(content[:place] + b"%d" % (9 - int(content[place : place + 1])) + content[place + 1 :])
    assert path.read_bytes() != content
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def damage(family: str, branch: int, how: object = tampered) -> Edit:
    return lambda chain: how(output_of(chain, family, branch))  # type: ignore[operator]


def verified(family: str, branch: int, how: object = tampered) -> Edit:
    """`caselaw verify` finds nothing, then one damaged output, which it names."""

    def edit(chain: SmallChain) -> None:
        done = chain.call("caselaw", "verify", f"work.{family}")
        assert done.returncode == 0, f"verify of good outputs: exit {done.returncode}\n{done.stdout}{done.stderr}"
        path = output_of(chain, family, branch)
        how(path)  # type: ignore[operator]
        done = chain.call("caselaw", "verify", f"work.{family}")
        assert done.returncode == 1, f"verify: exit {done.returncode}, not 1\n{done.stdout}{done.stderr}"
        assert path.name in done.stdout, f"caselaw verify does not name {path.name}:\n{done.stdout}"

    return edit


def without_index(chain: SmallChain) -> None:
    shutil.rmtree(chain.root / ".caselaw")


ROWS = [
    output("deleted, of the last step", delete("Summary", 1), "stay stay stay,make"),
    output("deleted, of the first step", delete("Read", 0), "make,stay stay stay", first_run=("Read",)),
    output("deleted, of the middle step", delete("Shape", 1), "stay stay,make stay", first_run=("Shape",)),
    output("deleted, of the last two steps", all_of(
        delete("Shape", 0), delete("Summary", 0)), "stay make,stay make,stay"),
    output("tampered, found by verify", verified("Shape", 0), NOTHING),
    output("truncated, found by verify", verified("Shape", 1, truncated), NOTHING),
    output("tampered in the last step, found by verify", verified("Summary", 1), NOTHING),
    output("index and memos deleted", without_index, NOTHING),
    equal("first step", READS_THE_SAME, "run adopt adopt"),
    equal("middle step", SHAPES_THE_SAME, "stay run adopt"),
    equal("first two steps", all_of(READS_THE_SAME, SHAPES_THE_SAME), "run run adopt"),
    equal("first step, another one of the second", all_of(READS_THE_SAME, SHAPES_ANOTHER), "run run run"),
    equal("in one branch only", READS_ANOTHER_SECOND_FILE, "run adopt,run run"),
    equal("second time in a row", READS_THE_SAME_AGAIN, "run adopt adopt", before=READS_THE_SAME),
    equal("edit undone", replace(READING, "int(word) + 0", "int(word)"), NOTHING, before=READS_THE_SAME),
    equal("first step has run", all_of(READS_THE_SAME, run("Read")), "stay adoptable later"),
    equal("index and memos deleted", all_of(READS_THE_SAME, without_index), "run adopt adopt"),
    equal("as local workflows", READS_THE_SAME, "run adopt adopt", run_with=("--workflow", "local")),
    equal("with two workers of luigi", READS_THE_SAME, "run adopt adopt", run_with=("--workers", "2")),
    equal("a tampered output is not adopted", all_of(damage("Shape", 0), READS_THE_SAME), "run run,adopt adopt"),
    equal("a truncated output is not adopted", all_of(
        damage("Summary", 1, truncated), READS_THE_SAME), "run adopt adopt,run"),
    equal("a deleted output is not adopted", all_of(delete("Summary", 0), READS_THE_SAME), "run adopt make,adopt"),
]  # fmt: skip
