"""Files of selected events, made by the tests: columns with the names and types of the real ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

WEIGHTS = ("btag_heavy_up", "btag_heavy_down", "btag_light_up", "btag_light_down", "w_scale_up")
Columns = dict[str, np.ndarray]


def make_events(size: int, *, seed: int = 1, mass: float = 172.5, weights: Sequence[str] = WEIGHTS) -> Columns:
    """Columns of `size` selected events around a trijet `mass`, with weights near 1."""
    random = np.random.default_rng(seed)
    columns = {
        "run": np.ones(size, np.uint32),
        "luminosityBlock": np.ones(size, np.uint32),
        "event": np.arange(1, size + 1, dtype=np.uint64),
        "region": random.integers(1, 3, size).astype(np.int8),
        "weight": random.normal(1.0, 0.1, size),
        "ht": random.gamma(4.0, 60.0, size).astype(np.float32),
        "trijet_mass": random.normal(mass, 40.0, size).astype(np.float32),
        "n_jets": random.integers(4, 8, size).astype(np.int32),
        "met": random.exponential(40.0, size).astype(np.float32),
    }
    for name in weights:
        columns[f"weight_{name}"] = columns["weight"] * random.normal(1.0, 0.05, size)
    return columns


def part(columns: Columns, rows: slice | np.ndarray) -> Columns:
    return {name: values[rows] for name, values in columns.items()}


def write_columns(path: Path, columns: Columns) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def write_parts(folder: Path, columns: Columns, size: int) -> list[Path]:
    """Files of `size` events each."""
    folder.mkdir(parents=True, exist_ok=True)
    total = len(columns["event"])
    return [
        write_columns(folder / f"{start}.parquet", part(columns, slice(start, start + size)))
        for start in range(0, total, size)
    ]
