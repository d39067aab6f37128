"""Templates: rebinning, merging, and reading of histogram files."""

import json

import hist
import numpy as np
import pytest
import uhi.io.json
from hypothesis import given
from hypothesis import strategies as st

from analysis.templates import (
    Template,
    TemplateError,
    coarse_edges,
    collect_templates,
    read_histograms,
    rebin,
)

FINE = np.linspace(50, 550, 26)
bins = st.lists(st.floats(0, 1e6), min_size=27, max_size=27)


def with_flow(values: list[float]) -> Template:
    return Template(np.concatenate([[-np.inf], FINE, [np.inf]]), np.array(values), np.array(values) * 2)


@given(bins, st.sets(st.integers(0, 25), min_size=2))
def test_rebinning_conserves_the_sum_between_the_outer_edges(values, chosen):
    template, kept = with_flow(values), sorted(chosen)
    coarse = rebin(template, FINE[kept])
    inside = slice(kept[0] + 1, kept[-1] + 1)
    assert coarse.total == pytest.approx(template.values[inside].sum())
    assert coarse.variances.sum() == pytest.approx(template.variances[inside].sum())


@given(bins, st.sets(st.integers(0, 25), min_size=2))
def test_overflow_joins_the_last_bin_only(values, chosen):
    template, kept = with_flow(values), sorted(chosen)
    without, joined = (rebin(template, FINE[kept], overflow=flag) for flag in (False, True))
    np.testing.assert_array_equal(without.values[:-1], joined.values[:-1])
    assert joined.values[-1] == pytest.approx(without.values[-1] + template.values[kept[-1] + 1 :].sum())


def test_rebinning_in_two_steps_equals_one():
    template = with_flow(list(np.arange(27.0)))
    once = rebin(template, [110, 190, 350])
    twice = rebin(rebin(template, np.arange(110, 551, 40)), [110, 190, 350])
    np.testing.assert_allclose(once.values, twice.values)


@pytest.mark.parametrize("edges", [[115, 150], [50, 560], [150, 110], [110]])
def test_an_edge_that_the_histogram_lacks_is_an_error(edges):
    with pytest.raises(TemplateError, match="edge"):
        rebin(with_flow([1.0] * 27), edges)


def test_coarse_edges_are_those_of_the_challenge():
    np.testing.assert_allclose(coarse_edges(FINE, 110, 2), np.arange(110, 551, 40))


def test_left_over_bins_make_a_narrower_last_bin():
    np.testing.assert_allclose(coarse_edges([0, 1, 2, 3, 4, 5], 0, 2), [0, 2, 4, 5])


def test_no_bin_above_the_lowest_edge_is_an_error():
    with pytest.raises(TemplateError, match="no bin lies above 110"):
        coarse_edges(np.linspace(0, 1, 26), 110)


def test_templates_with_different_edges_cannot_be_added():
    with pytest.raises(TemplateError, match="different edges"):
        Template([0, 1], [1], [1]) + Template([0, 2], [1], [1])


def test_scaling_squares_in_the_variances():
    scaled = Template([0, 1], [2], [3]).scaled(4)
    assert (scaled.values[0], scaled.variances[0]) == (8, 48)


def test_a_template_cannot_be_changed():
    template = Template([0, 1], [2], [3])
    with pytest.raises(ValueError, match="read-only"):
        template.values[0] = 1


@pytest.mark.parametrize(
    ("edges", "values", "variances"),
    [([0, 1, 2], [1], [1]), ([0, 0], [1], [1]), ([0, 1], [np.nan], [1]), ([0, 1], [1], [-1])],
)
def test_malformed_templates_are_refused(edges, values, variances):
    with pytest.raises(TemplateError):
        Template(edges, values, variances)


def write(path, variations, entries):
    histogram = hist.Hist(
        hist.axis.StrCategory(variations, name="variation"),
        hist.axis.Regular(3, 0, 3, name="observable"),
        storage=hist.storage.Weight(),
    )
    for variation, value, weight in entries:
        histogram.fill(variation=variation, observable=value, weight=weight)
    path.write_text(json.dumps({"ht": histogram}, default=uhi.io.json.default))
    return path


def test_histogram_files_come_back_with_flow_and_variances(tmp_path):
    path = write(
        tmp_path / "h.json",
        ["nominal", "jes_up"],
        [("nominal", -1, 2), ("nominal", 0.5, 3), ("nominal", 9, 4), ("jes_up", 2.5, 5)],
    )
    varied = read_histograms(path)["ht"]
    assert varied["nominal"].edges.tolist() == [-np.inf, 0, 1, 2, 3, np.inf]
    assert varied["nominal"].values.tolist() == [2, 3, 0, 0, 4]
    assert varied["nominal"].variances.tolist() == [4, 9, 0, 0, 16]
    assert varied["jes_up"].values.tolist() == [0, 0, 0, 5, 0]


def test_files_of_one_sample_add_up_and_a_missing_variation_is_the_nominal(tmp_path):
    both = write(tmp_path / "a.json", ["nominal", "jes_up"], [("nominal", 0.5, 1), ("jes_up", 1.5, 1)])
    plain = write(tmp_path / "b.json", ["nominal"], [("nominal", 0.5, 10)])
    varied = collect_templates({"wjets": [both, plain]}, ["ht"])["ht"]["wjets"]
    assert varied["nominal"].values.tolist() == [0, 11, 0, 0, 0]
    assert varied["jes_up"].values.tolist() == [0, 10, 1, 0, 0]


def test_a_channel_without_histogram_is_an_error_that_names_file_and_channel(tmp_path):
    path = write(tmp_path / "a.json", ["nominal"], [])
    with pytest.raises(TemplateError, match=r"a\.json.*'score'"):
        collect_templates({"wjets": [path]}, ["score"])


def test_a_file_that_holds_something_else_is_an_error_that_names_it(tmp_path):
    path = tmp_path / "broken.json"
    path.write_text('{"ht": {"axes": []}}')
    with pytest.raises(TemplateError, match=r"broken\.json.*'ht'"):
        read_histograms(path)
