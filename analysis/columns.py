"""Columns of selected events, read from Parquet as plain NumPy arrays.

Each column has shape (events,); units are those of the file (GeV for momenta and masses).
"""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike, fspath

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

EVENT_ID = ("run", "luminosityBlock", "event")
REGION_CODES = {"4j1b": 1, "4j2b": 2}


class ColumnError(ValueError):
    """An event file that cannot be read, lacks a column, or does not belong to its neighbour."""


def column_names(path: PathLike[str] | str) -> tuple[str, ...]:
    """Names of the columns of a Parquet file; only its footer is read.

    Raises `ColumnError` for a file that is no Parquet.
    """
    try:
        return tuple(pq.read_schema(fspath(path)).names)
    except (pa.ArrowInvalid, OSError) as error:
        raise ColumnError(f"{fspath(path)}: not a readable Parquet file ({error})") from error


def read_columns(path: PathLike[str] | str, names: Iterable[str]) -> dict[str, np.ndarray]:
    """Read the named columns, each of shape (events,), in the order of the file.

    Raises `ColumnError` for a file that is no Parquet, a column that is not there, and missing values.
    """
    wanted = list(dict.fromkeys(names))
    present = column_names(path)
    missing = [name for name in wanted if name not in present]
    if missing:
        raise ColumnError(
            f"{fspath(path)}: no column {', '.join(map(repr, missing))} (there are: {', '.join(present)})"
        )
    try:
        table = pq.read_table(fspath(path), columns=wanted, use_threads=False)
    except (pa.ArrowInvalid, OSError) as error:
        raise ColumnError(f"{fspath(path)}: not a readable Parquet file ({error})") from error
    holes = [name for name in wanted if table.column(name).null_count]
    if holes:
        raise ColumnError(f"{fspath(path)}: missing values in column {', '.join(map(repr, holes))}")
    return {name: table.column(name).to_numpy() for name in wanted}


def read_events(
    events: PathLike[str] | str, scores: PathLike[str] | str | None, names: Iterable[str]
) -> dict[str, np.ndarray]:
    """Read the named columns of selected events; `score` comes from the classifier's own file.

    The score file must hold the same events in the same order; anything else raises `ColumnError`.
    """
    wanted = set(names)
    if "score" not in wanted:
        return read_columns(events, sorted(wanted))
    if scores is None:
        raise ColumnError(f"{fspath(events)}: 'score' is asked for, but no score file was given")
    columns = read_columns(events, sorted(wanted - {"score"} | set(EVENT_ID)))
    scored = read_columns(scores, (*EVENT_ID, "score"))
    if any(not np.array_equal(columns[name], scored[name]) for name in EVENT_ID):
        raise ColumnError(
            f"{fspath(scores)}: these scores are not those of {fspath(events)} (other events or another "
            "order); evaluate the classifier again on that file"
        )
    return columns | {"score": scored["score"]}
