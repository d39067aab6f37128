"""Content digests of NumPy's npz files."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from caselaw.fingerprint import file_digest
from caselaw.fingerprint.content import content_digest

ARRAYS: dict[str, Any] = {
    "x": np.arange(12.0).reshape(3, 4),
    "names": np.array(["a", "bc"]),
    "flags": np.array([True, False]),
    "when": np.array(["2020-01-01"], dtype="M8[s]"),
    "record": np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
    "scalar": np.float32(1),
    "empty": np.empty((0, 3)),
}


def save(path: Path, compressed: bool = False, **contents: Any) -> str:
    (np.savez_compressed if compressed else np.savez)(path, **contents)
    return content_digest(path)


def test_compression_order_and_memory_layout_do_not_count(tmp_path: Path) -> None:
    one = save(tmp_path / "one.npz", **ARRAYS)
    reordered = dict(reversed(ARRAYS.items())) | {"x": np.asfortranarray(ARRAYS["x"])}
    assert save(tmp_path / "two.npz", compressed=True, **reordered) == one
    swapped = ARRAYS | {name: ARRAYS[name].astype(ARRAYS[name].dtype.newbyteorder(">")) for name in ("x", "record")}
    assert save(tmp_path / "three.npz", **swapped) == one
    assert one.startswith("npz:")


def test_padding_of_records_does_not_count(tmp_path: Path) -> None:
    padded = np.zeros(5, dtype=np.dtype([("a", "i1"), ("b", "f8")], align=True))
    padded.view("u1")[:] = 7
    padded["a"], padded["b"] = 1, 2
    packed = padded.astype([("a", "i1"), ("b", "f8")])
    assert save(tmp_path / "one.npz", r=padded) == save(tmp_path / "two.npz", r=packed)


@pytest.mark.parametrize(
    "changed",
    [
        {"x": ARRAYS["x"].reshape(4, 3)},
        {"x": ARRAYS["x"].astype("f4")},
        {"x": ARRAYS["x"].astype("i8")},
        {"x": np.where(ARRAYS["x"] == 5, -5, ARRAYS["x"])},
        {"x": ARRAYS["x"].T},
        {"empty": np.empty((3, 0))},
        {"scalar": np.ones(1, "f4")},
        {"record": np.array([(1, 2.0)], dtype=[("a", "i4"), ("c", "f8")])},
        {"more": np.ones(1)},
    ],
    ids=["shape", "f4", "i8", "value", "transposed", "empty", "scalar", "field", "added"],
)
def test_every_change_counts(tmp_path: Path, changed: dict[str, Any]) -> None:
    assert save(tmp_path / "one.npz", **ARRAYS) != save(tmp_path / "two.npz", **ARRAYS | changed)


def test_zero_and_minus_zero_differ(tmp_path: Path) -> None:
    assert save(tmp_path / "one.npz", x=np.zeros(1)) != save(tmp_path / "two.npz", x=-np.zeros(1))


kinds = st.one_of(
    arrays.integer_dtypes(endianness="?"),
    arrays.floating_dtypes(endianness="?", sizes=(16, 32, 64)),
    arrays.complex_number_dtypes(endianness="?", sizes=(64, 128)),
    arrays.boolean_dtypes(),
    arrays.datetime64_dtypes(endianness="?"),
    arrays.unicode_string_dtypes(endianness="?", min_len=1, max_len=5),
)


@settings(deadline=None, max_examples=60)
@given(array=arrays.arrays(kinds, arrays.array_shapes(min_dims=0, min_side=0, max_side=4)), data=st.data())
def test_any_array_is_the_same_in_another_layout(
    tmp_path_factory: pytest.TempPathFactory, array: Any, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("npz")
    other = array.astype(array.dtype.newbyteorder(), order=data.draw(st.sampled_from("CF")))
    one = save(folder / "one.npz", x=array)
    assert save(folder / "two.npz", compressed=True, x=other) == one
    if array.size:
        place = data.draw(st.integers(0, array.size - 1))
        tampered = np.array(array)
        tampered.reshape(-1)[place : place + 1].view("u1")[0] ^= 1
        if array.dtype.kind not in "bU":  # their other bytes need not be values
            assert save(folder / "three.npz", x=tampered) != one


def test_large_arrays_are_read_in_pieces(tmp_path: Path) -> None:
    array = np.arange(1_000_000, dtype="f8")
    one = save(tmp_path / "one.npz", x=array)
    assert save(tmp_path / "two.npz", compressed=True, x=array.astype(">f8")) == one
    array[-1] = 0
    assert save(tmp_path / "three.npz", x=array) != one


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise SystemExit('a pickle was loaded')",)


def test_pickles_are_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "file.npz"
    np.savez(path, x=np.array([Bomb()], dtype=object))
    with pytest.raises(SystemExit):
        np.load(path, allow_pickle=True)["x"]
    assert content_digest(path) == f"bytes:{file_digest(path)}"
    with zipfile.ZipFile(path, "w") as archive:  # not even an array: a pickle alone is bytes like others
        archive.writestr("x", pickle.dumps(Bomb()))
    assert content_digest(path).startswith("npz:")


@pytest.mark.parametrize("damage", ["truncated", "flipped", "longer", "shorter"])
def test_a_damaged_file_counts_with_its_bytes(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "file.npz"
    save(path, **ARRAYS)
    written = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        member = archive.read("x.npy")
    match damage:
        case "truncated":
            path.write_bytes(written[:-30])
        case "flipped":
            written[written.index(b"\x93NUMPY") + 150] ^= 1
            path.write_bytes(written)
        case _:
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("x.npy", member + b"\0" if damage == "longer" else member[:-1])
    assert content_digest(path) == f"bytes:{file_digest(path)}"
