"""What was changed in its store is damaged on every server, with and without the checksum of before; what is lost is
missing.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from double import Double
from grounds import Ground, ground

from caselaw.config import StoreSettings
from caselaw.errors import ContentChanged
from caselaw.storage.stores import open_store

KINDS = ("apache", "nginx", "xrootd", "root", "double", "s3")  # rclone reads from a cache of its own
STATING = frozenset({"xrootd", "root"})
BYTES = os.urandom(5000)
DAMAGES = [(b"x" + BYTES[1:], len(BYTES)), (BYTES + b"x", None), (b"", len(BYTES))]
"""What is there then, and the size that the reader knows of."""
Damage = Callable[[str, bytes], None]


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    return ground(request.param, tmp_path.name, request, tmp_path)


@pytest.fixture
def damage(place: Ground, request: pytest.FixtureRequest, tmp_path: Path) -> Damage:
    """Changes a file past the server, which goes on with the time and the checksum that it knows."""
    if place.kind == "s3":  # there is no way past it
        return place.plant
    server = request.getfixturevalue("xrootd" if place.kind == "root" else place.kind)

    def change(name: str, data: bytes) -> None:
        if isinstance(server, Double):
            server.damage(f"/store/{tmp_path.name}/{name}", data)
            return
        file = Path(server.data, "store", tmp_path.name, name)
        times = file.stat()
        file.write_bytes(data)
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))

    return change


@pytest.mark.parametrize("place", KINDS, indirect=True)
def test_what_was_changed_in_its_store_is_damaged_and_not_kept(place: Ground, damage: Damage, tmp_path: Path) -> None:
    settings = StoreSettings("it", place.url, options=dict(place.options), patience=60.0, mirror=tmp_path / "mirror")
    store, sha256 = open_store(settings), hashlib.sha256(BYTES).hexdigest()
    for number, (data, size) in enumerate(DAMAGES):
        staged, final = store.scratch / f"{number}.bin", f"{place.url}/{number}.bin"
        staged.parent.mkdir(parents=True, exist_ok=True)
        staged.write_bytes(BYTES)
        assert store.place(staged, final, sha256)
        store.cache.clear()
        damage(f"{number}.bin", data)
        with pytest.raises(ContentChanged):
            store.local(final, sha256, size)
        assert not store.cache.entries()
        if place.kind in STATING:  # no record is needed
            with pytest.raises(ContentChanged):
                store.local(final)


@pytest.mark.parametrize("place", KINDS, indirect=True)
def test_what_was_lost_in_its_store_is_missing_and_no_outage(place: Ground, tmp_path: Path) -> None:
    settings = StoreSettings("it", place.url, options=dict(place.options), patience=60.0, mirror=tmp_path / "mirror")
    store, sha256, begun = open_store(settings), hashlib.sha256(BYTES).hexdigest(), time.monotonic()
    place.plant("there.bin", b"")
    for size in (len(BYTES), None):
        with pytest.raises(FileNotFoundError):
            store.local(f"{place.url}/none.bin", sha256, size)
    assert store.read_text(f"{place.url}/none.json") is None
    assert time.monotonic() - begun < 30, "nobody waits for a file that is not there"
