"""Entries that use mplhep: each gives what it got."""

import matplotlib

matplotlib.use("Agg")
import numpy as np


def utilities():
    from mplhep import utils

    h = utils.Plottable(np.array([1.0, 2.0]), edges=np.array([0.0, 1.0, 2.0]))
    h.errors()
    g = utils.Plottable(np.array([1.0, 3.0]), edges=np.array([0.0, 1.0, 2.0]), variances=np.array([1.0, 2.0]))
    return [
        h.values.tolist(),
        h.yerr_lo.tolist(),
        g.to_stairs()["values"].tolist(),
        repr(g),
        utils.isLight("#ffffff"),
    ]


def errors():
    from mplhep.error_estimation import poisson_interval

    return [poisson_interval(np.array([1.0, 4.0]), np.array([1.0, 4.0])).tolist()]


def drawn():
    import matplotlib.pyplot as plt
    import mplhep as hep

    _f, ax = plt.subplots()
    hep.histplot([1.0, 2.0, 1.0], [0.0, 1.0, 2.0, 3.0], yerr=True, label="A", ax=ax)
    hep.histplot([[1.0, 2.0, 1.0], [2.0, 2.0, 2.0]], [0.0, 1.0, 2.0, 3.0], stack=True, histtype="fill", ax=ax)
    return [
        ax.get_xlim(),
        ax.get_ylim(),
        len(ax.patches),
        [t.get_text() for t in ax.texts],
        [p.get_label() for p in ax.get_children()][:9],
        len(ax.lines),
    ]


def labelled():
    import matplotlib.pyplot as plt
    import mplhep as hep

    hep.style.use("CMS")
    _f, ax = plt.subplots()
    hep.cms.label("Preliminary", data=True, lumi=59, year=2018, ax=ax)
    return [
        [(t.get_text(), t.get_fontsize()) for t in ax.texts],
        [t.get_text() for t in ax.get_children() if hasattr(t, "get_text")],
        matplotlib.rcParams["figure.figsize"],
    ]


def styles():
    import mplhep as hep

    return [sorted(hep.style.CMS.items(), key=str)[:40], sorted(hep.style.ATLAS.items(), key=str)[:40]]
