"""Many small files, put into a store and taken out of it, many at a time; as a program, to be killed."""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from caselaw.config import StoreSettings
from caselaw.errors import PublishError, StoreError
from caselaw.fingerprint import file_digest
from caselaw.storage.remote_store import RemoteStore

AT_ONCE = 32
ROUNDS = 30


def made(count: int, seed: int = 0, largest: int = 20_000) -> dict[str, bytes]:
    """Files by name: some are empty, some are large."""
    drawn = random.Random(seed)
    sizes = [0, 1, *(drawn.randrange(largest) for _ in range(count - 2))]
    return {f"output.{seed:04}{number:06}.bin": drawn.randbytes(size) for number, size in enumerate(sizes)}


def opened(url: str, here: Path, patience: float, **options: Any) -> RemoteStore:
    """A store whose copies and unfinished work are in `here`."""
    folders = {"mirror": here / "stores", "cache_folder": here / "cache"}
    return RemoteStore(StoreSettings("grid", url, options=options, patience=patience, **folders))


def staged(files: Mapping[str, bytes], folder: Path) -> Path:
    """The folder, with the files in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        if not (folder / name).exists():  # one that was published is read-only: the cache has it as well
            (folder / name).write_bytes(data)
    return folder


def place_all(store: RemoteStore, folder: Path, names: Iterable[str]) -> int:
    """Publish files at the store's root until all are there; returns how often an upload failed, and said so."""
    return until_done(names, partial(place_one, store, folder))


def place_one(store: RemoteStore, folder: Path, name: str) -> None:
    """Publish one file at the store's root."""
    store.place(folder / name, f"{store.root}/{name}", file_digest(folder / name))


def fetch_all(store: RemoteStore, folder: Path, names: Iterable[str]) -> int:
    """Download files from the store's root until all are here; returns how often a download failed, and said so."""
    folder.mkdir(parents=True, exist_ok=True)
    return until_done(names, lambda name: store.download(store.info(f"{store.root}/{name}"), folder / name))


def until_done(names: Iterable[str], do: Callable[[str], object]) -> int:
    """Rounds over all names, as runs of a workflow that each do what the last one left. A wrong error comes out."""
    left, told = list(names), 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in range(ROUNDS):
            left = [name for name in pool.map(partial(failed, do), left) if name is not None]
            told += len(left)
            if not left:
                return told
    raise AssertionError(f"{len(left)} files are not done after {ROUNDS} rounds: {do(left[0])}")


def failed(do: Callable[[str], object], name: str) -> str | None:
    try:
        do(name)
    except (StoreError, PublishError):
        return name
    return None


def main(order: Mapping[str, Any]) -> None:
    """Place all files of a folder; says when it begins, how many uploads failed, and how many seconds all took."""
    folder = Path(order["folder"])
    store = opened(order["url"], Path(order["here"]), order["patience"], **order["options"])
    store.exists(store.root)
    print("begin", flush=True)
    begun = time.monotonic()
    told = place_all(store, folder, sorted(path.name for path in folder.iterdir()))
    print(told, time.monotonic() - begun, flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
