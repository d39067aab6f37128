"""The Challenge's published histograms give the Challenge's result, and cabinetry's."""

import json
import logging
import shutil

import numpy as np
import pyhf
import pytest
import yaml

from analysis.agc_histograms import DefinitionError, PublishedHistogramError, published_templates
from analysis.fitting import Likelihood, fit
from analysis.workspace import ShapeAndRate

NAMES = ("histos_1_file_per_process.json", "nanoaod_inputs.json", "cabinetry_config.yml")


@pytest.fixture(scope="module")
def files(shared_data):
    return tuple(shared_data / "agc" / name for name in NAMES)


@pytest.fixture(scope="module")
def published(files):
    return published_templates(*files)


@pytest.fixture(scope="module")
def result(published):
    return fit(published.workspace(), impacts=False)


@pytest.fixture(scope="module")
def by_cabinetry(files, published, tmp_path_factory):
    """The workspace that cabinetry builds by itself from the same histograms, and its fit."""
    import cabinetry

    for name in ("cabinetry", "pyhf"):
        logging.getLogger(name).setLevel(logging.ERROR)
    config = yaml.safe_load(files[2].read_text(encoding="utf-8"))
    config["General"]["HistogramFolder"] = str(tmp_path_factory.mktemp("cabinetry"))
    router = cabinetry.route.Router()

    @router.register_template_builder()
    def template(region, sample, systematic, direction):
        if sample.get("Data", False):
            found = published.data[region["Name"]]
        else:
            path = systematic[direction]["VariationPath"] if direction else "_nominal"
            found = published.templates[region["Name"]][sample["Name"]][path.removeprefix("_")]
        return cabinetry.histo.Histogram.from_arrays(found.edges, found.values, np.sqrt(found.variances))

    cabinetry.templates.build(config, router=router)
    cabinetry.templates.postprocess(config)
    workspace = cabinetry.workspace.build(config)
    pyhf.set_backend("numpy", "minuit")
    model, data = cabinetry.model_utils.model_and_data(workspace)
    return workspace, cabinetry.fit.fit(model, data, minos="ttbar_norm", goodness_of_fit=True)


def test_the_signal_strength_is_the_published_one(result):
    assert result.signal_strength == pytest.approx(0.960, abs=1e-3)
    # the reference, 0.104, is a numerical second derivative, which moves by some percent with rounding
    assert result.uncertainty == pytest.approx(0.104, rel=0.06)


def test_the_signal_strength_is_cabinetry_s(result, by_cabinetry):
    _, theirs = by_cabinetry
    index = theirs.labels.index("ttbar_norm")
    assert result.signal_strength == pytest.approx(theirs.bestfit[index], abs=1e-3)
    assert result.goodness_of_fit.p_value == pytest.approx(theirs.goodness_of_fit, abs=1e-3)


def test_minos_ends_where_cabinetry_s_ends(result, by_cabinetry):
    _, theirs = by_cabinetry
    down, up = theirs.minos_uncertainty["ttbar_norm"]
    centre = theirs.bestfit[theirs.labels.index("ttbar_norm")]
    assert result.signal_strength - result.uncertainty_down == pytest.approx(centre + down, abs=1e-3)
    assert result.signal_strength + result.uncertainty_up == pytest.approx(centre + up, abs=1e-3)


def test_every_pull_is_cabinetry_s_within_a_hundredth_of_its_uncertainty(result, by_cabinetry):
    _, theirs = by_cabinetry
    centres = dict(zip(theirs.labels, theirs.bestfit, strict=True))
    for parameter in result.parameters:
        if parameter.kind == "systematic":
            assert parameter.value == pytest.approx(centres[parameter.name], abs=0.01), parameter.name


def test_the_minimum_is_one_of_pyhf_s_likelihood_too(result, by_cabinetry):
    """No step of a tenth of an uncertainty along any parameter lowers pyhf's own -ln L."""
    workspace, theirs = by_cabinetry
    model = pyhf.Workspace(workspace).model()
    data = pyhf.Workspace(workspace).data(model)
    ours = {parameter.name.replace("staterror_", ""): parameter for parameter in result.parameters}
    names = [name.replace("staterror_", "").replace("-", " ") for name in theirs.labels]
    keys = [label if label in ours else name for label, name in zip(theirs.labels, names, strict=True)]
    best = np.array([ours[key].value for key in keys])
    lowest = model.logpdf(best, data)[0]
    assert -lowest <= theirs.best_twice_nll / 2 + 1e-6
    for index, key in enumerate(keys):
        for sign in (-1, 1):
            moved = best.copy()
            moved[index] += sign * 0.1 * ours[key].uncertainty
            assert model.logpdf(moved, data)[0] < lowest, key


