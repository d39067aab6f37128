"""luigi's suite for targets in a store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from law.config import Config
from luigi_suite import LuigiSuite

from caselaw.storage.law import StoreFileSystem, StoreFileTarget


class StoreSuite(LuigiSuite):
    @pytest.fixture(autouse=True)
    def own_temporary_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.temporary = tmp_path / "temporary"
        self.temporary.mkdir()
        monkeypatch.setitem(Config.instance()._sections["target"], "tmp_dir", str(self.temporary))

    fs: StoreFileSystem

    def target(self, file_format: Any = None) -> StoreFileTarget:
        return StoreFileTarget("deep/file.txt", self.fs, file_format)

    def leftovers(self) -> list[str]:
        there = self.fs.listdir("deep") if self.fs.exists("deep") else []
        return [*(path.name for path in self.temporary.iterdir()), *(name for name in there if name != "file.txt")]


class TestLuigiSuiteOfWebDavTargets(StoreSuite):
    @pytest.fixture(autouse=True)
    def in_store(self, store: StoreFileSystem) -> None:
        self.fs = store


class TestLuigiSuiteOfTargetsOnApache(StoreSuite):
    @pytest.fixture(autouse=True)
    def in_store(self, apache_store: StoreFileSystem) -> None:
        self.fs = apache_store


class TestLuigiSuiteOfTargetsInAFolder(StoreSuite):
    @pytest.fixture(autouse=True)
    def in_store(self, folder_store: StoreFileSystem) -> None:
        self.fs = folder_store
