"""Digests of values, files and code: everything that a fingerprint is made of.

Imports cost nothing until a name is used, because everything in caselaw imports this package.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caselaw.fingerprint.code.closure import Closure, Closures, code_closure, symbol_closure
    from caselaw.fingerprint.code.reach.found import ClosureWarning
    from caselaw.fingerprint.code.reach.named import named_modules
    from caselaw.fingerprint.code.reach.symbols import Symbol
    from caselaw.fingerprint.code.reading.instructions import syntax_digest
    from caselaw.fingerprint.code.reading.modules import FirstParty, first_party
    from caselaw.fingerprint.distributions import distribution_version
    from caselaw.fingerprint.encoding import encode
    from caselaw.fingerprint.files import FileDigests, file_digest
    from caselaw.fingerprint.hashing import SCHEME, branch_digests, digest, digest_bytes, short

__all__ = [
    "SCHEME",
    "Closure",
    "ClosureWarning",
    "Closures",
    "FileDigests",
    "FirstParty",
    "Symbol",
    "branch_digests",
    "code_closure",
    "digest",
    "digest_bytes",
    "distribution_version",
    "encode",
    "file_digest",
    "first_party",
    "named_modules",
    "short",
    "symbol_closure",
    "syntax_digest",
]

_MODULES = {
    "SCHEME": "hashing",
    "Closure": "code.closure",
    "ClosureWarning": "code.reach.found",
    "Closures": "code.closure",
    "FileDigests": "files",
    "FirstParty": "code.reading.modules",
    "Symbol": "code.reach.symbols",
    "branch_digests": "hashing",
    "code_closure": "code.closure",
    "digest": "hashing",
    "digest_bytes": "hashing",
    "distribution_version": "distributions",
    "encode": "encoding",
    "file_digest": "files",
    "first_party": "code.reading.modules",
    "named_modules": "code.reach.named",
    "short": "hashing",
    "symbol_closure": "code.closure",
    "syntax_digest": "code.reading.instructions",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value
