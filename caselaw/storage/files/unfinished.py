"""Names of what is not whole yet: the one rule by which they are made, and known again wherever they lie."""

from __future__ import annotations

import os
import re
import uuid

LONGEST = 40
PREFIX = ".upload-"
"""As in `griddav.writing.unfinished`, which caselaw does without where there is no server."""
UNFINISHED = re.compile(r"\.(upload|download|pending)-[0-9a-f]{32}(\..*)?", re.DOTALL)
DOCUMENT = re.compile(r"\..+\.\d+\.[0-9a-f]{8}\.[0-9a-f]{12}\.\d+", re.DOTALL)
"""Names of documents that were being written by earlier versions."""
STAGING = ".staging"
"""The folder of a store in which processes of this machine write outputs before they are published."""


def unfinished_name(ending: str = "") -> str:
    """A name that nobody else takes; `ending` is the file's extension, by which formatters know it.

    What stays behind under it is seen by nobody, and `caselaw store clean` finds it.
    """
    return f"{PREFIX}{uuid.uuid4().hex}{dotted(ending)}"


def unfinished_beside(path: str, ending: str = "") -> str:
    """Such a name in the folder of a path or URL."""
    return os.path.join(os.path.dirname(path), unfinished_name(ending))


def is_unfinished(name: str) -> bool:
    """Whether a file or folder of this name is not whole, or was left behind by who was killed."""
    return name.startswith(".") and (UNFINISHED.fullmatch(name) or DOCUMENT.fullmatch(name)) is not None


def in_unfinished(path: str) -> bool:
    """Whether a path below a place is, or belongs to, something that is not whole."""
    return any(part == STAGING or is_unfinished(part) for part in path.split("/"))


def dotted(ending: str) -> str:
    """An extension with its dot; of one that would make a name too long, the end."""
    return f".{ending[-LONGEST:]}" if ending else ""
