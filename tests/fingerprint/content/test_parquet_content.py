"""Content digests of Parquet files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from caselaw.fingerprint import file_digest
from caselaw.fingerprint.content import content_digest, source
from caselaw.fingerprint.content import parquet as reader

ROWS = 500


def make_table() -> pa.Table:
    numbers = list(range(ROWS))
    return pa.table({
        "weight": pa.array([number / 7 for number in numbers]),
        "run": pa.array(numbers, pa.int32()),
        "flag": pa.array([number % 3 == 0 for number in numbers]),
        "name": pa.array([None if number % 5 == 0 else f"event {number % 50}" for number in numbers]),
        "jets": pa.array([[{"pt": float(i), "tag": None if i else "b"} for i in range(n % 4)] for n in numbers]),
        "pairs": pa.array([[("a", number)] for number in numbers], pa.map_(pa.string(), pa.int64())),
        "when": pa.array(numbers, pa.timestamp("us", "UTC")),
        "raw": pa.array([b"%d" % number for number in numbers], pa.binary()),
        "fixed": pa.array([[1.0, number] for number in numbers], pa.list_(pa.float32(), 2)),
        "nothing": pa.nulls(ROWS),
    })  # fmt: skip


def write(path: Path, table: pa.Table, **options: Any) -> str:
    parquet.write_table(table, path, **options)
    return content_digest(path)


@pytest.mark.parametrize(
    "options",
    [
        {"row_group_size": 7}, {"compression": "zstd"}, {"compression": "none"}, {"use_dictionary": False},
        {"data_page_version": "2.0"}, {"data_page_size": 64}, {"write_statistics": False},
        {"write_page_checksum": True}, {"column_encoding": {"weight": "BYTE_STREAM_SPLIT"}, "use_dictionary": False},
    ],
    ids=str,
)  # fmt: skip
def test_how_values_are_stored_does_not_count(tmp_path: Path, options: dict[str, Any]) -> None:
    one = write(tmp_path / "one.parquet", make_table())
    assert write(tmp_path / "two.parquet", make_table(), **options) == one
    assert one.startswith("parquet:")


def test_how_much_is_read_at_once_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = write(tmp_path / "one.parquet", make_table())
    monkeypatch.setattr(reader, "BATCH_BYTES", 500)
    assert content_digest(tmp_path / "one.parquet") == one


def set_item(name: str, place: int, value: Any) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        column = table.column(name)
        values = column.to_pylist()
        values[place] = value
        return table.set_column(table.schema.names.index(name), name, pa.array(values, column.type))

    return change


def cast(name: str, kind: pa.DataType) -> Callable[[pa.Table], pa.Table]:
    return lambda table: table.set_column(table.schema.names.index(name), name, table.column(name).cast(kind))


def not_nullable(table: pa.Table) -> pa.Table:
    return table.cast(pa.schema([pa.field(f.name, f.type, nullable=f.name != "run") for f in table.schema]))


@pytest.mark.parametrize(
    "change",
    [
        set_item("weight", 499, -1.0), set_item("run", 0, 1), set_item("flag", 3, False),
        set_item("name", 5, ""), set_item("name", 6, None), set_item("name", 7, "event 8"),
        set_item("jets", 1, []), set_item("jets", 4, None), set_item("jets", 1, [{"pt": 0.0, "tag": "c"}]),
        set_item("jets", 1, [{"pt": None, "tag": "b"}]), set_item("jets", 1, [None]),
        set_item("pairs", 9, [("b", 9)]), set_item("raw", 9, b"8"), set_item("fixed", 9, [1.0, 8.0]),
        cast("run", pa.int64()), cast("weight", pa.float32()), cast("when", pa.timestamp("ns", "UTC")),
        cast("when", pa.timestamp("us")), not_nullable,
        lambda table: table.drop_columns("run"), lambda table: table.slice(0, ROWS - 1),
        lambda table: table.rename_columns(["w", *table.schema.names[1:]]),
        lambda table: table.select(list(reversed(table.schema.names))),
        lambda table: table.replace_schema_metadata({"campaign": "2024"}),
    ],
)  # fmt: skip
def test_every_change_counts(tmp_path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    after = write(tmp_path / "two.parquet", change(make_table()))
    assert after.startswith("parquet:")
    assert after != write(tmp_path / "one.parquet", make_table())


@pytest.mark.parametrize("ordered", [True, False])
def test_categories_count_as_pandas_shows_them(tmp_path: Path, ordered: bool) -> None:
    def written(name: str, values: list[str], categories: list[str], **options: Any) -> tuple[str, Any]:
        column = pd.Categorical(values, categories=categories, ordered=ordered)
        pd.DataFrame({"x": column}).to_parquet(tmp_path / name, **options)
        shown = pd.read_parquet(tmp_path / name)["x"].cat
        return content_digest(tmp_path / name), (list(shown.categories), shown.ordered, shown.codes.tolist())

    one, two, three = (["a", "b", "a"], ["a", "b"]), (["a", "b", "a"], ["b", "a"]), (["a", "b", "b"], ["a", "b"])
    shown = [written("1.parquet", *one), written("2.parquet", *two), written("3.parquet", *three),
             written("4.parquet", ["a", "b", "a"], ["a", "b", "c"])]  # fmt: skip
    assert len({digest for digest, _ in shown}) == len({str(seen) for _, seen in shown}) == len(shown)
    assert written("5.parquet", *two, row_group_size=1) == shown[1]


def test_dictionaries_that_only_compress_do_not_count(tmp_path: Path) -> None:
    table = pa.table({"x": ["b", "a", "b"]})
    assert write(tmp_path / "1.parquet", table) == write(tmp_path / "2.parquet", table, use_dictionary=False)


def test_logical_types_that_arrow_does_not_show_count(tmp_path: Path) -> None:
    table = pa.table({"x": pa.array([1, 2], pa.uint32())})
    one, two = (write(tmp_path / f"{version}.parquet", table, version=version) for version in ("1.0", "2.6"))
    assert one != two


def test_numbers_and_metadata_of_fields_count(tmp_path: Path) -> None:
    def with_metadata(**metadata: str) -> str:
        schema = pa.schema([pa.field("x", pa.int64(), metadata={f"PARQUET:{k}": v for k, v in metadata.items()})])
        return write(tmp_path / "file.parquet", pa.table({"x": [1]}, schema=schema))

    assert len({with_metadata(), with_metadata(field_id="1"), with_metadata(field_id="2"), with_metadata(a="1")}) == 4


def test_many_rows_without_values_are_not_read_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.parquet"
    assert write(path, pa.table({"x": pa.nulls(1_000_000)})).startswith("parquet:")
    monkeypatch.setattr(source, "EXPANDED_BYTES", 1 << 19)
    assert content_digest(path) == f"bytes:{file_digest(path)}"


def test_values_count_with_the_bytes_that_they_are_decoded_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A few bytes that are gigabytes of zeros: bounded by what is decoded, and told."""
    path = tmp_path / "file.parquet"
    zeros = pa.table({"x": pa.array([0.0] * 600_000)})
    assert write(path, zeros).startswith("parquet:")
    monkeypatch.setattr(source, "EXPANDED_BYTES", 2 << 20)
    assert path.stat().st_size * source.EXPANSION < 600_000
    assert content_digest(path) == f"bytes:{file_digest(path)}"
    assert "counts with its bytes" in caplog.text and "expands to too many bytes" in caplog.text


