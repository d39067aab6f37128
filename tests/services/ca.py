"""A certificate authority for tests: servers of localhost, users, and the users' proxies, made by openssl."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
SERVER = "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n"
USER = "keyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n"
PROXY = "keyUsage=critical,digitalSignature\nproxyCertInfo=critical,language:id-ppl-inheritAll\n"


@dataclass(frozen=True)
class Pair:
    """A certificate and its private key, as PEM files."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Authority:
    """A CA in a folder of its own; what it signs lies beside it."""

    folder: Path

    @property
    def certificate(self) -> Path:
        return self.folder / "ca.pem"

    @property
    def own(self) -> Pair:
        return Pair(self.certificate, self.folder / "ca.key")

    def server(self) -> Pair:
        """For a server that is called localhost."""
        return self.signed("host", "/CN=localhost", SERVER, self.own)

    def user(self, name: str) -> Pair:
        """For a person, who has no more than this."""
        return self.signed(name, subject(name), USER, self.own)

    def proxy(self, name: str, user: Pair, days: int = 1) -> Path:
        """An X509 proxy (RFC 3820) of a user: one file with its certificate, its key, and the user's certificate."""
        made = self.signed(name, f"{subject(user.certificate.stem)}/CN=1", PROXY, user, days)
        file = self.folder / f"{name}.proxy"
        file.touch(mode=0o600)
        file.write_text("".join(path.read_text() for path in (made.certificate, made.key, user.certificate)))
        return file

    def hashed(self) -> Path:
        """A folder that holds the CA under the name that OpenSSL looks for, as grids have it."""
        folder = self.folder / "certificates"
        folder.mkdir()
        (folder / "test-ca.pem").write_bytes(self.certificate.read_bytes())
        openssl(folder, "rehash", ".")
        return folder

    def signed(self, name: str, subject: str, extensions: str, signer: Pair, days: int = 2) -> Pair:
        made = Pair(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        request, settings = self.folder / f"{name}.csr", self.folder / f"{name}.extensions"
        settings.write_text(extensions)
        openssl(self.folder, "req", *KEY, "-subj", subject, "-keyout", made.key, "-out", request)
        openssl(
            self.folder, "x509", "-req", "-in", request, "-CA", signer.certificate, "-CAkey", signer.key,
            "-CAcreateserial", "-days", str(days), "-extfile", settings, "-out", made.certificate,
        )  # fmt: skip
        return made


def subject(name: str) -> str:
    """How the certificate of a user calls its owner."""
    return f"/O=Test/CN={name}"


def authority(folder: Path) -> Authority:
    """A new CA in `folder`, which is made."""
    folder.mkdir()
    subject = ("-days", "2", "-subj", "/CN=Test CA")
    openssl(folder, "req", "-x509", *KEY, *subject, "-keyout", "ca.key", "-out", "ca.pem")
    return Authority(folder)


def openssl(folder: Path, *arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], cwd=folder, check=True, capture_output=True)
