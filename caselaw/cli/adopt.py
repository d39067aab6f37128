"""`caselaw adopt`: outputs that plain law made before, vouched for by a user."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from typing import Any

import click

from caselaw.cli.console import console_for_people
from caselaw.cli.options import PASS_ON, json_option, task_arguments
from caselaw.cli.tasks import task_from_arguments
from caselaw.errors import TaskError

COLORS = {
    "ready": "cyan", "complete": "green", "vouched": "green", "missing": "red", "empty": "yellow", "stale": "yellow",
    "refused": "magenta", "without inputs": "blue", "provisional": "blue",
}  # fmt: skip
MEANINGS = {
    "ready": "lies under its plain name, and would be taken",
    "complete": "is there for today's fingerprint already",
    "missing": "is not there under its plain name: the next run makes it",
    "vouched": "taken: it is what today's code makes, by your word",
    "empty": "holds nothing, as after a job that was killed; --empty takes it",
    "stale": "was made by other code, as its record says, or was changed since; --again takes it",
    "refused": "is not what output() says",
    "without inputs": "not taken with --upstream",
    "provisional": "its fingerprint is not known yet",
}
REASONS_SHOWN = 3


@click.command(context_settings=PASS_ON)
@json_option
@click.option("--vouch", "why", metavar="WHY", help="Take what is ready, for this reason. Without it nothing is done.")
@click.option("--by", metavar="WHO", help="Who vouches. [default: user@host]")
@click.option("--upstream", is_flag=True, help="Everything upstream of TASK too, bottom-up.")
@click.option("--move", is_flag=True, help="Rename files: the plain names go. Default: hard links, both names stay.")
@click.option("--copy", is_flag=True, help="Copy files: both names stay, and twice the space is taken.")
@click.option("--quick", is_flag=True, help="Do not read files: note sizes and times, or what the server says.")
@click.option("--empty", is_flag=True, help="Take empty files and folders too.")
@click.option("--again", is_flag=True, help="Take also what has a record of other code, or was changed since.")
@task_arguments
def adopt(
    family: str, arguments: tuple[str, ...], as_json: bool, why: str | None, by: str | None, upstream: bool,
    move: bool, copy: bool, quick: bool, empty: bool, again: bool,
) -> None:  # fmt: skip
    """Take outputs that plain law made before as those of TASK today, once you vouch for them.

    Without --vouch this is a dry run: it lists each folder once, reads nothing, and says what would be taken. With it,
    files of TASK's own output() get a second name with today's fingerprint, and a record that says who vouched, when
    and why. Nothing is removed. With fixed_names only the record is written. What was vouched for counts as any other
    output: law run makes nothing, and an edit makes it stale.

    The exit status is 1 when something is there that was left out.

    \b
    Examples:
      caselaw adopt SelectEvents --dataset ttbar
      caselaw adopt SelectEvents --dataset ttbar --vouch "made by v3 of the selection, unchanged since"
      caselaw adopt Fit --upstream --vouch "the published analysis" --by "A. Physicist"
      caselaw adopt SelectEvents --branches 0:100 --quick --move --vouch "too large to read"
    """
    from caselaw.config import load_project
    from caselaw.execution.adoption_by_user import Manner, Word, current_user
    from caselaw.execution.claims import LEFT_OUT, TakenBesides
    from caselaw.plan.adoptable import claims_for, still_ready
    from caselaw.publishing.contents import OutputContents
    from caselaw.records.index import index_of
    from caselaw.storage.second_names import How
    from caselaw.task.identified import file_digests_of

    if move and copy:
        raise TaskError("files are moved or copied, not both", "caselaw adopt", "give --move or --copy")
    if why is not None and not why.strip():
        raise TaskError("no reason is given", "--vouch", 'say why these outputs are right: --vouch "made by tag v3"')
    task = task_from_arguments(family, arguments)
    word = None if why is None else Word(by or current_user(), why.strip())
    manner = Manner(How.MOVE if move else How.COPY if copy else How.LINK, quick)
    root = load_project().root
    found = claims_for(
        task, TakenBesides(empty, again), OutputContents(index_of(root), file_digests_of(root)), upstream=upstream
    )
    if word is not None:
        output_contents = OutputContents(index_of(root), file_digests_of(root))
        found = [
            taken(still_ready(each, output_contents) if upstream else each, word, manner, output_contents)
            for each in found
        ]
    if as_json:
        click.echo(json.dumps({"vouched": word is not None, "tasks": list(map(plain, found))}, indent=2))
    else:
        show(found, None if word else shlex.join(["caselaw", "adopt", family, *arguments, *flags(locals())]))
    raise SystemExit(1 if LEFT_OUT.intersection(claim.state for each in found for claim in each.claims) else 0)


def flags(given: dict[str, Any]) -> list[str]:
    return [f"--{name}" for name in ("upstream", "move", "copy", "quick", "empty", "again") if given[name]]


def taken(found: Any, word: Any, manner: Any, output_contents: Any) -> Any:
    """The claims of a task, after what was ready has been taken."""
    from caselaw.execution.adoption_by_user import vouch
    from caselaw.execution.claims import ClaimState
    from caselaw.execution.progress import progress_for
    from caselaw.plan.adoptable import TaskClaims

    ready = len(found.of(ClaimState.READY))
    if not ready:
        return found
    with progress_for(f"{found.task.get_task_family()}: taking outputs", ready) as progress:

        def report(done: int, failed: int) -> None:
            progress.update(done, failed)
            progress.refresh()

        claims = list(vouch(found.task, found.claims, word, manner, output_contents, report))
    return TaskClaims(found.task, sorted(claims, key=lambda claim: claim.number))


def plain(found: Any) -> dict[str, Any]:
    """The claims of a task for programs; of those that are complete or missing only the number."""
    from caselaw.execution.claims import ClaimState
    from caselaw.plan.status import shown_parameters

    task = found.task
    rows = [
        {
            "branch": claim.number if task.has_branches else None,
            "state": claim.state,
            "reason": claim.reason,
            "files": {name: {"from": file.path, "to": file.final} for name, file in claim.files.items()},
        }
        for claim in found.claims
        if claim.state not in (ClaimState.COMPLETE, ClaimState.MISSING)
    ]
    counts = dict(Counter(claim.state for claim in found.claims))
    return {"family": task.get_task_family(), "params": shown_parameters(task), "states": counts, "outputs": rows}


def show(found: list[Any], command: str | None) -> None:
    """A row per task, reasons of what is left out, and in a dry run what to do next."""
    from rich.filesize import decimal
    from rich.markup import escape
    from rich.table import Table

    from caselaw.config.address import is_url
    from caselaw.execution.claims import LEFT_OUT, ClaimState
    from caselaw.plan.status import shown_parameters

    console = console_for_people()
    table = Table("task", "parameters", "branches", "size")
    table.add_column("for example", overflow="fold")
    for each in found:
        counts = Counter(claim.state for claim in each.claims)
        states = ", ".join(f"{number:,} [{COLORS[state]}]{state}[/]" for state, number in counts.items())
        chosen = [claim for claim in each.claims if claim.state in (ClaimState.READY, ClaimState.VOUCHED)]
        example = next((f"{f.path} → {name_of(f)}" for claim in chosen for f in claim.files.values()), "")
        parameters = ", ".join(f"{name}={value}" for name, value in shown_parameters(each.task).items())
        size = decimal(sum(claim.size for claim in chosen)) if chosen else ""
        table.add_row(each.task.get_task_family(), parameters, states, size, escape(example))
    console.print(table)
    seen = {claim.state: None for each in found for claim in each.claims if claim.state is not ClaimState.COMPLETE}
    for state in seen:
        console.print(f"[{COLORS[state]}]{state}[/]: {MEANINGS[state]}", highlight=False)
    for each in found:
        for state in sorted(LEFT_OUT):
            reasons = [(claim.number, claim.reason) for claim in each.of(state) if claim.reason]
            for number, reason in reasons[:REASONS_SHOWN]:
                branch = f" branch {number}" if each.task.has_branches else ""
                console.print(f"{each.task.get_task_family()}{branch}: {reason}", markup=False, style=COLORS[state])
            if len(reasons) > REASONS_SHOWN:
                console.print(f"… and {len(reasons) - REASONS_SHOWN:,} more (--json shows all)")
    ready = [file for each in found for claim in each.of(ClaimState.READY) for file in claim.files.values()]
    if command is not None and {"--move", "--copy"}.isdisjoint(command.split()) and any(is_url(f.path) for f in ready):
        console.print("files on a server get no second name: --move renames them, --copy copies them there")
    if command is not None and any(each.of(ClaimState.READY) for each in found):
        console.print(f'nothing was changed; to take them: {command} --vouch "why they are right"', markup=False)


def name_of(file: Any) -> str:
    """The name that a file gets, without its folder."""
    return str(file.final.rpartition("/")[2]) if file.final != file.path else "its record"
