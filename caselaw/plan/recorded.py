"""What today's code reaches of a store, whatever the command line said: by the records, which hold every parameter.

Of each record counts the task that it tells of, with its parameters, as it is in today's code. Where the command line
gave a parameter of a task upstream (`--Make-start 5`), the records of what lies upstream tell that one too.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from luigi.configuration import get_config
from luigi.parameter import ParameterException
from luigi.task_register import Register

from caselaw.errors import TaskError
from caselaw.parameters.canonical import parsed
from caselaw.plan.families import family_of, registered
from caselaw.plan.roots import Reached, chooses_campaign
from caselaw.records import Record, read_basis

MOST_WAYS = 64
"""So many combinations of parameters upstream are tried for one task; of one with more, all outputs are kept."""


@dataclass(frozen=True)
class RecordedTask:
    """A task as a record tells of it."""

    family: str
    parameters: tuple[tuple[str, str], ...]
    campaign: str | None

    @classmethod
    def of(cls, record: Record) -> RecordedTask:
        return cls(record.family, tuple(sorted(record.parameters.items())), record.campaign)

    def given(self, task_class: Any) -> dict[str, str]:
        """Parameters as texts, with the campaign where the class takes one."""
        names = dict(task_class.get_params())
        campaign = {"campaign": self.campaign} if self.campaign and "campaign" in names else {}
        return {**(campaign if chooses_campaign(task_class) else {}), **dict(self.parameters)}

    def task(self, task_class: Any) -> Any:
        """The task in today's code; None where that has no such parameters any more.

        Raises `TaskError` where it cannot be made from what the record says.
        """
        parameters, given = dict(task_class.get_params()), self.given(task_class)
        if not given.keys() <= parameters.keys():
            return None
        try:
            task = task_class(**{name: parsed(parameters[name], text) for name, text in given.items()})
        except (ParameterException, ValueError, TypeError) as error:
            raise TaskError(f"it cannot be made: {error}", self.family, "see the records of its outputs") from error
        shown = getattr(task, "readable_parameters", dict(self.parameters))
        if any(shown.get(name) != text for name, text in self.parameters):
            raise TaskError("its parameters are others than its records say", self.family, "see these")
        return task


def reach_of_records(records: Mapping[str, Sequence[Record]], campaigns: Sequence[str], found: Reached) -> None:
    """Add what the records of all folders of a store tell of; of `campaigns` only, where some are named.

    Families without a class in today's code are noted as unknown: they may be another project's.
    """
    classes: dict[str, Any] = {}
    tasks: dict[RecordedTask, Any] = {}
    for directory, of_folder in records.items():
        for recorded in dict.fromkeys(map(RecordedTask.of, of_folder)):
            chosen = not campaigns or recorded.campaign is None or recorded.campaign in campaigns
            with found.failures(recorded.family):
                cls = class_of(recorded.family, directory, of_folder, classes)
                if cls is None:
                    found.unknown.add(recorded.family)
                elif chosen and (task := recorded.task(cls)) is not None:
                    tasks[recorded] = task
                    found.add(task)
    unreached = [
        record
        for directory, of_folder in records.items()
        for record in of_folder
        if found.names.get(directory, set()).isdisjoint(record.names)
    ]
    by_other_ways(unreached, records, tasks, found)


def class_of(family: str, directory: str, records: Sequence[Record], classes: dict[str, Any]) -> Any:
    """The class of a family in today's code; None where there is none.

    Its records name the modules of its code, for a task that is run as `module.Class` stands in no index.
    """
    if family not in classes:
        classes[family] = None
        if family_of(family) is None:
            for own in dict.fromkeys(record.own for record in records):
                import_modules(family, directory, own)
        if registered(family) is not None:
            classes[family] = Register.get_task_cls(family)
    return classes[family]


def import_modules(family: str, directory: str, own: str) -> None:
    basis = read_basis(directory, own)
    name = family.rpartition(".")[2]
    for symbol in basis.symbols if basis is not None else ():
        module, _, last = symbol.rpartition(".")
        if last == name and module:
            try:
                importlib.import_module(module)
            except ModuleNotFoundError as error:  # what it imports itself may be what is not there
                if not f"{module}.".startswith(f"{error.name}."):
                    raise


# parameters that the command line gave to what lies upstream


def by_other_ways(
    unreached: Sequence[Record], records: Mapping[str, Sequence[Record]], tasks: Mapping[RecordedTask, Any],
    found: Reached,
) -> None:  # fmt: skip
    """Add what is reached, with other parameters upstream, of outputs whose own code and parameters are today's."""
    by_own: dict[str, list[Record]] = {}
    for record in itertools.chain.from_iterable(records.values()):
        by_own.setdefault(record.own, []).append(record)
    tried: set[tuple[RecordedTask, frozenset[RecordedTask]]] = set()
    for record in unreached:
        asked = RecordedTask.of(record)
        if record.family in found.failed or not is_todays(record, tasks):
            continue
        with found.failures(record.family):
            for way in ways(record, by_own, tasks):
                if (asked, way) not in tried:
                    tried.add((asked, way))
                    add_with(asked, way, tasks, found)


