"""The parts of the report: escaping, labels, numbers, the placed graph, the table of outputs."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.report import numbers
from analysis.report.dag import Node, merged_by_family, picture
from analysis.report.html import Html, HtmlError, element, join, text
from analysis.report.layout import CyclicGraphError, place_layers, without_shortcuts
from analysis.report.mathtext import label_html
from analysis.report.outputs import Output, outputs_table
from analysis.report.script import SCRIPT
from analysis.report.stylesheet import STYLE

EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(2)>' & </style>"


class Collector(HTMLParser):
    """Tags, attributes and text of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def count(self, tag: str) -> int:
        return [name for name, _ in self.tags].count(tag)


@given(st.text(), st.text())
def test_text_and_attributes_come_back_as_they_went_in(content: str, attribute: str) -> None:
    plain = str.maketrans({"\r": "", "\0": ""})  # characters that HTML itself does not keep
    content, attribute = content.translate(plain), attribute.translate(plain)
    page = Collector(element("p", content, title=attribute))
    assert page.tags == [("p", {"title": attribute})]
    assert page.text == content


def test_markup_in_text_is_shown_and_not_run() -> None:
    page = Collector(element("td", EVIL, title=EVIL, data_path=EVIL))
    assert [tag for tag, _ in page.tags] == ["td"]
    assert page.text == EVIL and page.tags[0][1] == {"title": EVIL, "data-path": EVIL}


def test_markup_made_here_is_not_escaped_twice() -> None:
    inner = element("b", "a < b")
    assert element("p", inner, None, 3) == "<p><b>a &lt; b</b>3</p>"
    assert join("a", inner, by=" ") == "a <b>a &lt; b</b>"
    assert isinstance(text(inner), Html)


def test_attributes_can_be_bare_or_absent() -> None:
    assert element("input", disabled=True, checked=False, name=None, class_="x") == '<input disabled class="x">'
    with pytest.raises(HtmlError):
        element("p onclick")


@pytest.mark.parametrize(
    ("label", "html"),
    [
        ("$H_T$", "H<sub>T</sub>"),
        ("$t\\bar{t}$ + jets", "tt\u0304 + jets"),
        ("$m_{bjj}$", "m<sub>bjj</sub>"),
        ("$p_\\mathrm{T}^{miss}$", "p<sub></sub>T<sup>miss</sup>"),
        ("$Z\\to\\mu^+\\mu^-$", "Z→μ<sup>+</sup>μ<sup>-</sup>"),
        ("W+jets", "W+jets"),
        ("a < b & $c$", "a &lt; b &amp; c"),
        ("$5", "$5"),
    ],
)
def test_mathtext_becomes_html(label: str, html: str) -> None:
    assert label_html(label) == html


@given(st.text(alphabet="$_^{}\\ab<>&\"'mu"))
def test_any_label_becomes_harmless_html(label: str) -> None:
    page = Collector(label_html(label))
    assert {tag for tag, _ in page.tags} <= {"sub", "sup"}


@pytest.mark.parametrize(
    ("value", "uncertainty", "shown"),
    [
        (0.9603, 0.1041, "0.96 ± 0.10"),
        (1234.5, 56.7, "1234 ± 57"),
        (-0.5, 0.0123, f"{numbers.MINUS}0.500 ± 0.012"),
        (7, 0, "7.00 ± 0.00"),
    ],
)
def test_values_are_rounded_to_their_uncertainty(value: float, uncertainty: float, shown: str) -> None:
    assert numbers.with_uncertainty(value, uncertainty).replace("\u2009", "") == shown


@given(st.floats(-1e9, 1e9), st.integers(0, 6))
def test_rounded_numbers_are_near_and_never_minus_zero(value: float, decimals: int) -> None:
    shown = numbers.number(value, decimals).replace("\u2009", "").replace(numbers.MINUS, "-")
    assert math.isclose(float(shown), value, abs_tol=0.51 * 10**-decimals)
    assert not (shown.startswith("-") and float(shown) == 0)


def test_sizes_durations_and_times_are_readable() -> None:
    assert [numbers.byte_size(n) for n in (0, 999, 1000, 3_450_000, 10**15)] == [
        "0 B", "999 B", "1 kB", "3.45 MB", "1000 TB",
    ]  # fmt: skip
    shown = [numbers.duration(seconds) for seconds in (0.0123, 1.26, 59.4, 59.6, 125, 7300, math.nan)]
    assert shown == ["12 ms", "1.3 s", "59 s", "1 min 00 s", "2 min 05 s", "2 h 01 min", numbers.DASH]
    assert numbers.moment("2026-03-01T14:05:09+01:00") == "2026-03-01 13:05:09"
    assert numbers.moment("yesterday") == "yesterday"


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    names = [f"n{k}" for k in range(draw(st.integers(1, 12)))]
    return {
        name: tuple(draw(st.lists(st.sampled_from(names[:k]), unique=True, max_size=4))) if k else ()
        for k, name in enumerate(names)
    }


@given(graphs())
def test_layers_descend_and_boxes_do_not_overlap(upstream: dict[str, tuple[str, ...]]) -> None:
    placed = place_layers(upstream, dict.fromkeys(upstream, 10.0), gap=5.0)
    for name, parents in upstream.items():
        assert all(placed.layer[parent] < placed.layer[name] for parent in parents)
        for parent in parents:
            layers = [layer for _, layer in placed.edges[parent, name]]
            assert layers == list(range(placed.layer[parent], placed.layer[name] + 1))
    for layer in set(placed.layer.values()):
        row = sorted(placed.x[name] for name in upstream if placed.layer[name] == layer)
        assert all(right - left >= 15 - 1e-6 for left, right in pairwise(row))


