"""The servers that storage.py measures on, each also behind a proxy that makes round trips longer."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests" / "services"))

import apache
import latency
import xrootd

SHARED = Path("/dev/shm")


@dataclass(frozen=True)
class Place:
    """A server: its URL, the same through the proxy, the CA as a file and as a folder, its folder /store."""

    name: str
    url: str
    far: str
    ca: str | None
    ca_folder: str | None
    store: Path


@dataclass(frozen=True)
class Sizes:
    """How much is done. `scaled`: files for clients that ask for one after the other."""

    names: int = 1_000
    folders: int = 100
    published: int = 1_000
    large: int = 1 << 30
    scaled: int = 100
    repeats: int = 3


QUICK = Sizes(names=50, folders=5, published=50, large=1 << 24, scaled=10, repeats=1)


@contextmanager
def working_folder() -> Iterator[Path]:
    """In memory where there is room, so that no disk is measured; servers can enter it."""
    memory = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    above = SHARED if SHARED.is_dir() and memory > 6 << 30 else None
    with tempfile.TemporaryDirectory(prefix="caselaw-storage-", dir=above) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def places(folder: Path, milliseconds: float) -> Iterator[list[Place]]:
    """XRootD and apache over TLS, and the same two without."""
    with ExitStack() as stack:

        def place(name: str, url: str, data: Path, ca: Path | None, ca_folder: Path | None) -> Place:
            host, _, port = url.rpartition(":")
            far = f"{host}:{stack.enter_context(latency.delayed(int(port), milliseconds))}"
            store = data / "store"
            store.chmod(0o777)
            return Place(name, url, far, str(ca) if ca else None, str(ca_folder) if ca_folder else None, store)

        for name in ("xrootd", "apache", "plain"):
            (folder / name).mkdir(mode=0o755)
        grid = stack.enter_context(xrootd.running(folder / "xrootd"))
        web = stack.enter_context(apache.running(folder / "apache"))
        plain = stack.enter_context(apache.running(folder / "plain", tls=False))
        yield [
            place("XRootD, TLS", grid.url, grid.data, grid.ca, grid.authority.hashed()),
            place("apache, TLS", web.url, web.data, web.ca, web.authority.hashed()),
            place("XRootD, http", grid.url.replace("davs", "dav"), grid.data, None, None),
            place("apache, http", plain.url, plain.data, None, None),
        ]


def fill(folder: Path, sizes: Sizes, found: list[Place]) -> tuple[Path, Path]:
    """Empty files that all servers show below /store/many. Two documents: folder → names, of one folder and of all."""
    names: dict[str, list[str]] = {}
    for number in range(sizes.folders):
        directory = folder / "many" / f"{number:03d}"
        directory.mkdir(parents=True)
        names[f"/store/many/{directory.name}"] = [f"events.{number:04x}{i:016x}.parquet" for i in range(sizes.names)]
        for name in names[f"/store/many/{directory.name}"]:
            (directory / name).touch()
    for store in {place.store for place in found}:
        (store / "many").symlink_to(folder / "many")
    first = dict(list(names.items())[:1])
    one, every = folder / "one.json", folder / "every.json"
    one.write_text(json.dumps(first))
    every.write_text(json.dumps(names))
    return one, every


def small_files(folder: Path, count: int) -> Path:
    """A folder of files of 1 kB that all differ."""
    made = folder / "small"
    made.mkdir()
    for number in range(count):
        (made / f"histograms.{number:020x}.json").write_bytes(os.urandom(1000))
    return made


def large_file(folder: Path, size: int) -> Path:
    made = folder / "large.root"
    with made.open("wb") as file:
        for _ in range(size >> 20):
            file.write(os.urandom(1 << 20))
    return made
