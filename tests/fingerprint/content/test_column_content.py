"""The digest of a column does not depend on the pieces in which it is fed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselaw.fingerprint import digest_bytes
from caselaw.fingerprint.content.column import ColumnContent
from caselaw.fingerprint.content.stream import ByteStream, Counts

item = st.none() | st.fixed_dictionaries({
    "number": st.none() | st.integers(0, 3),
    "text": st.none() | st.sampled_from(["", "a", "bc"]),
    "list": st.none() | st.lists(st.none() | st.booleans(), max_size=3),
})  # fmt: skip
KIND = pa.struct([("number", pa.int16()), ("text", pa.string()), ("list", pa.list_(pa.bool_()))])


def digest_of(*arrays: pa.Array) -> str:
    column = ColumnContent()
    for array in arrays:
        column.feed(array)
    return column.digest()


@settings(deadline=None)
@given(items=st.lists(item, max_size=12), cuts=st.lists(st.integers(0, 12), max_size=3))
def test_pieces_do_not_count(items: list[Any], cuts: list[int]) -> None:
    array = pa.array(items, KIND)
    borders = [0, *sorted(cuts), len(items)]
    slices = [array.slice(start, max(0, stop - start)) for start, stop in pairwise(borders)]
    copies = [pa.array(piece.to_pylist(), KIND) for piece in slices]
    assert digest_of(array) == digest_of(*slices) == digest_of(*copies)


@settings(deadline=None)
@given(one=st.lists(item, max_size=4), two=st.lists(item, max_size=4))
def test_columns_are_equal_exactly_when_their_items_are(one: list[Any], two: list[Any]) -> None:
    equal = digest_of(pa.array(one, KIND)) == digest_of(pa.array(two, KIND))
    assert equal == (one == two)


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view()], ids=str)
def test_the_representation_of_texts_does_not_count(kind: pa.DataType) -> None:
    array = pa.array(["a", None, "bc", "a"])
    assert digest_of(array.cast(kind)) == digest_of(array)


@settings(deadline=None)
@given(
    categories=st.permutations("abc"),
    items=st.lists(st.sampled_from("abc") | st.none(), min_size=1),
    cuts=st.lists(st.integers(0, 12), max_size=3),
)
def test_categories_and_their_order_count_in_any_pieces(
    categories: list[str], items: list[str | None], cuts: list[int]
) -> None:
    codes = pa.array([None if item is None else categories.index(item) for item in items], pa.int8())
    array = pa.DictionaryArray.from_arrays(codes, pa.array(categories))
    borders = [0, *sorted(min(cut, len(items)) for cut in cuts), len(items)]
    assert digest_of(*(array.slice(start, stop - start) for start, stop in pairwise(borders))) == digest_of(array)
    other = pa.DictionaryArray.from_arrays(codes, pa.array(categories[::-1]))
    fewer = pa.array(items).dictionary_encode()
    assert digest_of(other) != digest_of(array) != digest_of(pa.array(items))
    assert (digest_of(fewer) == digest_of(array)) == (fewer.dictionary.to_pylist() == categories)


def test_dictionaries_of_pieces_are_joined_in_the_order_of_appearance() -> None:
    one, two = pa.array(["b", "a"]).dictionary_encode(), pa.array(["c", "b"]).dictionary_encode()
    whole = pa.chunked_array([one, two]).unify_dictionaries().combine_chunks()
    assert whole.dictionary.to_pylist() == ["b", "a", "c"]
    assert digest_of(one, two) == digest_of(whole) != digest_of(two, one)


def test_what_lies_behind_a_null_does_not_count() -> None:
    valid = pa.array([True, False]).buffers()[1]
    one, two = (pa.Array.from_buffers(pa.int64(), 2, [valid, pa.array([1, hidden]).buffers()[1]]) for hidden in (2, 3))
    assert digest_of(one) == digest_of(two) == digest_of(pa.array([1, None]))


def test_a_union_is_refused() -> None:
    union = pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), [pa.array([1, 2]), pa.array(["a", "b"])])
    with pytest.raises(ValueError, match=r"width|no defined content"):
        digest_of(union)


@given(st.lists(st.binary(max_size=20)))
def test_a_stream_is_the_digest_of_all_its_bytes(parts: list[bytes]) -> None:
    stream = ByteStream()
    for part in parts:
        stream.feed(part)
    assert stream.digest() == digest_bytes(b"".join(parts))


@settings(deadline=None)
@given(values=st.lists(st.integers(0, 2), max_size=12), cut=st.integers(0, 12))
def test_counts_are_equal_in_any_pieces(values: list[int], cut: int) -> None:
    whole, parts, single = Counts(), Counts(), Counts()
    whole.feed(np.array(values, "i8"))
    parts.feed(np.array(values[:cut], "i4"))
    parts.feed(np.array(values[cut:], "u1"))
    for value in values:
        single.repeat(value, 1)
    assert whole.digest() == parts.digest() == single.digest()
