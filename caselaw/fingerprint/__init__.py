"""Digests of values, files and code: everything that a fingerprint is made of.

Imports cost nothing until a name is used, because everything in caselaw imports this package.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caselaw.fingerprint.closure import Closure, Closures, ClosureWarning, code_closure, module_closure
    from caselaw.fingerprint.distributions import distribution_version
    from caselaw.fingerprint.encoding import encode
    from caselaw.fingerprint.files import FileDigests, file_digest
    from caselaw.fingerprint.hashing import SCHEME, branch_digests, digest, digest_bytes, short
    from caselaw.fingerprint.imports import syntax_digest
    from caselaw.fingerprint.modules import FirstParty, first_party

__all__ = [
    "SCHEME",
    "Closure",
    "ClosureWarning",
    "Closures",
    "FileDigests",
    "FirstParty",
    "branch_digests",
    "code_closure",
    "digest",
    "digest_bytes",
    "distribution_version",
    "encode",
    "file_digest",
    "first_party",
    "module_closure",
    "short",
    "syntax_digest",
]

_MODULES = {
    "SCHEME": "hashing",
    "Closure": "closure",
    "ClosureWarning": "closure",
    "Closures": "closure",
    "FileDigests": "files",
    "FirstParty": "modules",
    "branch_digests": "hashing",
    "code_closure": "closure",
    "digest": "hashing",
    "digest_bytes": "hashing",
    "distribution_version": "distributions",
    "encode": "encoding",
    "file_digest": "files",
    "first_party": "modules",
    "module_closure": "closure",
    "short": "hashing",
    "syntax_digest": "imports",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value
