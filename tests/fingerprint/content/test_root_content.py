"""Content digests of ROOT files: directories, objects, trees."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import awkward as ak
import hist
import numpy as np
import pytest
import uproot
from uproot.writing import identify

from caselaw.fingerprint import digest, file_digest
from caselaw.fingerprint.content import content_digest, source
from caselaw.fingerprint.content.root import refuse_trees
from caselaw.fingerprint.content.ttree import attached_value, is_backup

ENTRIES = 1000
FAST = uproot.ZLIB(1)
BRANCHES = {"weight": "f8", "run": "i4", "flag": "bool", "jet_pt": "var * float32", "p4": "4 * float64"}


def make_events() -> dict[str, Any]:
    counts = np.arange(ENTRIES) % 5
    values = np.arange(counts.sum(), dtype="f4") / 7
    return {
        "weight": np.linspace(-1, 1, ENTRIES),
        "run": np.arange(ENTRIES, dtype="i4"),
        "flag": np.arange(ENTRIES) % 3 == 0,
        "jet_pt": ak.unflatten(values, counts),
        "p4": np.arange(4.0 * ENTRIES).reshape(-1, 4),
    }


def write_tree(
    path: Path, events: dict[str, Any], *, step: int = ENTRIES, compression: Any = FAST, **types: str
) -> str:
    with uproot.recreate(path, compression=compression) as file:
        tree = file.mktree("plots/events", {name: (BRANCHES | types)[name] for name in events})
        for start in range(0, ENTRIES, step):
            tree.extend({name: values[start : start + step] for name, values in events.items()})
    return content_digest(path)


@pytest.mark.parametrize("compression", [None, uproot.ZLIB(9), uproot.LZMA(1), uproot.LZ4(1), uproot.ZSTD(5)], ids=str)
@pytest.mark.parametrize("step", [ENTRIES, 137])
def test_baskets_and_compression_of_a_tree_do_not_count(tmp_path: Path, compression: Any, step: int) -> None:
    events = make_events()
    one = write_tree(tmp_path / "one.root", events)
    two = write_tree(tmp_path / "two.root", events, step=step, compression=compression)
    assert one == two
    assert one.startswith("root:")


def test_order_of_branches_counts(tmp_path: Path) -> None:
    events = make_events()
    reordered = {name: events[name] for name in reversed(BRANCHES)}
    assert write_tree(tmp_path / "one.root", events) != write_tree(tmp_path / "two.root", reordered)


def test_dates_and_uuids_do_not_count(tmp_path: Path) -> None:
    one, two = tmp_path / "one.root", tmp_path / "two.root"
    for path in (one, two):
        time.sleep(1.1)  # dates in ROOT files are seconds
        write_tree(path, make_events())
    assert one.read_bytes() != two.read_bytes()
    assert content_digest(one) == content_digest(two)


@pytest.mark.parametrize("branch", sorted(BRANCHES))
def test_one_other_entry_counts(tmp_path: Path, branch: str) -> None:
    events, tampered = make_events(), make_events()
    if branch == "jet_pt":
        counts = ak.num(tampered[branch])
        flat = ak.to_numpy(ak.flatten(tampered[branch])).copy()
        flat[-1] += 1
        tampered[branch] = ak.unflatten(flat, counts)
    else:
        tampered[branch][777] = ~tampered[branch][777] if branch == "flag" else tampered[branch][777] + 1
    assert write_tree(tmp_path / "one.root", events) != write_tree(tmp_path / "two.root", tampered)


def test_where_entries_end_counts(tmp_path: Path) -> None:
    events, tampered = make_events(), make_events()
    counts = np.arange(ENTRIES) % 5
    counts[1], counts[2] = counts[2], counts[1]
    tampered["jet_pt"] = ak.unflatten(ak.flatten(events["jet_pt"]), counts)
    assert write_tree(tmp_path / "one.root", events) != write_tree(tmp_path / "two.root", tampered)


@pytest.mark.parametrize(
    "change", [{"run": "u4"}, {"run": "f4"}, {"run": "i8"}, {"flag": "i1"}, {"weight": "f4"}], ids=str
)
def test_another_type_counts(tmp_path: Path, change: dict[str, str]) -> None:
    ((name, kind),) = change.items()
    events = make_events()
    converted = events | {name: events[name].astype(kind)}
    assert write_tree(tmp_path / "one.root", events) != write_tree(tmp_path / "two.root", converted, **change)


def test_another_name_or_number_of_branches_counts(tmp_path: Path) -> None:
    events = make_events()
    fewer = {name: values for name, values in events.items() if name != "p4"}
    assert write_tree(tmp_path / "one.root", events) != write_tree(tmp_path / "two.root", fewer)


def histograms() -> dict[str, Any]:
    """One histogram per class, with weights and entries in the flow bins."""
    axis = hist.axis.Regular(5, 0, 1, name="pt", label="p_{T} / GeV")
    other = hist.axis.Variable([0, 0.2, 1], name="eta", label="eta")
    points = np.linspace(-0.5, 1.5, 50)
    third = hist.axis.Regular(3, 0, 1, name="phi", label="phi")
    one, two, three = (hist.Hist(*axes, storage="weight") for axes in ([axis], [axis, other], [axis, other, third]))
    one.fill(points, weight=2.0)
    two.fill(points, points, weight=0.5)
    three.fill(points, points, points)
    counts = hist.Hist(axis, storage="double").fill(points)
    return {"one": one, "two": two, "three": three, "counts": counts}


def profile(third: float = 3.0) -> Any:
    edges = identify.to_TAxis("xaxis", "x", 3, 0.0, 3.0)
    contents, ones = np.array([0.0, 1.0, 2.0, third, 4.0]), np.ones(5)
    return identify.to_TProfile("p", "title", contents, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, ones, ones, ones, edges)


def write(path: Path, objects: dict[str, Any], compression: Any = FAST) -> str:
    with uproot.recreate(path, compression=compression) as file:
        for name, value in objects.items():
            file[name] = value
    return content_digest(path)


def test_histograms_written_later_in_another_compression_are_equal_and_in_another_order_differ(tmp_path: Path) -> None:
    written = histograms() | {"profile": profile()}
    one = write(tmp_path / "one.root", written)
    assert write(tmp_path / "two.root", written, compression=uproot.LZMA(9)) == one
    assert write(tmp_path / "three.root", dict(reversed(written.items()))) != one
    assert one.startswith("root:")


@pytest.mark.parametrize("name", ["one", "two", "three", "counts"])
@pytest.mark.parametrize("place", ["bin", "underflow", "variance", "label", "edge"])
def test_every_part_of_a_histogram_counts(tmp_path: Path, name: str, place: str) -> None:
    written, tampered = histograms(), histograms()
    histogram = tampered[name]
    rest = (0,) * (histogram.ndim - 1)
    match place:
        case "bin" | "variance" if name != "counts":
            field = "value" if place == "bin" else "variance"
            histogram.view(flow=True)[field][(2, *rest)] += 1
        case "bin" | "variance":
            histogram.view(flow=True)[2] += 1
        case "underflow":
            histogram.view(flow=True)[(0, *rest)] = 77 if name == "counts" else (77, 77)
        case "label":
            histogram.axes[0].label = "other"
        case "edge":
            axis = hist.axis.Regular(5, 0, 1.01, name="pt", label="p_{T} / GeV")
            tampered[name] = hist.Hist(axis, *histogram.axes[1:], data=histogram.view(flow=True),
                                       storage=histogram.storage_type())  # fmt: skip
    assert write(tmp_path / "one.root", written) != write(tmp_path / "two.root", tampered)


def test_every_bin_of_a_profile_counts(tmp_path: Path) -> None:
    one = write(tmp_path / "one.root", {"p": profile()})
    assert write(tmp_path / "two.root", {"p": profile()}) == one
    assert write(tmp_path / "three.root", {"p": profile(3.5)}) != one


def test_names_classes_and_folders_of_objects_count(tmp_path: Path) -> None:
    texts = [{"a": "text"}, {"b": "text"}, {"a": "other"}, {"d/a": "text"}, {"d/a": "text", "a": "text"}, {}]
    written = {write(tmp_path / f"{number}.root", objects) for number, objects in enumerate(texts)}
    assert len(written) == len(texts)
    assert all(of_file.startswith("root:") for of_file in written)


def test_cycles_and_their_numbers_count(tmp_path: Path) -> None:
    def cycles(name: str, *texts: str) -> str:
        with uproot.recreate(tmp_path / name) as file:
            for text in texts:
                file["a"] = text
        return content_digest(tmp_path / name)

    assert cycles("one.root", "old", "new") != cycles("two.root", "new")
    assert cycles("one.root", "old", "new") != cycles("two.root", "older", "new")
    assert cycles("one.root", "old", "new") == cycles("two.root", "old", "new")
    assert cycles("one.root", "same", "same") != cycles("two.root", "same")


def test_a_tree_of_the_same_name_counts_unless_it_is_a_backup(tmp_path: Path) -> None:
    def trees(name: str, *values: float) -> str:
        with uproot.recreate(tmp_path / name) as file:
            for value in values:
                file.mktree("events", {"x": "f8"}).extend({"x": [value]})
        return content_digest(tmp_path / name)

    assert trees("one.root", 1, 2) != trees("two.root", 2)
    assert trees("one.root", 1, 2) != trees("three.root", 0, 2)
    with uproot.open(tmp_path / "one.root") as file:
        assert is_backup(file["events;2"], file["events;2"])
        assert not is_backup(file["events;1"], file["events;2"])


def test_objects_attached_to_trees_count_as_plain_values(tmp_path: Path) -> None:
    """uproot writes nothing of the kind; an axis with labels has the same classes inside."""
    described = []
    for labels in (["a", "b"], ["a", "c"], ["a", "b"]):
        axis = hist.axis.StrCategory(labels, label="cut")
        write(tmp_path / "file.root", {"h": hist.Hist(axis, storage="double")})
        with uproot.open(tmp_path / "file.root") as file:
            described.append(digest(attached_value(file["h"].member("fXaxis"))))
    one, two, three = described
    assert one == three != two


def test_trees_of_unknown_kind_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "file.root", {"h": histograms()["one"]})
    with uproot.open(tmp_path / "file.root") as file:
        refuse_trees("TH1D", file)
        for class_name in ("TTree", "NobodyKnowsThis"):
            with pytest.raises(ValueError, match=class_name):
                refuse_trees(class_name, file)


def test_names_of_members_count(tmp_path: Path) -> None:
    path = tmp_path / "file.root"
    one = write(path, {"h": histograms()["one"]}, compression=None)
    written = path.read_bytes()
    assert written.count(b"\x08fEntries") == 1  # in the description of the class, not in the object
    path.write_bytes(written.replace(b"\x08fEntries", b"\x08fNumbers"))
    assert one != content_digest(path)
    assert content_digest(path).startswith("root:")


def test_an_object_that_may_hold_a_tree_counts_with_the_bytes_of_the_file(tmp_path: Path) -> None:
    """Its own bytes say where the baskets of the tree are, not what is in them."""
    path = tmp_path / "file.root"
    assert write(path, {"list": "of a TBranch"}) == f"bytes:{file_digest(path)}"


def test_a_tree_that_expands_too_much_counts_with_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "EXPANDED_BYTES", 1 << 16)
    path = tmp_path / "file.root"
    with uproot.recreate(path, compression=uproot.LZMA(9)) as file:
        file.mktree("events", {"x": "f8"}).extend({"x": np.zeros(1_000_000)})
    assert content_digest(path) == f"bytes:{file_digest(path)}"


def cut(written: bytearray) -> bytearray:
    return written[:-20]


def cut_in_half(written: bytearray) -> bytearray:
    return written[: len(written) // 2]


def without_keys(written: bytearray) -> bytearray:
    written[100:] = bytes(len(written) - 100)
    return written


def flip_in_a_basket(written: bytearray) -> bytearray:
    written[basket_position(written) + 150] ^= 0xFF
    return written


def basket_position(written: bytearray) -> int:
    with uproot.open(io.BytesIO(written)) as file:
        return int(file["plots/events"]["weight"].member("fBasketSeek")[0])


@pytest.mark.parametrize("damage", [cut, cut_in_half, without_keys, flip_in_a_basket])
def test_a_damaged_file_counts_with_its_bytes(tmp_path: Path, damage: Callable[[bytearray], bytearray]) -> None:
    path = tmp_path / "file.root"
    write_tree(path, make_events())
    path.write_bytes(damage(bytearray(path.read_bytes())))
    assert content_digest(path) == f"bytes:{file_digest(path)}"


def test_real_files_are_read_completely(shared_data: Path) -> None:
    paths = [*shared_data.glob("[!n]*/*.root"), *shared_data.glob("nanoaod/*_d*.root")]
    digests = {path.name: content_digest(path) for path in paths if "rntuple" not in path.name}
    fallen_back = {name for name, of_file in digests.items() if of_file.startswith("bytes:")}
    assert fallen_back == {"bad_delphes.root"}  # it was not closed, and holds no list of keys
    assert len(set(digests.values())) == len(digests) > 15


def test_real_events_written_twice_are_equal(shared_data: Path, tmp_path: Path) -> None:
    with uproot.open(shared_data / "h4l" / "Run2012B_DoubleMuParkedFourMuonsSkim.root") as file:
        events = file["Events"].arrays()
    digests = []
    for name, step in (("one.root", len(events)), ("two.root", 5)):
        with uproot.recreate(tmp_path / name) as file:
            tree = file.mktree("Events", {field: events[field].type.content for field in events.fields})
            for start in range(0, len(events), step):
                tree.extend({field: events[field][start : start + step] for field in events.fields})
        digests.append(content_digest(tmp_path / name))
    assert digests[0] == digests[1]
    assert digests[0].startswith("root:")
