"""Entries that use hist, uhi, histoprint: each gives what it got."""

import hist
import numpy as np
from hist import Hist


def filled():
    h = Hist.new.Reg(5, 0, 1, name="x", label="X").StrCat(["a", "b"], name="c").Weight()
    h.fill(x=np.linspace(0, 1, 17), c="a", weight=2.0)
    h.fill([0.3, 0.4], "b")
    return [
        h.values().tolist(),
        h.variances().tolist(),
        h.project("x").values().tolist(),
        repr(h),
        h.axes.name,
        h.axes[0].label,
    ]


def indexed():
    h = hist.Hist(hist.axis.Regular(10, -1, 1, name="x"), hist.axis.Integer(0, 4, name="n"), storage="double")
    h.fill(x=np.linspace(-1, 1, 31), n=np.arange(31) % 4)
    return [
        h[{"x": 3, "n": hist.loc(2)}],
        h[:: hist.rebin(2), 0].values().tolist(),
        h[hist.loc(0.1) :, sum].values().tolist(),
        h[::sum, ::sum],
        h.sum(),
        h[{"n": slice(0, 2, sum)}].values().tolist(),
    ]


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
    return [
        i.poisson_interval(v).tolist(),
        i.clopper_pearson_interval(v, v + 3).tolist(),
        i.ratio_uncertainty(v, v + 2, "poisson").tolist(),
        i.ratio_uncertainty(v, v + 2, "efficiency").tolist(),
    ]


def stacked():
    h = Hist.new.Reg(3, 0, 3, name="x").StrCat(["a", "b"], name="c").Double()
    h.fill(x=[0.5, 1.5, 2.5], c=["a", "b", "a"])
    s = h.stack("c")
    return [repr(s), [x.values().tolist() for x in s], (s * 2)[0].values().tolist(), h.integrate("c").values().tolist()]


def bars():
    import io

    import histoprint

    out = io.StringIO()
    histoprint.print_hist((np.array([1.0, 3.0, 2.0]), np.array([0.0, 1.0, 2.0, 3.0])), file=out, title="T")
    return [out.getvalue()]


def serialized():
    from uhi.numpy_plottable import ensure_plottable_histogram

    p = ensure_plottable_histogram(np.histogram([1, 2, 2, 3], bins=3))
    h = Hist.new.Reg(3, 0, 3, name="x").Double().fill([1])
    return [
        p.values().tolist(),
        [tuple(a) for a in p.axes[0]],
        p.axes[0].traits.circular,
        ensure_plottable_histogram(h).values().tolist(),
    ]
