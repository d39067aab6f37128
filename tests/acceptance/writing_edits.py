"""Steps that write in other ways, are killed while they write, and outputs that no record explains."""

from __future__ import annotations

import shutil

from edits import all_of, replace
from output_edits import SHAPES_ANOTHER, SHAPES_THE_SAME, output_of
from rows import Edit, Row
from small_chain import SmallChain

OLD = """\
        with self.publish() as out:
            out["shape"].write_text(self.encoded([*shape(numbers), *self.settings(), *cuts]))
"""
PAUSE = """\
        def pause():
            if Path("stop").exists():
                import os
                os.kill(os.getpid(), 9)
        text = self.encoded([*shape(numbers), *self.settings(), *cuts])
"""

# Each writes half of the text, may be killed then, and writes all of it.
WAYS = {
    "publish()": """\
        with self.publish() as out:
            out["shape"].write_text(text[:9])
            pause()
            out["shape"].write_text(text)
""",
    "open(self.output().path)": """\
        with open(self.output()["shape"].path, "w") as file:
            file.write(text[:9])
            file.flush()
            pause()
            file.write(text[9:])
""",
    "dump": """\
        self.output()["shape"].dump(text[:9], formatter="text")
        pause()
        self.output()["shape"].dump(text, formatter="text")
""",
    "localize": """\
        self.output()["shape"].touch()
        with self.output()["shape"].localize("w") as local:
            pause()
            local.dump(text, formatter="text")
""",
    "a shell command": """\
        import subprocess
        path = str(self.output()["shape"].path)
        subprocess.run(["sh", "-c", 'printf %s "$1" > "$2"', "sh", text[:9], path], check=True)
        pause()
        subprocess.run(["sh", "-c", 'printf %s "$1" > "$2"', "sh", text, path], check=True)
""",
}


def writing(name: str, edit: Edit, fates: str, **more: object) -> Row:
    return Row("writing", name, edit, fates, **more)  # type: ignore[arg-type]


def killed(chain: SmallChain) -> None:
    """A run whose branches of Shape are killed while they write."""
    chain.write("stop", "")
    done = chain.call("law", "run", "work.Summary")
    assert done.returncode != 0 and "SIGKILL" in done.stderr, done.stdout + done.stderr
    (chain.root / "stop").unlink()
    fresh = [path for path in chain.outputs("Shape") if len(path.read_text()) <= 9]
    assert not fresh, f"half-written under their final names: {fresh}"


def half_by_hand(chain: SmallChain) -> None:
    """Something that no record explains has the name of an output."""
    output_of(chain, "Shape", 0).write_text("[1")


def without_records(chain: SmallChain) -> None:
    for folder in list((chain.root / "data").rglob(".records")):
        shutil.rmtree(folder)


def without_records_of(family: str) -> Edit:
    def edit(chain: SmallChain) -> None:
        for folder in list((chain.root / "data" / family).rglob(".records")):
            shutil.rmtree(folder)

    return edit


ROWS = [
    *(writing(f"by {way}", replace("work.py", OLD, PAUSE + text), "stay run adopt") for way, text in WAYS.items()),
    *(
        writing(f"killed by SIGKILL in {way}", all_of(replace("work.py", OLD, PAUSE + text), killed), "stay run adopt")
        for way, text in WAYS.items()
    ),
    writing("half a file by hand under a name", all_of(SHAPES_ANOTHER, half_by_hand), "stay remake,run run"),
    writing("half a file where an equal output is made", all_of(
        SHAPES_THE_SAME, half_by_hand), "stay remake,run adopt"),
    writing("records deleted", without_records, "remake remake remake"),
    writing("records deleted of one step", without_records_of("Summary"), "stay stay remake"),
    writing("records deleted, and outputs trusted", without_records, "stay stay stay", arguments=(
        "--trust-unrecorded",)),
]  # fmt: skip
