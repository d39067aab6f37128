"""Files, modules, subprocesses and network connections, from Python's audit events."""

from __future__ import annotations

import dis
import importlib
import linecache
import logging
import os
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from caselaw.loading import notes
from caselaw.plan.audit.caches import is_machine_code, keys_on_less, library_of
from caselaw.plan.audit.observation import UseKind
from caselaw.plan.audit.origin import CodeOrigin, below
from caselaw.plan.audit.recorder import CO_OPTIMIZED, Recorder, outwards

IMPORT_SYSTEM = ("<frozen importlib", importlib.__file__, notes.__file__)
MESSAGES = frozenset({logging.__file__, traceback.__file__, warnings.__file__})
STATIC_IMPORT = dis.opmap["IMPORT_NAME"]
PROGRAM = re.compile(r"[\w./+-]+")
ASSIGNMENT = re.compile(r"\w+=")


def watch_events(recorder: Recorder) -> None:
    """Record what the audit events tell, for the rest of the process: Python cannot remove such a hook."""
    watch = Watch(recorder)
    handlers: Mapping[str, Callable[..., None]] = {
        "open": watch.open,
        "os.listdir": watch.listed,
        "os.scandir": watch.listed,
        "os.rename": watch.renamed,
        "os.link": watch.placed,
        "os.symlink": watch.placed,
        "os.remove": watch.removed,
        "shutil.rmtree": watch.removed,
        "sqlite3.connect": watch.opened_by_library,
        "ctypes.dlopen": watch.loaded,
        "import": watch.imported,
        "exec": watch.executed,
        "subprocess.Popen": watch.popen,
        "os.system": watch.system,
        "os.exec": watch.program,
        "os.posix_spawn": watch.program,
        "os.spawn": lambda mode, path, *rest: watch.program(path),
        "socket.connect": lambda socket, address: watch.connected(address),
        "socket.sendto": lambda socket, address: watch.connected(address),
        "socket.getaddrinfo": lambda host, port, *rest: watch.connected((host, port)),
        "socket.gethostbyname": lambda host: watch.connected((host, None)),
    }

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        handler = handlers.get(event)
        if handler is not None and not recorder.paused:
            handler(*arguments)

    sys.addaudithook(hook)
    import_module = importlib.import_module

    def import_module_watched(name: str, package: str | None = None) -> Any:
        """A module that is in memory already raises no event."""
        module = import_module(name, package)
        watch.imported(module.__name__, asked=True)
        return module

    importlib.import_module = import_module_watched


