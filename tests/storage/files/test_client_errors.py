"""What the client says becomes one of our own errors on every road to a server, and keeps what it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from webdav_server import QUICK, Fault, Server, running

from caselaw import errors as ours
from caselaw.config import StoreSettings
from caselaw.storage.copying.pins import stage
from caselaw.storage.copying.reading import sha256_of
from caselaw.storage.files.answers import clear_answers
from caselaw.storage.files.remote import RemotePlace
from caselaw.storage.files.webdav_files import WebDavFiles
from caselaw.storage.remote_store import RemoteStore
from griddav import errors as theirs
from griddav.http.profile import DCACHE
from griddav.writing.upload import DamagedError

MEANT = [
    (theirs.NoAnswer, ours.StoreUnavailable), (theirs.Refused, ours.StoreRefused),
    (theirs.NotAllowed, ours.StoreRefused), (theirs.BadCredentials, ours.StoreRefused),
    (theirs.OnTape, ours.OnTape), (theirs.StagingFailed, ours.StagingFailed),
    (theirs.ContentChanged, ours.ContentChanged), (DamagedError, ours.ContentChanged),
    (theirs.SourceChanged, ours.PublishError),
]  # fmt: skip
METHODS = ("OPTIONS", "PROPFIND", "GET", "HEAD", "PUT", "MKCOL", "MOVE", "COPY", "DELETE", "POST")


def test_one_place_knows_the_errors_of_the_client() -> None:
    modules = Path(ours.__file__).parent.rglob("*.py")
    knowing = [path.name for path in modules if re.search(r"griddav(\.| import )errors", path.read_text())]
    assert knowing == ["answers.py"]


@pytest.mark.parametrize(("kind", "meant"), MEANT)
def test_an_error_keeps_what_it_says(kind: type[theirs.GridDavError], meant: type[ours.CaselawError]) -> None:
    with pytest.raises(meant) as raised, clear_answers("davs://elsewhere"):
        raise kind("it broke", "davs://server/file", "mend it")
    assert type(raised.value) is meant
    assert (raised.value.what, raised.value.where) == ("it broke", "davs://server/file")
    assert isinstance(raised.value.__cause__, kind)


def test_files_that_failed_are_named() -> None:
    with pytest.raises(ours.StagingFailed) as raised, clear_answers("davs://server"):
        raise theirs.StagingFailed("it failed", "davs://server", "ask", {"/a": "lost"})
    assert raised.value.failures == {"/a": "lost"}


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def store(server: Server, tmp_path: Path) -> RemoteStore:
    folders = {"mirror": tmp_path / "stores", "cache_folder": tmp_path / "cache"}
    store = RemoteStore(StoreSettings("grid", f"{server.url()}/store", patience=0.1, **folders))
    client_of(store).retry = QUICK
    return store


def client_of(store: RemoteStore) -> Any:
    assert isinstance(store.files, WebDavFiles)
    return store.files.fs.client


def roads(store: RemoteStore, tmp_path: Path) -> dict[str, Callable[[], Any]]:
    """Whatever asks the server."""
    local, url = tmp_path / "file", f"{store.root}/file"
    local.write_bytes(b"content")
    place, target = RemotePlace(store.server, url), RemotePlace(store.server, f"{store.root}/other")
    documents = store.documents(f"{store.root}/documents", fixed=False)
    return {
        "exists": lambda: store.exists(url), "info": lambda: store.info(url), "size": lambda: store.size(url),
        "names": lambda: store.names([store.root]), "confirm": lambda: store.confirm([store.root]),
        "entries": lambda: store.entries(store.root), "local": lambda: store.local(url),
        "local of a digest": lambda: store.local(url, "0" * 64), "digest": lambda: store.digest(url),
        "place": lambda: store.place(local, url, "0" * 64), "set_aside": lambda: store.set_aside(url),
        "remove": lambda: store.remove(url), "bring_online": lambda: store.bring_online([url], lambda *_: None),
        "documents": documents.refresh, "write a document": lambda: documents.write("name", "text"),
        "remove a document": lambda: documents.remove("name"),
        "node": place.node, "children": place.entries, "receive": lambda: place.receive(local, int, overwrite=True),
        "fetch": lambda: place.fetch(tmp_path / "fetched", int), "rename": lambda: place.rename(target),
        "remove a place": place.remove, "make_folder": place.make_folder,
        "checksum": lambda: place.checksum("adler32"), "sha256": lambda: sha256_of(place),
        "macaroon": lambda: place.parent.narrow_token(["LIST"], 60.0),
        "stage": lambda: stage(place, [place], 60.0),
    }  # fmt: skip


@pytest.mark.parametrize("status", [403, 500, 507])
def test_no_error_of_the_client_leaves_a_road(store: RemoteStore, server: Server, tmp_path: Path, status: int) -> None:
    server.faults.extend(Fault(method, status, times=10_000) for method in METHODS)
    for name, road in roads(store, tmp_path).items():
        client_of(store).detected_profile = DCACHE  # whose empty listings are asked about once more
        with pytest.raises(ours.CaselawError) as raised:
            road()
        assert "server answered" in str(raised.value) or "macaroon" in str(raised.value), name


def test_broken_credentials_are_told_on_every_road(store: RemoteStore, tmp_path: Path) -> None:
    client_of(store).credentials.file = str(tmp_path / "no-token")
    all_roads = roads(store, tmp_path) | {"identity": RemotePlace(store.server, store.root).identity}
    for name, road in all_roads.items():
        with pytest.raises(ours.StoreRefused, match="there is no file of this name"):
            road()
        assert name


def test_a_fault_of_this_machine_is_not_the_servers(store: RemoteStore, server: Server, tmp_path: Path) -> None:
    server.nodes["/store/file"] = b"content"
    (tmp_path / "a-file").write_bytes(b"")
    with pytest.raises(ours.TransferError, match="a file of this machine"):
        RemotePlace(store.server, f"{store.root}/file").fetch(tmp_path / "a-file" / "below" / "file", int)
