"""The statistical model: templates and systematics become a HistFactory workspace (pyhf's JSON).

HistFactory: Cranmer et al., CERN-OPEN-2012-016; pyhf: Heinrich et al., JOSS 6 (2021) 2823.
Bins are protected as follows, so that no fit breaks on them:

- A sample without any nominal yield in a channel is left out of that channel.
- A negative nominal bin (negative weights) becomes zero; its statistical uncertainty stays.
- A bin in which no sample expects anything gets `EMPTY_BIN_EVENTS` times the channel's mean
  squared-over-linear event weight, 100 % uncertain, on the largest background: an observed event there
  costs a few units of -2 ln L instead of making the likelihood zero, and tells nothing about the signal.
- A normalisation factor is at least `SMALLEST_FACTOR` (its logarithm enters the interpolation).
- Varied bins are kept as they are, even below zero (a mirrored variation of a sparse sample): only
  the sum over samples matters, and `analysis.fitting.likelihood` keeps that positive.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.templates import NOMINAL, Floats, Template, TemplateError, Templates

EMPTY_BIN_EVENTS = 0.1
SMALLEST_FACTOR = 0.01
NEGLIGIBLE = 1e-9


class WorkspaceError(ValueError):
    """The templates, data and systematics do not make a statistical model."""


@dataclass(frozen=True)
class Normalisation:
    """A log-normal uncertainty on the rate: relative changes `up` (as +0.03) and `down` (as -0.03)."""

    name: str
    up: float
    down: float
    samples: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ShapeAndRate:
    """A variation of the templates, split into a rate part and a shape part with one parameter.

    `up` and `down` name variations; without `down` the variation is mirrored around the nominal.
    `samples` None means every sample that has the variation `up`.
    """

    name: str
    up: str
    down: str | None = None
    samples: tuple[str, ...] | None = None


Systematic = Normalisation | ShapeAndRate
Modifier = dict[str, Any]


def paired_systematics(templates: Templates) -> list[ShapeAndRate]:
    """One systematic for each pair of variations "<name>_up", "<name>_down", in order of appearance.

    A lone "<name>_up" is mirrored; any other variation than these and "nominal" is an error. Raises `WorkspaceError`
    for one without its partner.
    """
    names = dict.fromkeys(
        variation for samples in templates.values() for varied in samples.values() for variation in varied
    )
    systematics = []
    for variation in names:
        stem, _, direction = variation.rpartition("_")
        if direction == "up":
            down = f"{stem}_down"
            systematics.append(ShapeAndRate(stem, variation, down if down in names else None))
        elif variation != NOMINAL and not (direction == "down" and f"{stem}_up" in names):
            raise WorkspaceError(f"variation '{variation}' has no partner '_up'; name it '<systematic>_up/_down'")
    return systematics


def build_workspace(
    templates: Templates,
    data: Mapping[str, Template],
    *,
    signal: str | Collection[str] = "ttbar",
    poi: str = "ttbar_norm",
    systematics: Sequence[Systematic] | None = None,
    luminosity_uncertainty: float = 0.0,
    normalisation: Mapping[str, float] | None = None,
    measurement: str = "measurement",
    poi_bounds: tuple[float, float] = (0.0, 10.0),
) -> dict[str, Any]:
    """A workspace (pyhf schema 1.0.0) that measures `poi`, the scale of the `signal` samples.

    Without `systematics` the pairs of variations found in the templates are taken. `luminosity_uncertainty` and
    `normalisation` (sample → relative uncertainty) add rate uncertainties. The order of channels, samples and modifiers
    is that of the arguments. Raises `WorkspaceError` where no signal is expected.
    """
    chosen = list(paired_systematics(templates) if systematics is None else systematics)
    if luminosity_uncertainty:
        chosen.append(Normalisation("luminosity", luminosity_uncertainty, -luminosity_uncertainty))
    for sample, relative in (normalisation or {}).items():
        chosen.append(Normalisation(f"{sample}_norm", relative, -relative, (sample,)))
    signals = {signal} if isinstance(signal, str) else set(signal)
    _check_names(templates, data, chosen, signals, poi)
    channels = [_channel(name, samples, chosen, signals, poi) for name, samples in templates.items()]
    present = {sample["name"] for channel in channels for sample in channel["samples"]}
    if not signals & present:
        raise WorkspaceError(f"no signal is expected in any channel (signal: {sorted(signals)})")
    return {
        "channels": channels,
        "observations": [{"name": name, "data": _observation(name, templates, data)} for name in templates],
        "measurements": [
            {
                "name": measurement,
                "config": {
                    "poi": poi,
                    "parameters": [{"name": poi, "inits": [1.0], "bounds": [list(poi_bounds)]}],
                },
            }
        ],
        "version": "1.0.0",
    }


def _check_names(
    templates: Templates,
    data: Mapping[str, Template],
    systematics: Sequence[Systematic],
    signals: set[str],
    poi: str,
) -> None:
    """Names must refer to something, and every systematic needs one of its own."""
    if not templates or set(data) != set(templates):
        raise WorkspaceError(f"channels of data {sorted(data)} differ from those of templates {sorted(templates)}")
    known = {sample for samples in templates.values() for sample in samples}
    names = [systematic.name for systematic in systematics]
    if repeated := {name for name in [*names, poi] if [*names, poi].count(name) > 1}:
        raise WorkspaceError(f"parameter names used twice: {sorted(repeated)}")
    asked = signals | {sample for systematic in systematics for sample in systematic.samples or ()}
    if unknown := asked - known:
        raise WorkspaceError(f"unknown samples {sorted(unknown)} (known: {sorted(known)})")


def _observation(channel: str, templates: Templates, data: Mapping[str, Template]) -> list[float]:
    """Observed counts of a channel; their bins must be those of the templates."""
    observed = data[channel]
    for sample, varied in templates[channel].items():
        for name, template in varied.items():
            if not np.array_equal(template.edges, observed.edges):
                raise WorkspaceError(f"channel '{channel}': bins of data and of '{sample}' ({name}) differ")
    if (observed.values < 0).any():
        raise WorkspaceError(f"channel '{channel}': negative counts in data: {observed.values.tolist()}")
    return observed.values.tolist()


def _channel(
    name: str,
    samples: Mapping[str, Mapping[str, Template]],
    systematics: Sequence[Systematic],
    signals: set[str],
    poi: str,
) -> dict[str, Any]:
    """One channel with its samples; each has modifiers for statistics, signal scale and systematics."""
    for sample, varied in samples.items():
        if NOMINAL not in varied:
            raise WorkspaceError(f"channel '{name}': sample '{sample}' has no nominal template")
    nominal = {sample: varied[NOMINAL] for sample, varied in samples.items() if varied[NOMINAL].total > 0}
    if not nominal:
        raise WorkspaceError(f"channel '{name}': no sample expects any event")
    yields = {sample: np.maximum(template.values, 0.0) for sample, template in nominal.items()}
    spreads = {sample: np.sqrt(template.variances) for sample, template in nominal.items()}
    _fill_empty_bins(yields, spreads, signals)
    entries = []
    for sample in nominal:
        # what protects the nominal bins protects the varied ones too, lest it look like a variation
        protection = yields[sample] - nominal[sample].values
        variations = {key: template.values + protection for key, template in samples[sample].items()}
        modifiers: list[Modifier] = [
            {
                "name": f"staterror_{name}".replace(" ", "-"),
                "type": "staterror",
                "data": spreads[sample].tolist(),
            }
        ]
        if sample in signals:
            modifiers.append({"name": poi, "type": "normfactor", "data": None})
        for systematic in systematics:
            if systematic.samples is None or sample in systematic.samples:
                modifiers += _modifiers(name, sample, variations, yields[sample], systematic)
        entries.append({"name": sample, "data": yields[sample].tolist(), "modifiers": modifiers})
    return {"name": name, "samples": entries}


def _fill_empty_bins(yields: dict[str, Floats], spreads: dict[str, Floats], signals: set[str]) -> None:
    """Give bins without expectation a little of the largest background (in place), 100 % uncertain."""
    total = np.sum(list(yields.values()), axis=0)
    empty = total <= NEGLIGIBLE * total.sum()
    if not empty.any():
        return
    weight = sum(float((spread**2).sum()) for spread in spreads.values()) / float(total.sum())
    floor = EMPTY_BIN_EVENTS * (weight or 1.0)
    sample = max(yields, key=lambda name: (name not in signals, yields[name].sum()))
    yields[sample] = np.where(empty, floor, yields[sample])
    for name in spreads:
        spreads[name] = np.where(empty, floor if name == sample else 0.0, spreads[name])


def _modifiers(
    channel: str, sample: str, varied: Mapping[str, Floats], nominal: Floats, systematic: Systematic
) -> list[Modifier]:
    """The modifiers of one systematic on one sample: a rate, and a shape where there is one."""
    if isinstance(systematic, Normalisation):
        return [_rate(systematic.name, 1 + systematic.up, 1 + systematic.down)]
    if systematic.up not in varied and systematic.samples is None:
        return []
    wanted = [systematic.up] if systematic.down is None else [systematic.up, systematic.down]
    for variation in wanted:
        if variation not in varied:
            raise TemplateError(
                f"channel '{channel}', sample '{sample}': no template for variation '{variation}' "
                f"of systematic '{systematic.name}' (there are: {', '.join(varied)})"
            )
    up, high = _at_nominal_rate(varied[systematic.up], nominal)
    if systematic.down is None:
        # rate first, then the mirror, as cabinetry does (its issue 26, "method 1")
        down, low = 2 * nominal - up, 2 - high
    else:
        down, low = _at_nominal_rate(varied[systematic.down], nominal)
    modifiers = []
    if max(abs(high - 1), abs(low - 1)) > NEGLIGIBLE:
        modifiers.append(_rate(systematic.name, high, low))
    moved = np.maximum(np.abs(up - nominal), np.abs(down - nominal))
    if len(nominal) > 1 and moved.max() > NEGLIGIBLE * nominal.max():
        shape = {"hi_data": up.tolist(), "lo_data": down.tolist()}
        modifiers.append({"name": systematic.name, "type": "histosys", "data": shape})
    return modifiers


def _at_nominal_rate(values: Floats, nominal: Floats) -> tuple[Floats, float]:
    """A varied template scaled to the nominal yield, and the ratio of yields that was taken out."""
    ratio = float(values.sum() / nominal.sum())
    if ratio <= SMALLEST_FACTOR:
        return nominal, SMALLEST_FACTOR
    return values / ratio, ratio


def _rate(name: str, high: float, low: float) -> Modifier:
    data = {"hi": max(high, SMALLEST_FACTOR), "lo": max(low, SMALLEST_FACTOR)}
    return {"name": name, "type": "normsys", "data": data}
