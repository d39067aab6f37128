"""Tags: names for sets of outputs that are to be kept, such as those of a publication. They live in the store."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from caselaw.errors import StoreUnavailable, TaskError
from caselaw.plan.lineage import lineage
from caselaw.records.files import text_as_json
from caselaw.storage.files.folder import local_names
from caselaw.storage.marker import require_present
from caselaw.storage.state import names_in_folders
from caselaw.storage.store import Documents, Store
from caselaw.task.base import FingerprintedTask

FOLDER = ".tags"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")


@dataclass(frozen=True)
class Tag:
    """A named set of outputs. `outputs` maps folders, relative to the store, to names of files in them."""

    name: str
    created: float
    task: str
    outputs: Mapping[str, list[str]]

    @property
    def number(self) -> int:
        return sum(len(names) for names in self.outputs.values())


def reached(tasks: list[Any]) -> dict[str, set[str]]:
    """Folder → names of all outputs of these tasks and of everything upstream, whether they exist or not."""
    found: dict[str, set[str]] = {}
    done: set[str] = set()
    for task in tasks:
        for made in lineage(task, done):
            done.add(made.task_id)
            for directory, names in names_of(made).items():
                found.setdefault(directory, set()).update(names)
    return found


def names_of(task: FingerprintedTask) -> dict[str, set[str]]:
    """Folder → names of all outputs of a task, wherever they lie."""
    if task.output_declared:
        location = task.output_location
        return {location.directory: {name for each in task.fingerprints for name in location.names(each)}}
    found: dict[str, set[str]] = {}
    if task.output_named:
        for number in task.branch_numbers if task.has_branches else (0,):
            for path in task.paths_of(number).values():
                directory, _, name = path.rpartition("/")
                found.setdefault(directory, set()).add(name)
    return found


def tag_outputs(name: str, task: FingerprintedTask) -> tuple[Tag, int]:
    """Tag the outputs of a task and of everything upstream; returns the tag and how many outputs are missing."""
    checked(name)
    store: Store = task.output_store
    outputs, missing = {}, 0
    found = reached([task])
    wanted = {directory: names for directory, names in found.items() if f"{directory}/".startswith(f"{store.root}/")}
    listings = names_in_folders(wanted)
    for directory, names in wanted.items():
        present = names & listings[directory]
        missing += len(names) - len(present)  # of the first layer: those of others are not ours to keep
        if present:
            outputs[directory.removeprefix(f"{store.root}/")] = sorted(present)
    tag = Tag(name, time.time(), str(task), outputs)
    documents_of(store).write(file_name(name), text_as_json({"schema": 1, **asdict(tag)}))
    return tag, missing


def tags(store: Store) -> list[Tag]:
    """All tags of a store by name."""
    documents = documents_of(store)
    documents.refresh()
    names = sorted(n for n in local_names(documents.path) if n.endswith(".json") and not n.startswith("."))
    return [read(documents, store, name.removesuffix(".json")) for name in names]


def read_tag(store: Store, name: str) -> Tag:
    """A tag by its name. Raises `TaskError` where there is none, `StoreUnavailable` where it cannot be read."""
    documents = documents_of(store)
    documents.refresh()
    return read(documents, store, checked(name))


def read(documents: Documents, store: Store, name: str) -> Tag:
    """The tag of a name. Raises `TaskError` where there is none, and `StoreUnavailable` where it cannot be read."""
    path = documents.path / file_name(name)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        outputs = {str(folder): [str(name) for name in names] for folder, names in content["outputs"].items()}
        return Tag(str(content["name"]), float(content["created"]), str(content["task"]), outputs)
    except FileNotFoundError:
        known = ", ".join(tag.name for tag in tags(store)) or "none"
        raise TaskError(f"there is no tag '{name}'", f"{store.root}/{FOLDER}", f"tags of this store: {known}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreUnavailable(f"a tag cannot be read: {error!r}", path, "restore it, or remove it by hand") from error


def remove_tag(store: Store, name: str) -> None:
    """Forget a tag; its outputs stay."""
    read_tag(store, name)
    documents_of(store).remove(file_name(name))


def documents_of(store: Store) -> Documents:
    """The documents that hold the tags of a store. Raises `StoreMissing`."""
    require_present(store.root)
    return store.documents(f"{store.root}/{FOLDER}", fixed=False)


def file_name(name: str) -> str:
    return f"{name}.json"


def checked(name: str) -> str:
    """The name of a tag. Raises `TaskError` for what cannot be one."""
    if not NAME.fullmatch(name):
        raise TaskError(f"'{name}' cannot be the name of a tag", "caselaw tag", "use letters, digits and . _ + -")
    return name
