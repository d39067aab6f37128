"""Content digests of HDF5 files."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from caselaw.fingerprint import file_digest
from caselaw.fingerprint.content import content_digest, hdf5

RECORD = np.dtype([("a", "i4"), ("b", "f8", (2,)), ("name", h5py.string_dtype())])


def fill(file: Any, **options: Any) -> None:
    """One dataset of each kind; `options` are those of a chunked dataset."""
    file.attrs["campaign"] = "2024"
    file.attrs["scale"] = np.float32(2.5)
    showers = file.create_group("showers")
    showers.attrs["edges"] = np.arange(3.0)
    energy = showers.create_dataset("energy", data=np.arange(2000, dtype="f4").reshape(500, 4), **options)
    energy.attrs["unit"] = "GeV"
    showers.create_dataset("hits", data=np.arange(30, dtype=">i8"))
    showers.create_dataset("one", data=7)
    showers.create_dataset("empty", data=np.empty((0, 3)))
    showers.create_dataset("null", dtype="f4")
    showers["names"] = ["first", "second", ""]
    showers["fixed"] = np.array([b"ab", b"c"])
    showers["flags"] = np.array([True, False])
    lists = showers.create_dataset("lists", (2,), dtype=h5py.vlen_dtype("i4"))
    lists[0], lists[1] = [1, 2, 3], []
    enum = h5py.enum_dtype({"off": 0, "on": 1}, basetype="i1")
    showers.create_dataset("state", data=[0, 1, 1], dtype=enum)
    showers.create_dataset("record", data=np.array([(1, (2, 3), "x"), (4, (5, 6), "yz")], dtype=RECORD))
    showers.create_dataset("reference", data=energy.ref, dtype=h5py.ref_dtype)
    file["alias"] = energy
    file["soft"] = h5py.SoftLink("/showers/hits")
    file["outside"] = h5py.ExternalLink("other.h5", "/x")
    file["type"] = np.dtype("f4")


def write(path: Path, change: Callable[[Any], None] | None = None, **options: Any) -> str:
    with h5py.File(path, "w") as file:
        fill(file, **options)
        if change is not None:
            change(file)
    return content_digest(path)


@pytest.mark.parametrize(
    "options",
    [
        {"chunks": (7, 3)}, {"compression": "gzip"}, {"compression": "lzf", "shuffle": True}, {"fletcher32": True},
        {"track_times": True},
    ],
    ids=str,
)  # fmt: skip
def test_how_values_are_stored_does_not_count(tmp_path: Path, options: dict[str, Any]) -> None:
    one = write(tmp_path / "one.h5")
    assert write(tmp_path / "two.hdf5", **options) == one
    assert one.startswith("hdf5:")


def test_times_do_not_count(tmp_path: Path) -> None:
    paths = tmp_path / "one.h5", tmp_path / "two.h5"
    for path in paths:
        time.sleep(1.1)  # times in HDF5 files are seconds
        write(path, track_times=True)
    one, two = paths
    assert one.read_bytes() != two.read_bytes()
    assert content_digest(one) == content_digest(two)


def test_how_much_is_read_at_once_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = write(tmp_path / "one.h5")
    monkeypatch.setattr(hdf5, "STEP_BYTES", 50)
    assert content_digest(tmp_path / "one.h5") == one


@pytest.mark.parametrize("tracked", [True, False])
def test_order_of_writing_counts_where_it_is_tracked_and_the_version_of_the_format_does_not(
    tmp_path: Path, tracked: bool
) -> None:
    def write_two(name: str, names: str, attributes: str = "ab", libver: str = "earliest") -> tuple[str, Any]:
        with h5py.File(tmp_path / name, "w", libver=libver, track_order=tracked) as file:
            for key in names:
                file.create_group(key, track_order=tracked)["x"] = [1, 2]
            for key in attributes:
                file["a"].attrs[key] = 3
        with h5py.File(tmp_path / name) as file:
            shown = list(file), list(file["a"].attrs)
        return content_digest(tmp_path / name), shown

    written, shown = zip(
        write_two("one.h5", "ab"), write_two("two.h5", "ab", libver="latest"), write_two("three.h5", "ba"),
        write_two("four.h5", "ab", "ba"), strict=True,
    )  # fmt: skip
    assert len(set(map(str, shown))) == len(set(written)) == (3 if tracked else 1)
    assert written[0] == written[1]


def test_a_reference_to_what_has_no_name_counts_with_the_bytes(tmp_path: Path) -> None:
    def change(file: Any) -> None:
        hidden = file.create_dataset(None, data=[1, 2])
        file["hidden"] = np.array([hidden.ref], dtype=h5py.ref_dtype)

    path = tmp_path / "one.h5"
    digest = write(path, change)
    assert digest == f"bytes:{file_digest(path)}"


def test_the_padding_of_texts_counts(tmp_path: Path) -> None:
    """h5dump shows it, and h5py the same array."""
    digests, shown = [], []
    for number, kind in enumerate([h5py.h5t.FORTRAN_S1.copy(), h5py.h5t.C_S1.copy()]):
        kind.set_size(4)
        path = tmp_path / f"{number}.h5"
        with h5py.File(path, "w") as file:
            h5py.h5d.create(file.id, b"x", kind, h5py.h5s.create_simple((2,)))
        with h5py.File(path) as file:
            shown.append((file["x"].dtype, file["x"][()].tolist()))
        digests.append(content_digest(path))
    assert shown[0] == shown[1]
    assert digests[0] != digests[1]
    assert all(digest.startswith("hdf5:") for digest in digests)


def test_the_size_that_a_dataset_may_grow_to_and_what_fills_it_count(tmp_path: Path) -> None:
    one = write(tmp_path / "one.h5", chunks=(7, 3))
    assert write(tmp_path / "two.h5", maxshape=(None, 4)) != one
    assert write(tmp_path / "three.h5", chunks=(7, 3), fillvalue=-1) != one


def test_a_dataset_that_was_never_written_is_not_read_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "file.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("x", (10**6, 10**6), dtype="f8", chunks=(1000, 1000))
    assert content_digest(path) == f"bytes:{file_digest(path)}"


def replaced(name: str, value: Any) -> Callable[[Any], None]:
    def change(file: Any) -> None:
        del file[name]
        file[name] = value

    return change


def set_item(name: str, place: Any, value: Any) -> Callable[[Any], None]:
    return lambda file: file[name].__setitem__(place, value)


def set_attribute(name: str, key: str, value: Any) -> Callable[[Any], None]:
    return lambda file: file[name].attrs.__setitem__(key, value)


@pytest.mark.parametrize(
    "change",
    [
        set_item("showers/energy", (499, 3), -1), set_item("showers/hits", 0, 1), set_item("showers/one", (), 8),
        set_item("showers/names", 0, "First"), set_item("showers/fixed", 0, b"aB"), set_item("showers/flags", 0, False),
        set_item("showers/lists", 0, [1, 2]), set_item("showers/lists", 1, [3]), set_item("showers/state", 0, 1),
        set_item("showers/record", 0, (1, (2, 4), "x")), set_item("showers/record", 0, (1, (2, 3), "X")),
        set_attribute("/", "campaign", "2025"), set_attribute("/", "scale", np.float64(2.5)),
        set_attribute("/", "more", 1), set_attribute("showers", "edges", np.arange(3)),
        set_attribute("showers/energy", "unit", "MeV"),
        replaced("showers/hits", np.arange(30, dtype="i4")), replaced("showers/hits", np.arange(30).reshape(5, 6)),
        replaced("showers/empty", np.empty((0, 4))), replaced("showers/fixed", np.array([b"ab ", b"c"])),
        replaced("soft", h5py.SoftLink("/showers/one")), replaced("outside", h5py.ExternalLink("other.h5", "/y")),
        replaced("alias", np.arange(2000, dtype="f4").reshape(500, 4)), replaced("type", np.dtype("f8")),
        lambda file: file.move("showers/hits", "showers/Hits"), lambda file: file.__delitem__("showers/one"),
        lambda file: file.create_group("showers/more"),
        lambda file: file["showers/reference"].__setitem__((), file["showers/hits"].ref),
    ],
)  # fmt: skip
def test_every_change_counts(tmp_path: Path, change: Callable[[Any], None]) -> None:
    after = write(tmp_path / "two.h5", change)
    assert after.startswith("hdf5:")
    assert after != write(tmp_path / "one.h5")


def test_byte_order_counts_as_h5py_shows_it(tmp_path: Path) -> None:
    one = write(tmp_path / "one.h5", replaced("showers/hits", np.arange(30, dtype="<i8")))
    assert write(tmp_path / "two.h5", replaced("showers/hits", np.arange(30, dtype=">i8"))) != one


def test_a_group_inside_itself_is_read_once(tmp_path: Path) -> None:
    def change(file: Any) -> None:
        file["showers/up"] = file["/"]

    assert write(tmp_path / "one.h5", change) == write(tmp_path / "two.h5", change)
    assert content_digest(tmp_path / "one.h5").startswith("hdf5:")


def test_values_in_another_file_count_with_the_bytes(tmp_path: Path) -> None:
    def change(file: Any) -> None:
        file.create_dataset("far", (10,), dtype="i4", external=[(str(tmp_path / "raw"), 0, 40)])

    write(tmp_path / "one.h5", change)
    assert content_digest(tmp_path / "one.h5") == f"bytes:{file_digest(tmp_path / 'one.h5')}"


@pytest.mark.parametrize("damage", ["truncated", "flipped"])
def test_a_damaged_file_counts_with_its_bytes(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "file.h5"
    write(path, fletcher32=True)
    written = bytearray(path.read_bytes())
    if damage == "truncated":
        del written[-100:]
    else:
        with h5py.File(path) as file:
            place = file["showers/energy"].id.get_chunk_info(0).byte_offset
        written[place + 8] ^= 1
    path.write_bytes(written)
    assert content_digest(path) == f"bytes:{file_digest(path)}"


def test_real_files_are_read_completely(shared_data: Path) -> None:
    paths = [path for path in (shared_data / "calorimeter").iterdir() if path.suffix.startswith(".hdf")]
    digests = [content_digest(path) for path in paths]
    assert all(digest.startswith("hdf5:") for digest in digests)
    assert len(set(digests)) == 3
