"""Content digests of tar archives."""

from __future__ import annotations

import gzip
import io
import tarfile
import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import h5py
import numpy as np
import pyarrow
import pytest
import uproot
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pyarrow import parquet
from pypdf import PdfWriter

from caselaw.fingerprint import file_digest
from caselaw.fingerprint.content import content_digest, source, tar

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


def test_dates_owners_and_format_do_not_count(tmp_path: Path) -> None:
    one = archive(tmp_path / "one.tar.gz", entries())
    later = entries(mtime=1e9 + 0.5, uid=7, uname="somebody", gid=8, gname="group")
    two = archive(tmp_path / "two.tgz", later, format=tarfile.GNU_FORMAT, compresslevel=1)
    three = archive(tmp_path / "three.tar", entries(), mode="w:")
    assert content_digest(one) == content_digest(two) == content_digest(three)
    assert content_digest(one).startswith("tar:")


@pytest.mark.parametrize(
    "edit", ["content", "name", "mode", "target", "type", "removed", "added", "empty folder", "order"]
)
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
        case "order":
            changed[:2] = reversed(changed[:2])
    one, two = archive(tmp_path / "one.tar.gz", entries()), archive(tmp_path / "two.tar.gz", changed)
    assert content_digest(one) != content_digest(two)


def test_of_members_of_the_same_name_the_order_counts(tmp_path: Path) -> None:
    twice = [entry("a", b"1"), entry("a", b"2")]
    one, two = archive(tmp_path / "one.tar", twice, "w"), archive(tmp_path / "two.tar", reversed(twice), "w")
    assert content_digest(one) != content_digest(two)


@pytest.mark.parametrize("compression", ["xz", "bz2", "gz"])
def test_the_compression_does_not_count(tmp_path: Path, compression: str) -> None:
    plain = archive(tmp_path / "file.tar", entries(), "w")
    packed = archive(tmp_path / f"file.tar.{compression}", entries(mtime=5), f"w:{compression}")
    assert content_digest(plain) == content_digest(packed)


def test_an_archive_in_zstandard_is_read(tmp_path: Path) -> None:
    plain, packed = archive(tmp_path / "file.tar", entries(), "w"), tmp_path / "file.tar.zst"
    packed.write_bytes(pyarrow.Codec("zstd").compress(plain.read_bytes(), asbytes=True))
    assert content_digest(plain) == content_digest(packed)


@pytest.mark.parametrize("outer", ["tar", "tar.gz", "tar.xz"])
def test_files_inside_count_by_what_they_hold(tmp_path: Path, outer: str) -> None:
    def nested(number: float, date: int, level: int) -> str:
        inner = archive(tmp_path / "inner.tar.gz", [entry("x.json", b'{"x": %.*f}' % (level, number), mtime=date)])
        members = [
            entry("inner.tar.gz", inner.read_bytes()), entry("y.csv.gz", gzip.compress(b"1,2", level, mtime=date)),
        ]  # fmt: skip
        mode = "w:" + outer.removeprefix("tar").removeprefix(".")
        return content_digest(archive(tmp_path / f"outer.{outer}", members, mode))

    one = nested(1.5, 1, 1)
    assert nested(1.5, 2, 9) == one != nested(2.5, 1, 1)
    assert one.startswith("tar:")


