"""A small store with outputs, records and a tag, made without running anything."""

from __future__ import annotations

import json
from pathlib import Path

from caselaw.fingerprint import file_digest
from caselaw.records import Basis, Record, write_basis
from caselaw.records.journal import append_record

OWN = "a" * 64
FINGERPRINTS = tuple(f"{number:020x}" for number in range(3))


def fill(root: Path) -> list[str]:
    """Three branches, each with a file and a folder, in one folder of outputs; paths of the outputs below `root`."""
    folder = root / "Number" / "n_3"
    made = []
    write_basis(str(folder), Basis(OWN, "Number", {}, {}, {}, {}, {}, {}, {}, "3"))
    for number, fingerprint in enumerate(FINGERPRINTS):
        file, plots = folder / f"number.{fingerprint}.txt", folder / f"plots.{fingerprint}"
        file.write_text(f"number {number}")
        (plots / "deep").mkdir(parents=True)
        (plots / "deep" / "plot.svg").write_text(f"<svg>{number}</svg>")
        (plots / "plot 2%.svg").write_text(f"<svg>{number}{number}</svg>")
        append_record(str(folder), record(fingerprint, number=file, plots=plots))
        made += [str(path.relative_to(root)) for path in (file, plots)]
    tag = {"schema": 1, "name": "paper", "created": 1.0, "task": "Number()", "outputs": {"Number/n_3": []}}
    (root / ".tags").mkdir()
    (root / ".tags" / "paper.json").write_text(json.dumps(tag))
    return sorted(made)


def record(fingerprint: str, **outputs: Path) -> Record:
    described = {
        product: {
            "name": path.name, "sha256": file_digest(path), "digest": f"bytes:{file_digest(path)}",
            "bytes": sum(file.stat().st_size for file in [path, *path.rglob("*")] if file.is_file()),
        }
        for product, path in outputs.items()
    }  # fmt: skip
    return Record(
        "Number", {"n": "3"}, None, fingerprint, fingerprint, OWN, {}, None, described, "host", 1.0, 2.0, 1.0, 1
    )  # fmt: skip


def files(root: Path) -> set[str]:
    """All files that are no records, below a folder."""
    paths = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)) for path in paths if ".records" not in path.parts}
