"""Fits of HistFactory workspaces: likelihood, minimum, impacts, yields, toy experiments."""

from analysis.fitting.layout import UnsupportedModelError
from analysis.fitting.likelihood import Likelihood
from analysis.fitting.minimum import MinimumError
from analysis.fitting.result import FitResult
from analysis.fitting.toys import ToyResult, join_toys, throw_toys
from analysis.fitting.workspace_fit import fit, fit_workspace

__all__ = [
    "FitResult",
    "Likelihood",
    "MinimumError",
    "ToyResult",
    "UnsupportedModelError",
    "fit",
    "fit_workspace",
    "join_toys",
    "throw_toys",
]
