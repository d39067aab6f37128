"""Small law projects whose store is on a server, and a look at the server's own disk."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from double import Double
from projects import SmallProject


@dataclass(frozen=True)
class OnServer(SmallProject):
    """A law project whose store is the folder /store/<name> of a server."""

    server: Any
    name: str

    @classmethod
    def of(cls, project: SmallProject, server: Any, name: str) -> OnServer:
        """A project that has its outputs there from now on, by the store `grid` of its law.cfg."""
        project.write("law.cfg", (project.root / "law.cfg").read_text() + "store: grid\n")
        return cls(project.root, server, name)

    @property
    def store(self) -> str:
        return f"{self.server.url}/store/{self.name}"

    def use(self, url: str | list[str] = "", **options: Any) -> None:
        """Write configs/stores.yaml; `url` instead of the server's own, for a proxy in between."""
        entry = {"url": url or self.store, "patience": "20 s", **options}
        if self.server.ca is not None:
            entry["ca"] = str(self.server.ca)
        self.write("configs/stores.yaml", json.dumps({"grid": entry}))

    def colleague(self, folder: Path) -> OnServer:
        """The same project in another folder, which has seen nothing yet."""
        other = OnServer(folder, self.server, self.name)
        for name in ("law.cfg", "work.py", "configs/stores.yaml"):
            other.write(name, (self.root / name).read_text())
        return other

    def states(self, task: str = "work.Total") -> dict[str, str]:
        return {row["family"]: row["state"] for row in self.ask("status", task, code=None)["tasks"]}

    def contents(self, start: str = "") -> list[bytes]:
        """What the server's disk holds in files of the store whose path begins with `start`."""
        return list(self.on_disk(start).values())

    def on_disk(self, start: str = "") -> dict[str, bytes]:
        """Path in the store → bytes, by the server's own disk."""
        prefix = f"/store/{self.name}/"
        if isinstance(self.server, Double):
            files = self.server.data
        else:
            root = Path(self.server.data)
            found = [path for path in (root / "store" / self.name).rglob("*") if path.is_file()]
            files = {f"/{path.relative_to(root)}": path.read_bytes() for path in found}
        inside = {path.removeprefix(prefix): data for path, data in files.items() if path.startswith(prefix)}
        return {path: data for path, data in sorted(inside.items()) if path.startswith(start)}

    def change(self, start: str, data: bytes) -> str:
        """Put another file in place of the first one whose path begins with `start`; returns its name."""
        path = next(iter(self.on_disk(start)))
        if isinstance(self.server, Double):
            self.server.remove(f"/store/{self.name}/{path}")
            self.server.write(f"/store/{self.name}/{path}", data)
        else:
            changed = Path(self.server.data, "store", self.name, path)
            changed.unlink()  # with the checksum that XRootD keeps beside a file
            changed.write_bytes(data)
        return path.rpartition("/")[2]

    def damage(self, start: str, data: bytes) -> str:
        """As `change`, in place and behind the server's back: it goes on with the checksum and time that it knows."""
        path = next(iter(self.on_disk(start)))
        if isinstance(self.server, Double):
            self.server.damage(f"/store/{self.name}/{path}", data)
        else:
            damaged = Path(self.server.data, "store", self.name, path)
            times = damaged.stat()
            damaged.write_bytes(data)
            os.utime(damaged, ns=(times.st_atime_ns, times.st_mtime_ns))
        return path.rpartition("/")[2]


def records_of(folder: Path) -> dict[str, str]:
    """Name of each output → digest of what it holds, by all documents of records under a folder."""
    files = [path for path in folder.rglob(".records/*.json") if not path.name.startswith("basis.")]
    contents = [json.loads(path.read_text()) for path in files]
    rows = [{**content["shared"], **row} for content in contents for row in content["records"]]
    return {output["name"]: output["digest"] for row in rows for output in row["outputs"].values()}
