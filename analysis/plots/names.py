"""Readable names of regions, systematic variations and fit parameters."""

from __future__ import annotations

import re

REGIONS = {
    "4j1b": "≥4 jets, 1 b tag",
    "4j2b": "≥4 jets, ≥2 b tags",
}

PARAMETERS = {
    "jes": "Jet energy scale",
    "jer": "Jet energy resolution",
    "btag_heavy": "b tagging, heavy flavour",
    "btag_light": "b tagging, light flavour",
    "w_scale": "W+jets scale",
    "lumi": "Luminosity",
    "luminosity": "Luminosity",
}
PROCESSES = {"wjets": "W+jets", "single_top": "single top", "drell_yan": "Drell-Yan"}
FEATURES = {
    "ht": "$H_T$",
    "trijet_mass": "$m_{bjj}$",
    "n_jets": "Number of jets",
    "n_btags": "Number of b tags",
    "lepton_pt": "Lepton $p_T$",
    "met": "Missing $p_T$",
    "mt_w": "$m_T^W$",
    "jet1_pt": "Leading jet $p_T$",
    "jet4_pt": "Fourth jet $p_T$",
}
RATE = re.compile(r"(?P<process>.+)_norm")
STATISTICAL = re.compile(r"staterror_(?P<channel>.+)\[(?P<bin>\d+)\]")


def region_name(region: str) -> str:
    return REGIONS.get(region, region)


def parameter_name(parameter: str) -> str:
    """'Jet energy scale' for 'jes'; an unknown parameter keeps its name, with blanks for underscores."""
    if found := STATISTICAL.fullmatch(parameter):
        return f"MC stat., {found['channel'].replace('_', ' ')}, bin {int(found['bin']) + 1}"
    if found := RATE.fullmatch(parameter):
        process = found["process"]
        return f"Rate of {PROCESSES.get(process, process.replace('_', ' '))}"
    return PARAMETERS.get(parameter, parameter.replace("_", " "))


def feature_name(column: str) -> str:
    """Readable name (mathtext) of a column of the selected events."""
    return FEATURES.get(column, column.replace("_", " "))
