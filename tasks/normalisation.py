"""What every task that scales a sample to the luminosity needs from upstream."""

from __future__ import annotations

from typing import Any

import caselaw
from tasks.generation import GenerateEvents
from tasks.selection import SelectEvents


def sample_upstream(task: Any, name: str, dataset: Any) -> dict[str, Any]:
    """Selected events of a dataset, and the summaries of its generation."""
    connections = {f"events_{name}": caselaw.whole(SelectEvents.req(task, dataset=name, shift="nominal"))}
    if dataset.generate is not None:
        connections[f"generated_{name}"] = caselaw.whole(GenerateEvents.req(task, dataset=name))
    return connections


def sample_normalisation(task: Any, name: str, dataset: Any) -> Any:
    """Cross section and sum of weights of a dataset, from what `sample_upstream` requires."""
    from analysis.normalisation import normalisation

    inputs = task.input()
    return normalisation(
        [outputs["summary"] for outputs in inputs.get(f"generated_{name}", [])],
        [outputs["cutflow"] for outputs in inputs[f"events_{name}"]],
        task.config["luminosity"].value,
        cross_section=dataset.files.cross_section if dataset.files is not None else None,
    )
