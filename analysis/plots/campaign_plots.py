"""All figures of a campaign, from the files that its steps wrote."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from analysis.campaign import Luminosity, Observable, Process
from analysis.fitting.impacts import Impact as FittedImpact
from analysis.fitting.result import FitResult
from analysis.fitting.yields import ChannelYields
from analysis.plots.cutflow import CutflowFiles, SampleCutflow, draw_cutflow, read_cutflow
from analysis.plots.impacts import Impact, draw_impacts
from analysis.plots.names import region_name
from analysis.plots.prediction import prefit_yields, sample_variations, without_flow
from analysis.plots.pulls import Pull, draw_pulls
from analysis.plots.roc import Curve, draw_roc
from analysis.plots.stack import Sample, StackedYields, draw_stack
from analysis.plots.strength import Measurement, draw_strength
from analysis.plots.style import PlotError, save
from analysis.plots.systematics import draw_variations
from analysis.plots.toys import draw_toys
from analysis.templates import NOMINAL, collect_templates, read_histograms

PathLike = os.PathLike[str] | str
INDEX = "figures.json"


@dataclass(frozen=True)
class CampaignResults:
    """Settings of a campaign and the files that its figures and report are made of.

    `histograms` and `cutflows` are per simulated process; `data` is the histogram file of (pseudo-)data;
    `rates` are the relative uncertainties of processes in the fit; `source` goes into every figure's label.
    """

    title: str
    luminosity: Luminosity
    processes: Mapping[str, Process]
    observables: Mapping[str, Observable]
    channels: Sequence[str]
    histograms: Mapping[str, Sequence[PathLike]]
    data: PathLike
    fit: PathLike
    cutflows: Mapping[str, Sequence[CutflowFiles]]
    classifier: PathLike | None = None
    data_label: str = "Pseudo-data"
    source: str = "simulation"
    rates: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class PlotEntry:
    """One figure in the folder: `name`.png and `name`.pdf; `section` says where it belongs in the report."""

    name: str
    section: str
    caption: str
    group: str = ""


def read_fit(path: PathLike) -> FitResult:
    """What the fit found. Raises `PlotError` for a file that is no result of a fit."""
    try:
        return FitResult.from_json(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PlotError(f"{os.fspath(path)}: not a result of a fit ({error!r})") from error


def plot_campaign(results: CampaignResults, folder: PathLike) -> list[PlotEntry]:
    """Draw every figure into `folder` (PNG and PDF) and list them in its `figures.json`."""
    entries = []
    for entry, figure in _figures(results):
        save(figure, folder, entry.name)
        entries.append(entry)
    index = json.dumps([asdict(entry) for entry in entries], indent=1, ensure_ascii=False)
    Path(folder, INDEX).write_text(index + "\n", encoding="utf-8")
    return entries


def read_index(folder: PathLike) -> list[PlotEntry]:
    """The figures that `plot_campaign` wrote into `folder`."""
    return [PlotEntry(**entry) for entry in json.loads(Path(folder, INDEX).read_text(encoding="utf-8"))]


Drawn = Iterator[tuple[PlotEntry, Figure]]


def _figures(results: CampaignResults) -> Drawn:
    fit = read_fit(results.fit)
    yield from _fit_figures(results, fit)
    yield from _distributions(results, fit)
    yield from _systematics(results)
    yield from _cutflow(results)
    if results.classifier is not None:
        yield from _classifier(results)


def _fit_figures(results: CampaignResults, fit: FitResult) -> Drawn:
    common = {"luminosity": results.luminosity.value, "source": results.source}
    measurement = Measurement("Fit", fit.signal_strength, fit.uncertainty, fit.statistical_uncertainty)
    pulls = fitted_pulls(fit)
    systematics = [pulls[p.name] for p in fit.parameters if p.kind == "systematic" and p.name in pulls]
    impacts = [_impact(entry, pulls) for entry in fit.impacts if entry.parameter in pulls]
    yield (
        PlotEntry(
            "signal_strength",
            "result",
            "Thick bar: statistical, thin bar: total uncertainty; dashed line: prediction.",
        ),
        draw_strength([measurement], **common),
    )
    if systematics:
        caption = "Nuisance parameters after the fit, in units of their uncertainty before it."
        yield PlotEntry("pulls", "fit", caption), draw_pulls(systematics, **common)
    if impacts:
        caption = "Shift of the signal strength with each parameter one standard deviation up and down."
        yield PlotEntry("impacts", "impacts", caption), draw_impacts(impacts, **common)
    if fit.toys is not None and fit.toys.toys:
        caption = "Pulls of the signal strength in toy experiments, which should follow the unit Gaussian."
        yield PlotEntry("toys", "fit", caption), draw_toys(fit.toys.pulls, source=results.source)


def fitted_pulls(fit: FitResult) -> dict[str, Pull]:
    """Pulls of all parameters that are constrained by something else than the data."""
    return {
        parameter.name: Pull(parameter.name, parameter.pull, parameter.constraint)
        for parameter in fit.parameters
        if parameter.pull is not None and parameter.constraint is not None
    }


def _impact(entry: FittedImpact, pulls: Mapping[str, Pull]) -> Impact:
    before = None
    if entry.prefit_up is not None and entry.prefit_down is not None:
        before = entry.prefit_up, entry.prefit_down
    return Impact(pulls[entry.parameter], before, (entry.postfit_up, entry.postfit_down))


def _distributions(results: CampaignResults, fit: FitResult) -> Drawn:
    """Data against simulation: every observable before the fit, the channels of the fit also after it."""
    templates = collect_templates(results.histograms, results.observables)
    data = read_histograms(results.data)
    fitted = {channel.channel: channel for channel in fit.postfit}
    for name, observable in results.observables.items():
        if NOMINAL not in data.get(name, {}):
            raise PlotError(f"{os.fspath(results.data)}: no histogram of '{name}'")
        yields = prefit_yields(
            templates[name], results.processes, results.luminosity.uncertainty, data[name][NOMINAL],
            results.rates, data_label=results.data_label,
        )  # fmt: skip
        yield _distribution(results, name, observable, yields, "before the fit")
        if name in fitted:
            after = _fitted_yields(results, fitted[name])
            yield _distribution(results, name, observable, after, "after the fit")


def _distribution(
    results: CampaignResults, name: str, observable: Observable, yields: StackedYields, when: str
) -> tuple[PlotEntry, Figure]:
    region = region_name(observable.region)
    figure = draw_stack(
        yields, label=observable.label, unit=observable.unit, region=region, note=when,
        luminosity=results.luminosity.value, source=results.source,
    )  # fmt: skip
    file_name = f"{name}_prefit" if when.startswith("before") else f"{name}_postfit"
    caption = f"{observable.label}, {region}, {when}."
    return PlotEntry(file_name, "distributions", caption, observable.region), figure


def _fitted_yields(results: CampaignResults, channel: ChannelYields) -> StackedYields:
    if channel.edges is None:
        raise PlotError(f"{results.fit}: the fit does not tell the bin edges of channel '{channel.channel}'")
    samples = []
    for name, yields in channel.samples.items():
        process = results.processes[name]
        samples.append(Sample(process.label, process.color, np.array(yields.values), process.signal))
    error = np.array(channel.sum.uncertainties)
    edges, data = np.array(channel.edges), np.array(channel.data)
    return StackedYields(edges, tuple(samples), error, error, data, data_label=results.data_label)


def _systematics(results: CampaignResults) -> Drawn:
    """One figure per channel of the fit and sample."""
    templates = collect_templates(results.histograms, results.channels)
    for channel, samples in templates.items():
        observable = results.observables[channel]
        for name, varied in samples.items():
            variations = sample_variations(varied)
            nominal = without_flow(varied[NOMINAL])
            if not variations or not np.any(nominal.values > 0):
                continue
            process, region = results.processes[name], region_name(observable.region)
            figure = draw_variations(
                nominal.edges, nominal.values, nominal.variances, variations, label=observable.label,
                unit=observable.unit, sample=process.label, region=region, source=results.source,
            )  # fmt: skip
            caption = f"{process.label}: {observable.label}, {region}."
            yield PlotEntry(f"systematics_{channel}_{name}", "systematics", caption, channel), figure


def read_cutflows(results: CampaignResults) -> list[SampleCutflow]:
    """Cutflow of every simulated process."""
    return [
        SampleCutflow(results.processes[name].label, results.processes[name].color, read_cutflow(datasets))
        for name, datasets in results.cutflows.items()
    ]


def _cutflow(results: CampaignResults) -> Drawn:
    caption = "Expected events after each cut; the last two are the regions, side by side."
    figure = draw_cutflow(read_cutflows(results), luminosity=results.luminosity.value, source=results.source)
    yield PlotEntry("cutflow", "cutflow", caption), figure


def _classifier(results: CampaignResults) -> Drawn:
    summary = json.loads(Path(results.classifier).read_text(encoding="utf-8"))
    curve = Curve("unseen events", summary["roc"]["background"], summary["roc"]["signal"], summary["auc"])
    caption = "Signal against background efficiency of the classifier, for events that it was not trained on."
    yield PlotEntry("roc", "classifier", caption), draw_roc([curve], source=results.source)
