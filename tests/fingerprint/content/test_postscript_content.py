"""Content digests of PostScript, encapsulated or not."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_plots import draw

from caselaw.fingerprint import file_digest
from caselaw.fingerprint.content import content_digest

GNUPLOT = """%!PS-Adobe-2.0 EPSF-2.0
%%Title: plot.eps
%%Creator: gnuplot 5.4 patchlevel 2
%%CreationDate: Mon Jan  1 00:00:00 2024
%%DocumentFonts: (atend)
%%BoundingBox: 50 50 410 302
%%EndComments
/gnudict 256 dict def
SDict begin [
  /Title (plot.eps)
  /Subject (gnuplot plot)
  /Creator (gnuplot 5.4 patchlevel 2)
%  /Producer (gnuplot)
  /Author (me)
  /CreationDate (Mon Jan  1 00:00:00 2024)
  /DOCINFO pdfmark
end
0 0 moveto (Mon Jan  1) show
%%Trailer
"""


def digest_of(path: Path, text: str) -> str:
    path.write_bytes(text.encode())
    return content_digest(path)


@pytest.mark.parametrize("extension", ["eps", "ps"])
def test_a_plot_drawn_twice_is_equal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, extension: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    one = draw(tmp_path / f"one.{extension}")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    two = draw(tmp_path / f"two.{extension}")
    assert one.read_bytes() != two.read_bytes()
    assert content_digest(one) == content_digest(two)
    assert content_digest(one).startswith("postscript:")
    assert content_digest(draw(tmp_path / f"three.{extension}", height=1.01)) != content_digest(one)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("%%CreationDate: Mon Jan  1 00:00:00 2024", "%%CreationDate: Tue Jan  2 00:00:00 2024"),
        ("%%Creator: gnuplot 5.4 patchlevel 2", "%%Creator: gnuplot 6"),
        ("%%DocumentFonts", "%%For: somebody\n%%DocumentFonts"),
    ],
)
def test_when_and_by_what_it_was_written_does_not_count(tmp_path: Path, old: str, new: str, end: str) -> None:
    assert GNUPLOT.count(old) == 1
    one = digest_of(tmp_path / "one.eps", GNUPLOT.replace("\n", end))
    assert digest_of(tmp_path / "two.eps", GNUPLOT.replace(old, new).replace("\n", end)) == one


def test_the_date_in_the_information_for_a_pdf_does_not_count(tmp_path: Path) -> None:
    plain = GNUPLOT.replace("%  /Producer (gnuplot)\n", "")
    one = digest_of(tmp_path / "one.eps", plain)
    later = plain.replace("/CreationDate (Mon Jan  1", "/CreationDate (Tue Jan  2")
    assert later != plain
    assert digest_of(tmp_path / "two.eps", later) == one
    assert digest_of(tmp_path / "three.eps", plain.replace("/Author (me)", "/Author (you)")) != one


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0 0 moveto", "1 0 moveto"), ("(Mon Jan  1) show", "(Tue Jan  2) show"), ("50 50 410", "50 50 411"),
        ("%%Title: plot.eps", "%%Title: other.eps"), ("%%Trailer", "%%CreationDate: Mon\n%%Trailer"),
        ("%%CreationDate: Mon Jan  1 00:00:00 2024\n", "%%CreationDate: Mon\n%%+ and more\n"),
        ("0 0 moveto", "/CreationDate (Mon)\n0 0 moveto"),
    ],
)  # fmt: skip
def test_every_change_counts(tmp_path: Path, old: str, new: str) -> None:
    assert GNUPLOT.count(old) == 1
    two = digest_of(tmp_path / "two.eps", GNUPLOT.replace(old, new))
    assert two.startswith("postscript:")
    assert two != digest_of(tmp_path / "one.eps", GNUPLOT)


def test_a_title_counts_unless_it_is_the_name_of_the_file(tmp_path: Path) -> None:
    def titled(name: str, title: str) -> str:
        return digest_of(tmp_path / name, GNUPLOT.replace("%%Title: plot.eps", f"%%Title: {title}"))

    assert titled("one.eps", "one.eps") == titled("two.eps", "two.eps") != titled("two.eps", "one.eps")
    assert titled("one.eps", "m") == titled("two.eps", "m") != titled("two.eps", "n")


@pytest.mark.parametrize("text", ["%!PS-Adobe-3.0", "%!PS\n%%CreationDate: Mon\n", "%PDF-1.4\n"])
def test_a_file_without_a_header_counts_with_its_bytes(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file.eps"
    assert digest_of(path, text) == f"bytes:{file_digest(path)}"
