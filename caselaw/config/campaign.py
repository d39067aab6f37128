"""A campaign: one YAML file that says what is measured, checked before anything runs."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from caselaw.config.lookup import lookup
from caselaw.config.problem import Problem, did_you_mean, display, listed
from caselaw.config.project import Project
from caselaw.config.readonly import protect_model, read_only
from caselaw.errors import CampaignError

FOLDER = "configs"
SUFFIXES = (".yaml", ".yml")
NOT_CAMPAIGNS = frozenset({"stores", "clusters", "datasets"})

# A file may change within the clock tick in which it was read; until then its content is compared as well.
CLOCK_TICK = 50_000_000


@dataclass(frozen=True, eq=False)
class Campaign:
    """A checked campaign; `content` is the schema's model, or read-only plain data without a schema."""

    name: str
    path: Path
    content: Any

    def value(self, key: str) -> Any:
        """The value at a dotted key: a model, a mapping, a tuple or a scalar. Raises `CampaignError`."""
        return lookup(self.content, key, display(self.path))

    def canonical(self, key: str) -> Any:
        """The value at `key` as plain data: formatting, comments and key order make no difference."""
        return canonical_form(self.value(key), display(self.path))

    def everything(self) -> Any:
        """The whole campaign as plain data."""
        return canonical_form(self.content, display(self.path))


def canonical_form(value: Any, where: object) -> Any:
    """Plain data for fingerprints. Floats stay floats, ints ints; sets are sorted; lists keep their order.

    Raises `CampaignError` for other types.
    """
    if value is None or type(value) in (bool, int, float, str):
        return value
    if hasattr(type(value), "model_fields"):
        return canonical_form(value.model_dump(mode="python"), where)
    if isinstance(value, Mapping):
        return {str(name): canonical_form(value[name], where) for name in sorted(value, key=str)}
    if isinstance(value, list | tuple):
        return [canonical_form(element, where) for element in value]
    if isinstance(value, set | frozenset):
        import json

        return sorted((canonical_form(element, where) for element in value), key=json.dumps)
    from pydantic_core import PydanticSerializationError, to_jsonable_python

    try:
        return to_jsonable_python(value)
    except PydanticSerializationError as error:
        raise CampaignError(
            f"a value of type {type(value).__name__} has no plain form",
            where,
            "use numbers, text, paths, enums, dates, lists, mappings and models in the schema",
        ) from error


def load_campaign(project: Project, name_or_path: str | os.PathLike[str] | None = None) -> Campaign:
    """The campaign of this name under `configs/`, or at this path; law.cfg's default where none is given.

    Raises `CampaignError` with all problems of the file, each with its line, column and key.
    """
    path = find_campaign(project, name_or_path)
    state = stamp(path)
    key = (path, project.root, project.schema)
    held = _loaded.get(key)
    if held is not None and held.stamp == state and not held.is_young:
        return held.campaign
    content = read_bytes(path)
    if held is not None and held.content == content:
        campaign = held.campaign
    else:
        checked, problems = check(project, content)
        if problems:
            raise faulty(path, problems)
        campaign = Campaign(campaign_name(project, path), path, checked)
    _loaded[key] = Loaded(campaign, state, content, state[0] + CLOCK_TICK > time.time_ns())
    return campaign


class Loaded(NamedTuple):
    """A campaign in memory and its file; `is_young` if the file had only just been written."""

    campaign: Campaign
    stamp: tuple[int, int, int]
    content: bytes
    is_young: bool


_loaded: dict[tuple[Path, Path, str | None], Loaded] = {}


def campaign_problems(project: Project, path: Path) -> list[Problem]:
    """All problems of a campaign file, in the order of its lines; raises only if it cannot be opened."""
    return check(project, read_bytes(path))[1]


