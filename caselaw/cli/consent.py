"""Before something is removed: the user is asked, or has said yes."""

from __future__ import annotations

import sys

import click

from caselaw.errors import NotConfirmed

delete_option = click.option("--delete", is_flag=True, help="Remove what is listed; asks first.")
yes_option = click.option(
    "--yes", is_flag=True, help="Remove without asking; needed with --delete where there is no terminal to ask on."
)

whole_server_option = click.option(
    "--whole-server", is_flag=True, help="Go through a whole server, where its root is what is named."
)


def require_word(command: str, url: str, is_whole_server: bool, given: bool) -> None:
    """Raise `NotConfirmed` for the root of a server, unless its own option is given: others have files there too."""
    if is_whole_server and not given:
        raise NotConfirmed(
            f"nothing was done: this is all of a server ({url})", command, "name a folder, or give --whole-server"
        )


def require_consent(command: str, yes: bool) -> None:
    """Before anything is done: raise `NotConfirmed` where the user has not said yes and cannot be asked."""
    if not (yes or can_ask()):
        raise NotConfirmed(
            "nothing was removed: there is no terminal to ask on", command, "add --yes if it is to be removed unasked"
        )


def ask(command: str, question: str, yes: bool) -> None:
    """Ask, unless the user has said yes. Raises `NotConfirmed` as `require_consent` does, `click.Abort` for a no."""
    require_consent(command, yes)
    if not yes:
        click.confirm(question, abort=True, err=True)  # standard output may be JSON, for a program


def can_ask() -> bool:
    """Whether somebody sees a question and can answer it."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))
