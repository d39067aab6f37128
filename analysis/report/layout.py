"""Layered placement of a directed acyclic graph (Sugiyama, Tagawa, Toda, IEEE SMC 11 (1981) 109).

Longest-path layers, order by barycentres, then positions that pull neighbours under each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Slot = str | tuple[str, str, int]


class CyclicGraphError(ValueError):
    """The graph has a cycle, or an edge to a node that does not exist."""


@dataclass(frozen=True)
class Placement:
    """Where nodes are: `layer` counts from 0 at the sources, `x` is the centre; edges are (x, layer)."""

    layer: dict[str, int]
    x: dict[str, float]
    edges: dict[tuple[str, str], list[tuple[float, int]]]


def place_layers(
    upstream: Mapping[str, Sequence[str]], width: Mapping[str, float], gap: float, sweeps: int = 12
) -> Placement:
    """Place nodes whose upstream nodes and widths are given; long edges bend around the nodes between."""
    layer = _longest_path(upstream)
    rows, neighbours, chains = _with_bends(upstream, layer)
    size = {slot: width[slot] if isinstance(slot, str) else 0.15 * gap for row in rows for slot in row}
    for sweep in range(sweeps):
        _order(rows, neighbours, down=sweep % 2 == 0)
    x = _positions(rows, neighbours, size, gap)
    edges = {
        ends: [(x[slot], layer[ends[0]] + step) for step, slot in enumerate(chain)] for ends, chain in chains.items()
    }
    return Placement(layer, {name: x[name] for name in upstream}, edges)


def without_shortcuts(upstream: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The graph less every edge that a longer path runs beside (its transitive reduction)."""
    ancestors: dict[str, set[str]] = {}
    for name in sorted(upstream, key=_longest_path(upstream).__getitem__):
        ancestors[name] = set(upstream[name]).union(*(ancestors[parent] for parent in upstream[name]))
    return {
        name: tuple(p for p in dict.fromkeys(parents) if not any(p in ancestors[other] for other in parents))
        for name, parents in upstream.items()
    }


def _longest_path(upstream: Mapping[str, Sequence[str]]) -> dict[str, int]:
    layer: dict[str, int] = {}
    waiting = dict.fromkeys(upstream)
    for names in upstream.values():
        if unknown := [name for name in names if name not in upstream]:
            raise CyclicGraphError(f"unknown upstream nodes {unknown}")
    while waiting:
        ready = [name for name in waiting if all(parent in layer for parent in upstream[name])]
        if not ready:
            raise CyclicGraphError(f"a cycle among {sorted(waiting)}")
        for name in ready:
            layer[name] = 1 + max((layer[parent] for parent in upstream[name]), default=-1)
            del waiting[name]
    return layer


def _with_bends(
    upstream: Mapping[str, Sequence[str]], layer: Mapping[str, int]
) -> tuple[list[list[Slot]], dict[Slot, dict[int, list[Slot]]], dict[tuple[str, str], list[Slot]]]:
    """Rows of slots, with a bend in every layer that an edge crosses, and each slot's neighbours."""
    rows: list[list[Slot]] = [[] for _ in range(1 + max(layer.values(), default=-1))]
    for name in upstream:
        rows[layer[name]].append(name)
    chains: dict[tuple[str, str], list[Slot]] = {}
    for name, parents in upstream.items():
        for parent in dict.fromkeys(parents):
            between: list[Slot] = [(parent, name, k) for k in range(layer[parent] + 1, layer[name])]
            for k, bend in enumerate(between, layer[parent] + 1):
                rows[k].append(bend)
            chains[parent, name] = [parent, *between, name]
    neighbours: dict[Slot, dict[int, list[Slot]]] = {slot: {-1: [], 1: []} for row in rows for slot in row}
    for chain in chains.values():
        for above, below in pairwise(chain):
            neighbours[above][1].append(below)
            neighbours[below][-1].append(above)
    return rows, neighbours, chains


def _order(rows: list[list[Slot]], neighbours: Mapping[Slot, Mapping[int, list[Slot]]], down: bool) -> None:
    """Sort each row by the mean place of its slots' neighbours in the row before (in place)."""
    side = -1 if down else 1
    for row in rows if down else reversed(rows):
        spots = {slot: k for other in rows for k, slot in enumerate(other)}
        means = {}
        for slot in row:
            linked = neighbours[slot][side]
            means[slot] = sum(spots[other] for other in linked) / len(linked) if linked else float(spots[slot])
        row.sort(key=means.__getitem__)


def _positions(
    rows: list[list[Slot]],
    neighbours: Mapping[Slot, Mapping[int, list[Slot]]],
    size: Mapping[Slot, float],
    gap: float,
    rounds: int = 24,
) -> dict[Slot, float]:
    x = {slot: 0.0 for row in rows for slot in row}
    for row in rows:
        x.update(_spread(row, {slot: float(k) for k, slot in enumerate(row)}, size, gap))
    for turn in range(rounds):
        for row in rows if turn % 2 == 0 else reversed(rows):
            wanted = {}
            for slot in row:
                linked = [*neighbours[slot][-1], *neighbours[slot][1]]
                wanted[slot] = sum(x[other] for other in linked) / len(linked) if linked else x[slot]
            x.update(_spread(row, wanted, size, gap))
    return x


def _spread(
    row: Sequence[Slot], wanted: Mapping[Slot, float], size: Mapping[Slot, float], gap: float
) -> dict[Slot, float]:
    """Positions nearest to the wanted ones (least squares) that keep order and distances.

    Isotonic regression by pooling adjacent violators (Barlow et al. 1972) of the wanted positions less
    the distances that the slots before must have.
    """
    offsets, offset = [], 0.0
    for k, slot in enumerate(row):
        if k:
            offset += (size[row[k - 1]] + size[slot]) / 2 + gap
        offsets.append(offset)
    pools: list[tuple[float, int]] = []
    for slot, offset in zip(row, offsets, strict=True):
        mean, count = wanted[slot] - offset, 1
        while pools and pools[-1][0] > mean:
            before, n = pools.pop()
            mean, count = (before * n + mean * count) / (n + count), n + count
        pools.append((mean, count))
    means = [mean for mean, count in pools for _ in range(count)]
    return {slot: mean + offset for slot, mean, offset in zip(row, means, offsets, strict=True)}
