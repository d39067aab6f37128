"""The HistFactory likelihood of a workspace, with its analytic gradient.

The same function as pyhf's `-model.logpdf` with its default interpolation, but much faster on models of
this size, because the derivatives are known (CERN-OPEN-2012-016, sections 4.1 and 4.2):

    λ_b = Σ_s ν_sb,  ν_sb = (N_sb + Σ_k δ_ksb(α_k)) Π_k f_ksb(α_k) Π μ γ_b
    -ln L = Σ_b (λ_b - n_b ln λ_b + ln Γ(n_b + 1)) + Σ_p ((a_p - θ_p)² / 2σ_p² + ln σ_p √(2π))

with samples s, bins b of all channels side by side, systematics k, counts n, and the auxiliary
measurements a of the constrained parameters θ (systematics α: σ = 1; statistics γ: relative σ of the bin).

`parameters` has shape (parameters,), the gradient too, second derivatives (parameters, parameters);
none has a unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from scipy.special import gammaln

from analysis.fitting.interpolation import (
    RateInterpolation,
    shape_curve,
    shape_curve_curvature,
    shape_curve_slope,
)
from analysis.fitting.layout import BOUNDS, Observation, Parameter, find_channels, modifier_names
from analysis.templates import Floats

SMALLEST_EXPECTATION = 1e-9
SMALLEST_SCALE = 1e-12


class Likelihood:
    """-ln L of a workspace as a function of its parameters, and its derivatives.

    Parameters come in this order: scale factors and systematics, each in order of appearance, then one
    statistical parameter for each bin that has a statistical uncertainty.
    """

    def __init__(self, workspace: Mapping[str, Any]) -> None:
        self.channels = find_channels(workspace)
        self.samples = tuple(dict.fromkeys(name for channel in self.channels for name in channel.samples))
        configuration = workspace["measurements"][0]["config"]
        self._scales = modifier_names(workspace, {"normfactor"})
        self._systematics = modifier_names(workspace, {"histosys", "normsys"})
        self._of_systematics = slice(len(self._scales), len(self._scales) + len(self._systematics))
        self._fill(workspace)
        self.parameters = self._parameters(configuration)
        self.names = tuple(parameter.name for parameter in self.parameters)
        self.poi_index = self.names.index(configuration["poi"])
        self.initial: Floats = np.array([parameter.initial for parameter in self.parameters])
        self.sigmas: Floats = np.array([parameter.sigma for parameter in self.parameters])
        self._constrained = self.sigmas > 0
        self._widths = self.sigmas[self._constrained]
        counts = {entry["name"]: entry["data"] for entry in workspace["observations"]}
        observed = np.concatenate([np.asarray(counts[channel.name], dtype=float) for channel in self.channels])
        self.observation = Observation(observed, self.initial[self._constrained])

    def _fill(self, workspace: Mapping[str, Any]) -> None:
        """Turn modifiers into arrays: (samples, bins) or (systematics, samples × bins or × channels)."""
        shape = (len(self.samples), self.channels[-1].stop)
        sizes = [channel.size for channel in self.channels]
        self._channel_of_bin = np.repeat(np.arange(len(sizes)), sizes)
        nominal, spread = np.zeros((2, *shape))
        statistical = np.zeros(shape, dtype=bool)
        scaled = np.zeros((len(self._scales), *shape), dtype=bool)
        up, down = np.zeros((2, len(self._systematics), *shape))
        high, low = np.ones((2, len(self._systematics), len(self.samples), len(self.channels)))
        for c, s, sample in self._entries(workspace):
            where = (s, self.channels[c].bins)
            nominal[where] = sample["data"]
            for modifier in sample["modifiers"]:
                name, data = modifier["name"], modifier["data"]
                match modifier["type"]:
                    case "normfactor":
                        scaled[(self._scales.index(name), *where)] = True
                    case "staterror":
                        statistical[where], spread[where] = True, data
                    case "histosys":
                        k = self._systematics.index(name)
                        up[(k, *where)] = np.subtract(data["hi_data"], sample["data"])
                        down[(k, *where)] = np.subtract(data["lo_data"], sample["data"])
                    case "normsys":
                        k = self._systematics.index(name)
                        high[k, s, c], low[k, s, c] = data["hi"], data["lo"]
        self.nominal: Floats = nominal
        self._scaled = scaled
        self._shape_slope = ((up - down) / 2).reshape(len(up), nominal.size)
        self._shape_curvature = ((up + down) / 16).reshape(len(up), nominal.size)
        flat = (len(high), len(self.samples) * len(self.channels))
        self._rates = RateInterpolation(high.reshape(flat), low.reshape(flat))
        total = np.where(statistical, nominal, 0.0).sum(axis=0)
        error = np.sqrt((spread**2).sum(axis=0))
        self._gamma_bins = np.flatnonzero((total > 0) & (error > 0))
        self._gamma_widths = error[self._gamma_bins] / total[self._gamma_bins]
        self._statistical = statistical[:, self._gamma_bins]
        bin_of_gamma = self._gamma_bins[:, None, None] == np.arange(shape[1])
        self._gamma_mask = (statistical & bin_of_gamma).astype(np.float64)

    def _entries(self, workspace: Mapping[str, Any]) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
        """Every sample of every channel, with the indices of both."""
        for c, channel in enumerate(workspace["channels"]):
            for sample in channel["samples"]:
                yield c, self.samples.index(sample["name"]), sample

    def _parameters(self, configuration: Mapping[str, Any]) -> tuple[Parameter, ...]:
        settings = {entry["name"]: entry for entry in configuration.get("parameters", [])}
        result = []
        for kind, names in (("scale", self._scales), ("systematic", self._systematics)):
            for name in names:
                entry = settings.get(name, {})
                (initial,) = entry.get("inits", [1.0 if kind == "scale" else 0.0])
                ((lowest, highest),) = entry.get("bounds", [BOUNDS[kind]])
                sigma = 1.0 if kind == "systematic" else 0.0
                fixed = entry.get("fixed", False)
                result.append(Parameter(name, kind, float(initial), (lowest, highest), sigma, fixed))
        labels = [f"{channel.name}[{k}]" for channel in self.channels for k in range(channel.size)]
        for b, width in zip(self._gamma_bins, self._gamma_widths, strict=True):
            bounds = BOUNDS["statistical"]
            result.append(Parameter(f"staterror_{labels[b]}", "statistical", 1.0, bounds, float(width)))
        return tuple(result)

    def _split(self, parameters: Floats) -> tuple[Floats, Floats, Floats]:
        """Scales (off zero, where a logarithm has no derivative), systematics, statistical parameters."""
        systematics = self._of_systematics
        scales = parameters[: systematics.start]
        return np.maximum(scales, SMALLEST_SCALE), parameters[systematics], parameters[systematics.stop :]

    def _factors(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Additive and multiplicative part of the yields, both of shape (samples, bins)."""
        scales, alphas, gammas = self._split(parameters)
        shapes = alphas @ self._shape_slope + shape_curve(alphas) @ self._shape_curvature
        rates = self._rates.factors(alphas).prod(axis=0)
        factors = rates.reshape(len(self.samples), len(self.channels))[:, self._channel_of_bin]
        for scale, mask in zip(scales, self._scaled, strict=True):
            factors[mask] *= scale
        factors[:, self._gamma_bins] *= np.where(self._statistical, gammas, 1.0)
        return self.nominal + shapes.reshape(self.nominal.shape), factors

    def _slopes(self, parameters: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """First and second derivatives of the additive parts, then those of the logarithms of the factors.

        Those of the additive parts for systematics only, (systematics, samples × bins); those of the
        factors for all parameters, (parameters, samples × bins). Mixed second derivatives vanish.
        """
        scales, alphas, gammas = self._split(parameters)
        additive = self._shape_slope + shape_curve_slope(alphas)[:, None] * self._shape_curvature
        additive_curvature = shape_curve_curvature(alphas)[:, None] * self._shape_curvature
        shape = (len(alphas), len(self.samples), len(self.channels))
        rates, rate_curvatures = (
            slopes.reshape(shape)[:, :, self._channel_of_bin] for slopes in self._rates.logarithmic_slopes(alphas)
        )
        scaled = self._scaled / scales[:, None, None]
        statistical = self._gamma_mask / gammas[:, None, None]
        factors = np.concatenate([scaled, rates, statistical])
        factor_curvature = np.concatenate([-(scaled**2), rate_curvatures, -(statistical**2)])
        flat = (len(parameters), self.nominal.size)
        return additive, additive_curvature, factors.reshape(flat), factor_curvature.reshape(flat)

    def expected(self, parameters: Floats) -> Floats:
        """Expected events, shape (samples, bins)."""
        additive, factors = self._factors(parameters)
        return additive * factors

    def nll(self, parameters: Floats, observation: Observation) -> float:
        """-ln L relative to the saturated model, which predicts all counts and auxiliary values exactly.

        Twice its minimum is the goodness-of-fit statistic of Baker and Cousins, NIM 221 (1984) 437.
        """
        total = np.maximum(self.expected(parameters).sum(axis=0), SMALLEST_EXPECTATION)
        counts = observation.counts
        pulls = (observation.auxiliary - parameters[self._constrained]) / self._widths
        logarithms = np.log(np.where(counts > 0, counts, total) / total)
        return float((total - counts + counts * logarithms).sum() + 0.5 * (pulls @ pulls))

    def saturated_nll(self, observation: Observation) -> float:
        """-ln L of the saturated model, all constants included: the part that no parameter changes."""
        counts = observation.counts
        poisson = counts - counts * np.log(np.where(counts > 0, counts, 1.0)) + gammaln(counts + 1)
        return float(poisson.sum() + np.log(self._widths * np.sqrt(2 * np.pi)).sum())

    def _residual(self, total: Floats, observation: Observation) -> Floats:
        """d(-ln L)/dλ of each bin, 0 where the expectation is kept at its smallest value."""
        slopes = 1 - observation.counts / np.maximum(total, SMALLEST_EXPECTATION)
        return np.where(total > SMALLEST_EXPECTATION, slopes, 0.0)

    def gradient(self, parameters: Floats, observation: Observation) -> Floats:
        """Derivatives of -ln L by the parameters."""
        additive, factors = self._factors(parameters)
        shapes, _, logarithms, _ = self._slopes(parameters)
        expected = additive * factors
        residual = self._residual(expected.sum(axis=0), observation)
        result = logarithms @ (expected * residual).ravel()
        result[self._of_systematics] += shapes @ (factors * residual).ravel()
        pulls = parameters[self._constrained] - observation.auxiliary
        result[self._constrained] += pulls / self._widths**2
        return result

    def hessian(self, parameters: Floats, observation: Observation) -> Floats:
        """Second derivatives of -ln L by the parameters."""
        additive, factors = self._factors(parameters)
        shapes, shape_curvature, logarithms, logarithm_curvature = self._slopes(parameters)
        expected = additive * factors
        total = expected.sum(axis=0)
        residual = self._residual(total, observation)
        slopes = self.jacobian(parameters).sum(axis=1)
        result = (slopes * observation.counts / np.maximum(total, SMALLEST_EXPECTATION) ** 2) @ slopes.T
        pulled = (expected * residual).ravel()
        weighted = (factors * residual).ravel()
        result += (logarithms * pulled) @ logarithms.T
        mixed = (shapes * weighted) @ logarithms.T
        result[self._of_systematics] += mixed
        result[:, self._of_systematics] += mixed.T
        diagonal = logarithm_curvature @ pulled
        diagonal[self._of_systematics] += shape_curvature @ weighted
        diagonal[self._constrained] += 1 / self._widths**2
        return result + np.diag(diagonal)

    def jacobian(self, parameters: Floats) -> Floats:
        """Derivatives of the expected events, shape (parameters, samples, bins)."""
        additive, factors = self._factors(parameters)
        shapes, _, logarithms, _ = self._slopes(parameters)
        result = logarithms * (additive * factors).ravel()
        result[self._of_systematics] += shapes * factors.ravel()
        return result.reshape(len(parameters), *factors.shape)

    def information(self, parameters: Floats) -> Floats:
        """Expected (Fisher) information matrix: an estimate of the second derivatives of -ln L."""
        total = np.maximum(self.expected(parameters).sum(axis=0), SMALLEST_EXPECTATION)
        slopes = self.jacobian(parameters).sum(axis=1)
        inverse = np.zeros(len(parameters))
        inverse[self._constrained] = 1 / self._widths**2
        return (slopes / total) @ slopes.T + np.diag(inverse)
