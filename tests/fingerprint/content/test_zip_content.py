"""Content digests of zip archives."""

from __future__ import annotations

import gzip
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselaw.fingerprint import file_digest
from caselaw.fingerprint.content import content_digest, source

MEMBERS = [
    ("plots/", b""),
    ("plots/a.txt", b"first"),
    ("b.json", b'{"pt": 1}'),
    ("c.csv.gz", gzip.compress(b"1", mtime=1)),
]


def archive(path: Path, members: list[tuple[str, bytes]], year: int = 1990, comment: bytes = b"", **fields: Any) -> str:
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members:
            info = zipfile.ZipInfo(name, (year, 1, 2, 3, 4, 6))
            info.external_attr = 0o644 << 16
            for field, value in fields.items():
                setattr(info, field, value)
            file.writestr(info, content)
        file.comment = comment
    return content_digest(path)


names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)


@settings(deadline=None, max_examples=60)
@given(
    members=st.dictionaries(names, st.binary(max_size=300), max_size=4).map(lambda found: list(found.items())),
    year=st.integers(1980, 2107),
    compression=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]),
    data=st.data(),
)
def test_dates_and_compression_do_not_count_and_everything_else_does(
    tmp_path_factory: pytest.TempPathFactory, members: list[Any], year: int, compression: int, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("zip")
    one = archive(folder / "one.zip", members)
    assert archive(folder / "two.zip", members, year, compress_type=compression) == one
    assert one.startswith("zip:")
    with zipfile.ZipFile(folder / "one.zip") as file:
        shown = [(info.filename, file.read(info)) for info in file.infolist()]
    other = data.draw(st.permutations(members)) + data.draw(
        st.lists(st.tuples(names, st.binary(max_size=2)), max_size=1)
    )
    digest = archive(folder / "three.zip", other)
    with zipfile.ZipFile(folder / "three.zip") as file:
        assert (digest == one) == (shown == [(info.filename, file.read(info)) for info in file.infolist()])


@pytest.mark.parametrize(
    "change", ["name", "content", "order", "mode", "comment", "comment of a member", "system", "extra"]
)
def test_every_change_counts(tmp_path: Path, change: str) -> None:
    members, options = list(MEMBERS), dict[str, Any]()
    match change:
        case "name":
            members[1] = ("plots/A.txt", b"first")
        case "content":
            members[3] = ("c.csv.gz", gzip.compress(b"2", mtime=1))
        case "order":
            members.reverse()
        case "mode":
            options["external_attr"] = 0o755 << 16
        case "comment":
            options["comment"] = b"checked"
        case "comment of a member":
            options["file"] = None
        case "system":
            options["create_system"] = 0
        case "extra":
            options["extra"] = struct.pack("<HH4s", 0xCAFE, 4, b"mark")
    if options.pop("file", 0) is None:
        with zipfile.ZipFile(tmp_path / "two.zip", "w") as file:
            for name, content in members:
                info = zipfile.ZipInfo(name, (1990, 1, 2, 3, 4, 6))
                info.external_attr, info.comment = 0o644 << 16, b"checked"
                file.writestr(info, content)
        two = content_digest(tmp_path / "two.zip")
    else:
        two = archive(tmp_path / "two.zip", members, **options)
    assert two.startswith("zip:")
    assert two != archive(tmp_path / "one.zip", MEMBERS)


def test_dates_and_owners_in_extra_fields_do_not_count(tmp_path: Path) -> None:
    times = struct.pack("<HHBI", 0x5455, 5, 1, 1_000_000_000)
    owner = struct.pack("<HHBBIBI", 0x7875, 11, 1, 4, 1000, 4, 1000)
    assert archive(tmp_path / "two.zip", MEMBERS, extra=times + owner) == archive(tmp_path / "one.zip", MEMBERS)


def test_what_members_hold_counts_by_their_names(tmp_path: Path) -> None:
    other = [*MEMBERS[:2], ("b.json", b'{\n"pt": 1.0\n}'), ("c.csv.gz", gzip.compress(b"1", 1, mtime=2))]
    same = [*MEMBERS[:2], ("b.json", b'{\n"pt": 1\n}'), ("c.csv.gz", gzip.compress(b"1", 1, mtime=2))]
    one = archive(tmp_path / "one.zip", MEMBERS)
    assert archive(tmp_path / "two.zip", same) == one != archive(tmp_path / "three.zip", other)


def core(title: str, created: str, modified: str) -> bytes:
    return (
        "<?xml version='1.0'?><cp:coreProperties xmlns:cp='c' xmlns:dc='d' xmlns:dcterms='t' xmlns:xsi='x'>"
        f"<dc:title>{title}</dc:title><dcterms:created xsi:type='dcterms:W3CDTF'>{created}</dcterms:created>"
        f"<dcterms:modified xsi:type='dcterms:W3CDTF'>{modified}</dcterms:modified></cp:coreProperties>"
    ).encode()


@pytest.mark.parametrize("extension", ["xlsx", "docx", "pptx"])
def test_the_dates_of_an_office_document_do_not_count(tmp_path: Path, extension: str) -> None:
    def document(*properties: str) -> str:
        members = [("xl/workbook.xml", b"<workbook/>"), ("docProps/core.xml", core(*properties))]
        return archive(tmp_path / f"table.{extension}", members)

    one = document("yields", "2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z")
    assert document("yields", "2025-01-02T03:04:05Z", "2025-01-02T03:04:06Z") == one
    assert document("limits", "2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z") != one
    assert document("yields", "2024-01-02T03:04:05Z", "yesterday") != one


@pytest.mark.parametrize("damage", ["truncated", "flipped", "encrypted"])
def test_a_damaged_or_encrypted_archive_counts_with_its_bytes(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "file.zip"
    archive(path, MEMBERS)
    written = bytearray(path.read_bytes())
    match damage:
        case "truncated":
            del written[-30:]
        case "flipped":
            written[written.index(b"first")] ^= 1
        case "encrypted":
            written[written.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(written)
    assert content_digest(path) == f"bytes:{file_digest(path)}"


def test_names_that_lead_elsewhere_write_nothing(tmp_path: Path) -> None:
    members = [("../outside.txt", b"1"), ("/tmp/outside.txt", b"2"), ("a/../../outside.json", b"{}")]
    (tmp_path / "inside").mkdir()
    assert archive(tmp_path / "inside" / "file.zip", members).startswith("zip:")
    assert [path.name for path in tmp_path.rglob("*")] == ["inside", "file.zip"]


def test_a_bomb_counts_with_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "EXPANDED_BYTES", 1 << 20)
    path = tmp_path / "bomb.zip"
    inner = tmp_path / "inner.zip"
    archive(inner, [("zeros", bytes(1 << 20))], compress_type=zipfile.ZIP_DEFLATED)
    assert archive(path, [(f"{number}.zip", inner.read_bytes()) for number in range(3)]) == f"bytes:{file_digest(path)}"


def test_an_archive_of_very_many_files_counts_with_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MEMBERS", 3)
    path = tmp_path / "file.zip"
    assert archive(path, [(f"{number}.txt", b"") for number in range(3)]).startswith("zip:")
    assert archive(path, [(f"{number}.txt", b"") for number in range(4)]) == f"bytes:{file_digest(path)}"
