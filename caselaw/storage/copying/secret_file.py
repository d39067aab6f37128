"""Files that hold a secret: a macaroon that was made for somebody else."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from caselaw.errors import TransferError
from caselaw.storage.files.credentials import is_macaroon


def write_secret(file: Path, text: str) -> None:
    """Write a file that only its owner can read, at once; only a macaroon gives way to it. Raises `TransferError`."""
    if file.exists() and not holds_macaroon(file):
        raise TransferError("there is a file of this name, which holds no macaroon", file, "name another file")
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)
        temporary.replace(file)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise TransferError(f"it cannot be written: {error.strerror}", file, "name another file") from error


def holds_macaroon(file: Path) -> bool:
    try:
        return is_macaroon(file.read_text("ascii").strip())
    except (OSError, ValueError):
        return False
