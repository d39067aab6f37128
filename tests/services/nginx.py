"""nginx with its WebDAV modules, without TLS, on a free port of the loopback interface."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from service import free_port, server_user, started

PROGRAM = Path("/usr/sbin/nginx")
CONFIGURATION = """\
load_module /usr/lib/nginx/modules/ngx_http_dav_ext_module.so;
{user}
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log stderr;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  keepalive_requests 1000000;
  client_max_body_size 0;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      root {folder}/data;
      create_full_put_path on;
      dav_methods PUT DELETE MKCOL COPY MOVE;
      dav_ext_methods PROPFIND OPTIONS;
    }}
  }}
}}
"""


@dataclass(frozen=True)
class Nginx:
    """A server that runs: its URL and the folder with its files."""

    url: str
    data: Path


@contextmanager
def running(folder: Path) -> Iterator[Nginx]:
    """Start it in `folder`, which everybody must be able to enter, and stop it at the end."""
    port, user = free_port(), server_user("www-data", "nobody")
    (folder / "data" / "store").mkdir(parents=True)
    if user is not None:
        for path in (folder, folder / "data", folder / "data" / "store"):
            shutil.chown(path, user)
    (folder / "nginx.conf").write_text(
        CONFIGURATION.format(folder=folder, port=port, user=f"user {user};" if user else "")
    )
    with started([PROGRAM, "-e", "stderr", "-p", folder, "-c", folder / "nginx.conf"], folder, port):
        yield Nginx(f"dav://localhost:{port}", folder / "data")