def test_formats_that_libraries_read_count_by_what_they_hold_inside(tmp_path: Path) -> None:
    """ROOT, HDF5, Parquet, NumPy, PDF and PNG files from memory, each written twice."""

    def written(number: int) -> str:
        folder = tmp_path / str(number)
        folder.mkdir()
        with uproot.recreate(folder / "a.root", compression=uproot.ZLIB(number)) as file:
            file.mktree("t", {"x": "f8"}).extend({"x": np.arange(3.0)})
        with h5py.File(folder / "b.h5", "w") as file:
            file.create_dataset("x", data=np.arange(9.0), chunks=(number,))
        parquet.write_table(pyarrow.table({"x": [1, 2]}), folder / "c.parquet", row_group_size=number)
        np.save(folder / "d.npy", np.zeros((2, 3), order="CF"[number - 1]))
        Image.new("RGB", (50, 50)).save(folder / "e.png", compress_level=number)
        writer = PdfWriter()
        writer.add_blank_page(10, 10)
        writer.add_metadata({"/CreationDate": f"D:200{number}"})
        writer.write(folder / "f.pdf")
        assert not any(content_digest(path).startswith("bytes:") for path in folder.iterdir())
        members = [entry(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]
        return content_digest(archive(tmp_path / f"{number}.tar", members, "w"))

    assert written(1) == written(2)


def test_extended_attributes_and_comments_count(tmp_path: Path) -> None:
    def with_headers(**headers: str) -> str:
        members = [entry("a", b"1", pax_headers=headers)]
        return content_digest(archive(tmp_path / "file.tar", members, "w", format=tarfile.PAX_FORMAT))

    assert with_headers(mtime="5.5", atime="6.5") == with_headers()
    assert len({with_headers(), with_headers(comment="x"), with_headers(**{"SCHILY.xattr.user.a": "b"})}) == 3


def test_what_a_member_of_an_unknown_type_holds_counts(tmp_path: Path) -> None:
    digests = []
    for content in (b"1", b"2"):
        path = archive(tmp_path / "file.tar", [entry("a", content, type=b"Z")], "w")
        with tarfile.open(path) as file:
            assert file.extractfile("a").read() == content  # type: ignore[union-attr]
        digests.append(content_digest(path))
    assert digests[0] != digests[1]
    assert digests[0].startswith("tar:")


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE])
def test_a_header_is_not_held_however_long_it_is(tmp_path: Path, kind: bytes) -> None:
    path = tmp_path / "file.tar.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        header = entry("name", bytes(tar.HEADER_BYTES * 4), type=kind)[0]
        file.write(header.tobuf() + bytes(header.size))
        file.write(entry("a")[0].tobuf() + bytes(1024))
    tracemalloc.start()
    assert content_digest(path) == f"bytes:{file_digest(path)}"
    assert tracemalloc.get_traced_memory()[1] < 3 * tar.HEADER_BYTES
    tracemalloc.stop()


def test_large_members_one_after_the_other_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tar, "HEADER_BYTES", 1 << 17)
    members = [entry(f"{number}.bin", bytes(1 << 18)) for number in range(3)]
    assert content_digest(archive(tmp_path / "file.tar", members, "w")).startswith("tar:")


def test_a_bomb_counts_with_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "EXPANDED_BYTES", 1 << 20)
    path = archive(tmp_path / "file.tar.gz", [entry("zeros", bytes(2 << 20))])
    assert content_digest(path) == f"bytes:{file_digest(path)}"
    inner = gzip.compress(bytes(2 << 20))
    path = archive(tmp_path / "file.tar", [entry("zeros.gz", inner)], "w")
    assert content_digest(path) == f"bytes:{file_digest(path)}"


def test_an_archive_of_very_many_files_counts_with_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MEMBERS", 3)
    few = archive(tmp_path / "few.tar.gz", [entry(str(number)) for number in range(3)])
    many = archive(tmp_path / "many.tar.gz", [entry(str(number)) for number in range(4)])
    assert content_digest(few).startswith("tar:")
    assert content_digest(many) == f"bytes:{file_digest(many)}"


names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=120)


@settings(deadline=None, max_examples=40)
@given(members=st.dictionaries(names, st.binary(max_size=2000), max_size=4), date=st.integers(0, 2**31))
def test_any_names_and_contents_survive_another_date_and_compression(
    tmp_path_factory: pytest.TempPathFactory, members: dict[str, bytes], date: int
) -> None:
    folder = tmp_path_factory.mktemp("tar")
    one = archive(folder / "one.tar", [entry(*item) for item in members.items()], "w")
    two = archive(folder / "two.tar.gz", [entry(*item, mtime=date) for item in members.items()])
    assert content_digest(one) == content_digest(two)
    four = archive(folder / "four.tar", [entry(*item) for item in reversed(members.items())], "w")
    assert (content_digest(one) == content_digest(four)) == (len(members) < 2)
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
