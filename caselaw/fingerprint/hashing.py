"""Digests of values: BLAKE2b over canonical encodings, tagged with the scheme."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b

from caselaw.fingerprint.encoding import encode

SCHEME = 1
"""Raised whenever equal things would get another digest than before; part of every digest."""

DIGEST_BYTES = 32
NAME_LENGTH = 20

CARRIES_FINGERPRINT = re.compile(rf"\.[0-9a-f]{{{NAME_LENGTH}}}(\.|$)")
"""What is called like that is an output: it counts by its fingerprint, and a folder of such a name is whole."""

_PERSON = b"caselaw/%d" % SCHEME
_NOTHING_YET = blake2b(digest_size=DIGEST_BYTES, person=_PERSON)


def digest(*parts: object) -> str:
    """64 hexadecimal characters of the sequence of `parts` (see `encode` for what a part may be)."""
    state = _NOTHING_YET.copy()
    state.update(b"".join([encode(part) for part in parts]))
    return state.hexdigest()


def digest_bytes(content: bytes) -> str:
    """64 hexadecimal characters of raw bytes, without making a copy of them."""
    return blake2b(content, digest_size=DIGEST_BYTES, person=_PERSON + b" bytes").hexdigest()


def short(digest: str) -> str:
    """The first 80 bits of a digest: what the names of outputs carry."""
    return digest[:NAME_LENGTH]


def branch_digests(prefix: object, values: Iterable[object], inputs: Iterable[object]) -> list[str]:
    """`digest(prefix, value, input)` for each pair of `values` and `inputs`, encoding `prefix` once."""
    start = _NOTHING_YET.copy()
    start.update(encode(prefix))
    digests = []
    for value, of_inputs in zip(values, inputs, strict=True):
        state = start.copy()
        state.update(encode(value) + encode(of_inputs))
        digests.append(state.hexdigest())
    return digests