def ancestors(upstream: dict[str, tuple[str, ...]], name: str) -> set[str]:
    return set(upstream[name]).union(*(ancestors(upstream, parent) for parent in upstream[name]))


@given(graphs())
def test_leaving_shortcuts_out_keeps_who_depends_on_whom(upstream: dict[str, tuple[str, ...]]) -> None:
    reduced = without_shortcuts(upstream)
    for name in upstream:
        assert ancestors(reduced, name) == ancestors(upstream, name)
        assert not any(p in ancestors(reduced, other) for p in reduced[name] for other in reduced[name])


def test_cycles_and_unknown_names_are_refused() -> None:
    with pytest.raises(CyclicGraphError, match="cycle"):
        place_layers({"a": ("b",), "b": ("a",)}, {"a": 1.0, "b": 1.0}, 1.0)
    with pytest.raises(CyclicGraphError, match="unknown"):
        place_layers({"a": ("b",)}, {"a": 1.0}, 1.0)


CHAIN = (
    Node("g", "GenerateEvents", "ttbar", 8),
    Node("s", "SelectEvents", "ttbar", 8, ("g",), "running"),
    Node("f", "Fit", upstream=("s", "g"), state="missing"),
)


def test_picture_shows_every_node_with_branches_and_state() -> None:
    svg = ElementTree.fromstring(picture(CHAIN))
    words = [node.text for node in svg.iter("text")]
    assert {"GenerateEvents", "SelectEvents", "Fit", "ttbar · 8 branches"} <= set(words)
    classes = [group.get("class") for group in svg.iter("g")]
    assert classes == ["node complete", "node running", "node missing"]
    assert len([path for path in svg.iter("path") if path.get("class") == "edge"]) == 2


def test_boxes_stay_inside_the_picture_and_hold_their_text() -> None:
    svg = ElementTree.fromstring(picture([*CHAIN, Node("x", "A" * 40, "b" * 60, 3, ("g",))]))
    _, _, width, height = map(float, svg.get("viewBox", "").split())
    for box in svg.iter("rect"):
        x, y, w, h = (float(box.get(key, "nan")) for key in ("x", "y", "width", "height"))
        assert x >= 0 and y >= 0 and x + w <= width and y + h <= height
        assert w > 40 * 7


def test_a_graph_too_wide_to_read_is_drawn_by_family() -> None:
    many = [
        Node(f"s{k}", "SelectEvents", f"dataset {k}", 5, state="failed" if k == 3 else "complete") for k in range(9)
    ]
    nodes = [*many, Node("f", "Fit", upstream=tuple(node.name for node in many))]
    merged = {node.family: node for node in merged_by_family(nodes)}
    assert merged["SelectEvents"].branches == 45 and merged["SelectEvents"].state == "failed"
    assert merged["Fit"].upstream == ("SelectEvents",)
    assert "9 tasks · 45 branches" in picture(nodes)


def test_names_of_tasks_cannot_break_the_picture() -> None:
    svg = ElementTree.fromstring(picture([Node("x", EVIL, EVIL, state=EVIL)]))
    assert svg.find(".//script") is None and EVIL in [node.text for node in svg.iter("text")]


def output(**changes: object) -> Output:
    values = {
        "family": "SelectEvents", "parameters": "dataset=ttbar", "product": "events", "fingerprint": "ab12",
        "path": "SelectEvents/ttbar/events.ab12.parquet", "size_bytes": 1500, "made_at": "2026-03-01T14:05:09+00:00",
        "seconds": 2.0,
    }  # fmt: skip
    return Output(**(values | changes))


def test_table_lists_every_output_under_its_family() -> None:
    outputs = [
        output(),
        output(product="cutflow", size_bytes=500),
        output(family="Fit", parameters="", seconds=9),
    ]
    page = Collector(outputs_table(outputs))
    assert [attributes["data-family"] for tag, attributes in page.tags if tag == "tbody"] == [
        "SelectEvents",
        "Fit",
    ]
    assert page.count("tr") == 1 + 2 + 3
    for wanted in ("ab12", "cutflow", "2026-03-01 14:05:09", "1.5 kB", "2 outputs", "9 s"):
        assert wanted in page.text


def test_duration_of_a_task_with_two_products_counts_once() -> None:
    page = Collector(outputs_table([output(seconds=40), output(product="cutflow", seconds=40)]))
    assert "1 min" not in page.text and page.text.count("40 s") == 3


def test_long_tables_start_folded_and_short_ones_open() -> None:
    many = [output(parameters=f"branch={k}", fingerprint=str(k)) for k in range(60)]
    assert outputs_table(many).count("data-fold") == 1 and "data-fold" not in outputs_table(many[:30])


def test_values_of_parameters_cannot_inject_markup() -> None:
    page = Collector(outputs_table([output(**dict.fromkeys(("family", "parameters", "product", "path"), EVIL))]))
    assert page.count("script") == 0 and page.count("img") == 0
    assert page.text.count(EVIL) == 3


def test_style_and_script_cannot_end_their_element_early() -> None:
    assert "</" not in STYLE and "</" not in SCRIPT
    assert "http" not in STYLE + SCRIPT and "@import" not in STYLE and "url(" not in STYLE
