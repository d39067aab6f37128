"""A file that is being written: it gets its name when it is closed, and not after an error."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable
from typing import Any


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
