"""Content digests of SVG drawings."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from drawn_plots import draw

from caselaw.fingerprint import file_digest
from caselaw.fingerprint.content import content_digest

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
DRAWING = HEAD + '<defs><path id="m0123456789" d="M0 1"/></defs><use xlink:href="#m0123456789"/><text>a b</text></svg>'


def write(path: Path, text: str) -> str:
    path.write_text(text)
    return content_digest(path)


def test_a_plot_drawn_twice_is_equal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    one = draw(tmp_path / "one.svg")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    two = draw(tmp_path / "two.svg")
    assert one.read_bytes() != two.read_bytes()
    assert content_digest(one) == content_digest(two)
    assert content_digest(one).startswith("svg:")


def test_another_value_or_label_in_a_plot_counts(tmp_path: Path) -> None:
    drawn = [draw(tmp_path / "1.svg"), draw(tmp_path / "2.svg", height=1.01), draw(tmp_path / "3.svg", label="model")]
    assert len({content_digest(path) for path in drawn}) == len(drawn)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("m0123456789", "mfedcba9876"),
        ("m0123456789", "m0123abcd-0123-4567-89ab-0123456789ab"),
        ("<defs>", "<metadata><date>2024</date></metadata><defs>"),
        ("<defs>", "<!-- drawn by hand --><defs>"),
        ("<svg", '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">\n<svg'),
        ('id="m0123456789" d="M0 1"', "d='M0 1' id='m0123456789'"),
        ("<text>a b</text>", "<text>a<!-- --> <![CDATA[b]]></text>"),
        ("<text>a b</text>", "<text>a&#32;b</text>"),
    ],
)
def test_how_a_drawing_is_written_does_not_count(tmp_path: Path, old: str, new: str) -> None:
    assert DRAWING.count(old)
    one = write(tmp_path / "one.svg", DRAWING)
    assert write(tmp_path / "two.svg", DRAWING.replace(old, new)) == one
    assert one.startswith("svg:")


def test_prefixes_of_name_spaces_do_not_count(tmp_path: Path) -> None:
    other = DRAWING.replace("xlink:href", "x:href").replace("xmlns:xlink", "xmlns:x")
    assert other != DRAWING
    assert write(tmp_path / "one.svg", DRAWING) == write(tmp_path / "two.svg", other)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("M0 1", "M0 2"), ("a b", "a c"), ("a b", "a  b"), ("d=", "D="), ("text", "tspan"),
        ('href="#m0123456789"', 'href="#m0123456788"'), ('id="m0', 'id="n0'), ("<defs>", '<defs id="named">'),
        ("<text>a b</text>", ""), ("<svg", "<?xml-stylesheet href='other.css'?><svg"),
        ("http://www.w3.org/2000/svg", "http://www.w3.org/2000/SVG"),
    ],
)  # fmt: skip
def test_every_change_of_a_drawing_counts(tmp_path: Path, old: str, new: str) -> None:
    assert DRAWING.count(old)
    two = write(tmp_path / "two.svg", DRAWING.replace(old, new))
    assert two.startswith("svg:")
    assert two != write(tmp_path / "one.svg", DRAWING)


def test_which_definition_is_used_counts(tmp_path: Path) -> None:
    def drawing(used: str, first: str, second: str) -> str:
        return f'{HEAD}<path id="{first}" d="M1"/><path id="{second}" d="M2"/><g clip-path="url(#{used})"/></svg>'

    one = write(tmp_path / "one.svg", drawing("p0123456789", "p0123456789", "paaaaaaaaaa"))
    assert write(tmp_path / "two.svg", drawing("pbbbbbbbbbb", "pbbbbbbbbbb", "pcccccccccc")) == one
    assert write(tmp_path / "three.svg", drawing("paaaaaaaaaa", "p0123456789", "paaaaaaaaaa")) != one


def test_names_in_style_sheets_and_uuids_are_replaced(tmp_path: Path) -> None:
    one, two = (
        f'{HEAD}<style>#{name} {{ fill: red }}</style><g id="{name}" aria-labelledby="{name} t"/></svg>'
        for name in (f"x{uuid4()}", f"x{uuid4()}")
    )
    assert write(tmp_path / "one.svg", one) == write(tmp_path / "two.svg", two)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>',
        '<!DOCTYPE svg [<!ENTITY a SYSTEM "secret.txt">]><svg>&a;</svg>',
        '<!DOCTYPE svg SYSTEM "other.dtd"><svg>&a;</svg>',
        "<svg><g></svg>",
        "<svg>",
        DRAWING[:-3],
    ],
)
def test_entities_and_damaged_documents_count_with_their_bytes(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    path = tmp_path / "file.svg"
    assert write(path, text) == f"bytes:{file_digest(path)}"
