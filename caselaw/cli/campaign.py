"""`caselaw campaign`: check campaign files and look into them."""

from __future__ import annotations

import json
from typing import Any

import click

from caselaw.config import (
    Project,
    campaign_names,
    campaign_problems,
    find_campaign,
    load_campaign,
    load_project,
)
from caselaw.config.problem import display
from caselaw.errors import CampaignError

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


@click.group()
def campaign() -> None:
    """Check campaign files and look into them.

    \b
    Examples:
      caselaw campaign list
      caselaw campaign check
      caselaw campaign check opendata ~/studies/tighter-btag.yaml
      caselaw campaign show quickstart selection.lepton_jets
    """


@campaign.command()
@as_json_option
@click.argument("campaigns", nargs=-1, metavar="[NAME|PATH]…")
def check(campaigns: tuple[str, ...], as_json: bool) -> None:
    """Check campaigns by name or path; without any, all under configs/.

    Every problem is one line with file, line, column and key. The exit status is 1 if there is one.

    \b
    Examples:
      caselaw campaign check
      caselaw campaign check quickstart
      caselaw campaign check configs/mine.yaml --json
    """
    project = load_project()
    chosen = campaigns or tuple(campaign_names(project))
    if not chosen:
        raise CampaignError("there are no campaigns", display(project.root / "configs"), "write one: docs/campaign.md")
    results = [checked(project, name) for name in chosen]
    if as_json:
        click.echo(json.dumps({"campaigns": results}, indent=2))
    else:
        for result in results:
            for line in result["lines"]:
                click.echo(line)
            if not result["problems"]:
                note = "" if project.schema else " (YAML only: law.cfg names no [caselaw] schema)"
                click.echo(f"{result['path']}: ok{note}")
    if any(result["problems"] for result in results):
        raise SystemExit(1)


def checked(project: Project, name: str) -> dict[str, Any]:
    """One campaign's result; a file that cannot be opened is a problem without a place."""
    try:
        path = find_campaign(project, name)
        problems = campaign_problems(project, path)
    except CampaignError as error:
        missing = {"line": None, "column": None, "key": "", "message": f"{error.what}; {error.advice}"}
        return {"campaign": name, "path": str(error.where), "problems": [missing], "lines": [str(error)]}
    return {
        "campaign": name,
        "path": display(path),
        "problems": [problem._asdict() for problem in problems],
        "lines": [problem.at(path) for problem in problems],
    }


@campaign.command()
@as_json_option
@click.argument("name", metavar="NAME|PATH")
@click.argument("key", required=False, metavar="[KEY]")
def show(name: str, key: str | None, as_json: bool) -> None:
    """Show what stands at KEY, a dotted path, with the defaults of the schema filled in.

    \b
    Examples:
      caselaw campaign show quickstart
      caselaw campaign show quickstart datasets.ttbar
      caselaw campaign show opendata luminosity.value --json
    """
    loaded = load_campaign(load_project(), name)
    value = loaded.canonical(key) if key else loaded.everything()
    if as_json:
        click.echo(json.dumps(value, indent=2, ensure_ascii=False))
        return
    import yaml

    if isinstance(value, dict | list):
        click.echo(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), nl=False)
    else:
        click.echo(value if isinstance(value, str) else json.dumps(value))


@campaign.command(name="list")
@as_json_option
def list_campaigns(as_json: bool) -> None:
    """List the campaigns under configs/; the default one is marked.

    \b
    Examples:
      caselaw campaign list
      caselaw campaign list --json
    """
    project = load_project()
    rows = [
        {"name": name, "path": display(find_campaign(project, name)), "default": name == project.campaign}
        for name in campaign_names(project)
    ]
    if as_json:
        click.echo(json.dumps({"campaigns": rows}, indent=2))
        return
    width = max((len(str(row["name"])) for row in rows), default=0)
    for row in rows:
        click.echo(f"{row['name']:{width}}  {row['path']}{'  (default)' if row['default'] else ''}")
