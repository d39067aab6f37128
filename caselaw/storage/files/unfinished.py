"""A file that is being written: it gets its name when it is closed, and not after an error."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from typing import Any

PREFIX = ".pending-"
LONGEST = 40
PENDING = re.compile(r"\.pending-[0-9a-f]{32}(\..*)?", re.DOTALL)  # the names that `pending_path` gives


class PendingFile(io.BufferedWriter):
    """A temporary file of this machine, open for writing bytes; `publish` is called with its path at `close`.

    A `with` block that ends with an error publishes nothing, and neither does a file that is never closed.
    `tmp_path` is luigi's name for the path of the temporary file. `mode`: w, or a for one that has a content already.
    """

    def __init__(self, path: str, publish: Callable[[str], None], mode: str = "w") -> None:
        self.tmp_path = path
        self._publish = publish
        super().__init__(io.FileIO(path, mode))

    def close(self) -> None:
        """Publish. Raises `OSError` of the local disk, and what `publish` raises; then nothing is visible."""
        if self.closed:
            return
        try:
            super().close()
            self._publish(self.tmp_path)
        finally:
            self._remove()

    def abort(self) -> None:
        """Forget what was written."""
        with contextlib.suppress(OSError):  # of bytes that nobody needs any more
            super().close()
        self._remove()

    def _remove(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.tmp_path)

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self.abort()
        self.close()

    def __del__(self) -> None:
        if not self.closed:
            self.abort()


@contextlib.contextmanager
def pending_beside(final: str) -> Iterator[str]:
    """A path beside a file or folder that is to get its name; what is left there at the end is removed."""
    pending = pending_path(final)
    try:
        yield pending
    finally:
        for left in (pending, f"{pending}.replaced"):
            if os.path.isdir(left):
                shutil.rmtree(left, ignore_errors=True)
            elif os.path.lexists(left):
                os.unlink(left)


def pending_path(path: str, ending: str = "") -> str:
    """A name beside `path` that nobody else takes; `ending` is the file's extension, by which formatters know it."""
    return os.path.join(os.path.dirname(path), f"{PREFIX}{uuid.uuid4().hex}{dotted(ending)}")


def dotted(ending: str) -> str:
    """An extension with its dot; of one that would make a name too long, the end."""
    return f".{ending[-LONGEST:]}" if ending else ""


def open_in_format(open_file: Callable[[str], Any], file_format: Any, mode: str) -> Any:
    """Open a target in a luigi format: `open_file` takes a mode and gives a file of bytes for rb and wb.

    Without a format, and with luigi's default, text is UTF-8 and bytes are had by b in the mode.
    """
    from luigi.format import FileWrapper, Text

    kind = mode.replace("b", "").replace("t", "")
    if file_format in (None, Text) or kind not in ("r", "w"):
        return open_file(mode)
    file = open_file(f"{kind}b")
    return file_format.pipe_reader(FileWrapper(file)) if kind == "r" else file_format.pipe_writer(file)


def as_text(file: PendingFile) -> Any:
    """A pending file that takes text, in UTF-8."""
    from luigi.format import UTF8

    return UTF8.pipe_writer(file)
