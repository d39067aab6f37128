"""`caselaw store sync`: one folder holds what another one holds."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import click

from caselaw.cli.consent import ask, require_consent, require_word, whole_server_option, yes_option
from caselaw.cli.options import json_option
from caselaw.cli.store.cp import refuse_itself
from caselaw.cli.store.display import Transfers, size_text, waiting
from caselaw.errors import TransferError

LISTED = 20


@click.command()
@click.option("--delete", is_flag=True, help="Remove from TARGET what SOURCE does not have; asks first.")
@yes_option
@whole_server_option
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option(
    "--compare", type=click.Choice(["auto", "size"]), default="auto", show_default=True,
    help="auto: size, then a checksum that both sides have, else time. size: size only.",
)  # fmt: skip
@json_option
@click.argument("source")
@click.argument("target")
def sync(
    source: str, target: str, delete: bool, yes: bool, whole_server: bool, dry_run: bool, compare: str, as_json: bool
) -> None:  # fmt: skip
    """Copy to TARGET what it lacks of SOURCE, or has otherwise. May be interrupted and run again.

    Of a store, records come before the outputs that they explain, and folders that are outputs appear at once: who
    reads the copy meanwhile sees nothing that is half there. Outputs carry their fingerprint and count as equal when
    their sizes are; `caselaw store check TARGET` compares their content.

    --delete asks before anything is copied or removed. Where there is no terminal to ask on it needs --yes (also with
    --json), else the exit status is 2 and nothing is done. It removes below TARGET only, from the root of a server only
    with --whole-server, and nothing of a store of configs/stores.yaml that lies in TARGET.

    \b
    Examples:
      caselaw store sync data grid:
      caselaw store sync grid:SelectEvents backup:SelectEvents --dry-run
      caselaw store sync grid: backup: --delete --yes
    """
    from caselaw.plan.replication import remove_all, replication
    from caselaw.records.stores import require_stores
    from caselaw.storage.copying.address import is_whole_server, others_in, place_of, project_or_none
    from caselaw.storage.copying.comparison import Compare

    if delete and not dry_run:
        require_consent("caselaw store sync", yes)
    from_place, to_place = place_of(source), place_of(target)
    refuse_itself(from_place, to_place)
    if delete:
        require_word("caselaw store sync --delete", to_place.url, is_whole_server(to_place), whole_server)
        refuse_source_inside(from_place, to_place)
    require_stores(project_or_none(), from_place.url, to_place.url)
    with tempfile.TemporaryDirectory(prefix="caselaw-") as snapshots:
        with waiting("comparing"):
            how = Compare(compare)
            plan = replication(
                from_place, to_place, Path(snapshots), delete=delete, compare=how, others=others_in(to_place)
            )
        if not as_json:
            show(plan, dry_run)
        if not dry_run:
            if plan.removals:
                ask("caselaw store sync", f"Remove {len(plan.removals):,} of the target?", yes)
            copy(plan, as_json)
            list(remove_all(to_place, plan))
    if as_json:
        copied = [each.path for group in plan.copies for each in group]
        content = {"copied": copied, "removed": plan.removals, "equal": plan.equal, "bytes": plan.bytes}
        click.echo(json.dumps({**content, "dry_run": dry_run}, indent=2))


def refuse_source_inside(source: Any, target: Any) -> None:
    """Raise `TransferError` where the source lies in the target: it is none of what the source holds."""
    if f"{source.url}/".startswith(f"{target.url.rstrip('/')}/"):
        raise TransferError(
            "the source lies in the target, and --delete would remove it", source.url, "leave out --delete"
        )


def copy(plan: Any, quiet: bool) -> None:
    """Group after group: the next one begins when all of the one before is there."""
    from caselaw.storage.copying.copying import copy_all

    with Transfers("copying", plan.number, plan.bytes, quiet=quiet) as shown:
        for group in plan.copies:
            for _ in copy_all(group, overwrite=True, progress=shown.reports(each.target.url for each in group)):
                shown.file_done()


def show(plan: Any, dry_run: bool) -> None:
    """What is to be done; in a dry run file by file, where they are few."""
    if dry_run:
        paths = [f"copy {each.path}" for group in plan.copies for each in group]
        paths += [f"remove {path}" for path in plan.removals]
        for line in paths[:LISTED]:
            click.echo(line)
        if len(paths) > LISTED:
            click.echo(f"… and {len(paths) - LISTED:,} more (--json lists all)")
    click.echo(
        f"{plan.number:,} to copy ({size_text(plan.bytes)}), {len(plan.removals):,} to remove, {plan.equal:,} equal"
    )
