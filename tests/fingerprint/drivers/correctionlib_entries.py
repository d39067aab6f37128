"""Entries that use correctionlib: each gives what it got."""

from correctionlib import schemav2 as s


def schema():
    c = s.Correction(
        name="c",
        version=1,
        inputs=[s.Variable(name="x", type="real")],
        output=s.Variable(name="w", type="real"),
        data=s.Binning(
            nodetype="binning",
            input="x",
            edges=[0, 1, 2],
            content=[1.0, s.Formula(nodetype="formula", expression="x*2", parser="TFormula", variables=["x"])],
            flow="clamp",
        ),
    )
    return [c.model_dump_json(), s.CorrectionSet(schema_version=2, corrections=[c]).model_dump_json(exclude_none=True)]


def evaluated():
    from correctionlib import CorrectionSet

    c = s.CorrectionSet(
        schema_version=2,
        corrections=[
            s.Correction(
                name="d",
                version=1,
                inputs=[s.Variable(name="x", type="real")],
                output=s.Variable(name="w", type="real"),
                data=4.0,
            )
        ],
    )
    e = CorrectionSet.from_string(c.model_dump_json())
    import numpy as np

    return [
        e["d"].evaluate(1.0),
        list(e),
        e["d"].name,
        e["d"].description,
        e["d"].evaluate(np.array([1.0, 2.0])).tolist(),
    ]


def converted():
    import hist
    from correctionlib import convert

    h = hist.Hist.new.Reg(3, 0, 3, name="x").Double().fill([0.5, 1.5, 1.6])
    h.name, h.label = "sf", "out"
    c = convert.from_histogram(h, flow="clamp")
    return [c.model_dump_json(exclude_none=True)]


def summarized():
    import io

    from rich.console import Console

    c = s.Correction(
        name="c",
        description="D",
        version=2,
        inputs=[s.Variable(name="x", type="real"), s.Variable(name="k", type="string")],
        output=s.Variable(name="w", type="real"),
        data=s.Category(
            nodetype="category",
            input="k",
            content=[
                s.CategoryItem(key="a", value=1.0),
                s.CategoryItem(
                    key="b", value=s.Binning(nodetype="binning", input="x", edges=[0, 2], content=[2.0], flow="error")
                ),
            ],
        ),
    )
    out = io.StringIO()
    console = Console(file=out, width=100)
    console.print(c)
    console.print(s.CorrectionSet(schema_version=2, corrections=[c], description="X"))
    return [out.getvalue()]
