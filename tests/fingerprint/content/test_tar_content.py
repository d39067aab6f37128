"""Content digests of tar archives."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselaw.fingerprint import file_digest
from caselaw.fingerprint.content import content_digest

Entry = tuple[tarfile.TarInfo, bytes]


def entry(name: str, content: bytes = b"", **fields: object) -> Entry:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, content


def entries(**fields: object) -> list[Entry]:
    return [
        entry("plots", type=tarfile.DIRTYPE, mode=0o755, **fields),
        entry("plots/a.txt", b"first", **fields),
        entry("plots/" + "b" * 150, b"second" * 1000, **fields),
        entry("link", type=tarfile.SYMTYPE, linkname="plots/a.txt", **fields),
        entry("same", type=tarfile.LNKTYPE, linkname="plots/a.txt", **fields),
    ]


def archive(path: Path, members: Iterable[Entry], mode: str = "w:gz", **options: int) -> Path:
    with tarfile.open(path, mode, **options) as file:  # type: ignore[call-overload]
        for info, content in members:
            file.addfile(info, io.BytesIO(content))
    return path


def test_dates_owners_order_and_format_do_not_count(tmp_path: Path) -> None:
    one = archive(tmp_path / "one.tar.gz", entries())
    later = reversed(entries(mtime=1e9 + 0.5, uid=7, uname="somebody", gid=8, gname="group"))
    two = archive(tmp_path / "two.tgz", later, format=tarfile.GNU_FORMAT, compresslevel=1)
    three = archive(tmp_path / "three.tar", entries(), mode="w:")
    assert content_digest(one) == content_digest(two) == content_digest(three)
    assert content_digest(one).startswith("tar:")


@pytest.mark.parametrize("edit", ["content", "name", "mode", "target", "type", "removed", "added", "empty folder"])
def test_every_change_of_a_member_counts(tmp_path: Path, edit: str) -> None:
    changed = entries()
    match edit:
        case "content":
            changed[1] = entry("plots/a.txt", b"First")
        case "name":
            changed[1] = entry("plots/A.txt", b"first")
        case "mode":
            changed[1] = entry("plots/a.txt", b"first", mode=0o755)
        case "target":
            changed[3] = entry("link", type=tarfile.SYMTYPE, linkname="plots")
        case "type":
            changed[3] = entry("link", type=tarfile.LNKTYPE, linkname="plots/a.txt")
        case "removed":
            del changed[1]
        case "added":
            changed.append(entry("more"))
        case "empty folder":
            changed.append(entry("empty", type=tarfile.DIRTYPE))
    one, two = archive(tmp_path / "one.tar.gz", entries()), archive(tmp_path / "two.tar.gz", changed)
    assert content_digest(one) != content_digest(two)


def test_of_members_of_the_same_name_the_order_counts(tmp_path: Path) -> None:
    twice = [entry("a", b"1"), entry("a", b"2")]
    one, two = archive(tmp_path / "one.tar", twice, "w"), archive(tmp_path / "two.tar", reversed(twice), "w")
    assert content_digest(one) != content_digest(two)


names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=120)


@settings(deadline=None, max_examples=40)
@given(members=st.dictionaries(names, st.binary(max_size=2000), max_size=4), date=st.integers(0, 2**31))
def test_any_names_and_contents_survive_another_order_and_compression(
    tmp_path_factory: pytest.TempPathFactory, members: dict[str, bytes], date: int
) -> None:
    folder = tmp_path_factory.mktemp("tar")
    one = archive(folder / "one.tar", [entry(*item) for item in members.items()], "w")
    two = archive(folder / "two.tar.gz", [entry(*item, mtime=date) for item in reversed(members.items())])
    assert content_digest(one) == content_digest(two)
    three = archive(folder / "three.tar", [entry(name, b"!" + content) for name, content in members.items()], "w")
    assert not members or content_digest(one) != content_digest(three)


@pytest.mark.parametrize("size", [100, 512, 1000, 2048, 2048 + 512, 4096, -10240])
def test_a_truncated_archive_counts_with_its_bytes(tmp_path: Path, size: int) -> None:
    path = archive(tmp_path / "file.tar", entries(), "w")
    path.write_bytes(path.read_bytes()[:size])
    assert content_digest(path) == f"bytes:{file_digest(path)}"


def test_a_damaged_header_counts_with_its_bytes(tmp_path: Path) -> None:
    path = archive(tmp_path / "file.tar", [entry("a", b"1"), entry("b", b"2")], "w")
    written = bytearray(path.read_bytes())
    written[1024] ^= 1  # the header of the second member: tarfile alone takes it for the end
    path.write_bytes(written)
    assert content_digest(path) == f"bytes:{file_digest(path)}"


def test_an_archive_with_a_wrong_checksum_counts_with_its_bytes(tmp_path: Path) -> None:
    path = archive(tmp_path / "file.tar.gz", entries())
    written = bytearray(path.read_bytes())
    written[-6] ^= 1
    path.write_bytes(written)
    assert content_digest(path) == f"bytes:{file_digest(path)}"


def test_a_compressed_archive_under_another_name_counts_as_gzip(tmp_path: Path) -> None:
    path = archive(tmp_path / "file.tar.gz", entries())
    other = tmp_path / "file.gz"
    other.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))
    assert content_digest(other).startswith("gzip:")
