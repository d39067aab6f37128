"""The correction file: correctionlib JSON (schema 2), made from the campaign's numbers.

All central values are 1: here the simulated detector is the truth, so data and simulation differ by
nothing but chance, and only the uncertainties count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path

import correctionlib
from correctionlib import schemav2 as schema
from correctionlib.highlevel import Correction

from analysis import campaign
from analysis.detector.jets import ETA_EDGES, ETA_FACTORS

LARGEST_ABS_ETA = 5.2  # the end of the forward calorimeter
B, C, LIGHT = 5, 4, 0  # NanoAOD's Jet_hadronFlavour

CENTRAL = "central"
BTAG_SYSTEMATICS = ("heavy_up", "heavy_down", "light_up", "light_down")
SIGNS = {"up": 1.0, "down": -1.0}


class CorrectionError(ValueError):
    """A correction file that cannot be made, read or evaluated."""


def write_corrections(
    path: PathLike[str] | str, corrections: campaign.Corrections, detector: campaign.Detector
) -> None:
    """Write the correction file of a campaign; resolution and b-tag efficiencies are the detector's."""
    jets, b_tagging = corrections.jets, corrections.b_tagging
    content = schema.CorrectionSet(
        schema_version=2,
        description="Corrections of simulated jets and events; all central values are 1.",
        corrections=[
            _scale_uncertainty(jets),
            _resolution(detector.jet_resolution),
            _resolution_scale_factor(jets),
            _b_tag_scale_factor(b_tagging),
            _b_tag_efficiency(detector),
            _w_scale(corrections),
        ],
    )
    Path(path).write_text(content.model_dump_json(exclude_unset=True, indent=1) + "\n", encoding="utf-8")


def read_corrections(path: PathLike[str] | str) -> correctionlib.CorrectionSet:
    """Open a correction file for evaluation. Raises `CorrectionError` for a file that is not correctionlib's."""
    try:
        return correctionlib.CorrectionSet.from_file(fspath(path))
    except (RuntimeError, IndexError, ValueError, OSError) as error:
        raise CorrectionError(f"{fspath(path)}: not a correctionlib file ({error})") from error


def find_correction(corrections: correctionlib.CorrectionSet, name: str) -> Correction:
    """One correction of an open file, by name. Raises `CorrectionError` where the file has none of this name."""
    try:
        return corrections[name]
    except (IndexError, KeyError) as error:
        known = ", ".join(corrections.keys())
        raise CorrectionError(f"the correction file has no '{name}' (it has: {known})") from error


def _variable(name: str, kind: str, description: str) -> schema.Variable:
    return schema.Variable(name=name, type=kind, description=description)


ETA = _variable("abseta", "real", "absolute pseudorapidity of the jet")
PT = _variable("pt", "real", "transverse momentum of the jet in GeV")
FLAVOR = _variable("flavor", "int", "hadron flavour of the jet: 5 b, 4 c, 0 light")
SYSTEMATIC = _variable("systematic", "string", "the variation")


def _category(name: str, content: Mapping[str | int, object], default: float | None = None) -> schema.Category:
    items = [{"key": key, "value": value} for key, value in content.items()]
    settings: dict[str, object] = {"nodetype": "category", "input": name, "content": items}
    if default is not None:
        settings["default"] = default
    return schema.Category.model_validate(settings)


def _binning(name: str, edges: Sequence[float], content: Sequence[object]) -> schema.Binning:
    """Values per range; beyond the outer edges the nearest range holds."""
    return schema.Binning.model_validate(
        {"nodetype": "binning", "input": name, "edges": edges, "content": content, "flow": "clamp"}
    )


def _correction(
    name: str, description: str, inputs: list[schema.Variable], data: object, output: str = "weight"
) -> schema.Correction:
    return schema.Correction.model_validate(
        {
            "name": name, "description": description, "version": 1, "inputs": inputs, "data": data,
            "output": {"name": output, "type": "real"},
        }
    )  # fmt: skip


def _scale_uncertainty(jets: campaign.JetCorrections) -> schema.Correction:
    rows = [_binning("pt", jets.pt_edges, row) for row in jets.scale_uncertainty]
    data = _binning("abseta", jets.abs_eta_edges, rows)
    return _correction("jes_uncertainty", "relative jet energy scale uncertainty", [ETA, PT], data)


def _resolution(terms: campaign.JetResolution) -> schema.Correction:
    """Of the simulated detector, see `analysis.detector.jets.jet_resolution`."""

    def formula(factor: float) -> schema.Formula:
        return schema.Formula.model_validate(
            {
                "nodetype": "formula", "parser": "TFormula", "variables": ["pt"],
                "expression": "[0]*sqrt([1]*[1]/(x*x)+[2]*[2]/x+[3]*[3])",
                "parameters": [factor, terms.noise, terms.stochastic, terms.constant],
            }
        )  # fmt: skip

    edges = (0.0, *ETA_EDGES, LARGEST_ABS_ETA)
    data = _binning("abseta", edges, [formula(factor) for factor in ETA_FACTORS])
    return _correction("jer_resolution", "relative resolution of simulated jets", [ETA, PT], data)


def _resolution_scale_factor(jets: campaign.JetCorrections) -> schema.Correction:
    values: dict[str | int, object] = {CENTRAL: 1.0}
    for direction, sign in SIGNS.items():
        row = [1 + sign * value for value in jets.resolution_uncertainty]
        values[direction] = _binning("abseta", jets.abs_eta_edges, row)
    description = "resolution in data over resolution in simulation"
    return _correction("jer_scale_factor", description, [ETA, SYSTEMATIC], _category("systematic", values))


def _b_tag_scale_factor(b_tagging: campaign.BTagCorrections) -> schema.Correction:
    """Heavy (b, c) and light flavours vary independently, as CMS recommends for fixed working points."""
    heavy, light = b_tagging.heavy_uncertainty, b_tagging.light_uncertainty
    charm = tuple(b_tagging.charm_inflation * value for value in heavy)
    moved = {"heavy": {B: heavy, C: charm}, "light": {LIGHT: light}}
    values: dict[str | int, object] = {CENTRAL: 1.0}
    for systematic in BTAG_SYSTEMATICS:
        group, direction = systematic.split("_")
        rows: dict[str | int, object] = {
            flavor: _binning("pt", b_tagging.pt_edges, [1 + SIGNS[direction] * value for value in row])
            for flavor, row in moved[group].items()
        }
        values[systematic] = _category("flavor", rows, default=1.0)
    description = "b-tag efficiency in data over that in simulation"
    return _correction("btag_scale_factor", description, [SYSTEMATIC, FLAVOR, PT], _category("systematic", values))


def _b_tag_efficiency(detector: campaign.Detector) -> schema.Correction:
    values = {B: detector.b_efficiency, C: detector.c_mistag, LIGHT: detector.light_mistag}
    data = _category("flavor", values)
    return _correction("btag_efficiency", "b-tag efficiency in simulation", [FLAVOR], data, "efficiency")


def _w_scale(corrections: campaign.Corrections) -> schema.Correction:
    """Flat, as `scale_var` of the Analysis Grand Challenge (its corrections.json)."""
    shifts: dict[str | int, object] = {
        direction: 1 + sign * corrections.w_scale_uncertainty for direction, sign in SIGNS.items()
    }
    data = _category(
        "process",
        {process: _category("systematic", shifts) for process in corrections.w_scale_processes},
        default=1.0,
    )
    process = _variable("process", "string", "the physics process of the dataset")
    return _correction("w_scale", "renormalisation and factorisation scale", [process, SYSTEMATIC], data)