def test_the_version_of_pandas_does_not_count_and_its_index_does(tmp_path: Path) -> None:
    def written(name: str, version: str, index: str) -> str:
        table = pa.Table.from_pandas(pd.DataFrame({"x": [1, 2]}, index=pd.Index([5, 6], name=index)))
        described = json.loads(table.schema.metadata[b"pandas"])
        described["pandas_version"] = described["creator"]["version"] = version
        return write(tmp_path / name, table.replace_schema_metadata({"pandas": json.dumps(described)}))

    one = written("one.parquet", "2.0.0", "event")
    assert written("two.parquet", "3.1.0", "event") == one
    assert written("three.parquet", "2.0.0", "number") != one


def test_awkward_arrays_are_equal_in_any_row_groups(tmp_path: Path) -> None:
    array = ak.Array({"pt": [[1.0, 2.0], [], [3.0]] * 100, "run": np.arange(300)})
    one, two = tmp_path / "one.parquet", tmp_path / "two.parquet"
    ak.to_parquet(array, one)
    ak.to_parquet(array, two, row_group_size=17, compression="lz4")
    assert content_digest(one) == content_digest(two)
    assert content_digest(one).startswith("parquet:")


values = st.one_of(
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1)),
    st.lists(st.none() | st.floats()),
    st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]))),
    st.lists(st.none() | st.lists(st.none() | st.booleans(), max_size=4)),
)


@settings(deadline=None, max_examples=60)
@given(items=values, size=st.integers(1, 5), other=st.integers(0, 50))
def test_any_column_is_equal_in_any_row_groups_and_with_an_item_gone_differs(
    tmp_path_factory: pytest.TempPathFactory, items: list[Any], size: int, other: int
) -> None:
    folder = tmp_path_factory.mktemp("parquet")
    array = pa.array(items)
    one = write(folder / "one.parquet", pa.table({"x": array}))
    assert write(folder / "two.parquet", pa.table({"x": array}), row_group_size=size, compression="gzip") == one
    if items:
        fewer = pa.array(items[: other % len(items)] + items[other % len(items) + 1 :], array.type)
        assert write(folder / "three.parquet", pa.table({"x": fewer})) != one


@pytest.mark.parametrize("damage", ["truncated", "without footer", "flipped"])
def test_a_damaged_file_counts_with_its_bytes(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "file.parquet"
    write(path, make_table(), write_page_checksum=True)
    written = bytearray(path.read_bytes())
    match damage:
        case "truncated":
            del written[-100:]
        case "without footer":
            del written[len(written) // 2 :]
        case "flipped":
            written[100] ^= 0xFF
    path.write_bytes(written)
    assert content_digest(path) == f"bytes:{file_digest(path)}"


def test_a_real_damaged_file_counts_with_its_bytes(shared_data: Path) -> None:
    path = shared_data / "nanoaod" / "nano_dy_malformed.parquet"
    assert content_digest(path) == f"bytes:{file_digest(path)}"
