"""The report of a campaign as one HTML page."""

from __future__ import annotations

import base64
import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis.fitting.result import FitResult
from analysis.plots.campaign_plots import CampaignResults, PlotEntry, read_cutflows, read_fit, read_index
from analysis.plots.names import region_name
from analysis.report.dag import Node, picture
from analysis.report.html import Child, Html, element, join
from analysis.report.mathtext import label_html
from analysis.report.numbers import MINUS, byte_size, duration, moment, number, percent
from analysis.report.outputs import Output, outputs_table
from analysis.report.script import SCRIPT
from analysis.report.stylesheet import STYLE
from analysis.report.tables import cutflow_table, importances_table, parameters_table, yields_table

PathLike = os.PathLike[str] | str


def write_report(
    html: PathLike,
    results: CampaignResults,
    plots: PathLike,
    outputs: Sequence[Output],
    dag: Sequence[Node],
) -> None:
    """Write the report of `results` to `html`; `plots` is the folder that `plot_campaign` filled.

    The page holds its images, style and script itself. The same arguments give the same bytes.
    """
    Path(html).write_text(render_report(results, plots, outputs, dag), encoding="utf-8")


def render_report(results: CampaignResults, plots: PathLike, outputs: Sequence[Output], dag: Sequence[Node]) -> str:
    fit = read_fit(results.fit)
    figures = _Figures(plots)
    sections = {
        "result": ("Result", _result(results, fit, figures)),
        "distributions": ("Distributions", _distributions(figures)),
        "yields": ("Yields", _yields(results, fit)),
        "fit": ("Fit", _fit(fit, figures)),
        "systematics": ("Systematics", _systematics(results, figures)),
        "cutflow": ("Cutflow", _cutflow(results, figures)),
        "classifier": ("Classifier", _classifier(results, figures)),
        "workflow": ("Workflow", _workflow(dag)),
        "outputs": ("Outputs", _outputs(outputs)),
    }
    sections = {name: content for name, content in sections.items() if content[1]}
    links = [element("li", element("a", title, href=f"#{name}")) for name, (title, _) in sections.items()]
    main = [element("section", element("h2", title), content, id=name) for name, (title, content) in sections.items()]
    body = element(
        "body",
        _header(results),
        element("nav", element("ul", *links), aria_label="Sections"),
        element("main", *main),
        _footer(outputs),
        element("dialog", element("img", alt=""), id="enlarged", aria_label="Enlarged figure"),
        element("script", Html(SCRIPT)),
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", results.title),
        element("link", rel="icon", href="data:,"),
        element("style", Html(STYLE)),
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


class _Figures:
    """The figures of a plots folder as HTML."""

    def __init__(self, folder: PathLike) -> None:
        self.folder = Path(folder)
        self.entries = read_index(folder)

    def of(self, section: str, group: str | None = None) -> list[PlotEntry]:
        return [e for e in self.entries if e.section == section and (group is None or e.group == group)]

    def image(self, entry: PlotEntry) -> Html:
        content = (self.folder / f"{entry.name}.png").read_bytes()
        width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))  # of the PNG header
        data = base64.b64encode(content).decode("ascii")
        return element(
            "img",
            src=f"data:image/png;base64,{data}",
            alt=_plain(entry.caption),
            width=width,
            height=height,
        )

    def figure(self, entry: PlotEntry) -> Html:
        text = element("figcaption", label_html(entry.caption))
        return element("figure", self.image(entry), text, id=f"figure-{entry.name}")

    def grid(self, entries: Sequence[PlotEntry]) -> Html:
        if not entries:
            return Html()
        kind = "figures single" if len(entries) == 1 else "figures"
        return element("div", *map(self.figure, entries), class_=kind)


def _plain(caption: str) -> str:
    """A caption as text: no markup of mathematics."""
    return caption.replace("$", "").replace("\\bar{t}", "t̄").replace("\\", "")


def _header(results: CampaignResults) -> Html:
    line = f"{_luminosity(results)} of {results.data_label.lower()} at 13 TeV"
    return element(
        "header",
        element("div", "caselaw", class_="brand"),
        element("h1", results.title),
        element("p", line, class_="soft"),
    )


def _luminosity(results: CampaignResults) -> str:
    value = results.luminosity.value
    return f"{value / 1000:g} fb⁻¹" if value >= 1000 else f"{value:g} pb⁻¹"


def _result(results: CampaignResults, fit: FitResult, figures: _Figures) -> Html:
    signal = [process.label for process in results.processes.values() if process.signal]
    what = join("Signal strength of ", label_html(" and ".join(signal)), ", measured over predicted cross section")
    value = element(
        "div", element("span", f"μ = {number(fit.signal_strength, 3)}"), " ",
        element("span", f"± {number(fit.uncertainty, 3)}"), class_="value",
    )  # fmt: skip
    parts: list[Child] = [value, element("p", what)]
    systematic = math.sqrt(max(fit.uncertainty**2 - fit.statistical_uncertainty**2, 0.0))
    split = f"± {number(fit.statistical_uncertainty, 3)} (stat.) ± {number(systematic, 3)} (syst.)"
    parts.append(element("p", split, class_="soft"))
    plots = [figures.figure(entry) for entry in figures.of("result")]
    card = element("div", element("div", *parts), *plots, class_="card result")
    return join(card, _facts(results, fit))


