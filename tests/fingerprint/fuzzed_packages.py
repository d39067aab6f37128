"""Installed packages taken as first-party, and small programs that use them: each entry prints what it got."""

from __future__ import annotations

DRIVERS: dict[str, tuple[tuple[str, ...], str]] = {
    "vector": (("vector",), '''
import numpy as np
import vector

def objects():
    a = vector.obj(px=1.5, py=2.5, pz=3.5, E=9.5)
    b = vector.obj(pt=3.0, phi=0.4, eta=1.1, mass=0.5)
    c = a + b
    return [c, c.mass, a.deltaR(b), a.deltaphi(b), a.boost(b).pt, a.rotateZ(0.3), a.dot(b), a == b, a.to_xyz(), -a]

def plane():
    a, b = vector.obj(x=1.0, y=2.0), vector.obj(rho=3.0, phi=0.7)
    return [a + b, a.rho, b.x, a.dot(b), a.is_parallel(b), a.unit(), a.scale(3), a.rotateZ(0.2), a.deltaphi(b)]

def space():
    a, b = vector.obj(x=1.0, y=2.0, z=3.0), vector.obj(rho=2.0, phi=0.3, theta=1.2)
    return [a.cross(b), a.theta, a.eta, b.z, a.deltaangle(b), a.rotate_axis(b, 0.4), a.rotate_euler(0.1, 0.2, 0.3),
            a.is_antiparallel(b), a.costheta, b.cottheta, a.deltaeta(b), a.mag]

def lorentz():
    a = vector.obj(px=1.0, py=2.0, pz=3.0, E=8.0)
    b = vector.obj(x=0.1, y=0.2, z=0.3)
    return [a.boost_p4(a), a.boost_beta3(b), a.boostX(beta=0.3), a.boostZ(gamma=1.5), a.beta, a.gamma, a.rapidity, a.Et,
            a.Mt, a.to_beta3(), a.is_timelike(), a.tau, a.transform4D({"xx": 1.0, "xy": 0.1, "xz": 0.0, "xt": 0.0,
            "yx": 0.0, "yy": 1.0, "yz": 0.0, "yt": 0.0, "zx": 0.0, "zy": 0.0, "zz": 1.0, "zt": 0.2, "tx": 0.0,
            "ty": 0.0, "tz": 0.0, "tt": 1.0})]

def arrays():
    a = vector.array({"px": [1.0, 2.0], "py": [3.0, 4.0], "pz": [0.5, 0.6], "E": [9.0, 8.0]})
    b = vector.array({"rho": [1.0, 2.0], "phi": [0.1, 0.2]})
    return [(a + a).mass.tolist(), b.x.tolist(), a.eta.tolist(), (a * 2).pt.tolist(), repr(a[0]), a.sum(), np.abs(b).tolist()]

def records():
    import awkward as ak
    vector.register_awkward()
    a = ak.Array([[{"pt": 1.0, "phi": 0.1, "eta": 0.2, "mass": 0.3}], []], with_name="Momentum4D")
    return [a.px.to_list(), (a + a).mass.to_list(), a.deltaR(a).to_list(), vector.zip({"x": [1.0], "y": [2.0]}).rho.to_list()]
'''),
    "hist": (("hist", "uhi", "histoprint"), '''
import numpy as np
import hist
from hist import Hist

def filled():
    h = Hist.new.Reg(5, 0, 1, name="x", label="X").StrCat(["a", "b"], name="c").Weight()
    h.fill(x=np.linspace(0, 1, 17), c="a", weight=2.0)
    h.fill([0.3, 0.4], "b")
    return [h.values().tolist(), h.variances().tolist(), h.project("x").values().tolist(), repr(h), h.axes.name, h.axes[0].label]

def indexed():
    h = hist.Hist(hist.axis.Regular(10, -1, 1, name="x"), hist.axis.Integer(0, 4, name="n"), storage="double")
    h.fill(x=np.linspace(-1, 1, 31), n=np.arange(31) % 4)
    return [h[{"x": 3, "n": hist.loc(2)}], h[::hist.rebin(2), 0].values().tolist(), h[hist.loc(0.1):, sum].values().tolist(),
            h[::sum, ::sum], h.sum(), h[{"n": slice(0, 2, sum)}].values().tolist()]

def printed():
    h = Hist.new.Var([0, 1, 3, 7], name="v").Double().fill([0.5, 1, 2, 6, 6])
    return [str(h), h._repr_html_(), repr(h.density().tolist())]

def profiled():
    h = Hist.new.Reg(4, 0, 4, name="x").Reg(3, 0, 3, name="y").Double()
    h.fill(x=[0.5, 1.5, 2.5, 2.6], y=[0.1, 1.1, 2.1, 2.2])
    return [h.profile("y").values().tolist(), h.project("y").values().tolist(), [repr(p) for p in h.axes]]

def intervals():
    from hist import intervals as i
    v = np.array([1.0, 4.0, 9.0])
    return [i.poisson_interval(v).tolist(), i.clopper_pearson_interval(v, v + 3).tolist(),
            i.ratio_uncertainty(v, v + 2, "poisson").tolist(), i.ratio_uncertainty(v, v + 2, "efficiency").tolist()]

def stacked():
    h = Hist.new.Reg(3, 0, 3, name="x").StrCat(["a", "b"], name="c").Double()
    h.fill(x=[0.5, 1.5, 2.5], c=["a", "b", "a"])
    s = h.stack("c")
    return [repr(s), [x.values().tolist() for x in s], (s * 2)[0].values().tolist(), h.integrate("c").values().tolist()]

def bars():
    import io
    import histoprint
    out = io.StringIO()
    histoprint.print_hist([np.array([1.0, 3.0, 2.0]), np.array([0.0, 1.0, 2.0, 3.0])], file=out, title="T", label="L")
    return [out.getvalue()]

def serialized():
    from uhi.numpy_plottable import ensure_plottable_histogram
    p = ensure_plottable_histogram(np.histogram([1, 2, 2, 3], bins=3))
    h = Hist.new.Reg(3, 0, 3, name="x").Double().fill([1])
    return [p.values().tolist(), [tuple(a) for a in p.axes[0]], p.axes[0].traits, ensure_plottable_histogram(h).values().tolist()]
'''),
    "pyhf": (("pyhf",), '''
import pyhf

def model():
    m = pyhf.simplemodels.uncorrelated_background([5.0, 10.0], [50.0, 60.0], [5.0, 12.0])
    return [m.expected_data(m.config.suggested_init()).tolist(), m.config.par_order, m.config.suggested_bounds(),
            float(m.logpdf(m.config.suggested_init(), m.expected_data(m.config.suggested_init()))[0])]

SPEC = {"channels": [{"name": "c", "samples": [
    {"name": "s", "data": [5.0, 6.0], "modifiers": [{"name": "mu", "type": "normfactor", "data": None}]},
    {"name": "b", "data": [50.0, 40.0], "modifiers": [
        {"name": "n", "type": "normsys", "data": {"hi": 1.1, "lo": 0.9}},
        {"name": "h", "type": "histosys", "data": {"hi_data": [55.0, 45.0], "lo_data": [46.0, 37.0]}},
        {"name": "st", "type": "staterror", "data": [2.0, 3.0]},
        {"name": "lumi", "type": "lumi", "data": None}]}]}],
    "parameters": [{"name": "lumi", "auxdata": [1.0], "sigmas": [0.02], "bounds": [[0.8, 1.2]], "inits": [1.0]}]}

def modifiers():
    m = pyhf.Model(SPEC, poi_name="mu")
    p = [1.1 if n in (1, 3) else x for n, x in enumerate(m.config.suggested_init())]
    return [m.expected_data(p).tolist(), m.config.parameters, m.config.auxdata, m.config.npars, float(m.logpdf(p, m.expected_data(p))[0])]

def fitted():
    m = pyhf.simplemodels.uncorrelated_background([5.0], [50.0], [5.0])
    return [[round(float(x), 4) for x in pyhf.infer.mle.fit([55.0] + m.config.auxdata, m)]]

def limits():
    m = pyhf.simplemodels.uncorrelated_background([5.0], [50.0], [5.0])
    r = pyhf.infer.hypotest(1.0, [55.0] + m.config.auxdata, m, return_expected=True)
    return [[round(float(x), 4) for x in r]]

def workspaces():
    w = pyhf.Workspace({**SPEC, "observations": [{"name": "c", "data": [55.0, 46.0]}], "version": "1.0.0",
        "measurements": [{"name": "m", "config": {"poi": "mu", "parameters": SPEC["parameters"]}}]})
    w2 = w.rename(channels={"c": "d"}).prune(modifiers=["h"])
    return [w.data(w.model()), w2.channels, w2.modifiers, pyhf.utils.digest(w2), w.sorted(w)["channels"][0]["name"]]

def interpolations():
    out = []
    for code in ("code0", "code1", "code2", "code4", "code4p"):
        interpolator = pyhf.interpolators.get(code)([[[[0.9, 0.8], [1.0, 1.0], [1.2, 1.1]]]])
        out.append(interpolator([[0.5, -1.4]]).tolist())
    return out

def probabilities():
    from pyhf import probability
    n, p = probability.Normal([1.0], [0.5]), probability.Poisson([3.0])
    return [float(n.log_prob([1.2])[0]), float(p.log_prob([4.0])[0]), n.expected_data(), repr(probability.Simultaneous)]
'''),
    "cabinetry": (("cabinetry",), '''
import logging
import numpy as np
import cabinetry

CONFIG = {"General": {"Measurement": "m", "POI": "mu", "InputPath": "i.root", "HistogramFolder": "h/"},
    "Regions": [{"Name": "R", "Variable": "x", "Filter": "x > 0", "Binning": [0, 1, 2]}],
    "Samples": [{"Name": "S", "Tree": "t"}, {"Name": "D", "Tree": "d", "Data": True}],
    "Systematics": [{"Name": "N", "Type": "Normalization", "Up": {"Normalization": 0.1}, "Down": {"Normalization": -0.1}}],
    "NormFactors": [{"Name": "mu", "Samples": "S", "Nominal": 1, "Bounds": [0, 5]}]}

def configuration():
    cabinetry.configuration.validate(CONFIG)
    cabinetry.configuration.print_overview(CONFIG)
    return [cabinetry.configuration.sample_contains_modifier(CONFIG["Samples"][0], CONFIG["NormFactors"][0]),
            cabinetry.configuration.region_contains_modifier(CONFIG["Regions"][0], CONFIG["Systematics"][0]),
            cabinetry.configuration.get_region_dict(CONFIG, "R")]

def histograms():
    h = cabinetry.histo.Histogram.from_arrays([0, 1, 2], np.array([3.0, 4.0]), np.array([1.0, 2.0]))
    g = cabinetry.histo.Histogram.from_arrays([0, 1, 2], np.array([6.0, 9.0]), np.array([1.0, 2.0]))
    n = g.normalize_to_yield(h)
    h.validate("a")
    return [h.yields.tolist(), h.stdev.tolist(), n, g.yields.tolist(), cabinetry.histo.name(CONFIG["Regions"][0], CONFIG["Samples"][0], CONFIG["Systematics"][0], template="Up")]

def smoothed():
    from cabinetry import smooth
    return [smooth.smooth_353QH_twice(np.array([1.0, 5.0, 2.0, 8.0, 3.0, 9.0, 4.0])).tolist(), smooth.smooth_353QH_twice(np.array([2.0, 1.0, 3.0])).tolist()]

def builders():
    from cabinetry import template_builder
    return [template_builder._get_selection_filter if hasattr(template_builder, "x") else
            template_builder._check_for_override(CONFIG["Systematics"][0], "Up", "Normalization"),
            template_builder._variable(CONFIG["Regions"][0], CONFIG["Samples"][0], {}, None),
            template_builder._weight(CONFIG["Regions"][0], CONFIG["Samples"][0], {}, None)]

def fits():
    import pyhf
    m = pyhf.simplemodels.uncorrelated_background([5.0, 3.0], [50.0, 40.0], [5.0, 4.0])
    d = [55.0, 44.0] + m.config.auxdata
    r = cabinetry.fit.fit(m, d)
    p = cabinetry.model_utils.prediction(m, fit_results=r)
    return [np.round(r.bestfit, 3).tolist(), r.labels, np.round(p.model_yields, 2).tolist(), cabinetry.model_utils.asimov_data(m),
            np.round(cabinetry.model_utils.yield_stdev(m, r.bestfit, r.uncertainty, r.corr_mat)[0], 2).tolist()]

def tables():
    import pyhf
    m = pyhf.simplemodels.uncorrelated_background([5.0, 3.0], [50.0, 40.0], [5.0, 4.0])
    p = cabinetry.model_utils.prediction(m)
    t = cabinetry.tabulate.yields(p, [55.0, 44.0] + m.config.auxdata, save_tables=False)
    return [t]
'''),
    "correctionlib": (("correctionlib",), '''
import json
from correctionlib import schemav2 as s

def schema():
    c = s.Correction(name="c", version=1, inputs=[s.Variable(name="x", type="real")], output=s.Variable(name="w", type="real"),
        data=s.Binning(nodetype="binning", input="x", edges=[0, 1, 2], content=[1.0, s.Formula(nodetype="formula", expression="x*2", parser="TFormula", variables=["x"])], flow="clamp"))
    return [c.model_dump_json(), s.CorrectionSet(schema_version=2, corrections=[c]).model_dump_json(exclude_none=True)]

def evaluated():
    from correctionlib import CorrectionSet
    c = s.CorrectionSet(schema_version=2, corrections=[s.Correction(name="c", version=1, inputs=[s.Variable(name="x", type="real")],
        output=s.Variable(name="w", type="real"), data=s.Category(nodetype="category", input="x", content=[], default=3.0)) if False else
        s.Correction(name="d", version=1, inputs=[s.Variable(name="x", type="real")], output=s.Variable(name="w", type="real"), data=4.0)])
    e = CorrectionSet.from_string(c.model_dump_json())
    import numpy as np
    return [e["d"].evaluate(1.0), list(e), e["d"].name, e["d"].description, repr(e["d"]), e["d"].evaluate(np.array([1.0, 2.0])).tolist()]

def converted():
    import hist
    from correctionlib import convert
    h = hist.Hist.new.Reg(3, 0, 3, name="x").Double().fill([0.5, 1.5, 1.6])
    h.name, h.label = "sf", "out"
    c = convert.from_histogram(h, flow="clamp")
    n = convert.ndpolyfit(points=[[0.0, 1.0, 2.0]], values=[1.0, 2.0, 3.0], weights=[1.0, 1.0, 1.0], varnames=["x"], degree=(1,)) if False else None
    return [c.model_dump_json(exclude_none=True), n]

def summarized():
    import io
    from rich.console import Console
    c = s.Correction(name="c", description="D", version=2, inputs=[s.Variable(name="x", type="real"), s.Variable(name="k", type="string")],
        output=s.Variable(name="w", type="real"), data=s.Category(nodetype="category", input="k", content=[
            s.CategoryItem(key="a", value=1.0), s.CategoryItem(key="b", value=s.Binning(nodetype="binning", input="x", edges=[0, 2], content=[2.0], flow="error"))]))
    out = io.StringIO()
    console = Console(file=out, width=100)
    console.print(c)
    console.print(s.CorrectionSet(schema_version=2, corrections=[c], description="X"))
    return [out.getvalue()]
'''),
    "coffea": (("coffea",), '''
import numpy as np

def selections():
    from coffea.analysis_tools import PackedSelection
    p = PackedSelection()
    p.add("a", np.array([True, False, True]))
    p.add("b", np.array([True, True, False]))
    n = p.nminusone("a", "b")
    c = p.cutflow("a", "b")
    return [p.all("a", "b").tolist(), p.any("a", "b").tolist(), p.require(a=True, b=False).tolist(), n.result().nev, c.result().nevcutflow, p.names]

def weighted():
    from coffea.analysis_tools import Weights
    w = Weights(3, storeIndividual=True)
    w.add("a", np.array([1.0, 2.0, 3.0]), np.array([1.1, 2.1, 3.1]))
    w.add("b", np.array([2.0, 2.0, 2.0]), weightUp=np.array([2.5, 2.5, 2.5]), shift=False)
    return [w.weight().tolist(), sorted(w.variations), w.weight("aUp").tolist(), w.partial_weight(include=["a"]).tolist(), w.weightStatistics]

def lookups():
    from coffea.lookup_tools.dense_lookup import dense_lookup
    d = dense_lookup(np.array([[1.0, 2.0], [3.0, 4.0]]), (np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 2.0])))
    return [d(np.array([0.5, 1.5]), np.array([1.5, 0.5])).tolist(), repr(d)]

def resolutions():
    from coffea.lookup_tools.jme_standard_function import jme_standard_function as f
    return [f.__name__]

def lumi():
    from coffea.lumi_tools import LumiList, LumiMask
    l = LumiList(np.array([[1, 2], [1, 3], [1, 2]]))
    open("lumi.json", "w").write('{"1": [[2, 4]], "3": [[1, 1]]}')
    m = LumiMask("lumi.json")
    return [l.array.tolist(), m(np.array([1, 1, 2, 3]), np.array([3, 9, 1, 1])).tolist(), (l + l).array.tolist()]

def accumulated():
    from coffea.processor import accumulate, dict_accumulator, defaultdict_accumulator, column_accumulator, set_accumulator, list_accumulator
    a, b = defaultdict_accumulator(int), defaultdict_accumulator(int)
    a["x"] += 1
    b["x"] += 2
    return [dict(a + b), accumulate([{"a": 1, "b": {2}}, {"a": 5, "b": {3}}]), (column_accumulator(np.array([1.0])) + column_accumulator(np.array([2.0]))).value.tolist(),
            accumulate([list_accumulator([1]), list_accumulator([2])]), accumulate([set_accumulator({1}), set_accumulator({2})])]

def nano():
    import awkward as ak
    from coffea.nanoevents.methods import vector as v
    a = ak.zip({"pt": [[1.0, 2.0], [3.0]], "eta": [[0.1, 0.2], [0.3]], "phi": [[0.4, 0.5], [0.6]], "mass": [[0.1, 0.1], [0.2]]},
               with_name="PtEtaPhiMLorentzVector", behavior=v.behavior)
    return [a.px.to_list(), (a + a).mass.to_list(), a.delta_r(a).to_list(), a.metric_table(a).to_list(), a.nearest(a).pt.to_list(), a.boostvec.x.to_list()]

def functions():
    from coffea import util
    import tempfile, os
    return [util.coffea_console is None, util.maybe_map_partitions.__name__ if hasattr(util, "maybe_map_partitions") else 0,
            util._hex("abc") if hasattr(util, "_hex") else 0, util._ascii(b"ab") if hasattr(util, "_ascii") else 0]

def bscores():
    from coffea.btag_tools import BTagScaleFactor
    return [BTagScaleFactor.LOOSE, BTagScaleFactor.TIGHT, BTagScaleFactor.FLAV_B]

def rochester():
    from coffea.lookup_tools import extractor
    e = extractor()
    return [repr(type(e)), e.finalized if hasattr(e, "finalized") else 0]
'''),
    "iminuit": (("iminuit",), '''
import numpy as np
import iminuit
from iminuit import Minuit, cost

def minimized():
    m = Minuit(lambda x, y: (x - 1) ** 2 + 3 * (y - 2) ** 4 + 1, x=0.5, y=0.5)
    m.limits["y"] = (0, 5)
    m.migrad()
    return [round(float(m.values["x"]), 3), m.valid, m.parameters, m.fixed.to_dict(), str(m.init_params)]

def costs():
    x = np.linspace(0, 1, 6)
    def line(x, a, b):
        return a + b * x
    c = cost.LeastSquares(x, 2 * x + 1, 0.1, line)
    u = cost.UnbinnedNLL(np.array([0.1, 0.4]), lambda x, s: np.exp(-x / s) / s)
    e = cost.ExtendedBinnedNLL(np.array([3.0, 5.0]), np.array([0.0, 1.0, 2.0]), lambda x, n: n * x)
    return [c(1.1, 2.1), u(0.5), e(4.0), c.ndata, (c + u)(1.0, 2.0, 0.4) , cost.NormalConstraint("a", 1.0, 0.5)(1.2), cost.poisson_chi2([3.0], [4.0])]

def shown():
    m = Minuit(lambda a, b: (a - 1) ** 2 + (b + a) ** 2, 0, 0)
    m.migrad()
    m.hesse()
    return [str(m.params), repr(m.covariance.round(3).tolist()), str(m.fmin.is_valid), iminuit.util.describe(lambda q, w: 0), m.params[0].name]

def utilities():
    from iminuit import util
    return [util.describe(cost.LeastSquares), util.merge_signatures([lambda x, y: 0, lambda y, z: 0])[0], util.make_with_signature(lambda a: a, b="x") is None if False else 0,
            util.is_positive_definite([[1.0, 0.1], [0.1, 1.0]])]
'''),
    "texts": (("tabulate", "sortedcontainers", "jsonpatch", "jsonpointer", "toml", "histoprint"), '''
import io

def tables():
    import tabulate
    rows = [["a", 1.5], ["bb", 22.25], ["c", -3.0]]
    return [tabulate.tabulate(rows, headers=["k", "v"], tablefmt=f, floatfmt=".2f") for f in ("plain", "github", "latex", "html", "grid")]

def containers():
    import sortedcontainers as s
    l = s.SortedList([3, 1, 2, 5])
    d = s.SortedDict({"b": 1, "a": 2})
    k = s.SortedKeyList([3, -4, 1], key=abs)
    l.update([9, 4])
    return [list(l), l.bisect(3), list(l.irange(2, 4)), list(d.items()), d.peekitem(0), list(k), list(s.SortedSet([2, 1]) | {7}), l[1:3], repr(l)]

def patches():
    import jsonpatch
    p = jsonpatch.make_patch({"a": [1, 2], "b": {"c": 1}}, {"a": [2], "b": {"c": 2, "d": 3}})
    return [str(p), p.apply({"a": [1, 2], "b": {"c": 1}}), jsonpatch.JsonPatch([{"op": "move", "from": "/a", "path": "/z"}]).apply({"a": 1})]

def tomls():
    import toml
    t = toml.loads('a = 1\\nb = [1, 2]\\n[c]\\nd = "x"\\ne = 2020-01-01T00:00:00Z\\nf = 1.5\\n[[g]]\\nh = true\\n')
    return [t, toml.dumps({"a": {"b": [1, {"c": 2}], "d": "x\\\\n"}, "e": 1.5})]

def bars():
    import numpy as np, histoprint
    out = io.StringIO()
    histoprint.print_hist(np.histogram(np.arange(20) % 7, bins=4), file=out, title="T", columns=60)
    histoprint.text_hist(np.arange(9) % 4, bins=3, file=out)
    return [out.getvalue()]
'''),
    "mplhep": (("mplhep",), '''
import matplotlib
matplotlib.use("Agg")
import numpy as np

def utilities():
    from mplhep import utils
    h = utils.Plottable(np.array([1.0, 2.0]), edges=np.array([0.0, 1.0, 2.0]))
    h.errors()
    g = utils.Plottable(np.array([1.0, 3.0]), edges=np.array([0.0, 1.0, 2.0]), variances=np.array([1.0, 2.0]))
    return [h.values.tolist(), h.yerr_lo.tolist(), g.to_stairs()["values"].tolist(), repr(g), utils.isLight("#ffffff") if hasattr(utils, "isLight") else 0]

def errors():
    from mplhep.error_estimation import poisson_interval
    return [poisson_interval(np.array([1.0, 4.0]), np.array([1.0, 4.0])).tolist()]

def drawn():
    import matplotlib.pyplot as plt
    import mplhep as hep
    f, ax = plt.subplots()
    a = hep.histplot([1.0, 2.0, 1.0], [0.0, 1.0, 2.0, 3.0], yerr=True, label="A", ax=ax)
    b = hep.histplot([[1.0, 2.0, 1.0], [2.0, 2.0, 2.0]], [0.0, 1.0, 2.0, 3.0], stack=True, histtype="fill", ax=ax)
    return [ax.get_xlim(), ax.get_ylim(), len(ax.patches), [t.get_text() for t in ax.texts], [p.get_label() for p in ax.get_children()][:9], len(ax.lines)]

def labelled():
    import matplotlib.pyplot as plt
    import mplhep as hep
    hep.style.use("CMS")
    f, ax = plt.subplots()
    hep.cms.label("Preliminary", data=True, lumi=59, year=2018, ax=ax)
    return [[(t.get_text(), t.get_fontsize()) for t in ax.texts], [t.get_text() for t in ax.get_children() if hasattr(t, "get_text")], matplotlib.rcParams["figure.figsize"]]

def styles():
    import mplhep as hep
    return [sorted(hep.style.CMS.items(), key=str)[:40], sorted(hep.style.ATLAS.items(), key=str)[:40]]
'''),
}  # fmt: skip
"""Name → packages that are copied into the project, and the module `driver`; its functions are the entries."""
