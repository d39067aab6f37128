"""A name for what lies under another one: by a hard link, by moving it, or by a copy, here or on a server."""

from __future__ import annotations

import os
import shutil
from enum import StrEnum
from typing import Any

from law.target.remote.base import RemoteTarget

from caselaw.errors import PublishError
from caselaw.storage.alias import NO_LINKS
from caselaw.storage.files.atomic import beside
from caselaw.storage.own_targets import is_folder

NO_SECOND_NAME = "a file on a server cannot have two names"


class How(StrEnum):
    """LINK: both names stay, and no byte is copied. MOVE: the new one stays. COPY: both stay."""

    LINK = "link"
    MOVE = "move"
    COPY = "copy"


def give_name(source: Any, final: Any, how: How) -> None:
    """Give what lies under one name another one beside it; it appears there as a whole.

    Both are paths of this machine, or law's targets of one server. Raises `PublishError` where that cannot be, and
    `StoreUnavailable`.
    """
    if isinstance(source, RemoteTarget):
        name_remote(source, final, how)
        return
    try:
        name_local(source, final, how)
    except (OSError, shutil.Error) as error:
        number = getattr(error, "errno", None)
        advice = "check free space and permissions there, then try again"
        if how is How.LINK and (number in NO_LINKS or isinstance(error, shutil.Error)):
            advice = "where there are no hard links, give --move (the old name goes) or --copy"
        raise PublishError(
            f"an output could not get a second name: {getattr(error, 'strerror', None) or error}", final,
            advice,
        ) from error  # fmt: skip


def name_local(source: str, final: str, how: How) -> None:
    """Give a file of this machine a second name. Raises `FileExistsError` where that is taken."""
    if os.path.lexists(final):
        if os.path.samefile(source, final):
            return
        raise FileExistsError("there is something of this name")
    if how is How.MOVE:
        os.rename(source, final)
    elif how is How.LINK and not os.path.isdir(source):
        os.link(source, final)
    else:
        with beside(final) as pending:
            if os.path.isdir(source):
                copy = os.link if how is How.LINK else shutil.copy2
                shutil.copytree(source, pending, symlinks=True, copy_function=copy)
            else:
                shutil.copy2(source, pending)
            os.rename(pending, final)


def name_remote(source: Any, final: Any, how: How) -> None:
    """By the server itself; law moves a file by a copy, where it knows no other way.

    Raises `PublishError` where there is no way.
    """
    if how is How.LINK:
        raise PublishError(NO_SECOND_NAME, str(source.uri()), "give --move (the old name goes) or --copy")
    pairs = [(source.path, final.path)]
    if is_folder(source):
        folders = getattr(source.fs.file_interface, "rename", None)
        if how is How.MOVE and folders is not None:
            folders(source.path, final.path)
            return
        pairs = [
            (f"{top}/{name}", f"{final.path}{top.removeprefix(source.path)}/{name}")
            for top, _, names, _ in source.fs.walk(source.path)
            for name in names
        ]
    for old, new in pairs:
        act = source.fs.move if how is How.MOVE else source.fs.copy
        act(old, new)
    if is_folder(source) and how is How.MOVE:
        source.remove()
