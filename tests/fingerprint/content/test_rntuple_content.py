"""Content digests of RNTuples in ROOT files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot

from caselaw.fingerprint.content import content_digest, rntuple, source

ENTRIES = 300
FAST = uproot.ZLIB(1)


def make_events() -> dict[str, Any]:
    counts = np.arange(ENTRIES) % 4
    flat = np.arange(counts.sum(), dtype="f4")
    return {
        "weight": np.linspace(0, 1, ENTRIES),
        "run": np.arange(ENTRIES, dtype="i4"),
        "flag": np.arange(ENTRIES) % 3 == 0,
        "name": ak.Array([f"event {number}" for number in range(ENTRIES)]),
        "jets": ak.unflatten(ak.zip({"pt": flat, "eta": -flat}), counts),
    }


def write(path: Path, events: dict[str, Any], *, step: int = ENTRIES, compression: Any = FAST) -> str:
    with uproot.recreate(path, compression=compression) as file:
        ntuple = file.mkrntuple("events", {name: values[:0] for name, values in events.items()})
        for start in range(0, ENTRIES, step):
            ntuple.extend({name: values[start : start + step] for name, values in events.items()})
    return content_digest(path)


@pytest.mark.parametrize("compression", [None, uproot.ZSTD(5)], ids=str)
def test_clusters_and_compression_do_not_count(tmp_path: Path, compression: Any) -> None:
    one = write(tmp_path / "one.root", make_events())
    assert write(tmp_path / "two.root", make_events(), step=77, compression=compression) == one
    assert one.startswith("root:")


def test_order_of_fields_counts(tmp_path: Path) -> None:
    """uproot sorts the fields of a dictionary, but not those of an awkward array."""
    digests, shown = [], []
    for number, names in enumerate([("run", "lumi"), ("lumi", "run")]):
        path = tmp_path / f"{number}.root"
        with uproot.recreate(path) as file:
            file["events"] = ak.Array([{name: len(name) for name in names}] * 3)
        with uproot.open(path) as file:
            shown.append(file["events"].keys())
        digests.append(content_digest(path))
    assert shown[0] == shown[1][::-1]
    assert digests[0] != digests[1]


def test_how_much_is_read_at_once_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = write(tmp_path / "one.root", make_events())
    monkeypatch.setattr(rntuple, "STEP_BYTES", "2 kB")
    assert content_digest(tmp_path / "one.root") == one


@pytest.mark.parametrize("field", ["weight", "run", "flag", "name", "jets", "type", "removed"])
def test_every_change_counts(tmp_path: Path, field: str) -> None:
    events = make_events()
    before = write(tmp_path / "one.root", events)
    match field:
        case "name":
            events["name"] = ak.Array(["other", *events["name"][1:].to_list()])
        case "jets":
            flat = np.arange(ak.count(events["jets"].pt), dtype="f4")
            events["jets"] = ak.unflatten(ak.zip({"pt": flat, "eta": flat}), np.arange(ENTRIES) % 4)
        case "type":
            events["run"] = events["run"].astype("i8")
        case "removed":
            del events["flag"]
        case _:
            events[field][200] = 1 - events[field][200]
    after = write(tmp_path / "two.root", events)
    assert after.startswith("root:")
    assert after != before


def test_real_ntuples_are_read_completely(shared_data: Path) -> None:
    (path,) = (shared_data / "nanoaod").glob("Run2012BC*rntuple*.root")
    assert content_digest(path).startswith("root:")


def test_an_ntuple_that_expands_too_much_counts_with_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "zeros.root"
    with uproot.recreate(path, compression=uproot.ZSTD(5)) as file:
        file.mkrntuple("events", {"x": np.zeros(400_000)})
    assert content_digest(path).startswith("root:")
    monkeypatch.setattr(source, "EXPANDED_BYTES", 1 << 20)
    monkeypatch.setattr(source, "EXPANSION", 1)
    assert content_digest(path).startswith("bytes:")
