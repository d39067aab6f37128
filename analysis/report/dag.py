"""The task graph as an inline SVG picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.report.html import Html, element, join
from analysis.report.layout import Placement, place_layers, without_shortcuts

NODE_HEIGHT, ROW_GAP, COLUMN_GAP, MARGIN = 52.0, 38.0, 18.0, 10.0
WIDEST_LAYER = 7
STATES = {"complete": "✓", "missing": "○", "running": "▸", "failed": "✗", "unknown": "?"}

WORST_FIRST = ("failed", "running", "missing", "unknown", "complete")


@dataclass(frozen=True)
class Node:
    """A task or workflow in the picture; `upstream` holds names of other nodes.

    `name` is unique, `label` tells tasks of one family apart (its dataset, say), `state` is one of
    complete, missing, running, failed, unknown.
    """

    name: str
    family: str
    label: str = ""
    branches: int = 1
    upstream: tuple[str, ...] = ()
    state: str = "complete"


def picture(nodes: Sequence[Node]) -> Html:
    """SVG of the graph, sources on top; a graph too wide to read is drawn with one node per family."""
    shown = list(nodes)
    if not shown:
        return Html()
    if _widest(shown) > WIDEST_LAYER:
        shown = merged_by_family(shown)
    # boxes of one width stand in straight columns
    width = dict.fromkeys((node.name for node in shown), max(map(_width, shown)))
    upstream = without_shortcuts({node.name: node.upstream for node in shown})
    placement = place_layers(upstream, width, COLUMN_GAP)
    left = min(placement.x[name] - width[name] / 2 for name in width) - MARGIN
    right = max(placement.x[name] + width[name] / 2 for name in width) + MARGIN
    bends = [x for points in placement.edges.values() for x, _ in points]
    left, right = min([left, *bends]), max([right, *bends])
    height = (1 + max(placement.layer.values())) * (NODE_HEIGHT + ROW_GAP) - ROW_GAP + 2 * MARGIN
    edges = [_edge(points, left) for points in placement.edges.values()]
    boxes = [_box(node, width[node.name], placement, left) for node in shown]
    arrow = element(
        "marker",
        element("path", d="M0 0L8 4L0 8z", class_="tip"),
        id="tip",
        viewBox="0 0 8 8",
        refX="7",
        refY="4",
        markerWidth="7",
        markerHeight="7",
        orient="auto",
    )
    return element(
        "svg",
        element("defs", arrow),
        *edges,
        *boxes,
        viewBox=f"0 0 {right - left:.0f} {height:.0f}",
        width=f"{right - left:.0f}",
        height=f"{height:.0f}",
        class_="dag",
        role="img",
        aria_label="task graph",
    )


def merged_by_family(nodes: Sequence[Node]) -> list[Node]:
    """One node per family: branches added up, the worst state kept."""
    family = {node.name: node.family for node in nodes}
    groups: dict[str, list[Node]] = {}
    for node in nodes:
        groups.setdefault(node.family, []).append(node)
    merged = []
    for name, members in groups.items():
        upstream = dict.fromkeys(family[up] for node in members for up in node.upstream if family[up] != name)
        states = {node.state for node in members}
        state = next((s for s in WORST_FIRST if s in states), "unknown")
        label = members[0].label if len(members) == 1 else f"{len(members)} tasks"
        merged.append(Node(name, name, label, sum(node.branches for node in members), tuple(upstream), state))
    return merged


def _widest(nodes: Sequence[Node]) -> int:
    layers = list(
        place_layers({n.name: n.upstream for n in nodes}, {n.name: 1.0 for n in nodes}, 1.0, 0).layer.values()
    )
    return max(layers.count(layer) for layer in set(layers))


def _width(node: Node) -> float:
    """Width of the box in pixels, from the length of its two lines."""
    return max(104.0, 38 + 7.7 * len(node.family), 22 + 6.1 * len(_subtitle(node)))


def _subtitle(node: Node) -> str:
    # tasks without branches of their own count as one each
    alone = node.branches == 1 or node.label == f"{node.branches} tasks"
    branches = "" if alone else f"{node.branches} branches"
    return " · ".join(part for part in (node.label, branches) if part)


def _y(layer: int) -> float:
    return MARGIN + layer * (NODE_HEIGHT + ROW_GAP)


def _edge(points: Sequence[tuple[float, int]], left: float) -> Html:
    """A smooth line from the bottom of the first node, through the bends, to the top of the last."""
    x, layer = points[0]
    y = _y(layer) + NODE_HEIGHT
    path = [f"M{x - left:.1f} {y:.1f}"]
    for k, (to_x, to_layer) in enumerate(points[1:], 1):
        to_y = _y(to_layer) - (2 if k == len(points) - 1 else 0)
        middle = (y + to_y) / 2
        path.append(f"C{x - left:.1f} {middle:.1f} {to_x - left:.1f} {middle:.1f} {to_x - left:.1f} {to_y:.1f}")
        x, y = to_x, to_y
        if k < len(points) - 1:
            y += NODE_HEIGHT
            path.append(f"V{y:.1f}")
    return element("path", d="".join(path), class_="edge", marker_end="url(#tip)")


def _box(node: Node, width: float, placement: Placement, left: float) -> Html:
    x, y = placement.x[node.name] - left - width / 2, _y(placement.layer[node.name])
    state = node.state if node.state in STATES else "unknown"
    subtitle = _subtitle(node)
    center = x + width / 2
    lines = [element("text", node.family, x=f"{center:.1f}", y=f"{y + (22 if subtitle else 31):.1f}", class_="family")]
    if subtitle:
        lines.append(element("text", subtitle, x=f"{center:.1f}", y=f"{y + 39:.1f}", class_="label"))
    return element(
        "g",
        element("title", f"{node.family} {node.label}: {node.branches} branches, {node.state}"),
        element("rect", x=f"{x:.1f}", y=f"{y:.1f}", width=f"{width:.1f}", height=NODE_HEIGHT, rx="7"),
        element("text", STATES[state], x=f"{x + width - 11:.1f}", y=f"{y + 15:.1f}", class_="state"),
        join(*lines),
        class_=f"node {state}",
    )
