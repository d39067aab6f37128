"""How the outputs of a campaign were made, as the report shows it."""

from __future__ import annotations

import datetime
from typing import Any

from caselaw.plan import lineage, made_by
from caselaw.plan.lineage import upstream_of


def made_outputs(task: Any) -> list[Any]:
    """Every output upstream of `task` with its fingerprint, time and size."""
    from analysis.report.outputs import Output

    return [
        Output(
            family=made.family,
            parameters=readable(made.parameters),
            product=made.product,
            fingerprint=made.fingerprint,
            path=made.path.removeprefix(f"{task.store.root}/"),
            size_bytes=made.record.outputs[made.product]["bytes"],
            made_at=datetime.datetime.fromtimestamp(made.record.ended, datetime.UTC).isoformat("T", "seconds"),
            seconds=made.record.seconds,
            vouched=made.record.vouched["by"] if made.record.vouched else "",
        )
        for upstream in lineage(task)[:-1]
        for made in made_by(upstream)
        if made.record is not None
    ]


def dag_nodes(task: Any) -> list[Any]:
    """The tasks of the campaign and how they are connected."""
    from analysis.report.dag import Node

    return [
        Node(
            name=node.task_id,
            family=node.get_task_family(),
            label=readable(node.readable_parameters),
            branches=len(node.fingerprints),
            upstream=tuple(upstream.task_id for upstream in upstream_of(node)),
        )
        for node in lineage(task)
    ]


def readable(parameters: dict[str, str]) -> str:
    """Parameters in a few words."""
    return ", ".join(parameters.values())
