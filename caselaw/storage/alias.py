"""A second name for an output that exists: a hard link, or a copy where the file system has none."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from caselaw.errors import PublishError
from caselaw.storage.files.atomic import beside, take_name
from caselaw.storage.publish import private_folder
from caselaw.storage.store import Store

NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.EXDEV, errno.ENOSYS})


def alias(store: Path, source: str, final: str) -> bool:
    """Give the file or folder `source` the name `final` as well, in place of what has that name.

    Returns False where `source` vanished. Raises `PublishError` where it exists and gets no second name.
    """
    try:
        os.link(source, final)
        return True
    except OSError:  # a folder, a name that is taken, a file system without links, or an error that comes again
        pass
    try:
        with private_folder(store, "alias") as place:
            return linked(source, final, str(place / os.path.basename(final)), str(place / "replaced"))
    except OSError as error:
        raise PublishError(
            f"an output could not get a second name: {error.strerror or error}", final,
            "check free space and permissions of the store, then run again",
        ) from error  # fmt: skip


def place_copy(store: Store, source: Path, final: str, sha256: str) -> None:
    """Publish a copy of a file or folder of this machine, which stays its owner's: no link to it.

    Raises `PublishError`.
    """
    if not store.is_local:
        store.place(source, final, sha256)
        return
    try:
        with private_folder(store.scratch, "alias") as place:
            copy = place / os.path.basename(final)
            shutil.copytree(source, copy) if source.is_dir() else shutil.copyfile(source, copy)
            store.place(copy, final, sha256)
    except (OSError, shutil.Error) as error:
        raise PublishError(
            f"an output of another layer could not be copied: {error}", final,
            "check free space and permissions of the store, then run again",
        ) from error  # fmt: skip


def linked(source: str, final: str, copy: str, aside: str) -> bool:
    """Link or copy to `copy`, which takes the name; a folder that has it is put `aside`. False if `source` vanished."""
    try:
        if os.path.isdir(source):
            shutil.copytree(source, copy, copy_function=link_or_copy)
        else:
            link_or_copy(source, copy)
    except (FileNotFoundError, shutil.Error):
        if os.path.lexists(source):
            raise
        return False
    take_name(copy, final, aside)
    return True


def linked_beside(source: str, final: str) -> bool:
    """Give a file or folder another name, wherever that is; it appears there as a whole. False where it vanished.

    Raises `PublishError` where it exists and gets no second name.
    """
    try:
        if os.path.lexists(final) and os.path.samefile(source, final):
            return True
        os.makedirs(os.path.dirname(final), exist_ok=True)
        with beside(final) as pending:
            return linked(source, final, pending, f"{pending}.replaced")
    except FileNotFoundError:
        return False
    except OSError as error:
        raise PublishError(
            f"an output could not get a second name: {error.strerror or error}", final,
            "check free space and permissions there, then run again",
        ) from error  # fmt: skip


def link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        shutil.copy2(source, target)
