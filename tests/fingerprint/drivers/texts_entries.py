"""Entries that use tabulate, sortedcontainers, jsonpatch, jsonpointer, toml, histoprint: each gives what it got."""

import io


def tables():
    import tabulate

    rows = [["a", 1.5], ["bb", 22.25], ["c", -3.0]]
    return [
        tabulate.tabulate(rows, headers=["k", "v"], tablefmt=f, floatfmt=".2f")
        for f in ("plain", "github", "latex", "html", "grid")
    ]


def containers():
    import sortedcontainers as s

    items = s.SortedList([3, 1, 2, 5])
    d = s.SortedDict({"b": 1, "a": 2})
    k = s.SortedKeyList([3, -4, 1], key=abs)
    items.update([9, 4])
    return [
        list(items),
        items.bisect(3),
        list(items.irange(2, 4)),
        list(d.items()),
        d.peekitem(0),
        list(k),
        list(s.SortedSet([2, 1]) | {7}),
        items[1:3],
        repr(items),
    ]


def patches():
    import jsonpatch

    p = jsonpatch.make_patch({"a": [1, 2], "b": {"c": 1}}, {"a": [2], "b": {"c": 2, "d": 3}})
    return [
        str(p),
        p.apply({"a": [1, 2], "b": {"c": 1}}),
        jsonpatch.JsonPatch([{"op": "move", "from": "/a", "path": "/z"}]).apply({"a": 1}),
    ]


def tomls():
    import toml

    t = toml.loads('a = 1\nb = [1, 2]\n[c]\nd = "x"\ne = 2020-01-01T00:00:00Z\nf = 1.5\n[[g]]\nh = true\n')
    return [t, toml.dumps({"a": {"b": [1, 2], "d": "x\\n"}, "e": 1.5})]


def bars():
    import histoprint
    import numpy as np

    out = io.StringIO()
    histoprint.print_hist(np.histogram(np.arange(20) % 7, bins=4), file=out, title="T", columns=60)
    histoprint.text_hist(np.arange(9) % 4, bins=3, file=out)
    return [out.getvalue()]
