"""An issuer of WLCG tokens. XRootD finds its public key in the cache of its token library: nothing is served."""

from __future__ import annotations

import base64
import json
import sqlite3
import subprocess
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

AUDIENCE = "https://wlcg.cern.ch/jwt/v1/any"


@dataclass(frozen=True)
class Issuer:
    """`key` is its private key, as a PEM file."""

    url: str
    key: Path
    audience: str = AUDIENCE

    def token(self, scope: str, lifetime: float = 600.0) -> str:
        """A token for scopes such as `storage.read:/ storage.create:/folder`, valid for `lifetime` seconds from now."""
        now = int(time.time())
        claims = {
            "iss": self.url, "sub": "tester", "aud": self.audience, "scope": scope, "wlcg.ver": "1.0",
            "iat": now - 1, "nbf": now - 1, "exp": now + int(lifetime), "jti": str(uuid.uuid4()),
        }  # fmt: skip
        signed = ".".join(encoded(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "key"}, claims))
        return f"{signed}.{encoded(self.openssl('dgst', '-sha256', '-sign', self.key, input=signed.encode()))}"

    def remember_keys(self, folder: Path) -> None:
        """Write our public key into the cache of libSciTokens, as if it had been fetched from us."""
        modulus = self.openssl("rsa", "-in", self.key, "-modulus", "-noout").decode().strip().partition("=")[2]
        public = {
            "kty": "RSA", "alg": "RS256", "use": "sig", "kid": "key", "e": "AQAB", "n": encoded(bytes.fromhex(modulus)),
        }  # fmt: skip
        until = int(time.time()) + 86400
        keys = {"expires": until, "next_update": until, "jwks": {"keys": [public]}}
        (folder / "scitokens").mkdir()
        with sqlite3.connect(folder / "scitokens" / "scitokens_cpp.sqllite") as database:
            database.execute("CREATE TABLE keycache (issuer text UNIQUE PRIMARY KEY NOT NULL, keys text NOT NULL)")
            database.execute("INSERT INTO keycache VALUES (?, ?)", (self.url, json.dumps(keys)))
        database.close()

    def openssl(self, *arguments: object, input: bytes = b"") -> bytes:
        return subprocess.run(
            ["openssl", *map(str, arguments)], input=input, check=True, capture_output=True
        ).stdout  # fmt: skip


def issuer(folder: Path) -> Issuer:
    """A new issuer, whose key lies in `folder`."""
    made = Issuer("https://localhost/issuer", folder / "issuer.key")
    made.openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", made.key)
    return made


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
