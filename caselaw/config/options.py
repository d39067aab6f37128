"""Values of options of law.cfg and of luigi's configuration, as digests: an option may hold a password."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import law
import luigi

from caselaw.errors import FingerprintError
from caselaw.fingerprint import digest
from caselaw.fingerprint.code.reading.facts import ANY, Option

OF_LUIGI = frozenset({
    "DEFAULT", "batch_notifier", "core", "email", "execution_summary", "logging", "mailgun", "resources", "retcode",
    "scheduler", "sendgrid", "smtp", "worker",
})  # fmt: skip
"""Sections that say how luigi itself runs."""


def option_digests(options: Iterable[Option], settings: Iterable[str]) -> dict[str, str]:
    """Name → digest of the value of each option, and of the parameters of each class derived from `luigi.Config`.

    `settings` are `module:name`. What is not set counts as such. Raises FingerprintError for a class that cannot be
    asked.
    """
    found = {option.name: digest("option", value_of(option)) for option in options}
    for entry in settings:
        found[f"luigi.Config:{entry.replace(':', '.')}"] = digest("settings", parameters_of(entry))
    return found


def value_of(option: Option) -> Any:
    """The text of an option, or the texts of all that it may be; None where it is not set."""
    parser = as_written(option) if ANY in (option.section, option.option) else parser_of(option)
    if option.section == ANY:
        return {section: texts(parser, section) for section in sections_of_users(parser, option.parser)}
    if option.option == ANY:
        return texts(parser, option.section)
    if option.parser == "law":
        expand = {"expand_vars": option.expanded, "expand_user": option.expanded}
        return as_text(parser.get_default(option.section, option.option, None, default_when_none=False, **expand))
    return as_text(parser.get(option.section, option.option, None))


def parser_of(option: Option) -> Any:
    return law.config.Config.instance() if option.parser == "law" else luigi.configuration.get_config()


def as_written(option: Option) -> Any:
    """The configuration as its files and the environment give it.

    law writes defaults into the section of a file system as soon as that is used: what all of a section holds would
    depend on what the process has done before.
    """
    if option.parser != "law":
        return parser_of(option)
    return law.config.Config(config_file=law.config.Config.instance().config_file or "", skip_luigi_sync=True)


def sections_of_users(parser: Any, which: str) -> list[str]:
    """Sections that do not say how law, luigi or caselaw run."""
    of_engine = OF_LUIGI if which == "luigi" else {*law.config.Config._default_config, "caselaw"}
    return [name for name in parser.sections() if name not in of_engine and not name.startswith("luigi_")]


def texts(parser: Any, section: str) -> dict[str, str | None] | None:
    if not parser.has_section(section):
        return None
    return {option: as_text(parser.get(section, option)) for option in parser.options(section)}


def as_text(value: Any) -> str | None:
    return None if value is None else str(value)


def module_of(name: str) -> Any:
    """A module by name; the script that runs is not imported once more, which might run it again."""
    script = sys.modules.get("__main__")
    spec, file = getattr(script, "__spec__", None), getattr(script, "__file__", None)
    of_script = spec.name.removesuffix(".__main__") if spec is not None else Path(file).stem if file else None
    return script if name == of_script and name not in sys.modules else importlib.import_module(name)


def parameters_of(entry: str) -> dict[str, str]:
    """Parameters of a class derived from `luigi.Config` as its code sees them, in the form of the command line.

    Raises `FingerprintError` where they cannot be read.
    """
    module, _, name = entry.partition(":")
    try:
        cls = getattr(module_of(module), name)
        values = cls()
    except Exception as error:
        raise FingerprintError(
            f"the options of a luigi.Config cannot be read ({type(error).__name__}: {error})",
            entry,
            "give its parameters defaults, or set them in law.cfg",
        ) from error
    return {name: str(parameter.serialize(getattr(values, name))) for name, parameter in cls.get_params()}
