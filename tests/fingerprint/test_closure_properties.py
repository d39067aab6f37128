"""Random programs: the closure is what an independent walk reaches, and layout never changes it."""

from __future__ import annotations

import ast
import tempfile
import textwrap
from pathlib import Path

import pytest
from closure_rows import ROWS
from hypothesis import given, settings
from hypothesis import strategies as st

from caselaw.fingerprint import Closure, first_party, symbol_closure

MODULES, NAMES = 3, 4

# For each function of each module: which functions it calls, and how it spells the call.
calls = st.lists(
    st.tuples(
        st.integers(0, MODULES - 1), st.integers(0, NAMES - 1), st.sampled_from(["from", "module", "local", "star"])
    ),
    max_size=3,
)  # fmt: skip
programs = st.lists(st.lists(calls, min_size=NAMES, max_size=NAMES), min_size=MODULES, max_size=MODULES)


def spelled(program: list[list[list[tuple[int, int, str]]]]) -> dict[str, str]:
    files = {}
    for m, functions in enumerate(program):
        imports = [f"from m{n} import *" for n in range(MODULES) if n != m]
        imports += [f"import m{n} as module{n}" for n in range(MODULES)]
        imports += [
            f"from m{n} import f{n}_{i} as taken{n}_{i}" for n in range(MODULES) for i in range(NAMES) if n != m
        ]
        bodies = []
        for i, called in enumerate(functions):
            lines = [f"def f{m}_{i}(x):"]
            for n, j, how in called:
                if how == "local":
                    lines.append(f"    from m{n} import f{n}_{j} as near{n}_{j}")
                name = {"from": f"taken{n}_{j}", "module": f"module{n}.f{n}_{j}", "local": f"near{n}_{j}"}.get(how)
                lines.append(f"    x += {name if name and (n != m or how != 'from') else f'f{n}_{j}'}(x)")
            bodies.append("\n".join([*lines, f"    return x + {i}"]))
        files[f"m{m}.py"] = "\n".join([*imports, *bodies, ""])
    return files


def reached(program: list[list[list[tuple[int, int, str]]]]) -> set[str]:
    found, left = set(), [(0, 0)]
    while left:
        m, i = left.pop()
        if (m, i) not in found:
            found.add((m, i))
            left += [(n, j) for n, j, _ in program[m][i]]
    return {f"m{m}.f{m}_{i}" for m, i in found}


def closure_of(files: dict[str, str], entry: str) -> Closure:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return symbol_closure([entry], first_party(folder))


@settings(deadline=None, max_examples=60)
@given(programs)
def test_the_closure_is_what_the_calls_reach(program: list[list[list[tuple[int, int, str]]]]) -> None:
    assert set(closure_of(spelled(program), "m0:f0_0").symbols) == reached(program)


@settings(deadline=None, max_examples=30)
@given(programs, st.integers(0, MODULES - 1), st.integers(0, NAMES - 1))
def test_an_edit_changes_the_closure_exactly_when_it_is_reached(
    program: list[list[list[tuple[int, int, str]]]], module: int, number: int
) -> None:
    files = spelled(program)
    before = closure_of(files, "m0:f0_0").code_digest
    head, end = f"def f{module}_{number}(x):\n", f"return x + {number}"
    start, _, rest = files[f"m{module}.py"].partition(head)
    files[f"m{module}.py"] = start + head + rest.replace(end, f"return x + 9{number}", 1)
    changed = closure_of(files, "m0:f0_0").code_digest != before
    assert changed == (f"m{module}.f{module}_{number}" in reached(program))


def layout_of_another_hand(text: str) -> str:
    """The same code as `ast.unparse` writes it, with comments and blank lines."""
    tree = ast.parse(text)
    lines = ast.unparse(tree).splitlines()
    return "# first\n\n" + "\n".join(f"{line}  # note" if line.endswith(":") else line for line in lines) + "\n\n\n"


@pytest.mark.parametrize("row", ROWS)
def test_layout_never_changes_a_closure(row: str) -> None:
    files = {name: textwrap.dedent(text) for name, text in ROWS[row].items()}
    before = closure_of(files, "work:run")
    after = closure_of({name: layout_of_another_hand(text) for name, text in files.items()}, "work:run")
    assert after.code_digest == before.code_digest