def check(project: Project, content: bytes) -> tuple[Any, list[Problem]]:
    """The checked content and the problems, one of which is empty."""
    from caselaw.config.yaml_reader import read

    document = read(content)
    if document.root is None:
        return None, document.problems or [Problem(1, 1, "", "the file is empty: a campaign has at least one key")]
    if not isinstance(document.root.content, dict):
        found = "a list" if isinstance(document.root.content, list) else "a single value"
        if document.root.content is None and not document.problems:
            found = "empty"
        line, column = document.position(())
        return None, [
            *document.problems,
            Problem(line, column, "", f"must be a mapping of keys to values, is {found}"),
        ]
    if project.schema is None:
        return read_only(document.root.data()), sorted(document.problems)
    from caselaw.config.schema import schema_of
    from caselaw.config.validation import validate

    model, problems = validate(schema_of(project), document)
    if model is not None:
        protect_model(model)
    return model, sorted({*document.problems, *problems})


def faulty(path: Path, problems: list[Problem]) -> CampaignError:
    lines = tuple(problem.at(path) for problem in problems)
    number = "a problem" if len(lines) == 1 else f"{len(lines)} problems"
    return CampaignError(
        f"the campaign has {number}",
        display(path),
        "correct the file and check it: caselaw campaign check",
        lines,
    )


def find_campaign(project: Project, name_or_path: str | os.PathLike[str] | None = None) -> Path:
    """The file of a campaign. A path is taken from the current folder, or else from law.cfg's.

    Raises `CampaignError` where none is named.
    """
    chosen = os.fspath(name_or_path) if name_or_path is not None else project.campaign
    if not chosen:
        raise CampaignError(
            "no campaign is chosen",
            display(project.config_file),
            f"give --campaign, or set 'campaign' in [caselaw]; campaigns: {listed(campaign_names(project))}",
        )
    if chosen.endswith(SUFFIXES) or isinstance(name_or_path, os.PathLike):
        expanded = Path(chosen).expanduser()
        candidates = [Path.cwd() / expanded, project.root / expanded]
    else:
        candidates = [project.root / FOLDER / (chosen + suffix) for suffix in SUFFIXES]
    for path in candidates:
        if path.exists():
            return Path(os.path.normpath(path))
    raise not_found(project, chosen, candidates)


def not_found(project: Project, chosen: str, candidates: list[Path]) -> CampaignError:
    names = campaign_names(project)
    hint = did_you_mean(Path(chosen).stem, names)
    advice = f"{hint + ' ' if hint else ''}campaigns under {FOLDER}/: {listed(names)}"
    return CampaignError(f"there is no campaign '{chosen}'", display(candidates[0]), advice)


def campaign_names(project: Project) -> list[str]:
    """Names of the campaigns under `configs/`."""
    folder = project.root / FOLDER
    paths = (path for suffix in SUFFIXES for path in folder.rglob(f"*{suffix}") if path.is_file())
    names = {campaign_name(project, path) for path in paths}
    return sorted(name for name in names if name.partition("/")[0] not in NOT_CAMPAIGNS)


def campaign_name(project: Project, path: Path) -> str:
    """What a campaign is called on the command line and in paths of outputs."""
    folder = project.root / FOLDER
    inside = path.relative_to(folder) if path.is_relative_to(folder) else Path(path.name)
    return inside.with_suffix("").as_posix()


def read_bytes(path: Path) -> bytes:
    """What stands in the file of a campaign. Raises `CampaignError` where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        what = "is a folder, not a campaign" if path.is_dir() else f"cannot be read: {error.strerror}"
        raise CampaignError(what, display(path), "give the name or the path of a YAML file") from error


def stamp(path: Path) -> tuple[int, int, int]:
    """What changes with the content of a file. Raises `CampaignError` where it cannot be looked at."""
    try:
        state = path.stat()
    except OSError as error:
        raise CampaignError(f"cannot be read: {error.strerror}", display(path), "check its permissions") from error
    return state.st_mtime_ns, state.st_size, state.st_ino
