"""Whether this process may be forked: a copy must not wait for threads that it has not, nor share open files.

A fork copies memory but one thread only. Whatever another thread holds at that moment (locks, thread pools, queues)
is held in the copy for ever, and every file that is open has one position for both. So a process is forked only where
it can be shown that there is nothing of the kind: no other thread, no native code that may keep threads of its own,
no open file. Everything else gets its workers from a fresh process.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import sys
import threading
from collections.abc import Collection, Iterator
from pathlib import Path

from caselaw.storage.owner import owner

TASKS, MAPS, OPEN = Path("/proc/self/task"), Path("/proc/self/maps"), Path("/proc/self/fd")

# What Python's own extension modules are linked with, and the allocators and loaders below.
SYSTEM = re.compile(
    r"(ld-[\w.-]+?|libpython[\d.t]*|libnss_\w+|lib(b2|blkid|bz2|c|com_err|crypt|crypto|db|dl|edit|expat|ffi|gcc_s|gdbm"
    r"|gssapi_krb5|k5crypto|keyutils|krb5|krb5support|lzma|m|mpdec|mvec|ncursesw?|nsl|panelw?|pthread|readline|resolv"
    r"|rt|sqlite3|ssl|stdc\+\+|tinfow?|tirpc|util|uuid|z|zstd))([-.][\d.]+)?\.so[.\d]*"
)

# Distributions that law, luigi and caselaw import themselves; their native code starts no thread.
OURS = frozenset({
    "charset_normalizer", "charset_normalizer__mypyc", "markupsafe", "msgpack", "pydantic_core", "pyyaml", "rpds",
    "simplejson", "tornado", "wrapt", "yaml", "zstandard",
})  # fmt: skip


def may_be_forked(our_files: Collection[int]) -> bool:
    """Whether a copy of this process would work as the process does. `our_files` are open files of ours."""
    return not (_origin.is_unsafe or foreign_threads() or foreign_libraries() or foreign_files(our_files))


class ForkOrigin:
    """Whether this process is a copy of one that should not have been copied, as luigi's own processes may be."""

    is_unsafe = False
    of_copy = False

    def look(self) -> None:
        self.of_copy = not may_be_forked(())

    def become_copy(self) -> None:
        self.is_unsafe = self.of_copy


_origin = ForkOrigin()
os.register_at_fork(before=_origin.look, after_in_child=_origin.become_copy)


def is_alone() -> bool:
    """Whether this process has only one thread, whoever may have started others."""
    try:
        return len(list(TASKS.iterdir())) == 1
    except OSError:
        return False


@contextlib.contextmanager
def quiet_luigi() -> Iterator[None]:
    """luigi's own thread does nothing until the block ends, as it is where luigi itself forks."""
    with sys.modules["luigi.worker"].fork_lock if threads_of_luigi() else contextlib.nullcontext():
        yield


def threads_of_luigi() -> set[int | None]:
    """Numbers of threads with which luigi tells its scheduler that it lives."""
    kind = ("luigi.worker", "KeepAliveThread")
    return {t.native_id for t in threading.enumerate() if (type(t).__module__, type(t).__name__) == kind}


def foreign_threads() -> bool:
    """Whether there are threads besides this one, which is the main one, and luigi's (see `quiet_luigi`)."""
    if threading.current_thread() is not threading.main_thread():
        return True
    ours = {threading.get_native_id()} | threads_of_luigi()
    try:
        return any(int(task.name) not in ours for task in TASKS.iterdir())
    except OSError:  # no Linux: nobody can say
        return True


def foreign_libraries() -> bool:
    """Whether any native code is loaded besides Python's own and that which law, luigi and caselaw need."""
    try:
        with MAPS.open(encoding="utf-8", errors="surrogateescape") as file:
            lines = [line.split(None, 5) for line in file]
    except OSError:
        return True
    executable = {line[5].rstrip("\n") for line in lines if len(line) == 6 and "x" in line[1]}
    return not all(map(harmless, executable))


@functools.cache
def harmless(path: str) -> bool:
    """Whether a mapped file is known to keep no threads and no locks of its own."""
    if path.startswith("["):
        return True
    directory, _, name = path.rpartition("/")
    if SYSTEM.fullmatch(name) or directory == own_folder() or path == os.path.realpath(sys.executable):
        return True
    return bool(OURS.intersection(directory.split("/")) or name.split(".")[0] in OURS or name.startswith("_cffi_"))


@functools.cache
def own_folder() -> str:
    """The folder of Python's own extension modules."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}{'t' if 't' in sys.abiflags else ''}"
    return os.path.realpath(Path(sys.base_exec_prefix, sys.platlibdir, version, "lib-dynload"))


def foreign_files(our_files: Collection[int]) -> bool:
    """Whether files, connections or event loops are open, apart from standard ones, pipes, and caches of ours."""
    return any(
        descriptor > 2 and descriptor not in our_files and not may_be_shared(name)
        for descriptor, name in open_files().items()
    )


def open_files() -> dict[int, str]:
    """Descriptor → what it leads to, of all that is open here."""
    found = {}
    for entry in list(OPEN.iterdir()) if OPEN.is_dir() else ():
        with contextlib.suppress(OSError):  # that of the listing itself
            found[int(entry.name)] = str(entry.readlink())
    return found


def may_be_shared(name: str) -> bool:
    return name.startswith(("pipe:", "/dev/")) or "/.caselaw/" in name or owner() in name
