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
from caselaw.fingerprint.content import content_digest, npy

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


def shown(path: Path) -> list[tuple[str, Any]]:
    with np.load(path) as arrays:
        return [(name, (arrays[name].dtype, arrays[name].shape, arrays[name].tobytes())) for name in arrays.files]


def test_compression_and_memory_layout_do_not_count(tmp_path: Path) -> None:
    one = save(tmp_path / "one.npz", **ARRAYS)
    other = ARRAYS | {"x": np.asfortranarray(ARRAYS["x"])}
    assert save(tmp_path / "two.npz", compressed=True, **other) == one
    assert shown(tmp_path / "one.npz") == shown(tmp_path / "two.npz")
    assert one.startswith("npz:")


def test_order_counts(tmp_path: Path) -> None:
    one, two = save(tmp_path / "one.npz", **ARRAYS), save(tmp_path / "two.npz", **dict(reversed(ARRAYS.items())))
    assert shown(tmp_path / "one.npz") == shown(tmp_path / "two.npz")[::-1]
    assert one != two


@pytest.mark.parametrize("name", ["x", "names", "when", "record"])
def test_byte_order_counts_as_numpy_shows_it(tmp_path: Path, name: str) -> None:
    swapped = ARRAYS[name].astype(ARRAYS[name].dtype.newbyteorder(">"))
    assert swapped.dtype != ARRAYS[name].dtype
    assert save(tmp_path / "one.npz", **ARRAYS) != save(tmp_path / "two.npz", **ARRAYS | {name: swapped})


def test_what_lies_in_the_padding_of_records_does_not_count_and_where_it_is_does(tmp_path: Path) -> None:
    records = [np.zeros(5, dtype=np.dtype([("a", "i1"), ("b", "f8")], align=True)) for _ in range(2)]
    for fill, padded in enumerate(records):
        padded.view("u1")[:] = fill
        padded["a"], padded["b"] = 1, 2
    one, two = (save(tmp_path / f"{number}.npz", r=padded) for number, padded in enumerate(records))
    assert one == two != save(tmp_path / "packed.npz", r=records[0].astype([("a", "i1"), ("b", "f8")]))


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
    other = array.astype(array.dtype, order=data.draw(st.sampled_from("CF")))
    one = save(folder / "one.npz", x=array)
    assert save(folder / "two.npz", compressed=True, x=other) == one
    np.save(folder / "one.npy", array)
    np.save(folder / "two.npy", other)
    alone = content_digest(folder / "one.npy")
    assert alone == content_digest(folder / "two.npy")
    assert alone.startswith("npy:")
    swapped = array.astype(array.dtype.newbyteorder())
    assert (save(folder / "four.npz", x=swapped) == one) == (swapped.dtype == array.dtype)
    if array.size:
        place = data.draw(st.integers(0, array.size - 1))
        tampered = np.array(array)
        tampered.reshape(-1)[place : place + 1].view("u1")[0] ^= 1
        if array.dtype.kind not in "bU":  # their other bytes need not be values
            assert save(folder / "three.npz", x=tampered) != one
            np.save(folder / "three.npy", tampered)
            assert content_digest(folder / "three.npy") != alone


def test_large_arrays_are_read_in_pieces(tmp_path: Path) -> None:
    array = np.arange(1_000_000, dtype="f8")
    one = save(tmp_path / "one.npz", x=array)
    assert save(tmp_path / "two.npz", compressed=True, x=np.asfortranarray(array)) == one
    array[-1] = 0
    assert save(tmp_path / "three.npz", x=array) != one


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise SystemExit('a pickle was loaded')",)


def test_pickles_are_not_loaded_and_count_with_their_bytes(tmp_path: Path) -> None:
    path = tmp_path / "file.npz"
    one = save(path, x=np.array([Bomb()], dtype=object))
    with pytest.raises(SystemExit):
        np.load(path, allow_pickle=True)["x"]
    assert one.startswith("npz:")
    assert save(path, x=np.array([Bomb(), 1], dtype=object)) != one
    np.save(tmp_path / "file.npy", np.array([Bomb()], dtype=object))
    assert content_digest(tmp_path / "file.npy") == f"bytes:{file_digest(tmp_path / 'file.npy')}"
    with zipfile.ZipFile(path, "w") as archive:  # not even an array: a pickle alone is bytes like others
        archive.writestr("x", pickle.dumps(Bomb()))
    assert content_digest(path).startswith("npz:")


@pytest.mark.parametrize("damage", ["truncated", "flipped"])
def test_a_damaged_file_counts_with_its_bytes(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "file.npz"
    save(path, **ARRAYS)
    written = bytearray(path.read_bytes())
    if damage == "truncated":
        del written[-30:]
    else:
        written[written.index(b"\x93NUMPY") + 150] ^= 1
    path.write_bytes(written)
    assert content_digest(path) == f"bytes:{file_digest(path)}"


def test_arrays_that_are_too_long_or_too_short_count_with_their_bytes(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", ARRAYS["x"])
    whole = (tmp_path / "x.npy").read_bytes()
    digests = []
    for member in (whole, whole + b"\0", whole + b"\1", whole[:-1]):
        with zipfile.ZipFile(tmp_path / "file.npz", "w") as archive:
            archive.writestr("x.npy", member)
        digests.append(content_digest(tmp_path / "file.npz"))
        (tmp_path / "x.npy").write_bytes(member)
        if member != whole:
            assert content_digest(tmp_path / "x.npy") == f"bytes:{file_digest(tmp_path / 'x.npy')}"
    assert len(set(digests)) == len(digests)
    assert all(digest.startswith("npz:") for digest in digests)


def test_a_large_array_in_fortran_order_counts_with_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.asfortranarray(ARRAYS["x"]))
    assert content_digest(path).startswith("npy:")
    monkeypatch.setattr(npy, "TRANSPOSED_BYTES", 10)
    assert content_digest(path) == f"bytes:{file_digest(path)}"
