"""Which options of law.cfg and of luigi's configuration first-party code reads."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

from caselaw.fingerprint.code.reading.facts import Option
from caselaw.fingerprint.code.reading.options import OF_OPTION, OF_SECTION
from caselaw.plan.audit.observation import UseKind
from caselaw.plan.audit.origin import CodeOrigin
from caselaw.plan.audit.recorder import Recorder, outwards

FIND = "find_option"
OF_ALL = ("sections",)


def watch_options(recorder: Recorder) -> None:
    """Record each option that first-party code reads, for the rest of the process."""
    import law
    import luigi
    from luigi.configuration import LuigiConfigParser

    through = frozenset(
        sys.modules[name].__file__ for name in ("law.config", "luigi.configuration.cfg_parser", "configparser")
    )

    def read(option: Option) -> None:
        frame = next(outwards(sys._getframe(1)))
        if frame.f_code.co_filename not in through and recorder.by(frame) is CodeOrigin.FIRST_PARTY:
            recorder.record(UseKind.OPTION, option.name, frame)

    for parser, cls, module in (("law", law.config.Config, law.config), ("luigi", LuigiConfigParser, None)):
        for method in (*OF_OPTION, FIND, *OF_SECTION, *OF_ALL):
            if hasattr(cls, method):
                setattr(cls, method, watched(getattr(cls, method), parser, method, read))
            if hasattr(module, method):  # bound to the instance when law was imported
                setattr(module, method, watched(getattr(module, method), parser, method, read, is_method=False))
    watch_settings(luigi.Config, recorder)


def watched(
    function: Callable[..., Any], parser: str, method: str, read: Callable[[Option], None], *, is_method: bool = True
) -> Callable[..., Any]:
    """The function, which says first what it is asked for."""

    @functools.wraps(function)
    def asked(*arguments: Any, **named: Any) -> Any:
        given = [str(argument) for argument in arguments[1 if is_method else 0 :]]
        section = str(named.get("section", given[0] if given else ""))
        options = [str(named["option"])] if "option" in named else given[1 : None if method == FIND else 2]
        if method in OF_ALL:
            read(Option(parser))
        elif method in OF_SECTION:
            read(Option(parser, section))
        else:
            for option in options:
                read(Option(parser, section, option))
        return function(*arguments, **named)

    return asked


def watch_settings(base: Any, recorder: Recorder) -> None:
    """Record the classes derived from `luigi.Config` of which first-party code makes an object."""
    make = base.__init__

    @functools.wraps(make)
    def made(self: Any, *arguments: Any, **named: Any) -> None:
        cls, frame = type(self), sys._getframe(1)
        if recorder.by(frame) is CodeOrigin.FIRST_PARTY or recorder.where(frame) is not None:
            recorder.record(
                UseKind.OPTION, f"luigi.Config:{cls.__module__}.{cls.__qualname__}", frame, by=CodeOrigin.FIRST_PARTY
            )
        make(self, *arguments, **named)

    base.__init__ = made


def covers(name: str, counted: frozenset[str]) -> bool:
    """Whether the fingerprint counts an option: by its name, with its section, or with all sections."""
    file, _, place = name.partition(":")
    section = place.rpartition(".")[0]
    return bool({name, f"{file}:{section}.*", f"{file}:*"} & counted)
