"""Edits of external files, and of how inputs are connected."""

from __future__ import annotations

import time

from edits import all_of, keeping_times, nothing, replace, run, touch, write
from rows import Edit, Row
from small_chain import SmallChain

NOTHING = "stay stay stay"
SECOND_RUNS = "stay,run stay,run run"
"""The second file has another content; Summary gets the whole of both workflows."""

# caselaw does not memoise a file that is younger.
YOUNG = 2.1


def given(name: str, edit: Edit, fates: str, before: Edit | None = None) -> Row:
    return Row("input", name, edit, fates, before=before)


def settled(chain: SmallChain) -> None:
    """Wait until the files are old enough for caselaw to remember their digests; the run that follows does."""
    time.sleep(YOUNG)


def swap(first: str, second: str) -> Edit:
    """Exchange two files, times and all."""

    def edit(chain: SmallChain) -> None:
        one, other = chain.root / first, chain.root / second
        aside = one.with_suffix(".aside")
        one.rename(aside)
        other.rename(one)
        aside.rename(other)

    return edit


def rewrite(name: str) -> Edit:
    """A new file with the same content."""

    def edit(chain: SmallChain) -> None:
        path = chain.root / name
        text = path.read_text()
        path.unlink()
        path.write_text(text)

    return edit


def rename(name: str, new: str) -> Edit:
    return lambda chain: (chain.root / name).rename(chain.root / new) and None


def link(name: str) -> Edit:
    """Move a file elsewhere and leave a symbolic link."""

    def edit(chain: SmallChain) -> None:
        path = chain.root / name
        elsewhere = chain.folder / path.name
        path.rename(elsewhere)
        path.symlink_to(elsewhere)

    return edit


def remove(name: str) -> Edit:
    return lambda chain: (chain.root / name).unlink()


ANOTHER = replace("raw/c.txt", "90", "91")

ROWS = [
    given("content", ANOTHER, SECOND_RUNS),
    given("content, with size and time put back", keeping_times(ANOTHER, "raw/c.txt"), SECOND_RUNS),
    given("content after the digest was remembered", keeping_times(ANOTHER, "raw/c.txt"), SECOND_RUNS, settled),
    given("content of both files exchanged", swap("raw/b.txt", "raw/c.txt"), "run run run"),
    given("content, equal after reading", replace("raw/c.txt", "8 90", "8  90"), "stay,run stay,adopt adopt"),
    given("touch", touch("raw/b.txt", "raw/c.txt"), NOTHING),
    given("written anew with the same content", rewrite("raw/b.txt"), NOTHING),
    given("file added", write("raw/d.txt", "1 2\n"), "stay,stay,make stay,stay,make run"),
    given("file added in front", write("raw/a.txt", "1 2\n"), "make,stay,stay make,stay,stay run"),
    given("file added with the content of another", write("raw/d.txt", "4 5 6\n"), "stay,stay,make stay,stay,make run"),
    given("file removed", remove("raw/c.txt"), "stay stay run"),
    given("file removed and put back", write("raw/c.txt", "7 8 90\n"), NOTHING, before=remove("raw/c.txt")),
    given("file renamed", rename("raw/c.txt", "raw/d.txt"), "stay,make stay,make adopt"),
    given("other content of another size", write("raw/c.txt", "0\n"), SECOND_RUNS),
    given("replaced by a link to the same content", link("raw/c.txt"), NOTHING),
    given("permissions", lambda chain: (chain.root / "raw/c.txt").chmod(0o444), NOTHING),
    given("file beside the dataset", write("raw/notes.md", "nothing of interest\n"), NOTHING),
    given("pattern of the dataset, with the same files", replace("work.py", "raw/*.txt", "raw/?.txt"), NOTHING),
    given("pattern of the dataset, with other files", all_of(
        replace("work.py", "raw/*.txt", "raw/**/*.txt"), write("raw/more/d.txt", "1 2\n"),
    ), "stay,stay,make stay,stay,make run"),
    given("folder of the dataset instead of a pattern", replace("work.py", "raw/*.txt", "raw"), NOTHING),
    given("files listed instead of a pattern", replace(
        "work.py", '"raw/*.txt"', '["raw/b.txt", "raw/c.txt"]'), NOTHING),
    given("two named inputs swapped", all_of(
        replace("work.py", '"shapes": caselaw.whole(Shape', '"aside": caselaw.whole(Shape'),
        replace("work.py", '"numbers": caselaw.whole(Read', '"shapes": caselaw.whole(Read'),
        replace("work.py", '"aside": caselaw.whole(Shape', '"numbers": caselaw.whole(Shape'),
    ), "stay stay run"),
    given("named inputs in another order", all_of(
        replace("work.py", '            "numbers": caselaw.whole(Read.req(self)),\n', ""),
        replace("work.py", '"region": caselaw.over(REGIONS),',
                '"numbers": caselaw.whole(Read.req(self)),\n            "region": caselaw.over(REGIONS),'),
    ), NOTHING),
    given("project moved to another folder", nothing, NOTHING),
    given("file added, first step has run", all_of(write("raw/d.txt", "1 2\n"), run("Read")),
          "stay stay,stay,make run"),
]  # fmt: skip
