"""A download that ends too early, and says nothing, on a file system that is not ours: it is no file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem

from caselaw.config import StoreSettings
from caselaw.errors import StoreUnavailable
from caselaw.storage.stores import open_store


class Cutting(LocalFileSystem):  # type: ignore[misc]
    """Half of each file arrives, and the file system calls that all."""

    protocol = "cutting"
    root_marker = "/"

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        return super()._strip_protocol(str(path).removeprefix("cutting://"))

    def get_file(self, rpath: str, lpath: str, **options: Any) -> None:
        data = Path(rpath).read_bytes()
        Path(lpath).write_bytes(data[: len(data) // 2])


@pytest.fixture(autouse=True)
def known() -> Any:
    fsspec.register_implementation("cutting", Cutting, clobber=True)


def test_what_arrived_in_part_is_neither_given_out_nor_kept(tmp_path: Path) -> None:
    data = b"content" * 100
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "a.bin").write_bytes(data)
    settings = StoreSettings("it", f"cutting://{tmp_path}/store", patience=0.5, mirror=tmp_path / "mirror")
    store = open_store(settings)
    for size in (None, len(data)):
        with pytest.raises(StoreUnavailable, match="350 bytes arrived of 700"):
            store.local(f"{store.root}/a.bin", hashlib.sha256(data).hexdigest(), size)
        assert not store.cache.entries()
