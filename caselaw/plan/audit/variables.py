"""Which environment variables first-party code reads; Python raises no audit event for that."""

from __future__ import annotations

import _collections_abc
import os
import posixpath
import sys
from collections.abc import ItemsView, Iterator, KeysView, ValuesView
from typing import Any

from caselaw.plan.audit.functions import is_declaration
from caselaw.plan.audit.observation import UseKind
from caselaw.plan.audit.origin import CodeOrigin
from caselaw.plan.audit.recorder import Recorder, outwards

ALL = "(all variables)"

# Through these the caller itself reads: os.getenv, os.path.expandvars, iteration over a mapping.
PASSED_THROUGH = frozenset({os.__file__, posixpath.__file__, _collections_abc.__file__, "<frozen os>",
                            "<frozen posixpath>", "<frozen _collections_abc>"})  # fmt: skip


def watch_variables(recorder: Recorder) -> None:
    """Record the name of each variable that first-party code reads from `os.environ`, for the rest of the process."""

    def read(name: str) -> None:
        for frame in outwards(sys._getframe(1)):
            file = frame.f_code.co_filename
            if file not in PASSED_THROUGH:
                where = f"{file}:{frame.f_lineno}"
                if recorder.origins.of(file) is not CodeOrigin.FIRST_PARTY or is_declaration(recorder, frame):
                    return
                if ("all", where) not in listed:
                    if name == ALL:
                        listed.add(("all", where))
                    recorder.record(UseKind.VARIABLE, name, frame)
                return

    listed: set[tuple[str, str]] = set()

    class Watched(type(os.environ)):  # type: ignore[misc]
        """`os.environ` in the audited process."""

        def __getitem__(self, key: Any) -> Any:
            read(os.fsdecode(key) if isinstance(key, str | bytes) else str(key))
            return super().__getitem__(key)

        def __iter__(self) -> Iterator[Any]:
            read(ALL)
            return iter(super().__iter__())

        def keys(self) -> KeysView[Any]:
            read(ALL)
            return super().keys()  # type: ignore[no-any-return]

        def values(self) -> ValuesView[Any]:
            read(ALL)
            return super().values()  # type: ignore[no-any-return]

        def items(self) -> ItemsView[Any, Any]:
            read(ALL)
            return super().items()  # type: ignore[no-any-return]

        def copy(self) -> dict[Any, Any]:
            read(ALL)
            return dict(super().items())

    os.environ.__class__ = Watched
    os.environb.__class__ = Watched
