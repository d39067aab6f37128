"""Numbers of a file in the type that is wanted.

Source and target have the same shape, (numbers,); units are those of the file.
"""

from __future__ import annotations

import numpy as np


def convert(content: np.ndarray, out: np.ndarray) -> None:
    """Copy `content` (any byte order and width) into `out`; TypeError if a value cannot be kept.

    Widths of integers differ between versions of NanoAOD; a narrower result must still hold every value.
    Floating point numbers may lose precision.
    """
    found, wanted = content.dtype, out.dtype
    exact = np.can_cast(found, wanted, "safe") or (found.kind == "f" and wanted.kind == "f")
    if not exact and not (found.kind in "iub" and wanted.kind in "iub"):
        raise TypeError(f"numbers of type {found.name} where {wanted.name} is needed")
    np.copyto(out, content, casting="unsafe")
    if not exact and not np.array_equal(out, content):
        raise TypeError(f"numbers of type {found.name} that do not fit into {wanted.name}")
