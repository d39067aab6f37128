"""What a task runs in, as content: the files that its sandbox names count by what they hold, not by where they lie."""

from __future__ import annotations

import os
import re
from pathlib import Path

from caselaw.errors import FingerprintError
from caselaw.fingerprint.files import FileDigests
from caselaw.fingerprint.hashing import digest, digest_bytes

LOCKS = ("*.lock", "*.txt", "*.yaml", "*.yml", "*.toml", "pyvenv.cfg", "*.def", "*.sh")
"""Files in the folder of a sandbox that say what is installed there."""

_PARTS = re.compile(r"::|,")


def sandbox_parts(key: str, root: Path, digests: FileDigests) -> dict[str, str]:
    """Each part of a sandbox key such as `venv::sandboxes/fit.lock` → digest of the file, or the text itself.

    A text file counts without comments and blank lines, a folder by its lock files, an image or a CMSSW
    release by its name. Raises FingerprintError for a lock file that is missing.
    """
    parts = {}
    for number, part in enumerate(_PARTS.split(key)):
        path = root / Path(os.path.expandvars(part)).expanduser()
        if path.is_file():
            parts[f"{number} {path.name}"] = lines_digest(path, digests)
        elif number and path.is_dir():
            found = sorted(file for pattern in LOCKS for file in path.glob(pattern))
            parts[f"{number} {path.name}/"] = digest({file.name: lines_digest(file, digests) for file in found})
        elif path.suffix in (".lock", ".txt", ".sh", ".def"):
            raise FingerprintError(
                "the file that defines a sandbox does not exist", str(path), f"correct the sandbox '{key}'"
            )
        else:
            parts[f"{number}"] = part
    return parts


def lines_digest(path: Path, digests: FileDigests) -> str:
    """Digest of the lines that say something; of the bytes, where a file is no text.

    Raises `FingerprintError` where it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return digests.digest(path)
    except OSError as error:
        raise FingerprintError(f"cannot be read ({error.strerror})", str(path), "make it readable") from error
    lines = (line.rstrip() for line in text.splitlines())
    return digest_bytes("\n".join(line for line in lines if line and not line.lstrip().startswith("#")).encode())