def is_todays(record: Record, tasks: Mapping[RecordedTask, Any]) -> bool:
    """Whether everything of a record but its inputs is as in today's code."""
    task = tasks.get(RecordedTask.of(record))
    return task is not None and task.own_components.digest == record.own


def ways(
    record: Record, by_own: Mapping[str, Sequence[Record]], tasks: Mapping[RecordedTask, Any]
) -> Iterator[frozenset[RecordedTask]]:
    """Tasks upstream of an output, one of each family, as they may have been when it was made.

    Raises `TaskError` where there are too many.
    """
    upstream: dict[str, set[RecordedTask]] = {}
    waiting, seen = [record], {record.own}
    while waiting:
        for found in waiting.pop().inputs.values():
            own = found.get("own")
            of_input = by_own.get(own, ()) if own else list(itertools.chain(*by_own.values()))
            for each in of_input:
                if each.own not in seen and is_todays(each, tasks):
                    seen.add(each.own)
                    upstream.setdefault(each.family, set()).add(RecordedTask.of(each))
                    waiting.append(each)
    upstream.pop(record.family, None)
    combinations = itertools.product(*(sorted(each, key=str) for each in upstream.values()))
    for number, combination in enumerate(combinations):
        if number >= MOST_WAYS:
            raise TaskError("too many combinations of parameters upstream", record.family, "its outputs are kept")
        yield frozenset(combination)


def add_with(
    asked: RecordedTask, upstream: frozenset[RecordedTask], tasks: Mapping[RecordedTask, Any], found: Reached
) -> None:  # fmt: skip
    """Add what a task reaches where the command line gives these parameters to those upstream of it."""
    with defaults({each.family: each.given(type(tasks[each])) for each in upstream}):
        other = Reached()
        other.add(asked.task(type(tasks[asked])))
    found.keep(other.names)
    found.failed.update(other.failed)


@contextlib.contextmanager
def defaults(values: Mapping[str, Mapping[str, str]]) -> Iterator[None]:
    """Have parameters of tasks these texts as defaults: what `--Family-name text` does for the length of a command."""
    config: Any = get_config()
    before = {(family, name): text_in(config, family, name) for family, of in values.items() for name in of}
    Register.clear_instance_cache()
    try:
        for family, of_family in values.items():
            for name, text in of_family.items():
                config.set(family, name, text.replace("%", "%%"))
        yield
    finally:
        for (family, name), former in before.items():
            if former is None:
                config.remove_option(family, name)
            else:
                config.set(family, name, former)
        Register.clear_instance_cache()


def text_in(config: Any, family: str, name: str) -> str | None:
    has_it = config.has_section(family) and config.has_option(family, name)
    return str(config.get(family, name, raw=True)) if has_it else None
