"""Entries that use pyhf: each gives what it got."""

import pyhf


def model():
    m = pyhf.simplemodels.uncorrelated_background([5.0, 10.0], [50.0, 60.0], [5.0, 12.0])
    return [
        m.expected_data(m.config.suggested_init()).tolist(),
        m.config.par_order,
        m.config.suggested_bounds(),
        float(m.logpdf(m.config.suggested_init(), m.expected_data(m.config.suggested_init()))[0]),
    ]


SPEC = {
    "channels": [
        {
            "name": "c",
            "samples": [
                {"name": "s", "data": [5.0, 6.0], "modifiers": [{"name": "mu", "type": "normfactor", "data": None}]},
                {
                    "name": "b",
                    "data": [50.0, 40.0],
                    "modifiers": [
                        {"name": "n", "type": "normsys", "data": {"hi": 1.1, "lo": 0.9}},
                        {"name": "h", "type": "histosys", "data": {"hi_data": [55.0, 45.0], "lo_data": [46.0, 37.0]}},
                        {"name": "st", "type": "staterror", "data": [2.0, 3.0]},
                        {"name": "lumi", "type": "lumi", "data": None},
                    ],
                },
            ],
        }
    ],
    "parameters": [{"name": "lumi", "auxdata": [1.0], "sigmas": [0.02], "bounds": [[0.8, 1.2]], "inits": [1.0]}],
}


def modifiers():
    m = pyhf.Model(SPEC, poi_name="mu")
    p = [1.1 if n in (1, 3) else x for n, x in enumerate(m.config.suggested_init())]
    return [
        m.expected_data(p).tolist(),
        m.config.parameters,
        m.config.auxdata,
        m.config.npars,
        float(m.logpdf(p, m.expected_data(p))[0]),
    ]


def fitted():
    m = pyhf.simplemodels.uncorrelated_background([5.0], [50.0], [5.0])
    return [[round(float(x), 4) for x in pyhf.infer.mle.fit([55.0, *m.config.auxdata], m)]]


def limits():
    m = pyhf.simplemodels.uncorrelated_background([5.0], [50.0], [5.0])
    r = pyhf.infer.hypotest(1.0, [55.0, *m.config.auxdata], m, return_expected=True)
    return [[round(float(x), 4) for x in r]]


def workspaces():
    w = pyhf.Workspace(
        {
            "channels": SPEC["channels"],
            "observations": [{"name": "c", "data": [55.0, 46.0]}],
            "version": "1.0.0",
            "measurements": [{"name": "m", "config": {"poi": "mu", "parameters": SPEC["parameters"]}}],
        }
    )
    w2 = w.rename(channels={"c": "d"}).prune(modifiers=["h"])
    return [w.data(w.model()), w2.channels, w2.modifiers, pyhf.utils.digest(w2), w.sorted(w)["channels"][0]["name"]]


def interpolations():
    out = []
    for code in (0, 1, 2, 4, "4p"):
        interpolator = pyhf.interpolators.get(code)([[[[0.9, 0.8], [1.0, 1.0], [1.2, 1.1]]]])
        out.append(interpolator([[0.5, -1.4]]).tolist())
    return out


def probabilities():
    import numpy as np
    from pyhf import probability

    n, p = probability.Normal(np.array([1.0]), np.array([0.5])), probability.Poisson(np.array([3.0]))
    return [
        float(n.log_prob(np.array([1.2]))[0]),
        float(p.log_prob(np.array([4.0]))[0]),
        n.expected_data(),
        repr(probability.Simultaneous),
    ]
