"""Expected events per channel, sample and bin, with uncertainties propagated from the parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.fitting.layout import Observation
from analysis.fitting.likelihood import Likelihood
from analysis.templates import Floats


@dataclass(frozen=True)
class Yields:
    """Expected events per bin and in the whole channel, each with its uncertainty."""

    values: tuple[float, ...]
    uncertainties: tuple[float, ...]
    total: float
    total_uncertainty: float


@dataclass(frozen=True)
class ChannelYields:
    """One channel: each sample, their sum, the observed counts per bin, and the bin edges if known."""

    channel: str
    samples: dict[str, Yields]
    sum: Yields
    data: tuple[float, ...]
    edges: tuple[float, ...] | None = None


def channel_yields(
    likelihood: Likelihood,
    observation: Observation,
    parameters: Floats,
    covariance: Floats,
    edges: Mapping[str, Sequence[float]] | None = None,
) -> tuple[ChannelYields, ...]:
    """Yields of every channel at `parameters`; uncertainties to first order, √(J C Jᵀ)."""
    expected = likelihood.expected(parameters)
    jacobian = likelihood.jacobian(parameters)
    result = []
    for channel in likelihood.channels:
        values, slopes = expected[:, channel.bins], jacobian[:, :, channel.bins]
        rows = {name: likelihood.samples.index(name) for name in channel.samples}
        samples = {name: _yields(values[row], slopes[:, row], covariance) for name, row in rows.items()}
        everything = _yields(values.sum(axis=0), slopes.sum(axis=1), covariance)
        data = tuple(observation.counts[channel.bins].tolist())
        bounds = tuple(float(edge) for edge in edges[channel.name]) if edges else None
        result.append(ChannelYields(channel.name, samples, everything, data, bounds))
    return tuple(result)


def _yields(values: Floats, slopes: Floats, covariance: Floats) -> Yields:
    """Yields from values per bin and their derivatives, shape (parameters, bins)."""
    variances = np.einsum("pb,pq,qb->b", slopes, covariance, slopes)
    whole = slopes.sum(axis=1)
    return Yields(
        values=tuple(values.tolist()),
        uncertainties=tuple(np.sqrt(np.maximum(variances, 0.0)).tolist()),
        total=float(values.sum()),
        total_uncertainty=float(np.sqrt(max(whole @ covariance @ whole, 0.0))),
    )
