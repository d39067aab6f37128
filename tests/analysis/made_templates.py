"""A synthetic measurement that resembles the quickstart campaign, and a one-bin counting experiment."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.templates import Template, Templates
from analysis.workspace import build_workspace

EDGES = np.arange(110.0, 551.0, 40.0)
CENTRES = (EDGES[1:] + EDGES[:-1]) / 2
# sample → (events in 4j1b, in 4j2b), weight of a simulated event, peak and width in each channel (GeV)
SAMPLES = {
    "ttbar": ((320, 280), 1.0, ((290, 100), (190, 80))),
    "wjets": ((170, 30), 2.0, ((240, 90), (220, 120))),
    "single_top": ((40, 20), 0.5, ((240, 90), (220, 120))),
}
# systematic → (change of the rate, of its slope over 200 GeV)
SYSTEMATICS = {
    "jes": (0.06, 0.05),
    "jer": (0.02, 0.02),
    "btag_heavy": (0.05, 0.01),
    "btag_light": (0.02, 0.0),
}


def made_templates(seed: int = 1) -> tuple[Templates, dict[str, Template]]:
    """Templates of finite simulated samples, and data thrown from their sum."""
    random = np.random.default_rng(seed)
    templates: Templates = {}
    for index, channel in enumerate(("ht_4j1b", "trijet_mass_4j2b")):
        templates[channel] = {}
        for sample, (events, weight, shapes) in SAMPLES.items():
            peak, width = shapes[index]
            density = np.exp(-0.5 * ((CENTRES - peak) / width) ** 2)
            simulated = random.poisson(events[index] * density / density.sum() / weight)
            nominal = Template(EDGES, simulated * weight, simulated * weight**2)
            templates[channel][sample] = {"nominal": nominal} | _varied(nominal, sample)
    data = {}
    for channel, samples in templates.items():
        expected = sum(varied["nominal"].values for varied in samples.values())
        counts = random.poisson(expected)
        data[channel] = Template(EDGES, counts, counts)
    return templates, data


def _varied(nominal: Template, sample: str) -> dict[str, Template]:
    changes = dict(SYSTEMATICS) | ({"w_scale": (0.025, 0.0)} if sample == "wjets" else {})
    varied = {}
    for name, (rate, slope) in changes.items():
        for direction, sign in (("up", 1), ("down", -1)):
            factor = 1 + sign * (rate + slope * (CENTRES - CENTRES.mean()) / 200)
            varied[f"{name}_{direction}"] = Template(EDGES, nominal.values * factor, nominal.variances)
    return varied


def made_workspace(seed: int = 1) -> dict[str, Any]:
    """The workspace of `made_templates` with rate uncertainties."""
    templates, data = made_templates(seed)
    return build_workspace(
        templates, data, luminosity_uncertainty=0.025, normalisation={"wjets": 0.1, "single_top": 0.1}
    )


def counting_workspace(
    observed: float, signal: float = 50.0, background: float = 100.0, background_uncertainty: float = 0.0
) -> dict[str, Any]:
    """One bin with μ signal + background, the latter known to ± an absolute uncertainty."""
    modifiers = []
    if background_uncertainty:
        shifts = {
            "hi_data": [background + background_uncertainty],
            "lo_data": [background - background_uncertainty],
        }
        modifiers = [{"name": "background", "type": "histosys", "data": shifts}]
    scale = {"name": "mu", "type": "normfactor", "data": None}
    return {
        "channels": [
            {
                "name": "count",
                "samples": [
                    {"name": "signal", "data": [signal], "modifiers": [scale]},
                    {"name": "background", "data": [background], "modifiers": modifiers},
                ],
            }
        ],
        "observations": [{"name": "count", "data": [observed]}],
        "measurements": [{"name": "counting", "config": {"poi": "mu", "parameters": []}}],
        "version": "1.0.0",
    }
