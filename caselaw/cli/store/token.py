"""`caselaw store token`: which credentials a store gets to see, and narrower ones."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from caselaw.cli.console import console_for_people
from caselaw.cli.options import json_option
from caselaw.cli.store.display import age_text, time_text
from caselaw.cli.store.options import DURATION

ACTIVITIES = ("DOWNLOAD", "UPLOAD", "LIST", "DELETE", "MANAGE", "READ_METADATA", "UPDATE_METADATA")


@click.command()
@click.option("--path", help="Make a macaroon for this folder or file below STORE; needs --output.")
@click.option(
    "--activity", "activities", multiple=True, type=click.Choice(ACTIVITIES, case_sensitive=False),
    default=("DOWNLOAD", "LIST"), show_default=True, help="What the macaroon allows; may be given several times.",
)  # fmt: skip
@click.option("--lifetime", type=DURATION, default="1 h", show_default=True, help="How long the macaroon is good.")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file for the macaroon, readable by you only."
)
@json_option
@click.argument("store", required=False, metavar="[STORE]")
def token(
    store: str | None, path: str | None, activities: tuple[str, ...], lifetime: float, output: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Show which credentials STORE (default: the project's store) would get to see: kind, subject, scopes, end.

    With --path, a macaroon that allows as little as it can is written to a file: for a batch job, or for somebody
    else. The secret itself is never shown. The exit status is 1 where the credentials have ended.

    \b
    Examples:
      caselaw store token grid
      caselaw store token grid --path SelectEvents --lifetime "12 h" --output job.macaroon
      caselaw store token grid --path Fit --activity UPLOAD --activity LIST --output job.macaroon
    """
    from caselaw.storage.copying.address import folder_of

    if (path is None) != (output is None):
        raise click.UsageError("a macaroon needs both --path and --output: a secret is never printed")
    root = folder_of(store)
    if path is not None and output is not None:
        write_macaroon(root, path, activities, lifetime, output, as_json)
        return
    found = root.identity()
    ended = found.expires is not None and found.expires <= time.time()
    if as_json:
        click.echo(json.dumps({"store": root.url, **asdict(found), "ended": ended}, indent=2))
    else:
        show(root.url, found)
    raise SystemExit(1 if ended else 0)


def write_macaroon(
    root: Any, path: str, activities: tuple[str, ...], lifetime: float, output: Path, as_json: bool
) -> None:  # fmt: skip
    from caselaw.storage.copying.secret_file import write_secret

    place = root.child(path.strip("/")) if path.strip("/") else root
    made = place.narrow_token(activities, lifetime)
    write_secret(output, made.secret + "\n")
    facts = made.facts
    if as_json:
        click.echo(json.dumps({"output": str(output), **facts, "expires": made.expires}, indent=2))
        return
    allowed = ", ".join(facts["activities"])
    click.echo(f"{output}: a macaroon for {facts['path']} ({allowed}), until {time_text(made.expires)}")


def show(url: str, found: Any) -> None:
    console = console_for_people()
    console.print(url, style="bold", markup=False)
    lines = [("kind", found.kind), ("from", found.source), *found.facts.items()]
    if found.expires is not None:
        left = found.expires - time.time()
        ends = f"in {age_text(left)}" if left > 0 else f"it ended {age_text(-left)} ago"
        lines.append(("expires", f"{time_text(found.expires)} ({ends})"))
    lines.append(("not sent", found.withheld))
    for label, value in lines:
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        if text:
            console.print(f"  {label:<11}{text}", markup=False)
