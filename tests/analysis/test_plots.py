"""Figures show the numbers they were given, and their files are reproducible."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch

from analysis.campaign import Process
from analysis.plots.cutflow import CutflowFiles, CutflowRow, SampleCutflow, draw_cutflow, read_cutflow
from analysis.plots.impacts import Impact, draw_impacts
from analysis.plots.prediction import prefit_yields
from analysis.plots.pulls import Pull, draw_pulls
from analysis.plots.roc import Curve, draw_roc
from analysis.plots.stack import Sample, StackedYields, data_errors, draw_stack
from analysis.plots.strength import Measurement, draw_strength
from analysis.plots.style import PlotError, luminosity_text, save
from analysis.plots.systematics import Variation, draw_variations
from analysis.plots.toys import draw_toys
from analysis.templates import Template

EDGES = np.array([50.0, 150.0, 250.0, 350.0])
SIGNAL = Sample("signal", "#e42536", np.array([4.0, 20.0, 6.0]), signal=True)
LARGE = Sample("large", "#5790fc", np.array([30.0, 10.0, 3.0]))
SMALL = Sample("small", "#f89c20", np.array([1.0, 2.0, 1.0]))
DATA = np.array([33.0, 36.0, 8.0])


def yields(**changes: object) -> StackedYields:
    error = np.array([3.0, 2.0, 1.0])
    arguments = {
        "edges": EDGES,
        "samples": (SIGNAL, LARGE, SMALL),
        "down": error,
        "up": 2 * error,
        "data": DATA,
    }
    return StackedYields(**(arguments | changes))


def stairs(figure: Figure, panel: int = 0) -> list[StepPatch]:
    return [patch for patch in figure.axes[panel].patches if isinstance(patch, StepPatch)]


def texts(figure: Figure) -> str:
    found = [text.get_text() for axes in figure.axes for text in [*axes.texts, axes.xaxis.label, axes.yaxis.label]]
    legends = [axes.get_legend() for axes in figure.axes]
    found += [text.get_text() for legend in [*legends, *figure.legends] if legend for text in legend.get_texts()]
    return "\n".join(found)


def points(figure: Figure, panel: int, label: str) -> np.ndarray:
    """Positions of the points of an error bar container, shape (points, 2)."""
    container = next(c for c in figure.axes[panel].containers if c.get_label() == label)
    return np.asarray(container.lines[0].get_xydata())


def test_stack_piles_the_smallest_background_first_and_the_signal_last() -> None:
    patches = stairs(draw_stack(yields(), label="$H_T$"))
    tops = [patch.get_data().values for patch in patches[:3]]
    expected = np.cumsum([SMALL.values, LARGE.values, SIGNAL.values], axis=0)
    np.testing.assert_allclose(tops, expected[::-1])  # mplhep draws from top to bottom
    assert [patch.get_facecolor()[:3] for patch in patches[:3]] == [
        pytest.approx(tuple(int(s.color[k : k + 2], 16) / 255 for k in (1, 3, 5))) for s in (SIGNAL, LARGE, SMALL)
    ]


def test_band_of_the_stack_spans_the_uncertainties() -> None:
    band = stairs(draw_stack(yields(), label="$H_T$"))[3].get_data()
    total = SIGNAL.values + LARGE.values + SMALL.values
    np.testing.assert_allclose(band.values, np.add(total, [6, 4, 2]))
    np.testing.assert_allclose(band.baseline, np.subtract(total, [3, 2, 1]))


def test_data_points_and_their_ratio_lie_at_the_counts() -> None:
    figure = draw_stack(yields(), label="$H_T$")
    np.testing.assert_allclose(points(figure, 0, "Pseudo-data"), np.stack([[100, 200, 300], DATA], axis=1))
    total = SIGNAL.values + LARGE.values + SMALL.values
    np.testing.assert_allclose(points(figure, 1, "data / prediction")[:, 1], DATA / total)


def test_a_bin_without_expectation_has_no_ratio_and_breaks_nothing() -> None:
    empty = Sample("signal", "#e42536", np.array([0.0, 20.0, 6.0]), signal=True)
    figure = draw_stack(yields(samples=(empty,), down=np.zeros(3), up=np.zeros(3)), label="$H_T$")
    assert points(figure, 1, "data / prediction")[:, 0].tolist() == [200, 300]


def test_stack_without_data_has_no_points() -> None:
    figure = draw_stack(yields(data=None), label="$H_T$")
    assert not figure.axes[0].containers and not figure.axes[1].containers


def test_labels_carry_units_region_luminosity_and_energy() -> None:
    text = texts(draw_stack(yields(), label="$H_T$", unit="GeV", region="4 jets", note="before", luminosity=10))
    for wanted in (
        "$H_T$ [GeV]",
        "Events / 100 GeV",
        "4 jets\nbefore",
        "caselaw",
        "simulation",
        "13 TeV",
        "10",
    ):
        assert wanted in text
    assert texts(draw_stack(yields(), label="score")).count("[") == 0


def test_legend_follows_the_stack_from_top_to_bottom() -> None:
    legend = draw_stack(yields(), label="$H_T$").axes[0].get_legend()
    names = [text.get_text() for text in legend.get_texts()]
    assert names[:4] == ["Pseudo-data", "signal", "large", "small"]


@pytest.mark.parametrize("wrong", [{"data": np.ones(2)}, {"up": np.ones(4)}, {"samples": ()}])
def test_shapes_that_do_not_fit_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(PlotError, match=r"bins|sample"):
        yields(**wrong)


def test_poisson_intervals_are_those_of_the_literature() -> None:
    # PDG review of statistics, table 40.3: 68.27 % central intervals of 0 (one-sided tail), 1 and 10
    errors = data_errors(np.array([0.0, 1.0, 10.0]))
    np.testing.assert_allclose(errors[0], [0.0, 0.827, 3.109], atol=2e-3)
    np.testing.assert_allclose(errors[1], [1.841, 2.300, 4.267], atol=2e-3)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=20))
def test_intervals_contain_the_count_and_never_go_below_zero(counts: list[int]) -> None:
    values = np.array(counts, dtype=float)
    down, up = data_errors(values)
    assert (down >= 0).all() and (up > 0).all() and (values - down >= 0).all()


def test_weighted_data_have_errors_from_their_variances() -> None:
    np.testing.assert_allclose(data_errors(DATA, np.full(3, 4.0)), np.full((2, 3), 2.0))


def test_prefit_band_adds_sources_in_quadrature_and_leaves_flow_out() -> None:
    edges = [-np.inf, 0, 1, 2, np.inf]

    def template(values: list[float], variance: float = 0.0) -> Template:
        return Template(edges, [99, *values, 99], [99, variance, variance, 99])

    samples = {
        "top": {
            "nominal": template([100, 50], 9), "jes_up": template([104, 50]), "jes_down": template([97, 50]),
        },
        "w": {"nominal": template([10, 10], 16)},
    }  # fmt: skip
    processes = {
        "top": Process(label="top", color="#e42536", signal=True), "w": Process(label="W", color="#5790fc"),
    }  # fmt: skip
    stack = prefit_yields(samples, processes, 0.02, template([105, 66], 0))
    np.testing.assert_allclose(stack.expected, [110, 60])
    np.testing.assert_allclose(stack.up**2, [25 + 2.2**2 + 16, 25 + 1.2**2])
    np.testing.assert_allclose(stack.down**2, [25 + 2.2**2 + 9, 25 + 1.2**2])
    np.testing.assert_allclose(stack.data, [105, 66])


def test_systematics_draw_up_and_down_over_nominal_in_a_panel_each() -> None:
    nominal = np.array([10.0, 0.0, 5.0])
    variations = [
        Variation("jes", nominal * 1.1, nominal * 0.9), Variation("jer", nominal * 1.02, nominal * 0.97),
        Variation("unknown_source", nominal, nominal),
    ]  # fmt: skip
    figure = draw_variations(EDGES, nominal, nominal, variations, label="$H_T$", unit="GeV", sample="W+jets")
    _, up, down = stairs(figure, 0)
    np.testing.assert_allclose(up.get_data().values, [1.1, 1, 1.1])
    np.testing.assert_allclose(down.get_data().values, [0.9, 1, 0.9])
    np.testing.assert_allclose(stairs(figure, 1)[1].get_data().values, [1.02, 1, 1.02])
    assert all(name in texts(figure) for name in ("Jet energy scale", "unknown source", "W+jets", "up", "down"))
    assert [axes.get_visible() for axes in figure.axes] == [True, True, True, False]


PULLS = [Pull("jes", 0.3, 0.8), Pull("btag_heavy", -0.5, 0.95), Pull("luminosity", 0.0, 1.0)]


def test_pulls_lie_at_their_values_from_top_to_bottom() -> None:
    figure = draw_pulls(PULLS)
    np.testing.assert_allclose(points(figure, 0, "fitted"), [[0.3, 0], [-0.5, 1], [0.0, 2]])
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == ["Jet energy scale", "b tagging, heavy flavour", "Luminosity"]
    assert figure.axes[0].yaxis_inverted()


def test_impacts_are_ranked_and_cut_off() -> None:
    sizes = [(0.02, -0.01), (0.05, -0.06), (0.001, -0.001)]
    impacts = [Impact(pull, size if size[0] > 0.01 else None, size) for pull, size in zip(PULLS, sizes, strict=True)]
    figure = draw_impacts(impacts, at_most=2)
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == ["b tagging, heavy flavour", "Jet energy scale"]
    bars = {c.get_label(): [bar.get_width() for bar in c] for c in figure.axes[1].containers}
    assert bars["θ up, after fit"] == [0.05, 0.02] and bars["θ down, after fit"] == [-0.06, -0.01]
    assert len(draw_impacts(impacts).axes[1].containers[0]) == 3


def test_strength_is_drawn_with_its_uncertainties() -> None:
    figure = draw_strength([Measurement("Fit", 0.96, 0.104, 0.05)], luminosity=10)
    total, stat = (c.lines[2][0].get_segments()[0][:, 0] for c in figure.axes[0].containers)
    np.testing.assert_allclose(total, [0.856, 1.064])
    np.testing.assert_allclose(stat, [0.91, 1.01])
    assert "0.960 ± 0.104" in texts(figure)


def test_roc_draws_the_curve_with_its_area() -> None:
    figure = draw_roc([Curve("unseen", [0, 0.5, 1], [0, 0.9, 1], 0.7)])
    assert figure.axes[0].lines[1].get_xydata().tolist() == [[0, 0], [0.5, 0.9], [1, 1]]
    assert "unseen (AUC 0.700)" in texts(figure)
    with pytest.raises(PlotError, match="3 background"):
        draw_roc([Curve("unseen", [0, 0.5, 1], [0, 1], 0.7)])


def test_toys_are_counted_and_summarised() -> None:
    pulls = np.array([-1.0, 1.0, -1.0, 1.0, 0.0, 9.0])
    figure = draw_toys(pulls)
    assert stairs(figure)[0].get_data().values.sum() == 6
    assert "mean +1.50" in texts(figure) and f"width {pulls.std(ddof=1):.2f}" in texts(figure)


def cutflow_file(folder, name: str, rows: list[tuple[str, int, float, float]]) -> str:
    keys = ("cut", "raw", "weighted", "weighted_squared")
    path = folder / name
    path.write_text(json.dumps({"rows": [dict(zip(keys, row, strict=True)) for row in rows]}))
    return str(path)


def test_cutflows_of_branches_and_datasets_add_up_with_their_factors(tmp_path) -> None:
    first = cutflow_file(tmp_path, "a", [("all events", 10, 10.0, 10.0), ("4j1b", 2, 2.0, 2.0)])
    second = cutflow_file(tmp_path, "b", [("all events", 20, 20.0, 20.0), ("4j1b", 3, 3.0, 3.0)])
    merged = read_cutflow([CutflowFiles([first, second], 2.0), CutflowFiles([first], 0.5)])
    assert merged == (CutflowRow("all events", 40, 65.0, 122.5), CutflowRow("4j1b", 7, 11.0, 20.5))


def test_a_broken_or_strange_cutflow_is_named(tmp_path) -> None:
    good = cutflow_file(tmp_path, "good", [("all events", 1, 1.0, 1.0)])
    other = cutflow_file(tmp_path, "other", [("no events", 1, 1.0, 1.0)])
    (tmp_path / "broken").write_text("{")
    for files, named in (([good, other], "other"), ([str(tmp_path / "broken")], "broken")):
        with pytest.raises(PlotError, match=named):
            read_cutflow([CutflowFiles(files)])


def test_cutflow_draws_every_sample_even_where_nothing_is_left() -> None:
    rows = [CutflowRow("all events", 10, 1000.0, 1.0), CutflowRow("4j1b", 0, 0.0, 0.0)]
    figure = draw_cutflow([SampleCutflow("top", "#e42536", tuple(rows))])
    heights = figure.axes[0].lines[0].get_ydata()
    assert heights[0] == 1000 and heights[1] == figure.axes[0].get_ylim()[0]


def test_saved_figures_are_png_and_pdf_with_equal_bytes_each_time(tmp_path) -> None:
    for folder in ("first", "second"):
        png, pdf = save(draw_stack(yields(), label="$H_T$", luminosity=10), tmp_path / folder, "stack")
        assert png.read_bytes().startswith(b"\x89PNG") and pdf.read_bytes().startswith(b"%PDF")
        assert png.stat().st_size > 10_000 and pdf.stat().st_size > 5_000
        assert b"CreationDate" not in pdf.read_bytes() and b"Software" not in png.read_bytes()
    for name in ("stack.png", "stack.pdf"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


def test_no_glyph_is_missing_from_the_fonts(tmp_path, recwarn: pytest.WarningsRecorder) -> None:
    save(draw_stack(yields(), label="$m_{bjj}$", region="≥4 jets, ≥2 b tags"), tmp_path, "stack")
    save(draw_impacts([Impact(PULLS[0], (1, -1), (1, -1))]), tmp_path, "impacts")
    save(draw_toys([0.0, -1.0]), tmp_path, "toys")
    assert not [w for w in recwarn if "Glyph" in str(w.message)]


def test_house_style_does_not_leak() -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    draw_toys([0.0, 1.0])
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(("value", "text"), [(10, "10 "), (3378, "3.38 "), (None, "13 TeV"), (140_000, "140 ")])
def test_luminosity_is_given_in_fitting_units(value: float | None, text: str) -> None:
    shown = luminosity_text(value)
    assert shown.startswith(text) and shown.count("13 TeV") == 1
    assert ("fb" in shown) == (value is not None and value >= 1000)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.floats(0, 1e6), min_size=3, max_size=3),
    st.lists(st.integers(0, 10**6), min_size=3, max_size=3),
)
def test_any_contents_fit_below_the_upper_end_of_the_axis(expected: list[float], counts: list[int]) -> None:
    sample = Sample("signal", "#e42536", np.array(expected), signal=True)
    data = np.array(counts, dtype=float)
    figure = draw_stack(yields(samples=(sample,), data=data), label="$H_T$")
    assert figure.axes[0].get_ylim()[1] >= max(*expected, *counts)
    assert np.isfinite(figure.axes[1].get_ylim()).all()
