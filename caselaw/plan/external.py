"""External files where data is not at hand: a revision of the code in a folder of its own, without its data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from caselaw.branches import expand, relative
from caselaw.branches.upstream import Files
from caselaw.config.address import is_url
from caselaw.errors import FingerprintError
from caselaw.fingerprint import FileDigests, digest

LFS_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
LFS_LIMIT = 1024


@dataclass(frozen=True)
class ExternalPlaces:
    """Where external files are looked for.

    `root` is the project folder of the revision; `own` is the user's, which has the data. There, a pattern does
    not see the files in `tracked`: they belong to another revision.
    """

    root: Path
    own: Path
    tracked: frozenset[str]
    digests: FileDigests

    def find(self, pattern: str) -> dict[str, Path | None]:
        """Names relative to the project and files that `pattern` matches; None for content that is not here."""
        name = relative(self.own / relative(self.root / pattern, self.root), self.own)
        found: dict[str, Path | None] = {
            match: self.own / match
            for match in matches(name, self.own)
            if match == name or match not in self.tracked
        }  # fmt: skip
        found |= {match: self.root / match for match in matches(name, self.root)}
        return dict(sorted(found.items())) or {name: None}

    def with_known_content(self, connection: Files) -> tuple[Files, list[str]]:
        """The connection with all paths and digests spelled out, and the paths whose content is unknown."""
        names: list[str] = []
        digests: dict[str, str] = {}
        unknown: list[str] = []
        for name, path in self._all(connection):
            names.append(name)
            if name in connection.digests:
                digests[name] = connection.digests[name]
            elif path is not None:
                digests[name] = self._content(path)
            elif not is_url(name):
                digests[name] = digest("content unknown", name)
                unknown.append(name)
        return Files(tuple(names), digests), unknown

    def _all(self, connection: Files) -> Iterator[tuple[str, Path | None]]:
        for pattern in (connection.paths,) if isinstance(connection.paths, str) else connection.paths:
            yield from [(pattern, None)] if is_url(pattern) else self.find(pattern).items()

    def _content(self, path: Path) -> str:
        """The digest of a file; a pointer of Git LFS names that of the file which it stands for."""
        if path.is_file() and path.stat().st_size < LFS_LIMIT:
            content = path.read_bytes()
            if content.startswith(LFS_POINTER) and b"\noid sha256:" in content:
                return content.partition(b"\noid sha256:")[2].split()[0].decode()
        return self.digests.digest(path)


def matches(pattern: str, root: Path) -> list[str]:
    """Existing files that a path, a glob or a folder means, relative to `root`."""
    try:
        return [name for name in expand((pattern,), root) if (root / name).exists()]
    except FingerprintError:
        return []
