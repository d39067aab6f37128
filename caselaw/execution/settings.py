"""Configuration of law and luigi, and of logging, as it is in memory, for another process."""

from __future__ import annotations

import argparse
import logging
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import luigi
from law.config import Config
from luigi.cmdline_parser import CmdlineParser

Sections = Mapping[str, Mapping[str, str | None]]


@dataclass(frozen=True)
class Handler:
    """A handler of log messages that writes to standard error or output."""

    level: int
    format: logging.Formatter | None


@dataclass(frozen=True)
class RunSettings:
    """Options, whether they come from a file or were set since; `command_line` is what luigi was started with."""

    law: Sections
    luigi: Any
    loggers: Mapping[str, tuple[int, tuple[Handler, ...]]]
    command_line: tuple[tuple[str, ...], argparse.Namespace] | None

    @classmethod
    def current(cls) -> RunSettings:
        return cls(sections(Config.instance()), luigi_settings(), loggers(), command_line())

    def enter(self) -> None:
        """Make them those of this process."""
        set_sections(Config.instance(), self.law)
        set_luigi_settings(self.luigi)
        set_loggers(self.loggers)
        set_command_line(self.command_line)


def sections(parser: Any) -> Sections:
    """Options in memory, raw, whether they come from a file or were set since."""
    return {name: {k: v for k, v in options.items() if v is None or isinstance(v, str)}
            for name, options in parser._sections.items()}  # fmt: skip


def set_sections(parser: Any, wanted: Sections) -> None:
    if sections(parser) == wanted:
        return
    for name in list(parser.sections()):
        parser.remove_section(name)
    for name, options in wanted.items():
        parser._sections[name] = dict(options)
        parser._proxies[name] = type(next(iter(parser._proxies.values())))(parser, name)


def luigi_settings() -> Any:
    """Those of luigi's own configuration, of either format."""
    parser = luigi.configuration.get_config()
    return sections(parser) if hasattr(parser, "_sections") else getattr(parser, "data", {})


def set_luigi_settings(wanted: Any) -> None:
    parser = luigi.configuration.get_config()
    if hasattr(parser, "_sections"):
        set_sections(parser, wanted)
    else:
        parser.data = wanted


def loggers() -> dict[str, tuple[int, tuple[Handler, ...]]]:
    """Loggers that have a level or write to the terminal."""
    known = {"": logging.getLogger(), **logging.Logger.manager.loggerDict}
    found = {}
    for name, logger in known.items():
        if isinstance(logger, logging.Logger) and (logger.level or logger.handlers):
            plain = (handler for handler in logger.handlers if type(handler) is logging.StreamHandler)
            found[name] = (logger.level, tuple(Handler(h.level, picklable(h.formatter)) for h in plain))
    return found


def picklable(formatter: logging.Formatter | None) -> logging.Formatter | None:
    try:
        pickle.dumps(formatter)
    except Exception:
        return None
    return formatter


def set_loggers(wanted: Mapping[str, tuple[int, tuple[Handler, ...]]]) -> None:
    for name, (level, handlers) in wanted.items():
        logger = logging.getLogger(name)
        logger.setLevel(level)
        for handler in handlers if not logger.handlers else ():
            made = logging.StreamHandler()
            made.setLevel(handler.level)
            made.setFormatter(handler.format)
            logger.addHandler(made)


def command_line() -> tuple[tuple[str, ...], argparse.Namespace] | None:
    """Words and values; parameters of configuration classes may be set there."""
    parser: Any = CmdlineParser.get_instance()
    return None if parser is None else (tuple(getattr(parser, "cmdline_args", ())), parser.known_args)


def set_command_line(given: tuple[tuple[str, ...], argparse.Namespace] | None) -> None:
    if given is None:
        return
    parser: Any = CmdlineParser.__new__(CmdlineParser)  # parsing again would cost a look at all parameters of all tasks
    parser.cmdline_args, parser.known_args = list(given[0]), given[1]
    CmdlineParser._instance = parser
