"""Files that `run()` reads past targets: by a plain name put together by hand, or by listing their folder.

A project that was written for plain law may do so. Now the names of outputs carry fingerprints and versions coexist:
the plain name leads to what plain law made once, a listing gives every version. Both would be wrong without a word, so
that they are errors. Python tells of files that are opened, folders that are listed and commands that are started;
what a library in C opens by itself is not seen.
"""

from __future__ import annotations

import contextlib
import glob
import os
import re
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import FrameType
from typing import Any

import luigi

from caselaw.errors import TaskError
from caselaw.publishing.task import RunnableTask
from caselaw.storage.location import FINGERPRINT

ENGINE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
LIBRARIES = tuple(sysconfig.get_paths()[key] + os.sep for key in ("stdlib", "platstdlib", "purelib", "platlib"))
OF_THE_SYSTEM = ("<frozen importlib", os.path.join(os.path.dirname(os.__file__), "shutil.py"))
"""Who looks for modules, and who copies or removes whole folders, gets all that lies there."""

WORD = re.compile(r"""[^\s"'`;|&<>()=,]+""")
WILDCARD = re.compile(r"[*?\[]")
WRITES = os.O_WRONLY | os.O_RDWR

Versions = Mapping[str, tuple[str, ...]]
"""Plain name → names with fingerprints."""


class RunWatch:
    """What happens in this process while `run()` of tasks goes on."""

    def __init__(self) -> None:
        self.tasks: list[Any] = []
        self.paused = False
        self.installed = False
        self.folders: dict[str, tuple[int, Versions]] = {}
        self.handlers: Mapping[str, Callable[..., None]] = {
            "open": self.opened, "os.listdir": self.listed, "os.scandir": self.listed,
            "subprocess.Popen": self.started, "os.system": lambda command: self.started(None, command, None, None),
        }  # fmt: skip

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.tasks or self.paused:
            return
        handler = self.handlers.get(event)
        if handler is not None:
            self.paused = True
            try:
                handler(*arguments)
            finally:
                self.paused = False

    def opened(self, path: Any, _: Any, flags: int) -> None:
        if isinstance(path, str | os.PathLike) and not flags & WRITES:
            text = os.fsdecode(path)
            if not FINGERPRINT.search(os.path.basename(text)):
                self.refuse_plain_name(os.path.abspath(text))

    def listed(self, path: Any = None) -> None:
        if not isinstance(path, int):  # an open file
            folder = os.path.abspath(os.fsdecode(path or "."))
            several = several_of(names_in(folder), self.versions(folder))
            if several and asked_by_project():
                raise listed_versions(folder, several)

    def started(self, _: Any, arguments: Any, folder: Any, __: Any) -> None:
        words = [arguments] if isinstance(arguments, str | bytes) else list(arguments)
        for word in (w for words_of in map(os.fsdecode, words) for w in WORD.findall(os.path.expandvars(words_of))):
            path = os.path.join(os.fspath(folder or "."), word)
            if WILDCARD.search(word):
                self.refuse_versions(path)
            elif os.sep in word or "." in word:
                self.refuse_plain_name(os.path.abspath(path))

    def refuse_versions(self, pattern: str) -> None:
        """Raise where a pattern of the shell fits several versions of one file."""
        names: dict[str, set[str]] = {}
        for path in glob.iglob(pattern):
            names.setdefault(os.path.abspath(os.path.dirname(path)), set()).add(os.path.basename(path))
        for folder, found in names.items():
            several = several_of(found, self.versions(folder))
            if several and asked_by_project():
                raise listed_versions(folder, several)

    def refuse_plain_name(self, path: str) -> None:
        """Raise `TaskError` where a file has versions with fingerprints, and is neither ours nor required."""
        folder, name = os.path.split(path)
        made = self.versions(folder).get(name)
        if made is None or not asked_by_project() or self.is_meant(path):
            return
        if len(made) == 1 and os.path.exists(path) and os.path.samefile(path, os.path.join(folder, made[0])):
            return  # vouched for
        raise TaskError(
            f"{type(self.tasks[-1]).__name__} reads a file by its plain name, and its task calls it {made[-1]}",
            path, "take it from self.input(), or from output() of that task; where its name has to stay, set "
            "fixed_names = True on the class",
        )  # fmt: skip

    def is_meant(self, path: str) -> bool:
        task = self.tasks[-1]
        outputs = task.current_run.outputs
        own = outputs.targets.values() if outputs is not None else ()
        targets = [*own, *luigi.task.flatten(task.input())]
        return any(os.path.abspath(t.path) == path for t in targets if isinstance(getattr(t, "path", None), str))

    def versions(self, folder: str) -> Versions:
        """Names in a folder that carry fingerprints, as long as nothing changes in it."""
        try:
            changed = os.stat(folder).st_mtime_ns
        except OSError:
            return {}
        known = self.folders.get(folder)
        if known is None or known[0] != changed:
            known = self.folders[folder] = changed, versions_of(names_in(folder))
        return known[1]


def names_in(folder: str) -> list[str]:
    with contextlib.suppress(OSError):
        return os.listdir(folder)
    return []


def versions_of(names: Iterable[str]) -> Versions:
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(names):
        plain, count = FINGERPRINT.subn("", name)
        if count:
            found[plain] = (*found.get(plain, ()), name)
    return found


def several_of(names: Iterable[str], versions: Versions) -> list[str]:
    """The first file of which several versions are among these names; its plain name is one of them."""
    if not versions:
        return []
    listed = set(names)
    for plain, made in versions.items():
        there = [name for name in (*made, plain) if name in listed]
        if len(there) > 1:
            return there
    return []


def listed_versions(folder: str, names: list[str]) -> TaskError:
    return TaskError(
        f"{type(_watch.tasks[-1]).__name__} lists a folder that holds versions of one file: {', '.join(names[:3])}",
        folder, "take the files from self.input(); or set fixed_names = True on the class of the task that makes them, "
        "and move these away",
    )  # fmt: skip


def asked_by_project() -> bool:
    """Whether code of the project asks, be it through a library; not caselaw, which knows what it does."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if file != __file__:
            if file.startswith((ENGINE, *OF_THE_SYSTEM)):
                return False
            if not file.startswith(LIBRARIES) and not file.startswith("<frozen"):
                return True
        frame = frame.f_back
    return False


_watch = RunWatch()


@contextlib.contextmanager
def watched(task: RunnableTask) -> Iterator[None]:
    """While `run()` of a task goes on, reading past targets is an error."""
    if not _watch.installed:
        sys.addaudithook(_watch.hook)  # for good: Python cannot remove one
        _watch.installed = True
    _watch.tasks.append(task)
    try:
        yield
    finally:
        _watch.tasks.remove(task)
