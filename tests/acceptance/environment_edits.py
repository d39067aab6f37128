"""What the steps run in, and branches of git."""

from __future__ import annotations

from chain_steps import INSTALLED
from code_edits import SHAPING
from edits import all_of, append, replace, run, touch, write
from rows import Edit, Row
from small_chain import SmallChain

NOTHING = "stay stay stay"
LOCK = "sandboxes/analysis.lock"


def environment(name: str, edit: Edit, fates: str) -> Row:
    return Row("environment", name, edit, fates)


def update(name: str, version: str, source: str | None = None) -> Edit:
    """Install another version of a distribution, by default with the same source."""
    return lambda chain: chain.install(name, version, source or INSTALLED[name][1])


def metadata(chain: SmallChain) -> None:
    """Another summary of the same version."""
    path = chain.folder / "installed" / f"lumi-{INSTALLED['lumi'][0]}.dist-info" / "METADATA"
    path.write_text(path.read_text() + "Summary: Luminosity per year\n")


def touch_installed(chain: SmallChain) -> None:
    for path in sorted((chain.folder / "installed").rglob("*")):
        path.touch()


ENVIRONMENT = [
    environment("lock file of the sandbox", replace(LOCK, "numpy==2.1.0", "numpy==2.1.1"), "stay run adopt"),
    environment("lock file touched", touch(LOCK), NOTHING),
    environment("lock file of another sandbox", append("sandboxes/other.lock", "scipy==1.0\n"), NOTHING),
    environment("version of a used distribution", update("lumi", "1.3"), "stay run adopt"),
    environment("another result of a used distribution", update(
        "lumi", "2.0", "def per_year():\n    return 1\n"), "stay run run"),
    environment("version of a distribution that is not imported", update("strangers", "3.1"), NOTHING),
    environment("version of a distribution of unused code", update("idletools", "0.6"), NOTHING),
    environment("other metadata of a used distribution", metadata, NOTHING),
    environment("distribution added", lambda chain: chain.install("newcomer", "1.0", "X = 1\n"), NOTHING),
    environment("distributions touched", touch_installed, NOTHING),
    environment("other sandbox named by the task", replace(
        "work.py", "venv::sandboxes/analysis.lock", "venv::sandboxes/other.lock"), "stay run adopt"),
]  # fmt: skip


def repository(chain: SmallChain) -> None:
    """Put the project under git."""
    chain.write(".gitignore", "data\n.caselaw\n.law\n")
    chain.git("init", "--quiet", "--template=", "--initial-branch=main")
    commit(chain, "a small chain")


def commit(chain: SmallChain, message: str) -> None:
    chain.git("add", "--all")
    chain.git("commit", "--quiet", "--message", message)


def branch(*edits: Edit) -> Edit:
    """A git branch `study` with a commit; it is left checked out."""

    def edit(chain: SmallChain) -> None:
        repository(chain)
        chain.git("switch", "--quiet", "--create", "study")
        all_of(*edits)(chain)
        commit(chain, "a study")

    return edit


def switch(name: str) -> Edit:
    return lambda chain: chain.git("switch", "--quiet", name)


EVERYWHERE = (
    replace("physics/reading.py", "int(word)", "int(word) + 1"),
    replace(SHAPING, "sum(numbers) * 2", "sum(numbers) * 3"),
    replace("configs/small.yaml", "threshold: 3\n", "threshold: 4\n"),
    write("raw/d.txt", "1 2\n"),
    append("work.py", "\n\nLAST = 1\n"),
)

GIT = [
    Row("git", "project put under git", repository, NOTHING),
    Row("git", "switched away", branch(*EVERYWHERE), "run,run,make run,run,make run"),
    Row("git", "switched away and back", all_of(branch(*EVERYWHERE), run(), switch("main")), NOTHING),
    Row("git", "switched away, back and away", switch("study"), NOTHING,
        before=all_of(branch(*EVERYWHERE), run(), switch("main"))),
    Row("git", "merged", lambda chain: chain.git("merge", "--quiet", "study"), NOTHING,
        before=all_of(branch(*EVERYWHERE), run(), switch("main"))),
    Row("git", "checked out again", switch("main"), NOTHING,
        before=branch(append("work.py", "# a study\n"))),
]  # fmt: skip

ROWS = [*ENVIRONMENT, *GIT]
