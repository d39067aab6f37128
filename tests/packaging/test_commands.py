"""Where the code behind a command is, its name says."""

from __future__ import annotations

import importlib

import click
import pytest

from caselaw.cli.main import cli
from caselaw.cli.store import store

COMMANDS = [("caselaw.cli", cli, name) for name in cli.list_commands(click.Context(cli))] + [
    ("caselaw.cli.store", store, name) for name in store.list_commands(click.Context(store))
]


@pytest.mark.parametrize(("package", "group", "name"), COMMANDS, ids=[f"{p}.{name}" for p, _, name in COMMANDS])
def test_the_module_of_a_command_has_its_name(package: str, group: click.Group, name: str) -> None:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    assert command.name == name
    assert getattr(importlib.import_module(f"{package}.{name}"), name) is command
