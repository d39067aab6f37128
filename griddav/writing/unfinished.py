"""Names of files that are not whole yet: hidden ones that nobody else takes, and that are known again."""

from __future__ import annotations

import re
import uuid

from griddav.http.names import child, parent

PREFIX = ".upload-"
TEMPORARY = re.compile(rf"{re.escape(PREFIX)}[0-9a-f]{{32}}")


def unfinished_beside(path: str) -> str:
    """A new name in the folder of a path; what stays behind under it, `TEMPORARY` finds."""
    return child(parent(path), f"{PREFIX}{uuid.uuid4().hex}")
