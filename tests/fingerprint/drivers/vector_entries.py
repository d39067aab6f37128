"""Entries that use vector: each gives what it got."""

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
    return [
        a.cross(b),
        a.theta,
        a.eta,
        b.z,
        a.deltaangle(b),
        a.rotate_axis(b, 0.4),
        a.rotate_euler(0.1, 0.2, 0.3),
        a.is_antiparallel(b),
        a.costheta,
        b.cottheta,
        a.deltaeta(b),
        a.mag,
    ]


def lorentz():
    a = vector.obj(px=1.0, py=2.0, pz=3.0, E=8.0)
    b = vector.obj(x=0.1, y=0.2, z=0.3)
    return [
        a.boost_p4(a),
        a.boost_beta3(b),
        a.boostX(beta=0.3),
        a.boostZ(gamma=1.5),
        a.beta,
        a.gamma,
        a.rapidity,
        a.Et,
        a.Mt,
        a.to_beta3(),
        a.is_timelike(),
        a.tau,
        a.transform4D(
            {
                "xx": 1.0,
                "xy": 0.1,
                "xz": 0.0,
                "xt": 0.0,
                "yx": 0.0,
                "yy": 1.0,
                "yz": 0.0,
                "yt": 0.0,
                "zx": 0.0,
                "zy": 0.0,
                "zz": 1.0,
                "zt": 0.2,
                "tx": 0.0,
                "ty": 0.0,
                "tz": 0.0,
                "tt": 1.0,
            }
        ),
    ]


def arrays():
    a = vector.array({"px": [1.0, 2.0], "py": [3.0, 4.0], "pz": [0.5, 0.6], "E": [9.0, 8.0]})
    b = vector.array({"rho": [1.0, 2.0], "phi": [0.1, 0.2]})
    return [
        (a + a).mass.tolist(),
        b.x.tolist(),
        a.eta.tolist(),
        (a * 2).pt.tolist(),
        repr(a[0]),
        a.sum(),
        np.abs(b).tolist(),
    ]


def records():
    import awkward as ak

    vector.register_awkward()
    a = ak.Array([[{"pt": 1.0, "phi": 0.1, "eta": 0.2, "mass": 0.3}], []], with_name="Momentum4D")
    return [
        a.px.to_list(),
        (a + a).mass.to_list(),
        a.deltaR(a).to_list(),
        vector.zip({"x": [1.0], "y": [2.0]}).rho.to_list(),
    ]
