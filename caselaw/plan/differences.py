"""What differs between two snapshots of a chain of tasks, and which component made it differ."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from caselaw.plan.change import Change, ChangeKind, basis_changes

Node = Mapping[str, Any]
"""One task of a snapshot: family, params, fingerprint, branches, basis and inputs."""


@dataclass(frozen=True)
class TaskDifference:
    """One task whose fingerprint differs; `base` or `head` is None where the task does not exist."""

    family: str
    params: Mapping[str, str]
    base: str | None
    head: str | None
    branches: Mapping[str, int | None]
    changes: tuple[Change, ...]

    @property
    def label(self) -> str:
        return label(self.family, self.params)

    @property
    def follows(self) -> bool:
        """Whether the task differs only because tasks upstream do."""
        return bool(self.changes) and all(change.task is not None for change in self.changes)

    def as_json(self) -> dict[str, Any]:
        return {
            "family": self.family, "params": dict(self.params), "base": self.base, "head": self.head,
            "branches": dict(self.branches), "changes": [change.as_json() for change in self.changes],
        }  # fmt: skip


def label(family: str, params: Mapping[str, str]) -> str:
    """`SelectEvents(dataset=ttbar, shift=nominal)`."""
    return f"{family}({', '.join(f'{name}={value}' for name, value in params.items())})" if params else family


def key_of(node: Node) -> tuple[str, str]:
    return node["family"], json.dumps(node["params"], sort_keys=True)


def differences(base: list[Node], head: list[Node]) -> list[TaskDifference]:
    """Tasks that differ, each after what it needs; the task that was asked for is the last of each list."""
    pairs = paired(base, head)
    same = {key_of(new) for old, new in pairs if old and new and equal(old, new)}
    return [
        difference(old, new, same)
        for old, new in pairs
        if old is None or new is None or not equal(old, new)
    ]  # fmt: skip


def equal(old: Node, new: Node) -> bool:
    return bool(old["fingerprint"] == new["fingerprint"] and old["params"] == new["params"])


def paired(base: list[Node], head: list[Node]) -> list[tuple[Node | None, Node | None]]:
    """Each task beside itself in the other revision, in the order of `head`; those that went come first.

    Equal family and parameters make a pair; of the others in a family, those that have most parameters in
    common, so that a changed default is seen as such.
    """
    old = {key_of(node): node for node in base}
    new = {key_of(node): node for node in head}
    partner = {key: key for key in new if key in old}
    if base and head and base[-1]["family"] == head[-1]["family"] and key_of(base[-1]) not in new:
        partner.setdefault(key_of(head[-1]), key_of(base[-1]))
    taken = set(partner.values())
    left = [key for key in new if key not in partner]
    free = [key for key in old if key not in taken]
    for key, other in closest(left, free, new, old):
        partner[key] = other
    taken = set(partner.values())
    gone: list[tuple[Node | None, Node | None]] = [(node, None) for key, node in old.items() if key not in taken]
    return gone + [(old[partner[key]] if key in partner else None, node) for key, node in new.items()]


def closest(
    left: list[tuple[str, str]], free: list[tuple[str, str]], new: Mapping[Any, Node], old: Mapping[Any, Node]
) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Pairs of one family that share parameters, the most alike first; the last two left are a pair in any case."""
    alike = sorted(
        (-len(new[a]["params"].items() & old[b]["params"].items()), i, j, a, b)
        for i, a in enumerate(left)
        for j, b in enumerate(free)
        if a[0] == b[0]
    )
    alone = {
        family for family in {a[0] for a in left}
        if [a[0] for a in left].count(family) == 1 == [b[0] for b in free].count(family)
    }  # fmt: skip
    used: set[Any] = set()
    for shared, _, _, a, b in alike:
        if (shared or a[0] in alone) and ("new", a) not in used and ("old", b) not in used:
            used |= {("new", a), ("old", b)}
            yield a, b


def difference(old: Node | None, new: Node | None, same: set[tuple[str, str]]) -> TaskDifference:
    node = new if new is not None else old
    assert node is not None
    return TaskDifference(
        family=node["family"],
        params=node["params"],
        base=old["fingerprint"] if old else None,
        head=new["fingerprint"] if new else None,
        branches={"base": old["branches"] if old else None, "head": new["branches"] if new else None},
        changes=tuple(changes(old, new, same)) if old and new else (),
    )


def changes(old: Node, new: Node, same: set[tuple[str, str]]) -> list[Change]:
    """All that makes the fingerprints of one task differ; never empty."""
    found = [*basis_changes(old["basis"], new["basis"]), *input_changes(old["inputs"], new["inputs"], same)]
    if not found:  # law's own methods are overridden, and decide what is required
        found = [Change(ChangeKind.INPUT, "requires()", old["fingerprint"], new["fingerprint"])]
    return found


def input_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], same: set[tuple[str, str]]
) -> Iterator[Change]:  # fmt: skip
    """One change per connection; the upstream task is named where it is that which differs."""
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            yield Change(ChangeKind.INPUT, name, before and described(before), after and described(after))
        elif before["connection"] != after["connection"] or leads_elsewhere(before["task"], after["task"], same):
            yield Change(ChangeKind.INPUT, name, described(before), described(after))
        elif before["digest"] != after["digest"]:
            task = after["task"] if after["task"] and key_of(after["task"]) not in same else None
            values = compared(before["values"], after["values"])
            yield Change(ChangeKind.INPUT, name, before["digest"][:20], after["digest"][:20], task, values)


def leads_elsewhere(old: Node | None, new: Node | None, same: set[tuple[str, str]]) -> bool:
    """Whether a connection leads to another task, rather than to one that differs itself."""
    if old is None or new is None:
        return old is not new
    return old["family"] != new["family"] or (key_of(old) != key_of(new) and key_of(new) in same)


def described(connection: Mapping[str, Any]) -> str:
    """`whole SelectEvents(dataset=ttbar)`."""
    task = connection["task"]
    return f"{connection['connection']} {label(task['family'], task['params'])}" if task else connection["connection"]


def compared(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, list[str]]:
    """Files or branch values that came, went, or hold other content."""
    found = {
        "added": [value for value in new if value not in old],
        "removed": [value for value in old if value not in new],
        "changed": [value for value in new if value in old and old[value] != new[value]],
    }
    return {name: values for name, values in found.items() if values}


def causes(row: TaskDifference, rows: Iterable[TaskDifference]) -> list[TaskDifference]:
    """The tasks upstream that changed themselves, because of which this one differs; the nearest first."""
    by_key = {key_of({"family": each.family, "params": each.params}): each for each in rows}
    found: list[TaskDifference] = []
    pending = [row]
    seen = {row.label}
    for current in pending:
        for change in current.changes:
            upstream = by_key.get(key_of(change.task)) if change.task else None
            if upstream is not None and upstream.label not in seen:
                seen.add(upstream.label)
                pending.append(upstream)
                if not upstream.follows:
                    found.append(upstream)
    return found
