"""Edits of what code reads beside the values of names: docstrings, annotations, source text, files, packages."""

from __future__ import annotations

from edits import replace, write
from rows import Edit, Row

SHAPE_RUNS = "stay run run"


def observed(name: str, edit: Edit, fates: str = SHAPE_RUNS) -> Row:
    return Row("observed", name, edit, fates)


ROWS = [
    observed("file by __file__ and os.path", write("physics/tables/scale.json", "43\n")),
    observed("file by a path of another module", write("physics/tables/shift.json", "44\n")),
    observed("file by importlib.resources", write("physics/tables/words.txt", "one two\n")),
    observed("file added to a folder of which a pattern is read", write("physics/parts/b.json", "45\n")),
    observed("file beside those that are read", write("physics/tables/unread.json", "46\n"), "stay stay stay"),
    observed("file that a pattern does not match", write("physics/parts/notes.txt", "new\n"), "stay stay stay"),
    observed("white space of a file that is read", write("physics/parts/a.json", "  36\n"), "stay run adopt"),
    observed("docstring read by another module", replace("physics/described.py", "Ten letters", "Eleven letters")),
    observed("annotation read by another module", replace("physics/described.py", '"int"', '"float"')),
    observed("comment in a source that is read", replace("physics/described.py", "# one", "# one # two")),
    observed("module of a package that is passed on", write("physics/kernels/loose.py", "VALUE = 47\n")),
    observed("module in a folder on the changed search path", write("library/stray.py", "VALUE = 48\n")),
    observed("module by its path", write("physics/plugged/in.py", "VALUE = 49\n")),
]
