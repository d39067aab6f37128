"""`caselaw.resolve("module:name")`."""

from __future__ import annotations

import collections.abc
import json
from pathlib import Path

import pytest

from caselaw.errors import ConfigError
from caselaw.lookup import resolve


def test_names_lead_to_modules_and_what_they_hold() -> None:
    assert resolve("json") is json
    assert resolve("json:dumps") is json.dumps
    assert resolve("collections.abc:Mapping.get") is collections.abc.Mapping.get


@pytest.mark.parametrize("name", ["", ":dumps", "no_such_module", "json.nothing:f", "json:nothing", "json:dumps.x"])
def test_a_name_of_nothing_is_an_error_that_says_it(name: str) -> None:
    with pytest.raises(ConfigError, match=r"resolve\("):
        resolve(name)


def test_an_import_error_inside_the_module_is_not_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "resolves_badly.py").write_text("import a_module_that_is_not_there\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match="a_module_that_is_not_there"):
        resolve("resolves_badly:f")
