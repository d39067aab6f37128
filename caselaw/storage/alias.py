"""A second name for an output that exists: a hard link, or a copy where the file system has none."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from caselaw.errors import PublishError
from caselaw.storage.publish import STAGING, move, owner

NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.EXDEV, errno.ENOSYS})


def alias(store: Path, source: str, final: str) -> None:
    """Give the file or folder `source` the name `final` as well; whoever has that name already keeps it."""
    folder = os.path.isdir(source)
    if not folder:
        try:
            os.link(source, final)
            return
        except FileExistsError:
            return
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise PublishError(
                    f"an output could not get a second name: {error.strerror}", final,
                    "check free space and permissions of the store, then run again",
                ) from error  # fmt: skip
    place = store / STAGING / f"{owner()}-alias"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    try:
        copy = place / os.path.basename(source)
        if folder:
            shutil.copytree(source, copy, copy_function=link_or_copy)
        else:
            shutil.copy2(source, copy)
        move(str(copy), final)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        shutil.copy2(source, target)
