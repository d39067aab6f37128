"""The report is one page with every part, needs nothing else, and shows what it was given."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from analysis.plots.campaign_plots import CampaignResults, read_fit, read_index
from analysis.report.dag import Node
from analysis.report.outputs import Output
from analysis.report.page import render_report, write_report

EVIL = '<script>alert("x")</script>'
OUTPUTS = [
    Output("SelectEvents", "dataset=ttbar", "events", "a1b2c3", "SelectEvents/events.parquet", 12_000,
           "2026-03-01T10:00:00+00:00", 1.5),
    Output("Fit", f"note={EVIL}", "fit", "d4e5f6", "Fit/fit.json", 3_400, "2026-03-01T11:00:00+00:00", 65.0,
           vouched=f"A. Physicist {EVIL}"),
]  # fmt: skip
DAG = [Node("s", "SelectEvents", "ttbar", 4), Node("f", "Fit", upstream=("s",))]


class Page(HTMLParser):
    """Tags and visible text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def attributes(self, tag: str, name: str) -> list[str]:
        return [value[name] or "" for found, value in self.tags if found == tag and name in value]


@pytest.fixture(scope="module")
def html(campaign: CampaignResults, plots: Path) -> str:
    return render_report(campaign, plots, OUTPUTS, DAG)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_what_was_vouched_for_says_by_whom(page: Page) -> None:
    assert page.text.count("vouched for by") == 1
    assert f"vouched for by A. Physicist {EVIL}" in page.text


def test_every_part_is_there_and_linked(page: Page) -> None:
    sections = page.attributes("section", "id")
    assert sections == [
        "result", "distributions", "yields", "fit", "systematics", "cutflow", "classifier", "workflow", "outputs",
    ]  # fmt: skip
    assert page.attributes("a", "href") == [f"#{name}" for name in sections]


def test_headline_is_the_fitted_signal_strength(page: Page, campaign: CampaignResults) -> None:
    fit = read_fit(campaign.fit)
    assert f"μ = {fit.signal_strength:.3f} ± {fit.uncertainty:.3f}" in page.text


def test_every_figure_is_embedded_with_a_description(page: Page, plots: Path) -> None:
    sources = [source for source in page.attributes("img", "src") if source]
    assert len(sources) == len(read_index(plots))
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    descriptions = page.attributes("img", "alt")[: len(sources)]
    assert all(descriptions) and "tt̄: H_T, ≥4 jets, 1 b tag." in descriptions


def test_page_needs_nothing_from_outside(html: str, page: Page) -> None:
    references = [v for _, a in page.tags for k, v in a.items() if k in ("src", "href", "srcset", "action")]
    assert all(reference.startswith(("data:", "#")) for reference in references)
    assert not re.search(r"https?:|@import|url\((?!#)", html)
    assert len(html) < 5_000_000


def test_yields_carry_uncertainties_before_and_after_the_fit(page: Page, campaign: CampaignResults) -> None:
    fit = read_fit(campaign.fit)
    for channel in (fit.prefit[0], fit.postfit[0]):
        total, error = channel.sum.total, channel.sum.total_uncertainty
        assert f"{total:.0f} ± {error:.0f}" in page.text
    assert page.text.count(f"{sum(fit.postfit[0].data):.0f}") >= 2


def test_tables_show_cutflow_parameters_and_features(page: Page) -> None:
    for wanted in ("all events", "9\u2009000", "4\u2009500 ± 47", "Jet energy scale", "MC stat., ht 4j1b, bin 1",
                   "Number of b tags", "0.0800", "AUC 0.875 ± 0.004"):  # fmt: skip
        assert wanted in page.text


def test_every_output_has_fingerprint_time_size_and_duration(page: Page) -> None:
    for wanted in ("a1b2c3", "2026-03-01 10:00:00", "12 kB", "1.5 s", "d4e5f6", "1 min 05 s"):
        assert wanted in page.text


def test_titles_and_parameters_are_text_and_nothing_else(page: Page) -> None:
    assert "Top <quarks> & jets" in page.text and EVIL in page.text
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert "quarks" not in [tag for tag, _ in page.tags]


def test_same_inputs_give_the_same_bytes(campaign: CampaignResults, plots: Path, html: str, tmp_path: Path) -> None:
    write_report(tmp_path / "report.html", campaign, plots, OUTPUTS, DAG)
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == html


def test_parts_without_input_are_left_out(campaign: CampaignResults, plots: Path) -> None:
    page = Page(render_report(replace(campaign, classifier=None, cutflows={}), plots, [], []))
    sections = page.attributes("section", "id")
    assert not {"classifier", "cutflow", "workflow", "outputs"} & set(sections)
    assert "fit" in sections
