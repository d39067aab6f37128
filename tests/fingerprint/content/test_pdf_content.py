"""Content digests of PDF documents."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from drawn_plots import draw
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, NameObject, NumberObject, StreamObject, TextStringObject

from caselaw.fingerprint import file_digest
from caselaw.fingerprint.content import content_digest, source


@pytest.mark.parametrize("settings", [{}, {"pdf.compression": 0}, {"pdf.fonttype": 42}], ids=str)
def test_a_plot_drawn_twice_is_equal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any]) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    one = draw(tmp_path / "one.pdf", settings={"pdf.fonttype": settings.get("pdf.fonttype", 3)})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    two = draw(tmp_path / "two.pdf", settings=settings)
    assert one.read_bytes() != two.read_bytes()
    assert content_digest(one) == content_digest(two)
    assert content_digest(one).startswith("pdf:")


def test_a_plot_drawn_by_two_processes_is_equal(tmp_path: Path) -> None:
    script = "import sys, pathlib, drawn_plots\ndrawn_plots.draw(pathlib.Path(sys.argv[1]))"
    for name, seed in (("one.pdf", "1"), ("two.pdf", "2")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent)}
        subprocess.run([sys.executable, "-c", script, str(tmp_path / name)], env=environment, check=True)
    assert content_digest(tmp_path / "one.pdf") == content_digest(tmp_path / "two.pdf")


def test_another_value_or_label_in_a_plot_counts(tmp_path: Path) -> None:
    drawn = [draw(tmp_path / "1.pdf"), draw(tmp_path / "2.pdf", height=1.01), draw(tmp_path / "3.pdf", label="model")]
    assert len({content_digest(path) for path in drawn}) == len(drawn)


def written_again(path: Path, change: Any = None, source: Path | None = None) -> str:
    """The document as pypdf writes it: other object numbers, object streams, identifiers."""
    writer = PdfWriter(clone_from=source or path.with_name("one.pdf"))
    for page in writer.pages:
        page.compress_content_streams(level=1)
    if change is not None:
        change(writer)
    writer.generate_file_identifiers()
    writer.write(path)
    return content_digest(path)


def test_producer_identifiers_and_storage_do_not_count(tmp_path: Path) -> None:
    one, two = draw(tmp_path / "one.pdf"), tmp_path / "two.pdf"
    assert written_again(two, lambda writer: writer.add_metadata({"/Producer": "other"})) == content_digest(one)
    assert PdfReader(two).metadata["/Producer"] == "other"


@pytest.mark.parametrize("change", ["title", "page", "rotation", "annotation", "outline", "attachment"])
def test_every_change_of_a_document_counts(tmp_path: Path, change: str) -> None:
    def changed(writer: PdfWriter) -> None:
        match change:
            case "title":
                writer.add_metadata({"/Title": "Other"})
            case "page":
                writer.add_blank_page()
            case "rotation":
                writer.pages[0].rotate(90)
            case "annotation":
                writer.add_uri(0, "other", (0, 0, 1, 1))
            case "outline":
                writer.add_outline_item(title="first", page_number=0)
            case "attachment":
                writer.add_attachment("cutflow.json", b"{}")

    one = content_digest(draw(tmp_path / "one.pdf"))
    two = written_again(tmp_path / "two.pdf", changed)
    assert two.startswith("pdf:")
    assert two != one


def test_dates_and_metadata_streams_do_not_count(tmp_path: Path) -> None:
    def dated(writer: PdfWriter) -> None:
        writer.add_metadata({"/ModDate": "D:20240101", "/CreationDate": "D:20240101", "/Creator": "other"})
        writer.xmp_metadata = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
        writer.pages[0][NameObject("/LastModified")] = TextStringObject("D:20240101")

    one = content_digest(draw(tmp_path / "one.pdf"))
    assert written_again(tmp_path / "two.pdf", dated) == one


@pytest.mark.parametrize("name", ["/Creator", "/ModDate", "/PieceInfo", "/Metadata"])
def test_a_font_or_picture_of_such_a_name_counts(tmp_path: Path, name: str) -> None:
    def named(size: int) -> Any:
        def change(writer: PdfWriter) -> None:
            picture = StreamObject()
            picture.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form"),
                            NameObject("/BBox"): ArrayObject([NumberObject(size)] * 4)})  # fmt: skip
            writer.pages[0]["/Resources"]["/XObject"][NameObject(name)] = writer._add_object(picture)

        return change

    draw(tmp_path / "one.pdf")
    assert written_again(tmp_path / "two.pdf", named(1)) != written_again(tmp_path / "three.pdf", named(2))


def test_a_stream_that_expands_too_much_counts_with_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = draw(tmp_path / "file.pdf")
    monkeypatch.setattr(source, "EXPANDED_BYTES", 1)
    monkeypatch.setattr(source, "EXPANSION", 0)
    assert content_digest(path) == f"bytes:{file_digest(path)}"


def test_an_encrypted_document_counts_with_its_bytes(tmp_path: Path) -> None:
    draw(tmp_path / "one.pdf")
    path = tmp_path / "two.pdf"
    digest = written_again(path, lambda writer: writer.encrypt("", "owner"))
    assert digest == f"bytes:{file_digest(path)}"


@pytest.mark.parametrize("damage", ["truncated", "half", "flipped"])
def test_a_damaged_file_counts_with_its_bytes(tmp_path: Path, damage: str) -> None:
    path = draw(tmp_path / "file.pdf")
    written = bytearray(path.read_bytes())
    match damage:
        case "truncated":
            del written[-30:]
        case "half":
            del written[len(written) // 2 :]
        case "flipped":
            written[written.index(b"stream") + 40] ^= 0xFF
    path.write_bytes(written)
    assert content_digest(path) == f"bytes:{file_digest(path)}"
