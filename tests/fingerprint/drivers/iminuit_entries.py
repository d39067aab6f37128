"""Entries that use iminuit: each gives what it got."""

import iminuit
import numpy as np
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
    return [
        c(1.1, 2.1),
        u(0.5),
        e(4.0),
        c.ndata,
        (c + u)(1.0, 2.0, 0.4),
        cost.NormalConstraint("a", 1.0, 0.5)(1.2),
        cost.poisson_chi2([3.0], [4.0]),
    ]


def shown():
    m = Minuit(lambda a, b: (a - 1) ** 2 + (b + a) ** 2, 0, 0)
    m.migrad()
    m.hesse()
    return [
        str(m.params),
        repr(m.covariance.round(3).tolist()),
        str(m.fmin.is_valid),
        iminuit.util.describe(lambda q, w: 0),
        m.params[0].name,
    ]


def utilities():
    from iminuit import util

    return [
        util.describe(lambda a, b: 0),
        util.merge_signatures([lambda x, y: 0, lambda y, z: 0])[0],
        util.is_positive_definite([[1.0, 0.1], [0.1, 1.0]]),
    ]
