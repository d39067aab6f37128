"""Entries that use coffea: each gives what it got."""

from pathlib import Path

import numpy as np


def selections():
    from coffea.analysis_tools import PackedSelection

    p = PackedSelection()
    p.add("a", np.array([True, False, True]))
    p.add("b", np.array([True, True, False]))
    n = p.nminusone("a", "b")
    c = p.cutflow("a", "b")
    return [
        p.all("a", "b").tolist(),
        p.any("a", "b").tolist(),
        p.require(a=True, b=False).tolist(),
        n.result().nev,
        c.result().nevcutflow,
        p.names,
    ]


def weighted():
    from coffea.analysis_tools import Weights

    w = Weights(3, storeIndividual=True)
    w.add("a", np.array([1.0, 2.0, 3.0]), np.array([1.1, 2.1, 3.1]))
    w.add("b", np.array([2.0, 2.0, 2.0]), weightUp=np.array([2.5, 2.5, 2.5]), shift=False)
    return [
        w.weight().tolist(),
        sorted(w.variations),
        w.weight("aUp").tolist(),
        w.partial_weight(include=["a"]).tolist(),
        w.weightStatistics,
    ]


def lookups():
    from coffea.lookup_tools.dense_lookup import dense_lookup

    d = dense_lookup(np.array([[1.0, 2.0], [3.0, 4.0]]), (np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 2.0])))
    return [d(np.array([0.5, 1.5]), np.array([1.5, 0.5])).tolist(), repr(d)]


def resolutions():
    from coffea.lookup_tools.jme_standard_function import jme_standard_function as f

    return [f.__name__]


def lumi():
    from coffea.lumi_tools import LumiList, LumiMask

    lumis = LumiList(np.array([[1, 2], [1, 3], [1, 2]]))
    Path("lumi.json").write_text('{"1": [[2, 4]], "3": [[1, 1]]}')
    m = LumiMask("lumi.json")
    return [lumis.array.tolist(), sorted(m._masks), (lumis + lumis).array.tolist()]


def accumulated():
    from coffea.processor import (
        accumulate,
        column_accumulator,
        defaultdict_accumulator,
        list_accumulator,
        set_accumulator,
    )

    a, b = defaultdict_accumulator(int), defaultdict_accumulator(int)
    a["x"] += 1
    b["x"] += 2
    return [
        dict(a + b),
        accumulate([{"a": 1, "b": {2}}, {"a": 5, "b": {3}}]),
        (column_accumulator(np.array([1.0])) + column_accumulator(np.array([2.0]))).value.tolist(),
        accumulate([list_accumulator([1]), list_accumulator([2])]),
        accumulate([set_accumulator({1}), set_accumulator({2})]),
    ]


def nano():
    import awkward as ak
    from coffea.nanoevents.methods import vector as v

    a = ak.zip(
        {
            "pt": [[1.0, 2.0], [3.0]],
            "eta": [[0.1, 0.2], [0.3]],
            "phi": [[0.4, 0.5], [0.6]],
            "mass": [[0.1, 0.1], [0.2]],
        },
        with_name="PtEtaPhiMLorentzVector",
        behavior=v.behavior,
    )
    return [
        a.px.to_list(),
        (a + a).mass.to_list(),
        a.delta_r(a).to_list(),
        a.metric_table(a).to_list(),
        a.nearest(a).pt.to_list(),
        a.boostvec.x.to_list(),
    ]


def bscores():
    from coffea.btag_tools import BTagScaleFactor

    return [BTagScaleFactor.LOOSE, BTagScaleFactor.TIGHT, BTagScaleFactor.FLAV_B]


def rochester():
    from coffea.lookup_tools import extractor

    e = extractor()
    return [repr(type(e)), sorted(vars(e))]
