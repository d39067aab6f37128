"""Errors that pandas, dask and uproot understand: each is an `OSError`, none is "missing" that is not."""

from __future__ import annotations

import copy
import importlib
import pickle
import pkgutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from webdav_server import Fault, Server

import griddav
from griddav import WebDavFileSystem, errors
from griddav.errors import BadCredentials, GridDavError, NoAnswer, NotAllowed, Refused, StagingFailed

CLEAR = (FileNotFoundError, FileExistsError, IsADirectoryError, NotADirectoryError, TimeoutError)

ALONE = """
import importlib, pkgutil, sys
for name in ("caselaw", "law", "luigi"):
    sys.modules[name] = None  # who imports it gets an ImportError
import griddav
for module in pkgutil.walk_packages(griddav.__path__, "griddav."):
    importlib.import_module(module.name)
"""


def kinds(base: type[GridDavError] = GridDavError) -> Iterator[type[GridDavError]]:
    yield base
    for kind in base.__subclasses__():
        yield from kinds(kind)


def every_kind() -> list[type[GridDavError]]:
    for module in pkgutil.walk_packages(griddav.__path__, "griddav."):
        importlib.import_module(module.name)
    return list(dict.fromkeys(kinds()))


@pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: kind.__name__)
def test_an_error_says_the_same_in_another_process(kind: type[GridDavError]) -> None:
    error = kind("it broke", "davs://server/file", "mend it")
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(other) is kind and other.__dict__ == error.__dict__
        assert (str(other), other.errno, other.strerror) == (str(error), error.errno, "it broke")
    assert "it broke" in str(error) and "davs://server/file" in str(error) and "mend it" in str(error)


@pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: kind.__name__)
def test_no_error_is_one_that_says_something_about_a_file(kind: type[GridDavError]) -> None:
    assert issubclass(kind, OSError) and not issubclass(kind, CLEAR)


def test_what_belongs_to_one_kind_survives_as_well() -> None:
    failed = pickle.loads(pickle.dumps(StagingFailed("two failed", "davs://server", "ask", {"/a": "lost"})))
    assert failed.failures == {"/a": "lost"} and "/a: lost" in str(failed)
    full = pickle.loads(pickle.dumps(errors.refused(507, "full", "davs://server", "free some")))
    assert (full.status, full.errno) == (507, 28)


@pytest.mark.parametrize(("status", "kind", "python"), [
    (401, NotAllowed, PermissionError), (403, NotAllowed, PermissionError), (405, Refused, OSError),
    (507, Refused, OSError), (500, NoAnswer, ConnectionError), (503, NoAnswer, ConnectionError),
])  # fmt: skip
def test_an_answer_is_what_python_calls_it(
    fs: WebDavFileSystem, server: Server, status: int, kind: type[GridDavError], python: type[OSError]
) -> None:
    server.faults.append(Fault("PROPFIND", status, times=100))
    with pytest.raises(kind) as raised:
        fs.info("/store")
    assert isinstance(raised.value, python)


def test_credentials_that_are_not_there_are_no_missing_file(server: Server) -> None:
    fs = WebDavFileSystem(server.url(), token_file="/no/such/token", skip_instance_cache=True)
    with pytest.raises(BadCredentials) as raised:
        fs.exists("/store/file")
    assert not isinstance(raised.value, FileNotFoundError)


@pytest.mark.parametrize("status", [403, 500])
@pytest.mark.parametrize("question", ["walk", "du", "expand_path", "glob", "find"])
def test_no_walk_leaves_out_what_cannot_be_listed(
    fs: WebDavFileSystem, server: Server, question: str, status: int
) -> None:
    server.nodes |= {"/store/a": None, "/store/a/file": b"content"}
    assert list(fs.walk("/store"))[-1] == ("/store/a", [], ["file"])
    server.faults.append(Fault("PROPFIND", status, times=100))
    asked = {"expand_path": {"recursive": True}}.get(question, {})
    with pytest.raises(GridDavError):
        list(getattr(fs, question)("/store/*" if question == "glob" else "/store", **asked))


def test_a_walk_holds_nothing_of_what_is_missing_and_tells_who_asks(fs: WebDavFileSystem, server: Server) -> None:
    told: list[OSError] = []
    assert list(fs.walk("/none")) == []
    server.faults.append(Fault("PROPFIND", 403, times=100))
    assert list(fs.walk("/store", on_error=told.append)) == []
    assert [type(error) for error in told] == [NotAllowed]


def test_a_mapping_has_no_key_for_what_is_missing_only(fs: WebDavFileSystem, server: Server) -> None:
    mapping = fs.get_mapper("/store")
    with pytest.raises(KeyError):
        mapping["none"]
    server.faults.append(Fault("GET", 500, times=100))
    server.faults.append(Fault("PROPFIND", 500, times=100))
    with pytest.raises(NoAnswer):
        mapping["none"]


def test_the_client_does_without_the_engine() -> None:
    subprocess.run([sys.executable, "-c", ALONE], check=True)
