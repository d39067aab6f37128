"""apache2 with mod_dav on a free port of the loopback interface, over TLS with a CA of its own unless told not to."""

from __future__ import annotations

import base64
import hashlib
import pwd
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import ca
from service import free_port, server_user, started

PROGRAM = Path("/usr/sbin/apache2")
MODULES = Path("/usr/lib/apache2/modules")
CONFIGURATION = """\
ServerRoot {folder}
ServerName localhost
PidFile {folder}/pid
ErrorLog {folder}/log
LogLevel crit
{requests}
Listen 127.0.0.1:{port}
{modules}
{user}
DocumentRoot {folder}/data
DAVLockDB {folder}/lock/db
KeepAlive On
MaxKeepAliveRequests 0
LimitRequestBody 0
{tls}
<Directory {folder}/data>
  DAV On
  {access}
</Directory>
"""
TLS = """\
SSLEngine on
SSLCertificateFile {folder}/ca/host.pem
SSLCertificateKeyFile {folder}/ca/host.key
"""
CLIENTS = """\
SSLCACertificateFile {folder}/ca/ca.pem
SSLVerifyClient require
SSLVerifyDepth 10
"""
PASSWORDS = """\
AuthType Basic
  AuthName test
  AuthUserFile {folder}/passwords
  Require valid-user
"""
UNFINISHED = ".davfs.tmp"
"""How names begin that apache itself gives to what it is receiving; it removes them soon after a client went away."""
REQUESTS = 'CustomLog {folder}/requests "%m %U"'
REQUEST = re.compile(r"^([A-Z]+) (\S+)$", re.MULTILINE)
"""Method and path of a line of `folder`/requests."""
NEEDED = (
    "mpm_event", "authz_core", "authn_core", "authn_file", "authz_user", "auth_basic", "dav", "dav_fs", "setenvif",
    "headers", "ssl", "socache_shmcb",
)  # fmt: skip


@dataclass(frozen=True)
class Apache:
    """A server that runs: its URL, the CA of its and its users' certificates, and the folder with its files."""

    url: str
    authority: ca.Authority
    data: Path

    @property
    def ca(self) -> Path:
        return self.authority.certificate


@contextmanager
def running(
    folder: Path, *, tls: bool = True, clients: bool = False, passwords: Mapping[str, str] | None = None,
    requests: bool = False,
) -> Iterator[Apache]:  # fmt: skip
    """Start it in `folder`, which everybody must be able to enter, and stop it at the end.

    `clients`: who has no certificate of the CA is refused (and who has a proxy: apache takes none). `passwords`: of its
    users. `requests`: each one is a line of `folder`/requests, as `REQUEST` reads it.
    """
    port = free_port()
    (folder / "data" / "store").mkdir(parents=True)
    (folder / "lock").mkdir()
    authority = ca.authority(folder / "ca")
    authority.server()
    if passwords is not None:
        (folder / "passwords").write_text("".join(map(password_line, passwords.items())))
    modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in NEEDED)
    (folder / "httpd.conf").write_text(
        CONFIGURATION.format(
            folder=folder, port=port, modules=modules, user=give_to_server(folder),
            tls=((TLS if tls else "") + (CLIENTS if clients else "")).format(folder=folder),
            requests=REQUESTS.format(folder=folder) if requests else "",
            access="Require all granted" if passwords is None else PASSWORDS.format(folder=folder),
        )
    )  # fmt: skip
    command = [PROGRAM, "-d", folder, "-f", folder / "httpd.conf", "-DFOREGROUND"]
    with started(command, folder, port):
        yield Apache(f"{'davs' if tls else 'dav'}://localhost:{port}", authority, folder / "data")


def give_to_server(folder: Path) -> str:
    """Directives for the user it runs as: not root, who owns the folder in a container."""
    name = server_user("www-data", "nobody")
    if name is None:
        return ""
    for path in (folder / "lock", folder / "data", folder / "data" / "store"):
        shutil.chown(path, name)
    return f"User {name}\nGroup #{pwd.getpwnam(name).pw_gid}"


def password_line(user: tuple[str, str]) -> str:
    digest = base64.b64encode(hashlib.sha1(user[1].encode()).digest()).decode()
    return f"{user[0]}:{{SHA}}{digest}\n"
