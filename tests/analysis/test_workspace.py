"""From templates to the statistical model."""

import json

import hist
import numpy as np
import pyhf
import pytest
import uhi.io.json
from made_templates import EDGES, made_templates, made_workspace

from analysis.campaign import Fit, Luminosity, Observable, Process
from analysis.campaign_model import campaign_workspace, channel_edges, write_workspace
from analysis.fitting import fit
from analysis.templates import Template, TemplateError
from analysis.workspace import (
    EMPTY_BIN_EVENTS,
    SMALLEST_FACTOR,
    Normalisation,
    ShapeAndRate,
    WorkspaceError,
    build_workspace,
    paired_systematics,
)


def template(*values: float, weight: float = 1.0) -> Template:
    return Template(np.arange(len(values) + 1), values, np.abs(values) * weight)


def small(data=(12, 8), **variations: Template):
    """One channel: signal (6, 2) and background (5, 5) with the variations given."""
    templates = {"c": {"ttbar": {"nominal": template(6, 2)}, "wjets": {"nominal": template(5, 5), **variations}}}
    return templates, {"c": template(*data)}


def modifiers(workspace, sample, name):
    (entry,) = (s for c in workspace["channels"] for s in c["samples"] if s["name"] == sample)
    return {m["type"]: m["data"] for m in entry["modifiers"] if m["name"] == name}


def test_the_workspace_is_valid_by_pyhf_s_schema():
    workspace = made_workspace()
    pyhf.schema.validate(workspace, "workspace.json")
    assert pyhf.Workspace(workspace).model().config.poi_name == "ttbar_norm"


def test_every_systematic_and_bin_has_a_parameter_and_nothing_else():
    model = pyhf.Workspace(made_workspace()).model()
    systematics = {"jes", "jer", "btag_heavy", "btag_light", "w_scale"}
    rates = {"luminosity", "wjets_norm", "single_top_norm"}
    statistics = {"staterror_ht_4j1b", "staterror_trijet_mass_4j2b"}
    assert set(model.config.par_order) == {"ttbar_norm"} | systematics | rates | statistics


def test_equal_arguments_give_equal_bytes(tmp_path):
    for name in ("a", "b"):
        write_workspace(tmp_path / name, made_workspace())
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_rate_times_shape_is_the_varied_template():
    up, down = template(8, 4), template(3, 4)
    found = modifiers(build_workspace(*small(jes_up=up, jes_down=down)), "wjets", "jes")
    np.testing.assert_allclose(np.multiply(found["histosys"]["hi_data"], found["normsys"]["hi"]), up.values)
    np.testing.assert_allclose(np.multiply(found["histosys"]["lo_data"], found["normsys"]["lo"]), down.values)
    assert sum(found["histosys"]["hi_data"]) == pytest.approx(10)


def test_a_one_sided_variation_is_mirrored():
    found = modifiers(build_workspace(*small(ps_up=template(8, 4))), "wjets", "ps")
    assert found["normsys"]["hi"] + found["normsys"]["lo"] == pytest.approx(2)
    np.testing.assert_allclose(np.add(found["histosys"]["hi_data"], found["histosys"]["lo_data"]), [10, 10])


def test_a_pure_rate_variation_has_no_shape():
    found = modifiers(build_workspace(*small(w_up=template(6, 6), w_down=template(4, 4))), "wjets", "w")
    assert found == {"normsys": {"hi": pytest.approx(1.2), "lo": pytest.approx(0.8)}}


def test_a_variation_that_changes_nothing_adds_nothing():
    assert not modifiers(build_workspace(*small(w_up=template(5, 5), w_down=template(5, 5))), "wjets", "w")


def test_luminosity_moves_every_sample_and_a_normalisation_only_its_own():
    workspace = build_workspace(*small(), luminosity_uncertainty=0.03, normalisation={"wjets": 0.1})
    for sample in ("ttbar", "wjets"):
        assert modifiers(workspace, sample, "luminosity") == {"normsys": {"hi": 1.03, "lo": 0.97}}
    assert modifiers(workspace, "wjets", "wjets_norm") == {"normsys": {"hi": 1.1, "lo": 0.9}}
    assert not modifiers(workspace, "ttbar", "wjets_norm")


def test_the_scale_acts_on_the_signal_alone():
    workspace = build_workspace(*small(), poi="mu")
    assert modifiers(workspace, "ttbar", "mu") == {"normfactor": None}
    assert not modifiers(workspace, "wjets", "mu")


def empty_bin():
    templates, data = small(data=(12, 1))
    for sample, events in (("ttbar", 6), ("wjets", 5)):
        for direction, shift in (("nominal", 0), ("jes_up", 1), ("jes_down", -1)):
            templates["c"][sample][direction] = template(events + shift, 0, weight=2)
    return templates, data


def test_an_event_in_a_bin_without_expectation_does_not_break_the_fit():
    result = fit(build_workspace(*empty_bin()))
    assert 0 < result.signal_strength < 3
    assert result.goodness_of_fit.p_value > 0.01


def test_an_empty_bin_gets_little_of_the_largest_background_and_tells_nothing_about_the_signal():
    workspace = build_workspace(*empty_bin())
    samples = {sample["name"]: sample["data"] for sample in workspace["channels"][0]["samples"]}
    assert samples == {"ttbar": [6, 0], "wjets": [5, pytest.approx(EMPTY_BIN_EVENTS * 2)]}
    (spread,) = modifiers(workspace, "wjets", "staterror_c").values()
    assert spread[1] == samples["wjets"][1]
    shapes = modifiers(workspace, "wjets", "jes")
    assert shapes["histosys"]["hi_data"][1] > 0
    assert fit(workspace).signal_strength == pytest.approx(
        fit(build_workspace(*(empty_bin()[0], {"c": template(12, 0)}))).signal_strength, rel=0.05
    )


