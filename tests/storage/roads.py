"""The roads from caselaw to files: the same operations through a store, a law target, a command and fsspec."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from click.testing import CliRunner
from grounds import Ground
from law.config import Config

from caselaw.cli.store import store as store_command
from caselaw.config import StoreSettings
from caselaw.errors import TransferError
from caselaw.fingerprint import file_digest
from caselaw.storage.law import StoreDirectoryTarget, StoreFileSystem, StoreFileTarget
from caselaw.storage.stores import open_store
from caselaw.storage.target import DirectoryTarget, FileTarget

ROADS = ("store", "target", "command", "fsspec")


class TakenError(Exception):
    """A store says so by its answer: something has this name."""


@dataclass
class Road:
    """One way to a ground. `replaces`: a file that has the name gives way. `lacks`: what cannot be asked for on it."""

    ground: Ground
    here: Path
    replaces: bool = False
    lacks: ClassVar[frozenset[str]] = frozenset()

    def __post_init__(self) -> None:
        """Open it."""

    def url(self, path: str) -> str:
        return f"{self.ground.url}/{path}" if path else self.ground.url

    def put(self, local: Path, path: str) -> None:
        raise NotImplementedError

    def get(self, path: str) -> bytes:
        raise NotImplementedError

    def exists(self, path: str) -> bool:
        raise NotImplementedError

    def names(self, path: str) -> set[str]:
        raise NotImplementedError

    def rename(self, source: str, path: str) -> None:
        raise NotImplementedError

    def copy(self, source: str, path: str) -> None:
        raise NotImplementedError

    def remove(self, path: str) -> None:
        raise NotImplementedError


class ByStore(Road):
    """What publishing does."""

    lacks = frozenset({"rename"})

    def __post_init__(self) -> None:
        settings = StoreSettings(
            "ground", self.ground.url, options=dict(self.ground.options), patience=5.0, mirror=self.here / "mirror"
        )
        self.store = open_store(settings)
        self.replaces = self.ground.kind == "disk"  # the caller has looked

    def put(self, local: Path, path: str) -> None:
        staged = self.store.scratch / "staged" / "it"
        staged.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if local.is_dir() else shutil.copyfile)(local, staged)
        try:
            if not self.store.place(staged, self.url(path), file_digest(staged)):
                raise TakenError
        finally:
            shutil.rmtree(staged.parent)

    def get(self, path: str) -> bytes:
        return self.store.local(self.url(path)).read_bytes()

    def exists(self, path: str) -> bool:
        return self.store.exists(self.url(path))

    def names(self, path: str) -> set[str]:
        found = {entry.name for entry in self.store.entries(self.url(path))}
        assert found == set(self.store.names([self.url(path)])[self.url(path)])
        return found

    def copy(self, source: str, path: str) -> None:
        sha256 = hashlib.sha256(self.ground.look().get(source, b"")).hexdigest()
        if not self.store.alias(self.url(source), self.url(path), sha256):
            raise FileNotFoundError(source)

    def remove(self, path: str) -> None:
        self.store.remove(self.url(path))


class ByTarget(Road):
    """What plain law projects do; on a disk, what targets of outputs do."""

    def __post_init__(self) -> None:
        self.replaces = True
        if self.ground.kind == "disk":
            self.files: Any = FileTarget(self.url("x")).fs
            return
        options = {f"option_{key}" if self.ground.kind == "s3" else key: given(value)
                   for key, value in self.ground.options.items()}  # fmt: skip
        if self.ground.kind != "s3" and self.ground.kind != "root":
            options |= {"attempts": "3", "deadline": "5s"}
        Config.instance().update({"ground": {"base": self.ground.url, **options}})
        try:
            self.files = StoreFileSystem("ground")
        finally:
            Config.instance().remove_section("ground")

    def target(self, path: str, folder: bool = False) -> Any:
        if self.ground.kind == "disk":
            return (DirectoryTarget if folder else FileTarget)(self.url(path))
        return (StoreDirectoryTarget if folder else StoreFileTarget)(f"/{path}", self.files)

    def put(self, local: Path, path: str) -> None:
        if local.is_dir():
            with self.target(path, folder=True).localize("w") as folder:
                shutil.copytree(local, folder.path, dirs_exist_ok=True)
        else:
            self.target(path).copy_from_local(str(local))

    def get(self, path: str) -> bytes:
        with self.target(path).open("rb") as file:
            data: bytes = file.read()
        return data

    def exists(self, path: str) -> bool:
        return bool(self.target(path).exists())

    def names(self, path: str) -> set[str]:
        return set(self.target(path, folder=True).listdir())

    def rename(self, source: str, path: str) -> None:
        is_folder = stat.S_ISDIR(self.target(source).stat().st_mode)
        self.target(source, is_folder).move_to(self.target(path, is_folder))

    def copy(self, source: str, path: str) -> None:
        self.target(source).copy_to(self.target(path))

    def remove(self, path: str) -> None:
        self.target(path).remove()


class ByCommand(Road):
    """`caselaw store …`, in a project of its own."""

    lacks = frozenset({"rename", "remove"})

    def __post_init__(self) -> None:
        (self.here / "configs").mkdir(parents=True)
        (self.here / "law.cfg").write_text("[caselaw]\nstore: data\n")
        kind = "path" if self.ground.kind == "disk" else "url"
        options = self.ground.options
        entry = {kind: self.ground.url, **({"options": options} if self.ground.kind == "s3" else options)}
        if kind == "url":
            entry["patience"] = "5 s"
        (self.here / "configs" / "stores.yaml").write_text(f"ground: {json.dumps(entry)}\n")

    def run(self, *arguments: str) -> Any:
        with contextlib.chdir(self.here):
            done = CliRunner().invoke(store_command, [*arguments, "--json"], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def put(self, local: Path, path: str) -> None:
        self.run("cp", "-r", str(local), f"ground:{path}")

    def get(self, path: str) -> bytes:
        target = self.here / "got"
        try:
            self.run("cp", "--force", f"ground:{path}", str(target))
        except TransferError as error:
            raise (FileNotFoundError(path) if "no file or folder" in error.what else error) from error
        return target.read_bytes()

    def exists(self, path: str) -> bool:
        try:
            self.run("stat", f"ground:{path}")
        except TransferError as error:
            assert "no file or folder" in error.what
            return False
        return True

    def names(self, path: str) -> set[str]:
        return {entry["name"] for entry in self.run("ls", f"ground:{path}")["entries"]}

    def copy(self, source: str, path: str) -> None:
        try:
            self.run("cp", f"ground:{source}", f"ground:{path}")
        except TransferError as error:
            raise (FileNotFoundError(source) if "no file or folder" in error.what else error) from error


class ByFsspec(Road):
    """What uproot, pandas and dask do."""

    def __post_init__(self) -> None:
        import fsspec

        self.replaces = True
        options = dict(self.ground.options)
        if self.ground.kind not in ("disk", "s3", "root"):
            from griddav.http.retry import Retry

            options["retry"] = Retry(attempts=3, deadline=5.0)
        self.files, self.root = fsspec.core.url_to_fs(self.ground.url, **options)

    def path(self, path: str) -> str:
        return f"{self.root}/{path}"

    def put(self, local: Path, path: str) -> None:
        self.files.put_file(os.fspath(local), self.path(path))

    def get(self, path: str) -> bytes:
        data: bytes = self.files.cat_file(self.path(path))
        return data

    def exists(self, path: str) -> bool:
        return bool(self.files.exists(self.path(path)))

    def names(self, path: str) -> set[str]:
        return {name.rstrip("/").rpartition("/")[2] for name in self.files.ls(self.path(path), detail=False)}

    def rename(self, source: str, path: str) -> None:
        self.files.mv(self.path(source), self.path(path))

    def copy(self, source: str, path: str) -> None:
        self.files.cp_file(self.path(source), self.path(path))

    def remove(self, path: str) -> None:
        self.files.rm_file(self.path(path))


def given(value: Any) -> str:
    """An option as law.cfg has it."""
    return json.dumps(value) if isinstance(value, dict) else str(value)


BY = {"store": ByStore, "target": ByTarget, "command": ByCommand, "fsspec": ByFsspec}
