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
@click.option("--campaign", "campaigns", multiple=True, help="Keep what the tasks of this campaign reach.")
@click.option("--tag", "tags", multiple=True, help="Keep this tag (default: all tags).")
@click.option("--days", type=click.FloatRange(min=0), default=0.0, help="Keep what was made in the last N days.")
@delete_option
@yes_option
@whole_server_option
@json_option
def gc(
    campaigns: tuple[str, ...], tags: tuple[str, ...], days: float, delete: bool, yes: bool, whole_server: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """List outputs that no fingerprint of the named campaigns, tags or the last N days reaches.

    Of a campaign counts every task that law's index knows and that needs no other parameter, with everything
    upstream. With --delete the outputs are removed together with their records, each at once, after a question; where
    there is no terminal to ask on, --delete needs --yes (also with --json), else the exit status is 2 and nothing is
    done.

    \b
    Examples:
      caselaw gc --campaign quickstart --days 30
      caselaw gc --campaign quickstart --campaign opendata --delete
      caselaw gc --campaign quickstart --days 30 --delete --yes
      caselaw gc --tag paper-v1 --json
    """
    from caselaw.config import load_project, resolve_store
    from caselaw.config.store import stores_inside
    from caselaw.plan.garbage import freed, garbage, remove
    from caselaw.records.stores import project_store
    from caselaw.storage.copying.address import is_whole_server, root_place
    from caselaw.storage.presence import require_present

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
    keep, failed = kept(store, campaigns, tags)
    for family, reason in failed.items():
        click.echo(f"all outputs of {family} are kept, it cannot be evaluated: {reason}", err=True)
    found = list(garbage(store, keep, families=frozenset(failed), days=days, others=others))
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


def kept(store: Any, campaigns: tuple[str, ...], tags: tuple[str, ...]) -> tuple[dict[str, set[str]], dict[str, str]]:
    """Folder → names that are kept, and the families that could not be evaluated, with the reason."""
    from caselaw.plan.roots import tasks_of_campaign
    from caselaw.plan.tags import reached, read_tag
    from caselaw.plan.tags import tags as all_tags

    keep: dict[str, set[str]] = {}
    failed: dict[str, str] = {}
    for campaign in campaigns:
        tasks, of_campaign = tasks_of_campaign(campaign)
        failed.update(of_campaign)
        for directory, names in reached(tasks).items():
            keep.setdefault(directory, set()).update(names)
    for tag in [read_tag(store, name) for name in tags] if tags else all_tags(store):
        for folder, of_folder in tag.outputs.items():
            keep.setdefault(f"{store.root.rstrip('/')}/{folder}", set()).update(of_folder)
    return keep, failed


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
