"""A folder of a test's own on a server of every kind, and what lies in it, seen past every protocol of ours."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from s3 import KEYS

KINDS = ("apache", "nginx", "xrootd", "root", "rclone", "double", "s3", "disk")


@dataclass(frozen=True)
class Ground:
    """A folder of a server: `url` and `options` are those of a store; paths of `look` and `plant` begin in it."""

    kind: str
    url: str
    look: Callable[[], dict[str, bytes]]
    plant: Callable[[str, bytes], None]
    folder: Callable[[str], None]
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def has_folders(self) -> bool:
        return self.kind != "s3"


def ground(kind: str, name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    """A ground that holds nothing; `name` may be any name of a folder."""
    if kind == "disk":
        return on_disk(tmp_path / "disk" / name)
    if kind == "s3":
        for variable, value in KEYS.items():
            request.getfixturevalue("monkeypatch").setenv(variable, value)
        return on_s3(request.getfixturevalue("s3"), name)
    server = request.getfixturevalue("xrootd" if kind == "root" else kind)
    certificate = getattr(server, "ca", None)
    asked = Asked(f"{server.url.replace('dav', 'http', 1)}/store", certificate)
    asked.folder(name)
    options = {"ca": str(certificate)} if certificate and kind != "root" else {}
    url = f"{server.root_url}/" if kind == "root" else server.url

    def look() -> dict[str, bytes]:
        if kind == "double":
            top = f"/store/{name}/"
            return {path.removeprefix(top): data for path, data in server.data.items() if path.startswith(top)}
        return files_in(server.data / "store" / name)

    return Ground(
        kind, f"{url}/store/{name}", look, lambda path, data: asked.put(f"{name}/{path}", data),
        lambda path: asked.folder(f"{name}/{path}"), options,
    )  # fmt: skip


def on_disk(top: Path) -> Ground:
    top.mkdir(parents=True)

    def plant(path: str, data: bytes) -> None:
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_bytes(data)

    return Ground("disk", str(top), lambda: files_in(top), plant, lambda path: (top / path).mkdir(parents=True))


def on_s3(server: Any, name: str) -> Ground:
    top = f"{server.bucket}/{name}"

    def look() -> dict[str, bytes]:
        client, found = server.client(), {}
        for each in client.list_objects_v2(Bucket=server.bucket, Prefix=f"{name}/").get("Contents", []):
            body = client.get_object(Bucket=server.bucket, Key=each["Key"])["Body"].read()
            found[each["Key"].removeprefix(f"{name}/")] = body
        return found

    def plant(path: str, data: bytes) -> None:
        server.client().put_object(Bucket=server.bucket, Key=f"{name}/{path}", Body=data)

    return Ground("s3", f"s3://{top}", look, plant, lambda path: None, server.options)


def files_in(top: Path) -> dict[str, bytes]:
    return {str(path.relative_to(top)): path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()}


@dataclass(frozen=True)
class Asked:
    """A WebDAV server as the plainest of all clients speaks to it."""

    url: str
    ca: Path | None

    def put(self, path: str, data: bytes) -> None:
        above = path.rpartition("/")[0]
        if above:
            self.folder(above)
        self.ask("PUT", path, data)

    def folder(self, path: str) -> None:
        parts = path.split("/")
        for number in range(1, len(parts) + 1):
            self.ask("MKCOL", "/".join(parts[:number]) + "/", may_fail=True)

    def ask(self, method: str, path: str, data: bytes | None = None, may_fail: bool = False) -> None:
        request = urllib.request.Request(f"{self.url}/{quote(path)}", data, method=method)
        context = ssl.create_default_context(cafile=str(self.ca)) if self.ca else None
        try:
            with urllib.request.urlopen(request, context=context) as answer:
                answer.read()
        except urllib.error.HTTPError:
            if not may_fail:
                raise