def _facts(results: CampaignResults, fit: FitResult) -> Html:
    """The tiles under the result."""
    observed = sum(sum(channel.data) for channel in fit.postfit)
    facts: dict[str, str] = {
        "Luminosity": f"{_luminosity(results)} ± {percent(results.luminosity.uncertainty)}",
        "Events in the fit": number(observed),
    }
    if fit.uncertainty_up is not None and fit.uncertainty_down is not None:
        interval = f"+{number(fit.uncertainty_up, 3)} {MINUS}{number(fit.uncertainty_down, 3)}"
        facts["Likelihood interval"] = interval
    if fit.goodness_of_fit.p_value is not None:
        facts["Goodness of fit"] = f"p = {fit.goodness_of_fit.p_value:.2g}"
    if fit.toys is not None and len(fit.toys.toys) > 1:
        facts["Toy pulls: mean / width"] = f"{number(fit.toys.mean, 2)} / {number(fit.toys.width, 2)}"
    if (summary := _summary(results)) is not None:
        facts["Classifier"] = f"AUC {summary['auc']:.3f}"
    return element(
        "dl", *(element("div", element("dt", k), element("dd", v)) for k, v in facts.items()), class_="facts"
    )


def _summary(results: CampaignResults) -> dict[str, Any] | None:
    if results.classifier is None:
        return None
    return json.loads(Path(results.classifier).read_text(encoding="utf-8"))


def _distributions(figures: _Figures) -> Html:
    entries = figures.of("distributions")
    parts = []
    for region in dict.fromkeys(entry.group for entry in entries):
        parts += [element("h3", region_name(region)), figures.grid([e for e in entries if e.group == region])]
    return join(*parts)


def _yields(results: CampaignResults, fit: FitResult) -> Html:
    regions = {name: observable.region for name, observable in results.observables.items()}
    return yields_table(fit, results.processes, regions, results.data_label)


def _fit(fit: FitResult, figures: _Figures) -> Html:
    return join(
        figures.grid(figures.of("fit")),
        element("h3", "Impacts"),
        figures.grid(figures.of("impacts")),
        element("h3", "Nuisance parameters"),
        parameters_table(fit),
    )


def _systematics(results: CampaignResults, figures: _Figures) -> Html:
    """Folded by channel, since there is a figure per sample."""
    parts = []
    for channel in dict.fromkeys(entry.group for entry in figures.of("systematics")):
        observable = results.observables[channel]
        title = join(label_html(observable.label), ", ", region_name(observable.region))
        entries = figures.of("systematics", channel)
        parts.append(
            element(
                "details", element("summary", title, " ", element("small", f"{len(entries)} samples")),
                figures.grid(entries), class_="print", open=not parts,
            )
        )  # fmt: skip
    return join(*parts)


def _cutflow(results: CampaignResults, figures: _Figures) -> Html:
    samples = read_cutflows(results)
    if not samples:
        return Html()
    return join(figures.grid(figures.of("cutflow")), element("br"), cutflow_table(samples, results.luminosity.value))


def _classifier(results: CampaignResults, figures: _Figures) -> Html:
    summary = _summary(results)
    if summary is None:
        return Html()
    trained = (
        ""
        if "auc_of_training_events" not in summary
        else (f", {summary['auc_of_training_events']:.3f} for events that it was trained on")
    )
    error = f" ± {summary['auc_error']:.3f}" if "auc_error" in summary else ""
    line = f"AUC {summary['auc']:.3f}{error} for unseen events{trained}."
    importances = importances_table(summary) if summary.get("importances") else Html()
    plots = [figures.figure(entry) for entry in figures.of("classifier")]
    return join(element("p", line), element("div", *plots, importances, class_="figures"))


def _workflow(dag: Sequence[Node]) -> Html:
    if not dag:
        return Html()
    branches = sum(node.branches for node in dag)
    families = len({node.family for node in dag})
    line = f"{families} task families, {len(dag)} tasks, {branches} branches. Arrows run from input to output; "
    line += "those that follow from others are left out."
    return join(element("p", line, class_="soft"), element("div", picture(dag), class_="card graph"))


def _outputs(outputs: Sequence[Output]) -> Html:
    if not outputs:
        return Html()
    seconds = sum({(o.family, o.parameters, o.fingerprint): o.seconds for o in outputs}.values())
    line = (
        f"{number(len(outputs))} outputs, {byte_size(sum(o.size_bytes for o in outputs))}, made in "
        f"{duration(seconds)} of task time. A name carries the fingerprint of all that an output was made "
        "from; hover a product to see its path."
    )
    return join(element("p", line, class_="soft"), outputs_table(outputs))


def _footer(outputs: Sequence[Output]) -> Html:
    made = max((output.made_at for output in outputs), default="")
    text = f"Latest output made {moment(made)}. " if made else ""
    return element("footer", text, "PDF versions of all figures lie beside the PNG files in the output of Plots.")