class Watch:
    """One method per kind of event."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    def open(self, path: Any, _: Any, flags: int) -> None:
        absolute = absolute_path(path)
        frame = caller()
        if absolute is None or (frame is not None and self.is_no_use(frame)):
            return
        self.cached(absolute, frame)
        if flags & os.O_ACCMODE != os.O_RDONLY:
            self.changed(absolute, frame)
        if flags & os.O_ACCMODE == os.O_WRONLY or flags & (os.O_TRUNC | os.O_EXCL):
            self.recorder.written.add(absolute)
        elif absolute not in self.recorder.written and not below(absolute, self.recorder.yielded):
            if Path(absolute).is_file():
                self.recorder.record(UseKind.FILE, absolute, frame)
            elif flags & os.O_CREAT:
                self.recorder.written.add(absolute)

    def is_no_use(self, frame: FrameType) -> bool:
        """Whether a file is opened to be imported, to be shown, or to find out the fingerprint of a task."""
        return is_import_system(frame) or is_for_a_message(frame) or self.recorder.hashes(frame)

    def cached(self, absolute: str, frame: FrameType | None) -> None:
        """A library keeps results on disk, or looks for some."""
        library = None if absolute.endswith(".py") else library_of(frame)
        if library is not None and not any(text in absolute for text in self.recorder.own):
            self.recorder.record(UseKind.CACHE, library, frame, by=CodeOrigin.LIBRARY)
        if is_machine_code(absolute) and keys_on_less(absolute, self.recorder.origins):
            self.recorder.record(
                UseKind.CACHE, f"numba ({Path(absolute).name.rpartition('-')[0]})", frame, by=CodeOrigin.LIBRARY
            )

    def changed(self, absolute: str, frame: FrameType | None) -> None:
        """Something in the store is written, removed or given a name, past the staging folder of the branch.

        Records and the like, which caselaw itself keeps there, have hidden folders.
        """
        store = self.recorder.store
        if store is None or not below(absolute, (store,)):
            return
        is_hidden = any(part.startswith(".") for part in Path(absolute).relative_to(store).parts)
        if not (is_hidden and self.recorder.by(frame) is CodeOrigin.ENGINE):
            self.recorder.record(UseKind.WRITE, absolute, frame)

    def placed(self, _: Any, destination: Any, *__: Any) -> None:
        if (absolute := absolute_path(destination)) is not None:
            self.changed(absolute, caller())

    def removed(self, path: Any, folder: int | None = None) -> None:
        if folder in (None, -1) and (absolute := absolute_path(path)) is not None:
            self.changed(absolute, caller())

    def opened_by_library(self, path: Any) -> None:
        absolute = absolute_path(path)
        frame = caller()
        if absolute is None:
            return
        self.cached(absolute, frame)
        if absolute not in self.recorder.written and Path(absolute).is_file():
            self.recorder.record(UseKind.FILE, absolute, frame)

    def loaded(self, path: Any) -> None:
        """A shared library; without a folder in its name the system looks it up."""
        if isinstance(path, str | bytes) and os.sep in os.fsdecode(path):
            self.opened_by_library(path)

    def listed(self, path: Any = ".", *_: Any) -> None:
        """First-party code lists a folder; libraries look into many."""
        absolute = absolute_path("." if path is None else path)
        frame = caller()
        if (
            absolute is None
            or frame is None
            or is_import_system(frame)
            or self.recorder.by(frame) is not CodeOrigin.FIRST_PARTY
        ):
            return
        if Path(absolute).is_dir():
            self.recorder.record(UseKind.FILE, absolute.rstrip(os.sep) + os.sep, frame)

    def renamed(self, source: Any, destination: Any, *_: Any) -> None:
        self.placed(source, destination)
        if absolute_path(source) in self.recorder.written:
            self.recorder.written.add(str(absolute_path(destination)))

    def imported(self, name: str, *_: Any, asked: bool = False) -> None:
        """A module of a library is looked for. The closure sees import statements of first-party code by itself."""
        innermost = caller()
        frame = importer(innermost)
        if frame is None or self.recorder.origins.of(frame.f_code.co_filename) is not CodeOrigin.FIRST_PARTY:
            self.recorder.record(UseKind.MODULE, name, frame)
        elif is_static(frame):
            self.recorder.record(UseKind.MODULE, name, frame, seen=True)
        elif asked or is_asked(innermost, frame):
            self.recorder.record(UseKind.MODULE, name, frame)
        else:  # compiled code that first-party code calls
            self.recorder.record(UseKind.MODULE, name, frame, by=CodeOrigin.LIBRARY)

    def executed(self, code: Any) -> None:
        """A first-party module is executed."""
        if not isinstance(code, CodeType) or code.co_flags & CO_OPTIMIZED:
            return
        if self.recorder.origins.of(code.co_filename) is CodeOrigin.FIRST_PARTY:
            path = os.path.realpath(code.co_filename)
            frame = importer(caller())
            self.recorder.record(UseKind.MODULE, path, frame, path=path, seen=is_static(frame))

    def popen(self, executable: Any, arguments: Any, *_: Any) -> None:
        given = [arguments] if isinstance(arguments, str | bytes | os.PathLike) else list(arguments or [executable])
        words = [os.fsdecode(word) for word in given]
        is_shell = len(words) == 3 and words[1] == "-c" and Path(words[0]).name in ("sh", "bash")
        self.started(program_of(words[2]) if is_shell else words[0])

    def system(self, command: Any) -> None:
        self.started(program_of(os.fsdecode(command)))

    def program(self, path: Any, *_: Any) -> None:
        frame = caller()
        if frame is None or frame.f_globals.get("__name__") != "subprocess":  # which raised an event of its own
            self.started(os.fsdecode(path))

    def started(self, program: str) -> None:
        self.recorder.record(UseKind.SUBPROCESS, program, caller())

    def connected(self, address: Any) -> None:
        if not isinstance(address, Sequence) or isinstance(address, str | bytes):
            return  # a socket of this machine
        host, port = address[:2]
        host = os.fsdecode(host) if isinstance(host, str | bytes) else str(host or "localhost")
        port = os.fsdecode(port) if isinstance(port, bytes) else port
        self.recorder.record(UseKind.NETWORK, host if port is None else f"{host}:{port}", caller())


def absolute_path(path: Any) -> str | None:
    """The real path as text; None for a descriptor."""
    if not isinstance(path, str | bytes | os.PathLike):
        return None
    return os.path.realpath(os.fsdecode(path))


def program_of(command: str) -> str:
    """The program of a shell command, and nothing else of it: arguments may hold secrets."""
    words = [word for word in command.split() if not ASSIGNMENT.match(word)]
    return words[0] if words and PROGRAM.fullmatch(words[0]) else "sh"


def caller() -> FrameType | None:
    """The innermost frame outside the audit."""
    return next(outwards(sys._getframe(1)), None)


def is_import_system(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(IMPORT_SYSTEM)


def is_for_a_message(frame: FrameType) -> bool:
    """Whether the lines of a source file are read to be shown in a warning, a traceback or a log."""
    files = {above.f_code.co_filename for above in outwards(frame)}
    return linecache.__file__ in files and not files.isdisjoint(MESSAGES)


def importer(frame: FrameType | None) -> FrameType | None:
    """The frame that asked for an import."""
    while frame is not None and is_import_system(frame):
        frame = next(outwards(frame.f_back), None)
    return frame


def is_asked(innermost: FrameType | None, frame: FrameType) -> bool:
    """Whether `frame` itself asks for a module by name, with `importlib.import_module` or `__import__`."""
    through = set()
    while innermost is not None and innermost is not frame:
        through.add(innermost.f_code.co_filename)
        innermost = innermost.f_back
    return importlib.__file__ in through or "__import__" in frame.f_code.co_names


def is_static(frame: FrameType | None) -> bool:
    """Whether a frame stands in an import statement."""
    return frame is not None and frame.f_code.co_code[frame.f_lasti] == STATIC_IMPORT
