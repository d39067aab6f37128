"""Tables of the report: yields, fitted parameters, cutflow, classifier."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from analysis.campaign import Process
from analysis.fitting.result import FitResult
from analysis.fitting.yields import Yields
from analysis.plots.campaign_plots import fitted_pulls
from analysis.plots.cutflow import SampleCutflow
from analysis.plots.names import feature_name, parameter_name, region_name
from analysis.report.html import Child, Html, element, join
from analysis.report.mathtext import label_html
from analysis.report.numbers import DASH, number, signed, with_uncertainty

SHOWN_PARAMETERS = 20


def table(head: Sequence[Child], rows: Sequence[Html], note: Child = None) -> Html:
    """A table whose first column is text and whose others are numbers."""
    titles = [
        element("th", title, scope="col", class_="number" if column else None) for column, title in enumerate(head)
    ]
    return framed(element("tr", *titles), rows, note)


def framed(head: Html, rows: Sequence[Html], note: Child = None) -> Html:
    """A table that scrolls sideways where the screen is narrow, with a note that does not."""
    content = element("table", element("thead", head), element("tbody", *rows))
    text = element("p", note, class_="note") if note else None
    return element("div", element("div", content, class_="scroll"), text, class_="framed")


def row(title: Child, *cells: Child, class_: str | None = None) -> Html:
    numbers = [element("td", cell, class_="number") for cell in cells]
    return element("tr", element("th", title, scope="row"), *numbers, class_=class_)


def process_label(process: Process) -> Html:
    swatch = element("span", class_="swatch", style=f"background:{process.color}")
    return join(swatch, label_html(process.label))


def yields_table(fit: FitResult, processes: Mapping[str, Process], regions: Mapping[str, str], data_label: str) -> Html:
    """Events per process before and after the fit, two columns per channel; `regions` maps channels."""
    columns = [moments for channel in zip(fit.prefit, fit.postfit, strict=True) for moments in channel]
    head: list[Child] = ["Process"]
    for k, column in enumerate(columns):
        region = region_name(regions.get(column.channel, column.channel))
        head.append(join(region, element("br"), "after the fit" if k % 2 else "before the fit"))
    present = {name for column in columns for name in column.samples}
    rows = [
        row(process_label(process), *(_events(column.samples.get(name)) for column in columns))
        for name, process in processes.items()
        if name in present
    ]
    rows.append(row("Total expected", *(_events(column.sum) for column in columns), class_="total strong"))
    rows.append(row(data_label, *(number(sum(column.data)) for column in columns), class_="total"))
    note = (
        "Events in the fitted range. Uncertainties are statistical and systematic; those of single processes "
        "are correlated after the fit and do not add up to that of the total."
    )
    return table(head, rows, note)


def _events(yields: Yields | None) -> str:
    return with_uncertainty(yields.total, yields.total_uncertainty) if yields else DASH


def parameters_table(fit: FitResult) -> Html:
    """Values, pulls and impacts of the parameters, largest impact first."""
    impacts = {impact.parameter: impact for impact in fit.impacts}
    pulls = fitted_pulls(fit)
    parameters = [parameter for parameter in fit.parameters if parameter.name != fit.poi]
    parameters.sort(key=lambda p: -impacts[p.name].size if p.name in impacts else 0.0)
    rows = []
    for parameter in parameters[:SHOWN_PARAMETERS]:
        pull, impact = pulls.get(parameter.name), impacts.get(parameter.name)
        rows.append(
            row(
                parameter_name(parameter.name),
                f"{signed(pull.value)} ± {number(pull.uncertainty, 2)}" if pull else DASH,
                signed(impact.postfit_up, 4) if impact else DASH,
                signed(impact.postfit_down, 4) if impact else DASH,
            )
        )
    note = "Pull: fitted value less the one before, in units of the uncertainty before the fit."
    if len(parameters) > SHOWN_PARAMETERS:
        note += f" {len(parameters) - SHOWN_PARAMETERS} parameters of smaller impact are not shown."
    return table(["Parameter", "Pull", "Impact on μ, up", "Impact on μ, down"], rows, note)


def cutflow_table(samples: Sequence[SampleCutflow], luminosity: float) -> Html:
    """Expected and raw events after each cut, two columns per process."""
    head: list[Child] = ["Cut"]
    for sample in samples:
        name = label_html(sample.label)
        head += [join(name, element("br"), "expected"), join(name, element("br"), "raw")]
    rows = []
    for k, cut in enumerate(samples[0].cuts):
        cells: list[Child] = []
        for sample in samples:
            entry = sample.rows[k]
            cells += [with_uncertainty(entry.expected, math.sqrt(entry.variance)), number(entry.raw)]
        rows.append(row(region_name(cut), *cells))
    note = (
        f"Expected: weighted to {luminosity:g} /pb, with the statistical uncertainty of the simulation. "
        "Raw: simulated events."
    )
    return table(head, rows, note)


def importances_table(summary: Mapping[str, Any]) -> Html:
    """How much of the AUC each feature carries, as numbers and bars."""
    importances = sorted(summary["importances"].items(), key=lambda item: -item[1])
    largest = max((value for _, value in importances), default=0.0) or 1.0
    rows = [
        element(
            "tr",
            element("th", label_html(feature_name(name)), scope="row"),
            element("td", number(value, 4), class_="number"),
            element(
                "td",
                element("span", class_="bar", style=f"width:{max(value, 0) / largest * 9:.2f}rem"),
                style="width:10rem",
            ),
        )
        for name, value in importances
    ]
    head = element(
        "tr",
        element("th", "Feature", scope="col"),
        element("th", "Loss of AUC", scope="col", class_="number"),
        element("th", scope="col"),
    )
    return framed(head, rows, "Loss of AUC when a feature's values are shuffled between events.")
