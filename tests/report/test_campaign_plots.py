"""All figures of a campaign are drawn from the files that its steps write."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.plots.campaign_plots import CampaignResults, plot_campaign, read_fit, read_index
from analysis.plots.stack import StackedYields
from analysis.plots.style import PlotError

FIGURES = {
    "signal_strength", "pulls", "impacts", "toys", "ht_4j1b_prefit", "ht_4j1b_postfit", "score_4j2b_prefit",
    "systematics_ht_4j1b_ttbar", "systematics_ht_4j1b_wjets", "cutflow", "roc",
}  # fmt: skip


def test_every_figure_exists_as_png_and_pdf(plots: Path) -> None:
    assert {entry.name for entry in read_index(plots)} == FIGURES
    for name in FIGURES:
        assert (plots / f"{name}.png").stat().st_size > 5_000
        assert (plots / f"{name}.pdf").stat().st_size > 5_000
    assert len(list(plots.iterdir())) == 2 * len(FIGURES) + 1


def test_captions_name_region_and_moment(plots: Path) -> None:
    captions = {entry.name: entry.caption for entry in read_index(plots)}
    assert captions["ht_4j1b_prefit"] == "$H_T$, ≥4 jets, 1 b tag, before the fit."
    assert captions["ht_4j1b_postfit"].endswith("after the fit.")


def test_stacks_hold_the_yields_of_histograms_and_fit(campaign: CampaignResults, monkeypatch, tmp_path) -> None:
    drawn: dict[str, StackedYields] = {}

    def remember(yields: StackedYields, *, label: str, note: str, **_: object) -> None:
        drawn[f"{label} {note}"] = yields

    monkeypatch.setattr("analysis.plots.campaign_plots.draw_stack", remember)
    monkeypatch.setattr("analysis.plots.campaign_plots.save", lambda *_: None)
    plot_campaign(campaign, tmp_path)
    before, after = drawn["$H_T$ before the fit"], drawn["$H_T$ after the fit"]
    np.testing.assert_allclose([sample.values.sum() for sample in before.samples], [300, 200])
    channel = read_fit(campaign.fit).postfit[0]
    np.testing.assert_allclose(after.expected, channel.sum.values)
    np.testing.assert_allclose(after.up, channel.sum.uncertainties)
    assert after.edges.tolist() == [150, 250, 350, 450, 550]
    assert before.data.sum() >= after.data.sum() == sum(channel.data) > 0


def test_a_file_that_is_no_fit_is_named(campaign: CampaignResults, tmp_path) -> None:
    with pytest.raises(PlotError, match=r"ttbar\.json: not a result of a fit"):
        plot_campaign(replace(campaign, fit=campaign.histograms["ttbar"][0]), tmp_path)


def test_data_without_an_observable_are_named(campaign: CampaignResults, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("analysis.plots.campaign_plots.save", lambda *_: None)
    (tmp_path / "data.json").write_text("{}")
    with pytest.raises(PlotError, match=r"data\.json: no histogram of 'ht_4j1b'"):
        plot_campaign(replace(campaign, data=tmp_path / "data.json"), tmp_path)
