"""Where outputs of a task lie, and in which layer each of them and of its inputs is."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from caselaw.branches import Inputs
from caselaw.branches.task import TaskLike
from caselaw.errors import TaskError
from caselaw.records.layer_search import lying
from caselaw.storage.location import Location


def output_location(task: Any) -> Location:
    """The folder of a task's outputs, in the store that is written to and in the layers below.

    Raises `TaskError` where the class declares no products.
    """
    directory = task.directory_of(task.campaign_file.name if task.campaign_file else None)
    if task.output_named:  # the records of outputs that lie elsewhere
        return Location.of(directory, {})
    if not task.declared_products:
        found = vars(type(task)).get("products")
        wrong = isinstance(found, list | tuple | set | str | Mapping) and found
        raise TaskError(
            f"products is no mapping of names to extensions: {found!r}" if wrong else "no products are declared",
            type(task).__name__, 'add products = {"name": "extension"} to the class',
        )  # fmt: skip
    below = tuple(layer.folder(task.output_store.root, directory) for layer in task.output_layers)
    return Location.of(directory, task.declared_products, below)


def in_its_layer(task: TaskLike, fingerprint: str) -> Location:
    """Where outputs of a branch lie, in whichever layer; of what is not made, where they are going to."""
    location = task.output_location
    if not location.below:
        return location
    found = lying(task.record_index, location, [fingerprint], trusted=task.trust_unrecorded)
    return location.at(found[fingerprint])


def in_their_layers(task: TaskLike, found: Inputs) -> Inputs:
    """An input together with the layers in which it lies."""
    if found.location is None or not found.location.below or found.folders:
        return found
    folders = lying(task.record_index, found.location, found.keys, trusted=task.trust_unrecorded)
    return dataclasses.replace(found, folders=tuple(folders[key] for key in found.keys))
