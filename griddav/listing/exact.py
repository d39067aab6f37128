"""Names that are taken as they are: of a name that is there, brackets, stars and question marks are letters."""

from __future__ import annotations

import contextlib
import errno
import os
from glob import has_magic
from typing import Any

from griddav.errors import Refused
from griddav.http.concurrency import concurrently
from griddav.http.connected import Connected
from griddav.http.names import child


class Exact(Connected):
    """What fsspec makes of the paths and patterns that its methods are given."""

    async def _expand_path(
        self, path: Any, recursive: bool = False, maxdepth: int | None = None, assume_literal: bool = False
    ) -> list[str]:  # fmt: skip
        """As fsspec has it, but a name that is there is no pattern, whatever letters it holds."""
        names = list(dict.fromkeys(self._strip_protocol(each) for each in ([path] if isinstance(path, str) else path)))
        unsure = [] if assume_literal else [name for name in names if has_magic(name)]
        present = await concurrently(self._has_entry(name) for name in unsure)
        patterns = [name for name, exact in zip(unsure, present, strict=True) if not exact]
        exact = [name for name in names if name not in patterns]
        found = set() if recursive else set(exact)
        for inside in await concurrently(self._below(name, maxdepth) for name in (exact if recursive else ())):
            found.update(inside)
        if patterns:
            with contextlib.suppress(FileNotFoundError):
                found.update(await super()._expand_path(patterns, recursive, maxdepth))
        if not found:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", str(path))
        return sorted(found)

    async def _below(self, path: str, maxdepth: int | None) -> list[str]:
        """A file, or a folder with all that it holds; nothing where it is missing."""
        inside = await self._find(path, maxdepth=maxdepth, withdirs=True)
        return [*inside, path] if inside or await self._exists(path) else []

    async def _copy(self, path1: Any, path2: Any, *arguments: Any, **options: Any) -> None:
        """As fsspec has it, where a file with brackets in its name is one file, not what a pattern found."""
        if not (isinstance(path1, str) and isinstance(path2, str) and await self._is_one_file(path1)):
            await super()._copy(path1, path2, *arguments, **options)
            return
        inside = path2.endswith("/") or await self._isdir(path2)
        await self._cp_file(path1, child(path2, base_name(path1)) if inside else path2)

    async def _get(self, rpath: Any, lpath: Any, *arguments: Any, **options: Any) -> Any:
        """As `_copy`, to this machine."""
        if not (isinstance(rpath, str) and isinstance(lpath, str) and await self._is_one_file(rpath)):
            return await super()._get(rpath, lpath, *arguments, **options)
        inside = lpath.endswith("/") or os.path.isdir(lpath)
        target = os.path.join(lpath, base_name(rpath)) if inside else lpath
        os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
        return await self._get_file(rpath, target)

    async def _is_one_file(self, path: str) -> bool:
        name = self._strip_protocol(path)
        return has_magic(name) and await self._has_entry(name) and bool(await self._isfile(name))

    async def _has_entry(self, name: str) -> bool:
        try:
            return bool(await self._exists(name))
        except Refused:
            return False  # no name on this server: a pattern, or the question about it will say so

    async def _to_be_removed(self, path: Any) -> list[str]:
        """Brackets are no pattern here: `run [1].root`, gone a moment ago, would stand for `run 1.root`."""
        names = [self._strip_protocol(each) for each in ([path] if isinstance(path, str) else path)]
        patterns = [name for name in names if "*" in name or "?" in name]
        found = await self._expand_path(patterns) if patterns else []
        return sorted({*(name for name in names if name not in patterns), *found})


def base_name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]
