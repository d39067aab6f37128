"""Names of a module inside texts: `events.query("pt > @CUT")`, `numexpr.evaluate("a * CUT")`."""

from __future__ import annotations

import ast
import re

from caselaw.fingerprint.code.reading.lookups import WHOLE, constant_text

_METHODS = frozenset({"query", "eval"})
"""Of a table of pandas; a text may name variables of the caller with `@`."""
_FUNCTIONS = frozenset({
    "numexpr.NumExpr", "numexpr.evaluate", "numexpr.re_evaluate", "numexpr.validate", "pandas.eval",
    "timeit.repeat", "timeit.timeit",
})  # fmt: skip
"""Functions that take variables of their caller by name."""


def names_in_text(call: ast.Call, origins: set[str]) -> set[str]:
    """Names that the text of a call may mean; `{WHOLE}` where the text is computed."""
    if origins & _FUNCTIONS:
        marked = "pandas.eval" in origins
    elif isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS:
        marked = True
    else:
        return set()
    first = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg in ("expr", "ex", "stmt"))]
    if not first:
        return set()
    text = constant_text(first[0])
    if text is None:
        is_text = not isinstance(first[0], ast.Constant | ast.Dict | ast.List | ast.Tuple | ast.Lambda)
        return {WHOLE} if is_text else set()
    return set(re.findall(r"@\s*([^\W\d]\w*)" if marked else r"[^\W\d]\w*", text))
