"""The first step writes the same otherwise, or what a reader sees otherwise: downstream is adopted, or runs."""

from __future__ import annotations

from edits import all_of, replace
from rows import Edit, Row

WORK = "work.py"
WRITTEN = 'out["numbers"].write_text(self.encoded(numbers))'

ZIPPED = """\
with zipfile.ZipFile(out["numbers"], "w") as archive:
                for place, number in enumerate(numbers):
                    info = zipfile.ZipInfo(f"{place}.json", (2020, 1, 1, 0, 0, 0))
                    archive.writestr(info, json.dumps(number))"""

UNZIPPED = """\


def unzipped(path):
    with zipfile.ZipFile(path) as archive:
        return [json.loads(archive.read(name)) for name in archive.namelist()]
"""

AS_ZIP = all_of(
    replace(WORK, 'products = {"numbers": "json"}', 'products = {"numbers": "zip"}'),
    replace(WORK, WRITTEN, ZIPPED),
    replace(WORK, "import json\n", "import json\nimport zipfile\n"),
    replace(WORK, "    WIDE = 2\n", f"    WIDE = 2\n{UNZIPPED}"),
    replace(WORK, 'json.loads(Path(self.input()["numbers"]).read_text())', 'unzipped(self.input()["numbers"])'),
    replace(WORK, '[json.loads(Path(path).read_text()) for path in self.input()["numbers"]]',
            '[unzipped(path) for path in self.input()["numbers"]]'),
)  # fmt: skip


def content(name: str, edit: Edit, fates: str, before: Edit | None = None) -> Row:
    return Row("content", name, edit, fates, before=before)


ROWS = [
    content("white space of JSON", replace(WORK, WRITTEN, 'out["numbers"].write_text(json.dumps(numbers, indent=1))'),
            "run adopt adopt"),
    content("integers as floats in JSON",
            replace(WORK, WRITTEN, 'out["numbers"].write_text(json.dumps([float(number) for number in numbers]))'),
            "run run run"),
    content("dates in a zip archive", replace(WORK, "(2020, 1, 1, 0, 0, 0)", "(2024, 1, 1, 0, 0, 0)"),
            "run adopt adopt", AS_ZIP),
    content("order of the members of a zip archive",
            replace(WORK, "in enumerate(numbers):", "in reversed(list(enumerate(numbers))):"), "run run run", AS_ZIP),
]  # fmt: skip
