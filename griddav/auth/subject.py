"""The name of whom a certificate is for (RFC 5280, 4.1.2.6), as grid tools write it: `/DC=org/CN=Marie Curie`."""

from __future__ import annotations

import ssl

from griddav.auth.x509 import BLOCK, SEQUENCE, VERSION, elements, inside

ATTRIBUTES = {
    bytes.fromhex("550403"): "CN", bytes.fromhex("550406"): "C", bytes.fromhex("550407"): "L",
    bytes.fromhex("550408"): "ST", bytes.fromhex("55040a"): "O", bytes.fromhex("55040b"): "OU",
    bytes.fromhex("0992268993f22c640119"): "DC", bytes.fromhex("2a864886f70d010901"): "emailAddress",
}  # fmt: skip


def subject_of(pem: str) -> str:
    """The subject of the first certificate. Raises `ValueError` where there is none."""
    block = BLOCK.search(pem)
    if block is None:
        raise ValueError("no certificate")
    certificate = inside(inside(ssl.PEM_cert_to_DER_cert(block[0]), SEQUENCE), SEQUENCE)
    parts = [content for tag, content in elements(certificate) if tag != VERSION]
    # Serial number, algorithm, issuer, validity, subject.
    pairs = [pair for _, of_set in elements(parts[4]) for _, pair in elements(of_set)]
    return "".join(map(attribute, pairs))


def attribute(pair: bytes) -> str:
    (_, kind), (_, value) = elements(pair)
    return f"/{ATTRIBUTES.get(kind, kind.hex())}={value.decode(errors='replace')}"
