"""`caselaw gc`: outputs that nothing reaches any more."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from caselaw.cli.consent import ask, delete_option, require_consent, require_word, whole_server_option, yes_option
from caselaw.cli.console import console_for_people
from caselaw.cli.options import json_option
from caselaw.errors import TaskError


@click.command()
@click.option("--campaign", "campaigns", multiple=True, help="Of what reads a campaign, keep this one only.")
@click.option("--tag", "tags", multiple=True, help="Keep this tag (default: all tags).")
@click.option(
    "--days",
    type=click.FloatRange(min=0),
    default=0.0,
    help="Keep what was made in the last N days, by the clock of the store.",
)
@click.option("--family", "families", multiple=True, help="Also what is left of this task, which is not in the code.")
@delete_option
@yes_option
@whole_server_option
@json_option
def gc(
    campaigns: tuple[str, ...], tags: tuple[str, ...], days: float, families: tuple[str, ...], delete: bool, yes: bool,
    whole_server: bool, as_json: bool,
) -> None:  # fmt: skip
    """List outputs that today's code does not reach, nor a tag, nor the last N days.

    What today's code reaches are the outputs that `caselaw status` calls complete: those of all tasks in law's index
    that need no parameter, and of all tasks that the records in the store tell of, with the parameters that they had,
    and everything upstream. Of tasks that read a campaign only the named ones count, where --campaign is given.
    Outputs of a task that is not in today's code are kept, for another project may share the store: --family names
    those that can go.

    With --delete the outputs are removed together with their records, each at once, after a question; where there is
    no terminal to ask on, --delete needs --yes (also with --json), else the exit status is 2 and nothing is done.

    \b
    Examples:
      caselaw gc --campaign quickstart --days 30
      caselaw gc --campaign quickstart --campaign opendata --delete
      caselaw gc --campaign quickstart --days 30 --delete --yes
      caselaw gc --tag paper-v1 --json
      caselaw gc --days 30 --family OldSelection
    """
    from caselaw.config import load_project, resolve_store
    from caselaw.config.store import stores_inside
    from caselaw.plan.garbage import freed, garbage, output_folders_of, remove
    from caselaw.records.stores import project_store
    from caselaw.storage.copying.address import is_whole_server, root_place
    from caselaw.storage.marker import require_present

    if not (campaigns or tags or days):
        raise TaskError(
            "nothing is named that is to be kept", "caselaw gc", "give --campaign NAME, --tag NAME or --days N"
        )
    if delete:
        require_consent("caselaw gc", yes)
    project = load_project()
    store, others = project_store(project), stores_inside(project, resolve_store(project).root)
    require_word("caselaw gc", store.root, is_whole_server(root_place(resolve_store(project))), whole_server)
    require_present(store.root)
    folders = output_folders_of(store, others)
    reached = kept(store, folders, campaigns, tags)
    for family, reason in reached.failed.items():
        click.echo(f"all outputs of {family} are kept, it cannot be evaluated: {reason}", err=True)
    found = list(garbage(store, folders, reached.names, families=families_kept(reached, families), days=days))
    size = freed(found)
    if not as_json:
        show(found, size, store)
    if delete:
        if found:
            ask("caselaw gc", f"Remove {len(found):,} outputs ({size:,} bytes)?", yes)
        remove_all(found, remove(store, found, others))
    if as_json:
        rows = [{"path": output.path, **asdict(output)} for output in found]
        content = {"outputs": rows, "number": len(found), "bytes": size, "deleted": delete}
        click.echo(json.dumps(content, indent=2))


def families_kept(reached: Any, named: tuple[str, ...]) -> frozenset[str]:
    """Families of which nothing is removed. Raises `TaskError` where one is named that is in today's code."""
    for family in named:
        if family not in reached.unknown:
            raise TaskError("no outputs of a task that is not in today's code", family, "leave out --family for it")
    unknown = sorted(reached.unknown - reached.failed.keys() - set(named))
    if unknown:
        options = " ".join(f"--family {family}" for family in unknown)
        told = f"outputs of {', '.join(unknown)} are kept, no task of this project makes them: {options} lets them go"
        click.echo(told, err=True)
    return frozenset({*reached.failed, *unknown})


def kept(store: Any, folders: list[Any], campaigns: tuple[str, ...], tags: tuple[str, ...]) -> Any:
    """What is kept, and the families that could not be evaluated, with the reason (see `Reached`)."""
    from caselaw.plan.recorded import reach_of_records
    from caselaw.plan.roots import Reached, indexed_modules, reach_of_index
    from caselaw.plan.tags import read_tag
    from caselaw.plan.tags import tags as all_tags

    found = Reached()
    for campaign in campaigns or ((None,) if indexed_modules() else ()):
        reach_of_index(campaign, found)
    reach_of_records({folder.path: folder.records for folder in folders}, campaigns, found)
    root = store.root.rstrip("/")
    for tag in [read_tag(store, name) for name in tags] if tags else all_tags(store):
        found.keep({f"{root}/{folder}": names for folder, names in tag.outputs.items()})
    return found


def remove_all(found: list[Any], removed: Any) -> None:
    from caselaw.execution.progress import progress_for

    with progress_for("removing outputs", len(found)) as progress:
        for number, _ in enumerate(removed, 1):
            progress.update(number, 0)
            progress.refresh()


def show(found: list[Any], size: int, store: Any) -> None:
    """A table by folder, and the sum."""
    from rich.filesize import decimal
    from rich.table import Table

    console = console_for_people()
    if not found:
        console.print("everything is reached: there is nothing to remove")
        return
    table = Table("folder", "outputs", "size")
    folders: dict[str, list[int]] = {}
    for output in found:
        folders.setdefault(output.directory, []).append(output.bytes)
    for directory, sizes in folders.items():
        table.add_row(directory.removeprefix(f"{store.root}/"), f"{len(sizes):,}", decimal(sum(sizes)))
    console.print(table)
    console.print(f"{len(found):,} outputs, {decimal(size)} to be freed")