def modifiers(workspace):
    """Every modifier of a workspace by channel, sample, name and type; values as flat arrays."""
    found = {}
    for channel in workspace["channels"]:
        for sample in channel["samples"]:
            found[channel["name"], sample["name"]] = np.array(sample["data"])
            for modifier in sample["modifiers"]:
                data = modifier["data"] or {}
                values = data.values() if isinstance(data, dict) else [data]
                # cabinetry names channels in statistical parameters with hyphens, as we do
                key = (channel["name"], sample["name"], modifier["name"], modifier["type"])
                found[key] = np.concatenate([np.ravel(value) for value in values]) if data else np.zeros(0)
    return found


def assert_same_model(ours, theirs):
    """Equal but for the modifiers without effect, which we leave out."""
    assert set(ours) <= set(theirs)
    for key, values in ours.items():
        np.testing.assert_allclose(values, theirs[key], rtol=1e-9, atol=1e-9, err_msg=str(key))
    for key in set(theirs) - set(ours):
        nominal = {"normsys": np.ones(2), "histosys": np.tile(theirs[key[:2]], 2)}[key[3]]
        np.testing.assert_allclose(theirs[key], nominal, rtol=1e-9, err_msg=str(key))


def test_the_workspace_is_cabinetry_s(published, by_cabinetry):
    ours, theirs = published.workspace(), by_cabinetry[0]
    assert_same_model(modifiers(ours), modifiers(theirs))
    assert ours["observations"] == theirs["observations"]
    assert ours["measurements"] == theirs["measurements"]


def test_a_workspace_built_elsewhere_is_the_same_and_fits_the_same(published, result, shared_data):
    path = shared_data / "agc" / "agc_workspace_1_file.json"
    elsewhere = json.loads(path.read_text(encoding="utf-8"))
    assert_same_model(modifiers(published.workspace()), modifiers(elsewhere))
    assert fit(elsewhere, impacts=False).signal_strength == pytest.approx(result.signal_strength, abs=1e-6)


def test_the_workspace_is_valid_by_pyhf_s_schema(published):
    pyhf.schema.validate(published.workspace(), "workspace.json")


def test_bins_are_40_gev_from_110_without_overflow(published, files):
    contents = json.loads(files[0].read_text(encoding="utf-8"))["4j2b_ttbar"]["contents"]
    template = published.templates["4j2b SR"]["ttbar"]["nominal"]
    np.testing.assert_allclose(template.edges, np.arange(110, 551, 40))
    assert template.total == pytest.approx(sum(contents[4:-1]))  # flow, and 50 to 110 GeV, are dropped


def test_statistical_uncertainties_are_those_of_whole_events(published):
    template = published.templates["4j1b CR"]["W+jets"]["nominal"]
    weight = 61457 * 0.252 * 3378 / 1249076  # cross section × luminosity / events
    events = template.values / weight
    np.testing.assert_allclose(events, np.round(events), atol=1e-6)
    np.testing.assert_allclose(np.sqrt(template.variances), weight * np.sqrt(np.round(events)), rtol=1e-6)


def test_the_definition_s_systematics_are_all_there(published):
    names = [systematic.name for systematic in published.systematics]
    assert len(names) == 11
    assert published.systematics[0] == ShapeAndRate("ME variation", "ME_var", None, ("ttbar",))
    likelihood = Likelihood(published.workspace())
    assert set(names) | {"ttbar_norm"} == {p.name for p in likelihood.parameters if p.kind != "statistical"}


def test_another_number_of_files_than_was_read_is_noticed(files):
    with pytest.raises(PublishedHistogramError, match="another number of input files"):
        published_templates(*files, files_per_process=2)


def test_a_missing_histogram_is_an_error_that_names_it(files, tmp_path):
    histograms = json.loads(files[0].read_text(encoding="utf-8"))
    del histograms["4j2b_ttbar_PS_var"]
    (tmp_path / "h.json").write_text(json.dumps(histograms))
    with pytest.raises(PublishedHistogramError, match="4j2b_ttbar_PS_var"):
        published_templates(tmp_path / "h.json", *files[1:])


def test_an_unknown_process_is_an_error_that_names_it(files, tmp_path):
    inputs = json.loads(files[1].read_text(encoding="utf-8"))
    inputs["qcd"] = inputs["wjets"]
    (tmp_path / "inputs.json").write_text(json.dumps(inputs))
    with pytest.raises(PublishedHistogramError, match="qcd"):
        published_templates(files[0], tmp_path / "inputs.json", files[2])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Symmetrize: True", "Symmetrize: True\n    Smoothing: {Algorithm: '353QH, twice'}", "Smoothing"),
        ('Type: "Normalization"', 'Type: "Shape"', "'Shape'"),
        ('POI: "ttbar_norm"', 'POI: "mu"', "'mu'"),
        ("Nominal: 1.0", "Nominal: 2.0", "nominal value"),
    ],
)
def test_what_the_definition_asks_beyond_this_reader_is_an_error(files, tmp_path, old, new, message):
    definition = tmp_path / "definition.yml"
    shutil.copyfile(files[2], definition)
    text = definition.read_text(encoding="utf-8")
    definition.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert definition.read_text(encoding="utf-8") != text
    with pytest.raises(DefinitionError, match=message):
        published_templates(*files[:2], definition)
