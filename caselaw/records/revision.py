"""The git revision of the project: commit, and whether the tree differed from it."""

from __future__ import annotations

import hashlib
import logging
import subprocess
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)

SECONDS = 20


def revision(root: Path) -> dict[str, Any]:
    """`commit`, `dirty` and `patch` (SHA-256 of what differs from the commit); empty outside a repository.

    Untracked Python and YAML files count as a difference: they may be part of the analysis.
    """
    try:
        commit = git(root, "rev-parse", "--verify", "HEAD").decode().strip()
        changes = git(root, "diff", "--no-ext-diff", "--binary", "HEAD", "--", ".")
        untracked = git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", "*.py", "*.yaml", "*.yml")
    except FileNotFoundError:
        return {}
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError) as error:
        logger.debug("no git revision of %s: %s", root, error)
        return {}
    if not changes and not untracked:
        return {"commit": commit, "dirty": False}
    patch = hashlib.sha256(changes)
    for name in sorted(filter(None, untracked.split(b"\0"))):
        patch.update(name + b"\0" + content(root / name.decode(errors="surrogateescape")))
    return {"commit": commit, "dirty": True, "patch": patch.hexdigest()}


def git(root: Path, *arguments: str) -> bytes:
    """What a git command prints; it writes nothing, and runs no hook."""
    command = ["git", "--no-optional-locks", "-C", str(root), *arguments]
    return subprocess.run(command, check=True, capture_output=True, timeout=SECONDS).stdout


def content(path: Path) -> bytes:
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:  # a link that leads nowhere
        return b""
