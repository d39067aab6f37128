"""Answers of servers, whatever they hold: understood, or refused as one that nobody can understand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from griddav.auth.tokens import BearerToken
from griddav.dcache.namespace import Namespace, checksums
from griddav.errors import GridDavError, NoAnswer
from griddav.http.request import Client
from griddav.http.retry import TransientError
from griddav.http.session import Connection, Sessions
from griddav.tape import bulk, wlcg
from griddav.tape.discovery import first_version
from griddav.tape.interface import FileState, TapePlace
from griddav.tape.locality import Locality
from griddav.tape.rest import by_path, document, states

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = ["path", "target", "state", "onDisk", "error", "locality", "errorMessage", "uri", "version"]
ENTRIES = st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4)
FILES = st.dictionaries(
    st.sampled_from(["fileType", "size", "mtime", "creationTime", "checksums", "fileLocality"]), JSON, max_size=6
)
CLIENT = Client("https://frontend.example.org:3880/api/v1", Sessions(Connection()), BearerToken())


@given(ENTRIES)
def test_states_and_places_of_any_entry(entry: dict[str, Any]) -> None:
    assert isinstance(wlcg.state(entry), FileState) and isinstance(bulk.state(entry), FileState)
    place = wlcg.place(entry)
    assert isinstance(place, TapePlace) and (place.locality is not None or place.error)
    assert first_version(entry) in (True, False)


@given(JSON | st.lists(ENTRIES))
def test_entries_by_path(value: Any) -> None:
    assert all(path.startswith("/") for path in by_path(value, "path"))
    assert isinstance(checksums(value), dict)


@given(FILES)
def test_details_of_any_file(value: dict[str, Any]) -> None:
    namespace = Namespace(CLIENT, CLIENT)
    if not isinstance(value.get("fileType"), str):
        with pytest.raises(GridDavError):
            namespace.described("/file", value)
        return
    assert namespace.described("/file", value)["type"] in ("file", "directory", "other")


@given(st.binary())
def test_what_is_no_json_may_pass(data: bytes) -> None:
    try:
        document(data, must_be=True)
    except TransientError:
        assert document(data, must_be=False) is None


def test_an_answer_about_other_files_is_refused() -> None:
    with pytest.raises(NoAnswer, match="other files, such as /b"):
        states(CLIENT, "/stage/1", ["/a"], {"/b": {}}, wlcg.state)
    assert states(CLIENT, "/stage/1", ["/a"], {}, wlcg.state)["/a"].stage.value == "waiting"


def test_localities_say_what_can_be_read() -> None:
    assert {place for place in Locality if place.readable} == {"ONLINE", "ONLINE_AND_NEARLINE", "NONE"}
    assert {place for place in Locality if place.on_tape} == {"NEARLINE", "ONLINE_AND_NEARLINE"}
