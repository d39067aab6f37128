"""The survey of a project: every task class with its verdict, and every file that could not be read."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from caselaw.plan.survey.classes import Class, Classes
from caselaw.plan.survey.conversion import Conversion
from caselaw.plan.survey.edits import Edit
from caselaw.plan.survey.existing import Existing
from caselaw.plan.survey.files import SourceFile, Unread, source_files
from caselaw.plan.survey.finding import SurveyFinding, SurveyVerdict, worst
from caselaw.plan.survey.folders import FolderNames, Tell
from caselaw.plan.survey.kinds import CASELAW, SurveyKind, is_task, kind_of
from caselaw.plan.survey.library import Library
from caselaw.plan.survey.made import MadeTask, made_tasks
from caselaw.plan.survey.outputs import family_name, paths_of
from caselaw.plan.survey.rules import findings


@dataclass(frozen=True)
class SurveyedTask:
    """A task class. `name` is that in its module, `family` what `law run` calls it.

    `edits` are the import and the bases that change for it. `existing` counts files and folders that match `outputs`,
    where its outputs lie as far as the text tells (None: it does not); those can be adopted.
    """

    name: str
    family: str
    path: Path
    line: int
    kind: SurveyKind
    verdict: SurveyVerdict
    is_converted: bool
    edits: tuple[Edit, ...]
    findings: tuple[SurveyFinding, ...]
    outputs: tuple[str, ...]
    existing: int | None


@dataclass(frozen=True)
class UnknownClass:
    """A class that looks like a task, and has a base whose source was not found."""

    name: str
    path: Path
    line: int
    bases: tuple[str, ...]


@dataclass(frozen=True)
class Survey:
    """All tasks of a project, what is to be edited for all of them, and what could not be read."""

    root: Path
    files: int
    tasks: tuple[SurveyedTask, ...]
    edits: tuple[Edit, ...]
    unknown: tuple[UnknownClass, ...]
    unread: tuple[Unread, ...]
    unlisted: tuple[tuple[str, str], ...]
    """Folders of outputs that could not be listed, and why."""
    adoptable: int
    law_cfg: Path | None


def survey(root: Path, tell: Tell = lambda text: None) -> Survey:
    """Read a project, which is a folder or a file. `tell` hears what is being looked at."""
    folders = FolderNames(tell)
    found = list(source_files(root, folders))
    of_code = set(folders.unlisted)
    sources = [each for each in found if isinstance(each, SourceFile)]
    library = Library.of(root, sources)
    classes = Classes(library)
    mine = [classes.of(source) for module in library.modules for source in module.classes if module.of_project]
    tasks = [each for each in mine if is_task(each)]
    conversion = Conversion.of(library, tasks)
    derived = {above for task in tasks for above in task.mro[1:]}
    existing = Existing(folders)
    project = root if root.is_dir() else root.parent
    law_cfg = law_cfg_of(project)
    home = str(law_cfg.parent if law_cfg else project)
    look = SurveyContext(classes, conversion, existing, home)
    surveyed = (
        *(of_task(task, look, task in derived) for task in tasks),
        *(of_made(made, look) for made in made_tasks(classes)),
    )
    return Survey(
        root, len(found), surveyed,
        tuple(sorted(dict.fromkeys(edit for task in surveyed for edit in task.edits))),
        tuple(unknown_tasks(mine)),
        tuple(each for each in found if isinstance(each, Unread)),
        tuple((folder, why) for folder, why in folders.unlisted.items() if folder not in of_code),
        sum(existing.counts.values()), law_cfg,
    )  # fmt: skip


@dataclass(frozen=True)
class SurveyContext:
    """What all tasks are looked at with. `home` is the folder that relative paths start from."""

    classes: Classes
    conversion: Conversion
    existing: Existing
    home: str


def law_cfg_of(folder: Path) -> Path | None:
    """The law.cfg of a project: in its folder or above."""
    return next((above / "law.cfg" for above in (folder, *folder.parents) if (above / "law.cfg").is_file()), None)


def of_task(task: Class, look: SurveyContext, derived: bool) -> SurveyedTask:
    found = tuple(dict.fromkeys(findings(task, look.classes)))
    kind = kind_of(task, derived)
    makes = kind in (SurveyKind.TASK, SurveyKind.WORKFLOW) and not task.is_a(*CASELAW)
    paths = paths_of(task, look.classes, look.home) if makes else None
    here = [path for path in dict.fromkeys(paths or ()) if not path.server]
    return SurveyedTask(
        task.name, family_name(task), task.module.path, task.line, kind, worst(found),
        task.is_a(*CASELAW), look.conversion.of_task(task), found,
        tuple(path.shown for path in dict.fromkeys(paths or ())),
        sum(look.existing.count(path) for path in here) if here else None,
    )  # fmt: skip


def of_made(made: MadeTask, look: SurveyContext) -> SurveyedTask:
    """What is made at run time works as the class that it is made from."""
    of_base = of_task(made.base, look, derived=True)
    return dataclasses.replace(
        of_base, name=made.name, family=made.name, path=made.module.path, line=made.line, kind=SurveyKind.MADE,
        outputs=(), existing=None,
    )  # fmt: skip


TASK_METHODS = frozenset({"requires", "output", "run", "workflow_requires", "create_branch_map"})


def unknown_tasks(classes: list[Class]) -> Iterator[UnknownClass]:
    """Classes of which nobody can say whether they are tasks, and that look like it."""
    for found in classes:
        if is_task(found) or not found.unread:
            continue
        if any(above.own.keys() & TASK_METHODS for above in found.mro):
            yield UnknownClass(found.name, found.module.path, found.line, found.unread)
