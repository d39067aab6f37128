"""Files of a git revision in a folder of their own, without touching anything of the user's repository.

The files are written from an index of their own (`git read-tree`, `git checkout-index`) rather than by
`git worktree add` or `git archive`: nothing is registered in the repository, so that nothing is left there
whatever is killed when, and no `export-ignore` attribute leaves files out. No hook runs, nothing is downloaded:
files in Git LFS stay pointers, and submodules come from where they are checked out.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from caselaw.errors import RevisionError

# Options that the user may have set, and that would run programs, write into the repository or leave files out.
PLAIN = tuple(
    word
    for option in (
        "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.splitIndex=false", "core.sparseCheckout=false",
        "filter.lfs.smudge=", "filter.lfs.process=", "filter.lfs.required=false",
    )
    for word in ("-c", option)
)  # fmt: skip
# Set by git while it runs a hook or an alias; they would lead to the user's own index and checkout.
OF_A_CALLER = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
SUBMODULE = "160000"


def environment_without_git() -> dict[str, str]:
    """The environment without what a calling git has set."""
    return {name: value for name, value in os.environ.items() if name not in OF_A_CALLER}


def git(folder: Path, *arguments: str, extra: Mapping[str, str] | None = None) -> str:
    """What a git command prints; raises `RevisionError` with what it complains about."""
    environment = {**environment_without_git(), "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", **(extra or {})}
    try:
        done = subprocess.run(
            ["git", *PLAIN, *arguments], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, check=False,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise RevisionError("git is not installed", "caselaw diff", "install git; it reads the revisions") from error
    if done.returncode != 0:
        reason = os.fsdecode(done.stderr).strip() or f"exit status {done.returncode}"
        raise RevisionError(f"git {arguments[0]} failed: {reason}", folder, "correct what git complains about")
    return os.fsdecode(done.stdout)


def top_of(folder: Path) -> Path:
    """The top folder of the git checkout that holds `folder`. Raises `RevisionError` where there is none."""
    try:
        top = git(folder, "rev-parse", "--show-toplevel").removesuffix("\n")
    except RevisionError as error:
        if "not a git repository" not in error.what:
            raise
        raise RevisionError(
            "the project is not in a git repository", folder, "run 'git init' and commit it, to have revisions"
        ) from error
    return Path(top).resolve()


def commit_of(top: Path, revision: str) -> str:
    """The full name of the commit that a branch, tag, commit or expression such as `HEAD~3` means.

    Raises `RevisionError` where git knows none.
    """
    if revision and not revision.startswith("-"):
        try:
            return git(top, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").strip()
        except RevisionError as error:
            if not error.what.endswith("exit status 1"):
                raise
    raise RevisionError(
        f"git knows no revision '{revision}'",
        top,
        "give a branch, a tag, a commit or an expression such as HEAD~3; WORKTREE means the files as they are",
    )


def export(top: Path, commit: str, folder: Path, index: Path) -> list[str]:
    """Write all files of a commit into an empty `folder`; returns submodules of which nothing is here.

    `index` is a path for a temporary index. Raises `RevisionError` for a submodule that lies outside.
    """
    directory = git(top, "rev-parse", "--absolute-git-dir").removesuffix("\n")
    folder.mkdir(parents=True, exist_ok=True)
    extra = {"GIT_DIR": directory, "GIT_WORK_TREE": str(folder), "GIT_INDEX_FILE": str(index)}
    git(folder, "read-tree", commit, extra=extra)
    git(folder, "checkout-index", "--all", "--quiet", extra=extra)
    missing = []
    for number, (path, inner) in enumerate(submodules(top, commit)):
        target = folder / path
        source = top / path
        if not target.resolve().is_relative_to(folder.resolve()):
            raise RevisionError(f"the submodule '{path}' lies outside", top, "correct the revision")
        if not (source / ".git").exists() or not has_commit(source, inner):
            missing.append(path)
            continue
        below = export(source, inner, target, index.with_name(f"{index.name}.{number}"))
        missing += [f"{path}/{name}" for name in below]
    return missing


def submodules(top: Path, commit: str) -> list[tuple[str, str]]:
    """Paths of the submodules of a commit, and the commits that they are at."""
    entries = git(top, "ls-tree", "-r", "-z", "--full-tree", commit).split("\0")
    parts = [entry.partition("\t") for entry in entries if entry.startswith(SUBMODULE)]
    return [(path, head.split()[2]) for head, _, path in parts]


def has_commit(folder: Path, commit: str) -> bool:
    try:
        git(folder, "cat-file", "-e", f"{commit}^{{commit}}")
    except RevisionError:
        return False
    return True


def tracked_files(folder: Path) -> list[str]:
    """Files below `folder` that belong to the repository, relative to it."""
    return [name for name in git(folder, "ls-files", "-z", "--recurse-submodules").split("\0") if name]
