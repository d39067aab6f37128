"""Checksums of files of this machine, of the kinds that servers state."""

from __future__ import annotations

import hashlib
import os
import zlib
from typing import Any, BinaryIO

from caselaw.errors import ConfigError

PIECE = 1 << 20  # bytes
OF_PYTHON = {"md5": "md5", "sha-256": "sha256", "sha-512": "sha512"}


def checksum_of(path: str | os.PathLike[str], algorithm: str) -> str:
    """Hexadecimal digits of a file. Raises `OSError`, and `ConfigError` for a kind that needs the client."""
    with open(path, "rb") as file:
        if algorithm in OF_PYTHON:
            return hashlib.file_digest(file, OF_PYTHON[algorithm]).hexdigest()
        return adler32(file) if algorithm == "adler32" else of_client(file, algorithm)


def adler32(file: BinaryIO) -> str:
    value = 1
    while piece := file.read(PIECE):
        value = zlib.adler32(piece, value)
    return f"{value:08x}"


def of_client(file: BinaryIO, algorithm: str) -> str:
    """Raises `ConfigError` where no library for it is installed."""
    try:
        from griddav.checksums import Checksum

        checksum: Any = Checksum(algorithm)
    except (ImportError, ValueError) as error:
        advice = "pip install 'caselaw[dcache]'"
        raise ConfigError(f"the library for this checksum is missing ({error})", algorithm, advice) from error
    while piece := file.read(PIECE):
        checksum.update(piece)
    return str(checksum.hex())
