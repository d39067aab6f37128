"""What the errors of a file system mean: missing, or no answer."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from caselaw.errors import CaselawError, StoreUnavailable
from caselaw.storage.files.schemes import WEBDAV

CLEAR: tuple[type[Exception], ...] = (FileExistsError, IsADirectoryError, NotADirectoryError, CaselawError)
FAULTS: tuple[type[Exception], ...] = (TypeError, AttributeError, NameError, AssertionError, NotImplementedError)
"""Errors of a program, not of a server."""
XROOTD_MISSING = "[3011]"  # kXR_NotFound: fsspec-xrootd raises the same OSError for every answer
ADVICE = "check that the server is up and the store's options are right, then run again; nothing published is lost"


@contextmanager
def clear_answers(where: str, also: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Let errors that say something about a file pass; every other one means that the store gave no answer."""
    passing: tuple[type[Exception], ...] = (*CLEAR, *FAULTS, *also)
    try:
        yield
    except FileNotFoundError as error:
        if where.partition("://")[0] in WEBDAV and error.filename is None:  # TLS misses a file of this machine
            what = "a file that the connection needs is missing: ca, certificate or key"
            raise StoreUnavailable(what, where, "check the options of the store") from error
        raise
    except passing:
        raise
    except OSError as error:
        if error.errno == errno.ENOTEMPTY:
            raise
        if XROOTD_MISSING in str(error):
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", where) from error
        raise StoreUnavailable(f"it failed: {error.strerror or str(error).strip()}", where, ADVICE) from error
    except Exception as error:
        raise StoreUnavailable(f"it failed: {type(error).__name__}: {error}", where, ADVICE) from error
