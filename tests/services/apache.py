"""apache2 with mod_dav over TLS on a free port of the loopback interface, with a CA of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAM = Path("/usr/sbin/apache2")
MODULES = Path("/usr/lib/apache2/modules")
CONFIGURATION = """\
ServerRoot {folder}
ServerName localhost
PidFile {folder}/pid
ErrorLog {folder}/error.log
LogLevel crit
Listen 127.0.0.1:{port}
{modules}
{user}
DocumentRoot {folder}/data
DAVLockDB {folder}/lock/db
KeepAlive On
MaxKeepAliveRequests 0
LimitRequestBody 0
SSLEngine on
SSLCertificateFile {folder}/host.pem
SSLCertificateKeyFile {folder}/host.key
<Directory {folder}/data>
  DAV On
  Require all granted
</Directory>
"""
NEEDED = ("mpm_event", "authz_core", "dav", "dav_fs", "setenvif", "headers", "ssl", "socache_shmcb")


@dataclass(frozen=True)
class Apache:
    """A server that runs: its URL, the CA that signed its certificate, and the folder with its files."""

    url: str
    ca: Path
    data: Path


@contextmanager
def running(folder: Path) -> Iterator[Apache]:
    """Start it in `folder`, which everybody must be able to enter, and stop it at the end."""
    port = free_port()
    (folder / "data" / "store").mkdir(parents=True)
    (folder / "lock").mkdir()
    make_certificates(folder)
    modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in NEEDED)
    (folder / "httpd.conf").write_text(
        CONFIGURATION.format(folder=folder, port=port, modules=modules, user=give_to_server(folder))
    )
    process = subprocess.Popen([PROGRAM, "-d", folder, "-f", folder / "httpd.conf", "-DFOREGROUND"])
    try:
        wait_for(process, port, folder / "error.log")
        yield Apache(f"davs://localhost:{port}", folder / "ca.pem", folder / "data")
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def give_to_server(folder: Path) -> str:
    """Directives for the user it runs as: not root, who owns the folder in a container."""
    if os.geteuid() != 0:
        return ""
    name = next(each for each in ("www-data", "nobody") if each in {user.pw_name for user in pwd.getpwall()})
    for path in (folder / "lock", folder / "data", folder / "data" / "store"):
        shutil.chown(path, name)
    return f"User {name}"


def make_certificates(folder: Path) -> None:
    """A CA, and a certificate for localhost that it signed."""
    (folder / "extensions").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    for command in (
        ["req", "-x509", *key, "-days", "2", "-subj", "/CN=Test CA", "-keyout", "ca.key", "-out", "ca.pem"],
        ["req", *key, "-subj", "/CN=localhost", "-keyout", "host.key", "-out", "host.csr"],
        ["x509", "-req", "-in", "host.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
         "-extfile", "extensions", "-out", "host.pem"],
    ):  # fmt: skip
        subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True)


def wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(400):
        if process.poll() is not None:
            break
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.025)
    raise RuntimeError(f"apache does not start: {log.read_text() if log.exists() else 'it wrote no log'}")
