"""Entries that use cabinetry: each gives what it got."""

import cabinetry
import numpy as np

CONFIG = {
    "General": {"Measurement": "m", "POI": "mu", "InputPath": "i.root", "HistogramFolder": "h/"},
    "Regions": [{"Name": "R", "Variable": "x", "Filter": "x > 0", "Binning": [0, 1, 2]}],
    "Samples": [{"Name": "S", "Tree": "t"}, {"Name": "D", "Tree": "d", "Data": True}],
    "Systematics": [
        {"Name": "N", "Type": "Normalization", "Up": {"Normalization": 0.1}, "Down": {"Normalization": -0.1}}
    ],
    "NormFactors": [{"Name": "mu", "Samples": "S", "Nominal": 1, "Bounds": [0, 5]}],
}


def configuration():
    cabinetry.configuration.validate(CONFIG)
    cabinetry.configuration.print_overview(CONFIG)
    return [
        cabinetry.configuration.sample_contains_modifier(CONFIG["Samples"][0], CONFIG["NormFactors"][0]),
        cabinetry.configuration.region_contains_modifier(CONFIG["Regions"][0], CONFIG["Systematics"][0]),
    ]


def histograms():
    h = cabinetry.histo.Histogram.from_arrays([0, 1, 2], np.array([3.0, 4.0]), np.array([1.0, 2.0]))
    g = cabinetry.histo.Histogram.from_arrays([0, 1, 2], np.array([6.0, 9.0]), np.array([1.0, 2.0]))
    n = g.normalize_to_yield(h)
    h.validate("a")
    return [
        h.yields.tolist(),
        h.stdev.tolist(),
        n,
        g.yields.tolist(),
        cabinetry.histo.name(CONFIG["Regions"][0], CONFIG["Samples"][0], CONFIG["Systematics"][0], template="Up"),
    ]


def smoothed():
    from cabinetry import smooth

    return [smooth.smooth(np.array([1.0, 5.0, 2.0, 8.0, 3.0, 9.0, 4.0]), np.array([2.0, 5.0, 2.0, 7.0, 3.0, 9.0, 4.0]))]


def corrected():
    from cabinetry import templates

    h = cabinetry.histo.Histogram.from_arrays([0, 1, 2, 3], np.array([3.0, 4.0, np.nan]), np.array([1.0, np.nan, 2.0]))
    g = templates.postprocessor._fix_stat_unc(h, "n")
    return [h.stdev.tolist(), sorted(dir(templates)), repr(g)]


def built():
    from cabinetry.templates import builder

    return [
        builder._variable(CONFIG["Regions"][0], CONFIG["Samples"][0], {}, None),
        builder._weight(CONFIG["Regions"][0], CONFIG["Samples"][0], {}, None),
        builder._filter(CONFIG["Regions"][0], CONFIG["Samples"][0], {}, None),
        builder._binning(CONFIG["Regions"][0]).tolist(),
    ]


def fits():
    import pyhf

    m = pyhf.simplemodels.uncorrelated_background([5.0, 3.0], [50.0, 40.0], [5.0, 4.0])
    d = [55.0, 44.0, *m.config.auxdata]
    r = cabinetry.fit.fit(m, d)
    p = cabinetry.model_utils.prediction(m, fit_results=r)
    return [
        np.round(r.bestfit, 3).tolist(),
        r.labels,
        np.round(p.model_yields, 2).tolist(),
        cabinetry.model_utils.asimov_data(m),
        np.round(cabinetry.model_utils.yield_stdev(m, r.bestfit, r.uncertainty, r.corr_mat)[0], 2).tolist(),
    ]


def tables():
    import pyhf

    m = pyhf.simplemodels.uncorrelated_background([5.0, 3.0], [50.0, 40.0], [5.0, 4.0])
    p = cabinetry.model_utils.prediction(m)
    t = cabinetry.tabulate.yields(p, [55.0, 44.0, *m.config.auxdata], save_tables=False)
    return [t]
