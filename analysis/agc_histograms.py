"""The histograms and the statistical model that the Analysis Grand Challenge publishes.

github.com/iris-hep/analysis-grand-challenge, analyses/cms-open-data-ttbar: reference histograms (JSON:
"<region>_<sample>[_<variation>]" → 25 bins from 50 to 550 GeV plus flow), the event counts of its input
files (JSON), and its definition of the measurement (YAML in cabinetry's vocabulary).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from analysis.templates import NOMINAL, Template, Templates, rebin
from analysis.workspace import Normalisation, ShapeAndRate, Systematic, build_workspace

LUMINOSITY = 3378.0  # 1/pb, CMS 2015 open data
CROSS_SECTIONS = {  # pb at 13 TeV, as in the Challenge's utils/file_input.py and ttbar_analysis_pipeline
    "ttbar": 396.87 + 332.97,
    "single_top_s_chan": 2.0268 + 1.2676,
    "single_top_t_chan": (36.993 + 22.175) / 0.252,
    "single_top_tW": 37.936 + 37.906,
    "wjets": 61457 * 0.252,
}
SYSTEMATIC_KEYS = {"Name", "Type", "Up", "Down", "Samples"}


class PublishedHistogramError(ValueError):
    """A published histogram is missing, or does not fit the published event counts."""


class DefinitionError(ValueError):
    """The definition of the measurement uses something that is not understood here."""


@dataclass(frozen=True)
class PublishedMeasurement:
    """Templates, data and systematics of a published measurement, ready for `build_workspace`."""

    name: str
    poi: str
    poi_bounds: tuple[float, float]
    signal: tuple[str, ...]
    templates: Templates
    data: dict[str, Template]
    systematics: tuple[Systematic, ...]

    def workspace(self) -> dict[str, Any]:
        """The pyhf workspace of this measurement."""
        return build_workspace(
            self.templates,
            self.data,
            signal=self.signal,
            poi=self.poi,
            poi_bounds=self.poi_bounds,
            systematics=self.systematics,
            measurement=self.name,
        )


AnyPath = os.PathLike[str] | str


def published_templates(
    histograms_json: AnyPath, inputs_json: AnyPath, definition_yaml: AnyPath, *, files_per_process: int = 1
) -> PublishedMeasurement:
    """Read the published histograms with the bins and systematics of the published definition.

    The contents are normalised to luminosity already; the event counts of the first `files_per_process`
    input files give the weight of one event, hence the statistical uncertainties, which the histograms
    lack. Bins outside the definition's binning, under- and overflow among them, are dropped.
    """
    histograms = json.loads(Path(histograms_json).read_text(encoding="utf-8"))
    inputs = json.loads(Path(inputs_json).read_text(encoding="utf-8"))
    definition = yaml.safe_load(Path(definition_yaml).read_text(encoding="utf-8"))
    systematics = tuple(_systematic(entry) for entry in definition.get("Systematics", []))
    names = [entry["Name"] for entry in definition["Samples"] if not entry.get("Data", False)]
    poi, bounds, signal = _signal(definition, names)
    weights = event_weights(inputs, files_per_process)
    templates: Templates = {}
    data: dict[str, Template] = {}
    for region in definition["Regions"]:
        channel = region["Name"]
        templates[channel] = {}
        for sample in definition["Samples"]:
            pattern = _pattern(definition, region, sample)
            if sample.get("Data", False):
                observed = _template(histograms, pattern.format(VariationPath=""), 1.0)
                data[channel] = rebin(observed, region["Binning"])
                continue
            variations = _variations(definition, sample["Name"])
            varied = _read_sample(histograms, pattern, variations, weights, sample["SamplePath"])
            templates[channel][sample["Name"]] = {
                name: rebin(template, region["Binning"]) for name, template in varied.items()
            }
    name = definition["General"]["Measurement"]
    return PublishedMeasurement(name, poi, bounds, signal, templates, data, systematics)


def event_weights(inputs: Mapping[str, Any], files_per_process: int) -> dict[tuple[str, str], float]:
    """(process, variation) → cross section × luminosity / number of events of the first input files.

    Raises `PublishedHistogramError` for a process without a cross section.
    """
    weights = {}
    for process, variations in inputs.items():
        if process not in CROSS_SECTIONS:
            raise PublishedHistogramError(
                f"no cross section for process '{process}' (known: {', '.join(CROSS_SECTIONS)})"
            )
        for variation, content in variations.items():
            events = sum(file["nevts"] for file in content["files"][:files_per_process])
            weights[process, variation] = CROSS_SECTIONS[process] * LUMINOSITY / events
    return weights


def _read_sample(
    histograms: Mapping[str, Any],
    pattern: str,
    variations: Sequence[str],
    weights: Mapping[tuple[str, str], float],
    process: str,
) -> dict[str, Template]:
    """All templates of one sample in one region; the nominal one must be a whole number of events."""
    weight = weights[process, NOMINAL]
    varied = {NOMINAL: _template(histograms, pattern.format(VariationPath=""), weight)}
    events = varied[NOMINAL].values / weight
    if np.abs(events - np.round(events)).max() > 1e-3:
        raise PublishedHistogramError(
            f"histogram '{pattern.format(VariationPath='')}' is not a whole number of events of weight "
            f"{weight:.6g}: was it made from another number of input files?"
        )
    for path in variations:
        name = path.removeprefix("_")
        # exact for samples of their own; events that carry weights have no variance published
        own = weights.get((process, name), weight)
        varied[name] = _template(histograms, pattern.format(VariationPath=path), own)
    return varied


def _template(histograms: Mapping[str, Any], name: str, weight: float) -> Template:
    """A published histogram with its flow bins; variances are those of events of equal weight."""
    if name not in histograms:
        raise PublishedHistogramError(f"there is no histogram '{name}' among the {len(histograms)} published")
    contents = np.asarray(histograms[name]["contents"], dtype=np.float64)
    edges = np.concatenate([[-np.inf], histograms[name]["edges"], [np.inf]])
    return Template(edges, contents, np.abs(contents) * weight)


def _pattern(definition: Mapping[str, Any], region: Mapping[str, Any], sample: Mapping[str, Any]) -> str:
    """Name of the histograms of a sample in a region, with the variation still to be filled in."""
    path = definition["General"]["InputPath"].partition(":")[2]
    return path.format(
        RegionPath=region["RegionPath"], SamplePath=sample["SamplePath"], VariationPath="{VariationPath}"
    )


def _as_tuple(value: str | list[str] | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    return (value,) if isinstance(value, str) else tuple(value)


def _variations(definition: Mapping[str, Any], sample: str) -> list[str]:
    """Variation paths of the histograms that the systematics on this sample need, each once."""
    paths: dict[str, None] = {}
    for entry in definition.get("Systematics", []):
        samples = _as_tuple(entry.get("Samples"))
        if entry["Type"] == "NormPlusShape" and (samples is None or sample in samples):
            for direction in ("Up", "Down"):
                if "VariationPath" in entry[direction]:
                    paths[entry[direction]["VariationPath"]] = None
    return list(paths)


def _systematic(entry: Mapping[str, Any]) -> Systematic:
    """A systematic of the definition; what this reader does not know is an error, never ignored."""
    name, samples = entry["Name"], _as_tuple(entry.get("Samples"))
    if unknown := set(entry) - SYSTEMATIC_KEYS:
        raise DefinitionError(f"systematic '{name}': settings {sorted(unknown)} are not understood")
    up, down = entry["Up"], entry["Down"]
    if entry["Type"] == "Normalization":
        return Normalisation(name, up["Normalization"], down["Normalization"], samples)
    if entry["Type"] != "NormPlusShape":
        raise DefinitionError(f"systematic '{name}': type '{entry['Type']}' is not understood")
    lower = None if down.get("Symmetrize", False) else down["VariationPath"].removeprefix("_")
    return ShapeAndRate(name, up["VariationPath"].removeprefix("_"), lower, samples)


def _signal(definition: Mapping[str, Any], samples: Sequence[str]) -> tuple[str, tuple[float, float], tuple[str, ...]]:
    """The parameter of interest, its bounds, and the samples that it scales."""
    poi = definition["General"]["POI"]
    factors = definition.get("NormFactors", [])
    if [factor["Name"] for factor in factors] != [poi]:
        raise DefinitionError(f"exactly one normalisation factor, the parameter of interest '{poi}', is understood")
    (factor,) = factors
    if factor.get("Nominal", 1.0) != 1.0:
        raise DefinitionError(f"normalisation factor '{poi}': the nominal value must be 1, not {factor['Nominal']}")
    low, high = factor.get("Bounds", (0.0, 10.0))
    return poi, (float(low), float(high)), _as_tuple(factor.get("Samples")) or tuple(samples)
