"""What is expected before the fit: samples per bin and the uncertainty of their sum, from templates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analysis.campaign import Process
from analysis.plots.stack import Sample, StackedYields
from analysis.plots.systematics import Variation
from analysis.templates import NOMINAL, Floats, Template, rebin

Varied = Mapping[str, Template]


def without_flow(template: Template) -> Template:
    """The template without underflow and overflow bins."""
    return rebin(template, template.edges[np.isfinite(template.edges)])


def sources(varied: Varied) -> list[str]:
    """Sources of uncertainty with an up and a down template, in order of appearance."""
    return [
        name.removesuffix("_up")
        for name in varied
        if name.endswith("_up") and f"{name.removesuffix('_up')}_down" in varied
    ]


def sample_variations(varied: Varied) -> list[Variation]:
    """Up and down yields of one sample without flow bins."""
    return [
        Variation(name, without_flow(varied[f"{name}_up"]).values, without_flow(varied[f"{name}_down"]).values)
        for name in sources(varied)
    ]


def prefit_yields(
    samples: Mapping[str, Varied],
    processes: Mapping[str, Process],
    luminosity_uncertainty: float,
    data: Template | None = None,
    rates: Mapping[str, float] | None = None,
    **labels: str,
) -> StackedYields:
    """Stack of one observable with its uncertainty before the fit.

    Statistical variances of the samples, every source of variation (its effect on the sum of all samples),
    the luminosity and `rates` (relative uncertainty per sample), added in quadrature, up and down apart.
    """
    nominal = {name: without_flow(varied[NOMINAL]) for name, varied in samples.items()}
    edges = next(iter(nominal.values())).edges
    total = np.sum([template.values for template in nominal.values()], axis=0)
    up = np.sum([template.variances for template in nominal.values()], axis=0)
    up = up + (luminosity_uncertainty * total) ** 2
    for name, relative in (rates or {}).items():
        if name in nominal:
            up = up + (relative * nominal[name].values) ** 2
    down = up.copy()
    for source in dict.fromkeys(name for varied in samples.values() for name in sources(varied)):
        shifts = [_shift(samples, f"{source}_{direction}", total) for direction in ("up", "down")]
        up += np.maximum(0, np.max(shifts, axis=0)) ** 2
        down += np.minimum(0, np.min(shifts, axis=0)) ** 2
    observed = None if data is None else without_flow(data)
    weighted = observed is not None and not np.array_equal(observed.values, observed.variances)
    return StackedYields(
        edges,
        tuple(
            Sample(processes[name].label, processes[name].color, template.values, processes[name].signal)
            for name, template in nominal.items()
        ),
        np.sqrt(down),
        np.sqrt(up),
        None if observed is None else observed.values,
        observed.variances if observed is not None and weighted else None,
        **labels,
    )


def _shift(samples: Mapping[str, Varied], variation: str, total: Floats) -> Floats:
    """Change of the sum of all samples; a sample without this variation does not move."""
    varied = [without_flow(templates.get(variation, templates[NOMINAL])).values for templates in samples.values()]
    return np.sum(varied, axis=0) - total
