"""XRootD with HTTP, WebDAV and third-party copy over TLS, on a free port of the loopback interface.

Modes: `open`: everybody may read and write; `macaroons`: who holds a macaroon of it; `users`: who holds one, or the
certificate of `USER`; `tokens`: who holds a WLCG token of the issuer that it is started with, or a macaroon.
"""

from __future__ import annotations

import base64
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import ca
import issuer
from service import compiled, free_port, server_user, started

PROGRAM = Path("/usr/bin/xrootd")
SITE = "TEST-SITE"
USER = "alice"  # a certificate of this name: Authority.user(USER)
CONFIGURATION = """\
all.export /store
oss.localroot {folder}/data
all.adminpath {folder}/admin
all.pidpath {folder}/admin
xrd.port {port}
xrd.network nodnr keepalive kaparms 10m,1m,5
xrd.allow host localhost
xrd.tls {folder}/host.pem {folder}/host.key
xrd.tlsca certfile {trusted}
xrootd.tls capable none
xrootd.seclib libXrdSec.so
sec.protocol unix
# At the default of 4, many digests at once stall for half a minute.
xrootd.chksum max 64 adler32 md5 crc32c
xrd.protocol http:{port} libXrdHttp.so
http.listingdeny no
http.header2cgi Authorization authz
http.exthandler xrdtpc libXrdHttpTPC.so
tpc.trace error
"""
AUTHORIZE = """\
ofs.authorize 1
acc.authdb {folder}/rights
http.gridmap {folder}/gridmap
http.exthandler xrdmacaroons libXrdMacaroons.so
macaroons.secretkey {folder}/secret
macaroons.trace error
all.sitename {site}
"""
MACAROONS = "ofs.authlib libXrdMacaroons.so\n"
REQUESTS = "http.trace debug\n"
REQUEST = re.compile(r"Parsing first line: ([A-Z]+) (\S+) HTTP")
"""Method and path of a request in `folder`/log."""
TOKENS = "ofs.authlib libXrdMacaroons.so libXrdAccSciTokens.so config={folder}/scitokens.cfg\n"
ISSUERS = """\
[Global]
audience = {audience}

[Issuer test]
issuer = {url}
base_path = /store
map_subject = False
default_user = xrootd
"""


@dataclass(frozen=True)
class XRootD:
    """A server that runs: its URLs, the CA that signed its certificate and those of users, the folder with its files,
    and the secret that signs macaroons.
    """

    url: str
    root_url: str
    authority: ca.Authority
    data: Path
    secret: bytes

    @property
    def ca(self) -> Path:
        return self.authority.certificate


@contextmanager
def running(
    folder: Path, mode: str = "open", tokens: issuer.Issuer | None = None, authority: ca.Authority | None = None,
    requests: bool = False,
) -> Iterator[XRootD]:  # fmt: skip
    """Start it in `folder`, which everybody must be able to enter, and stop it at the end. It trusts the servers of
    its own `authority`. `requests`: it says so much that `REQUEST` finds them in `folder`/log.
    """
    port, secret, user = free_port(), secrets.token_bytes(64), server_user("xrootd")
    for name in ("data/store", "admin", "cache"):
        (folder / name).mkdir(parents=True)
    authority = authority or ca.authority(folder / "ca")
    host = authority.server()
    shutil.copy(host.certificate, folder / "host.pem")
    shutil.copy(host.key, folder / "host.key")
    (folder / "host.key").chmod(0o400)
    (folder / "secret").write_bytes(base64.encodebytes(secret))
    # Somebody has to have rights: without a line, the file is refused.
    (folder / "rights").write_text(f"u {USER} /store {'a' if mode == 'users' else '-a'}\n")
    (folder / "gridmap").write_text(f'"{ca.subject(USER)}" {USER}\n')
    text = configuration(mode).format(folder=folder, port=port, site=SITE, trusted=authority.certificate)
    (folder / "xrootd.cfg").write_text(text + (REQUESTS if requests else ""))
    if tokens is not None:
        (folder / "scitokens.cfg").write_text(ISSUERS.format(url=tokens.url, audience=tokens.audience))
        tokens.remember_keys(folder / "cache")
    if user is not None:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, user)
    environment = {
        "LD_PRELOAD": str(compiled(Path(__file__).with_name("loopback.c"), folder / "loopback.so", "-shared", "-fPIC")),
        "XDG_CACHE_HOME": str(folder / "cache"),
    }
    command = [PROGRAM, *(["-R", user] if user else []), "-c", folder / "xrootd.cfg"]
    with started(command, folder, port, environment):
        yield XRootD(f"davs://localhost:{port}", f"root://localhost:{port}", authority, folder / "data", secret)


def configuration(mode: str) -> str:
    return CONFIGURATION + {"open": "", "tokens": AUTHORIZE + TOKENS}.get(mode, AUTHORIZE + MACAROONS)