def test_negative_bins_become_zero_and_keep_their_uncertainty():
    templates, data = small()
    templates["c"]["wjets"]["nominal"] = Template([0, 1, 2], [5, -1], [5, 4])
    workspace = build_workspace(templates, data)
    assert workspace["channels"][0]["samples"][1]["data"] == [5, 0]
    assert modifiers(workspace, "wjets", "staterror_c")["staterror"] == [pytest.approx(5**0.5), 2]


def test_a_sample_without_events_is_left_out():
    templates, data = small()
    templates["c"]["drell_yan"] = {"nominal": template(0, 0)}
    workspace = build_workspace(templates, data, normalisation={"drell_yan": 0.2})
    assert [sample["name"] for sample in workspace["channels"][0]["samples"]] == ["ttbar", "wjets"]


def test_a_variation_that_loses_every_event_keeps_a_positive_rate():
    workspace = build_workspace(*small(cut_up=template(0, 0), cut_down=template(5, 6)))
    assert modifiers(workspace, "wjets", "cut")["normsys"]["lo"] == pytest.approx(1.1)
    assert modifiers(workspace, "wjets", "cut")["normsys"]["hi"] == SMALLEST_FACTOR
    assert np.isfinite(fit(workspace).signal_strength)


def test_variations_are_paired_by_name():
    templates, _ = made_templates()
    names = [systematic.name for systematic in paired_systematics(templates)]
    assert names == ["jes", "jer", "btag_heavy", "btag_light", "w_scale"]


@pytest.mark.parametrize("name", ["jes_down", "scale"])
def test_a_variation_without_partner_is_an_error(name):
    templates, _ = small(**{name: template(5, 5)})
    with pytest.raises(WorkspaceError, match=name):
        paired_systematics(templates)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"signal": "tttt"}, "unknown samples"),
        ({"normalisation": {"qcd": 0.5}}, "unknown samples"),
        ({"systematics": [Normalisation("a", 0.1, -0.1), Normalisation("a", 0.2, -0.2)]}, "used twice"),
        ({"poi": "luminosity", "luminosity_uncertainty": 0.1}, "used twice"),
    ],
)
def test_wrong_names_are_errors(options, message):
    with pytest.raises(WorkspaceError, match=message):
        build_workspace(*small(), **options)


def test_a_systematic_without_its_template_is_an_error_that_names_both():
    with pytest.raises(TemplateError, match=r"'jes_down'.*'jes'.*nominal, jes_up"):
        build_workspace(*small(jes_up=template(6, 6)), systematics=[ShapeAndRate("jes", "jes_up", "jes_down")])


def test_data_with_other_bins_is_an_error():
    templates, _ = small()
    with pytest.raises(WorkspaceError, match="bins of data"):
        build_workspace(templates, {"c": template(1, 2, 3)})


def test_data_of_other_channels_is_an_error():
    with pytest.raises(WorkspaceError, match="channels of data"):
        build_workspace(small()[0], {})


def test_a_channel_without_any_expectation_is_an_error():
    with pytest.raises(WorkspaceError, match="no sample expects any event"):
        build_workspace({"c": {"ttbar": {"nominal": template(0, 0)}}}, {"c": template(1, 1)})


def write_histograms(path, counts, channels, variations=("nominal",)):
    histograms = {}
    for channel in channels:
        histograms[channel] = hist.Hist(
            hist.axis.StrCategory(variations, name="variation"),
            hist.axis.Regular(25, 50, 550, name="observable"),
            storage=hist.storage.Weight(),
        )
        for variation in variations:
            for count in counts:
                values = np.random.default_rng(count).uniform(100, 600, count)
                histograms[channel].fill(variation=variation, observable=values)
    path.write_text(json.dumps(histograms, default=uhi.io.json.default))
    return path


def test_a_campaign_s_histograms_and_settings_make_its_workspace(tmp_path):
    settings = Fit(normalisation={"wjets": 0.1, "drell_yan": 0.2})
    files = {
        process: [write_histograms(tmp_path / f"{process}.json", counts, settings.channels)]
        for process, counts in (("ttbar", [400]), ("wjets", [200]))
    }
    data = write_histograms(tmp_path / "data.json", [400, 200], settings.channels)
    processes = {
        "ttbar": Process(label="t", color="r", signal=True),
        "wjets": Process(label="W", color="b"),
        "drell_yan": Process(label="Z", color="g"),
    }
    workspace = campaign_workspace(files, data, processes, settings, Luminosity(value=10))
    pyhf.schema.validate(workspace, "workspace.json")
    assert [channel["name"] for channel in workspace["channels"]] == list(settings.channels)
    result = fit(workspace, impacts=False)
    assert result.signal_strength == pytest.approx(1, abs=1e-3)
    observables = {name: Observable(column="ht", region="4j1b", label="x") for name in ("ht_4j1b", "trijet_mass_4j2b")}
    for channel in channel_edges(observables, settings).values():
        np.testing.assert_allclose(channel, EDGES)
        assert len(workspace["observations"][0]["data"]) == len(channel) - 1


def test_a_normalisation_of_an_undeclared_process_is_an_error(tmp_path):
    with pytest.raises(WorkspaceError, match="qcd"):
        campaign_workspace({}, tmp_path, {}, Fit(normalisation={"qcd": 0.1}), Luminosity(value=1))
