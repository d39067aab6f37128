"""What the errors of a file system mean: missing, or no answer. Here alone those of the client become ours."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from caselaw.errors import (
    CaselawError,
    ContentChanged,
    OnTape,
    PublishError,
    StagingFailed,
    StoreRefused,
    StoreUnavailable,
    TransferError,
)
from caselaw.storage.files.schemes import WEBDAV, scheme_of

CLEAR: tuple[type[Exception], ...] = (FileExistsError, IsADirectoryError, NotADirectoryError, CaselawError)
FAULTS: tuple[type[Exception], ...] = (TypeError, AttributeError, NameError, AssertionError, NotImplementedError)
"""Errors of a program, not of a server."""
XROOTD_MISSING = "[3011]"  # kXR_NotFound: fsspec-xrootd raises the same OSError for every answer
ADVICE = "check that the server is up and the store's options are right, then run again; nothing published is lost"
SAID = frozenset({errno.ENOTEMPTY, errno.ENOSPC, errno.EDQUOT})
"""Of a folder, and of the disk of this machine: what is full there is no fault of a server."""
DAMAGED = "check the file in its store: it is damaged there, or on its way"
OF_ONE_FILE = frozenset({413, 414, 423})
"""What a server refuses because of one file: its size, its name, its lock."""
STAGE = "stage it first (caselaw store stage), or open it with stage=True"


@contextmanager
def clear_answers(where: str, also: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Let errors that say something about a file pass.

    Raises `ContentChanged` for bytes that a library finds damaged, and `StoreUnavailable` for all else: no answer.
    """
    passing: tuple[type[Exception], ...] = (*CLEAR, *FAULTS, *also)
    try:
        yield
    except FileNotFoundError as error:
        if scheme_of(where) in WEBDAV and error.filename is None:  # TLS misses a file of this machine
            what = "a file that the connection needs is missing: ca, certificate or key"
            raise StoreUnavailable(what, where, "check the options of the store") from error
        raise
    except passing:
        raise
    except OSError as error:
        if not is_of_client(error) and error.errno in SAID:
            raise
        raise answer_of(error, where) from error
    except Exception as error:
        if is_damage(error):
            raise ContentChanged(f"it arrived damaged: {error}", where, DAMAGED) from error
        raise StoreUnavailable(f"it failed: {type(error).__name__}: {error}", where, ADVICE) from error


def answer_of(error: OSError, where: str) -> Exception:
    """The error to raise for one of a file system."""
    if is_of_client(error):
        return of_client(error)
    if XROOTD_MISSING in str(error):
        return FileNotFoundError(errno.ENOENT, "No such file or directory", where)
    return StoreUnavailable(f"it failed: {error.strerror or str(error).strip()}", where, ADVICE)


def is_damage(error: BaseException) -> bool:
    """Whether the library for S3 found that the bytes of an object are not those of its checksum."""
    library = sys.modules.get("botocore.exceptions")
    return isinstance(error, getattr(library, "FlexibleChecksumError", ()))


def is_of_client(error: BaseException) -> bool:
    """Whether it is an error of the client's own tree: not one of this machine, though an `OSError`."""
    client = sys.modules.get("griddav.errors")  # who has not loaded the client has no error of it
    return client is not None and isinstance(error, client.GridDavError)


def of_client(error: Any) -> CaselawError:
    """An error of the client (`griddav.errors`) as ours: it keeps what happened, where, and what to do."""
    from griddav import errors

    said = error.what, error.where, error.advice
    match error:
        case errors.OnTape():
            return OnTape(error.what, error.where, STAGE)
        case errors.StagingFailed():
            return StagingFailed(*said, error.failures)
        case errors.ContentChanged():
            return ContentChanged(*said)
        case errors.SourceChanged():
            return PublishError(*said)
        case errors.Refused():
            return (TransferError if error.status in OF_ONE_FILE else StoreRefused)(*said)
    return StoreUnavailable(*said)
