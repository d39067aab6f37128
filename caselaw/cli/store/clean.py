"""`caselaw store clean`: what killed processes left behind."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from caselaw.cli.consent import ask, delete_option, require_consent, require_word, whole_server_option, yes_option
from caselaw.cli.console import console_for_people
from caselaw.cli.options import json_option
from caselaw.cli.store.display import age_text, counted, size_text, waiting
from caselaw.cli.store.options import DURATION


@click.command()
@click.option(
    "--older-than", type=DURATION, default="1 d", show_default=True, help="Leave alone what may be an upload under way."
)
@delete_option
@yes_option
@whole_server_option
@json_option
@click.argument("folder", required=False, metavar="[STORE|PATH]")
def clean(
    folder: str | None, older_than: float, delete: bool, yes: bool, whole_server: bool, as_json: bool
) -> None:  # fmt: skip
    """List what killed processes left behind in a store or a folder (default: the project's store).

    Exactly the folder that is named is looked at, with all that lies in it, whichever store it is part of; the root of
    a server only with --whole-server. Left behind are unfinished uploads (`.upload-…`), staging folders of processes
    that live no more, and entries of the cache whose file is gone; of a store as a whole also folders of its outbox
    that were never completed. Ages are by the clock of the server.

    With --delete they are removed, and nothing else, after a question; where there is no terminal to ask on, --delete
    needs --yes (also with --json), else the exit status is 2 and nothing is done.

    \b
    Examples:
      caselaw store clean
      caselaw store clean grid --older-than "6 h"
      caselaw store clean grid:SelectEvents
      caselaw store clean davs://dcache.example.org:2880/vo/me --delete
      caselaw store clean grid --delete --yes
    """
    from caselaw.plan.orphans import number_waiting, old, orphans, remove
    from caselaw.records.stores import require_stores
    from caselaw.storage.copying.address import folder_of, is_root_of_store, is_whole_server, project_or_none
    from caselaw.storage.copying.listing import present
    from caselaw.storage.files.concurrency import in_parallel

    if delete:
        require_consent("caselaw store clean", yes)
    root = folder_of(folder)
    require_word("caselaw store clean", root.url, is_whole_server(root), whole_server)
    require_stores(project_or_none(), root.url)
    with waiting("listing files"):
        if folder is not None and not is_root_of_store(root):
            present(root)
        found = orphans(root)
        hidden = root.hides_dot_names()
    wanted = [orphan for orphan in found if old(orphan, older_than)]
    if not as_json:
        show(wanted, len(found) - len(wanted), number_waiting(root), hidden)
    removed = 0
    if delete and wanted:
        ask("caselaw store clean", f"Remove {counted(len(wanted), 'leftover')}?", yes)
        removed = sum(answer for _, answer in in_parallel(lambda orphan: remove(root, orphan), wanted))
        if not as_json:
            click.echo(f"removed {removed:,} of {len(wanted):,}")
    if as_json:
        content = {"orphans": [asdict(orphan) for orphan in wanted], "younger": len(found) - len(wanted)}
        content["complete"] = not hidden  # of a server that lists no names that begin with a dot, uploads are not known
        click.echo(json.dumps({**content, "removed": removed, "waiting": number_waiting(root)}, indent=2))


def show(wanted: list[Any], younger: int, waiting: int, hidden: bool) -> None:
    from rich.markup import escape
    from rich.table import Table

    console = console_for_people()
    if wanted:
        table = Table("kind", "age", "size", "path")
        for orphan in wanted:
            table.add_row(orphan.kind, age_text(orphan.age), size_text(orphan.bytes), escape(orphan.path))
        console.print(table)
        console.print(f"{counted(len(wanted), 'leftover')}, {size_text(sum(orphan.bytes for orphan in wanted))}")
    elif not hidden:
        console.print("nothing was left behind")
    if hidden:
        console.print(
            "not known: unfinished uploads, as this server lists no names that begin with a dot; "
            "find .upload-* on its disk"
        )
    if younger:
        console.print(f"not counted: {younger:,} younger, or of unknown age, which may be uploads under way")
    if waiting:
        console.print(f"{counted(waiting, 'branch', 'branches')} in the outbox, to be uploaded by the next run")
