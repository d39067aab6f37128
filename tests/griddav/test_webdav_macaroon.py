"""Macaroons: read, restricted and sealed here, and understood by XRootD, whose library is another one."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from gate import Fault, gate
from hypothesis import given
from hypothesis import strategies as st
from macaroons import created
from xrootd import SITE, XRootD

from griddav import WebDavFileSystem
from griddav.auth.macaroon import ACTIVITIES, Macaroon, parse
from griddav.auth.tokens import BearerToken, expiry
from griddav.errors import NotAllowed
from griddav.http.retry import Retry

OF_XROOTD = (
    "MDAxN2xvY2F0aW9uIFRFU1QtU0lURQowMDM0aWRlbnRpZmllciBkM2U1NDk2YS0xODRlLTRiYzQtOGNlMS05NjVkZjQ4MWU3ZmEKMDAxZmNp"
    "ZCBhY3Rpdml0eTpSRUFEX01FVEFEQVRBCjAwMWZjaWQgYWN0aXZpdHk6RE9XTkxPQUQsTElTVAowMDE2Y2lkIHBhdGg6L3N0b3JlL3gKMDAy"
    "NGNpZCBiZWZvcmU6MjAyNi0xMS0yNVQxODo1MjoyMloKMDAyZnNpZ25hdHVyZSBHnorfoup84WxHqOnaY5fpYo7LrLG3UsVRfcTikTR5bAo"
)
PART = st.text(st.characters(blacklist_characters="/\0\n,:", blacklist_categories=("Cs",)), min_size=1, max_size=20)
PATH = st.lists(PART.filter(lambda name: name not in (".", "..")), min_size=1, max_size=3).map(
    lambda p: "/" + "/".join(p)
)


def of_dcache(*caveats: str) -> Macaroon:
    fields = created(b"secret", "Optional.empty", "id").fields
    texts = ("iid:pFM052rS", "id:2002;1001,2002,0;paul", *caveats)
    return Macaroon((*fields, *(("cid", text.encode()) for text in texts)), b"s" * 32)


def test_a_macaroon_of_xrootd_says_what_it_allows() -> None:
    macaroon = parse(OF_XROOTD)
    assert macaroon.caveats == (
        "activity:READ_METADATA", "activity:DOWNLOAD,LIST", "path:/store/x", "before:2026-11-25T18:52:22Z"
    )  # fmt: skip
    assert macaroon.activities == {"READ_METADATA"}  # what both allow: of little use
    assert macaroon.path == "/store/x" and macaroon.expires == 1795632742.0
    assert macaroon.serialized() == OF_XROOTD


def test_paths_of_dcache_are_relative_to_those_before() -> None:
    macaroon = of_dcache("path:/Users/alice", "path:/shared", "before:2019-04-17T09:51:22.840Z", "before:2030-01-01")
    assert macaroon.path == "/Users/alice/shared" and macaroon.expires == pytest.approx(1555494682.84)
    assert macaroon.activities == set(ACTIVITIES)
    restricted = macaroon.restricted(path="/Users/alice/shared/a b")
    assert restricted.caveats[-1] == "path:a b" and restricted.path == "/Users/alice/shared/a b"


@given(st.binary(min_size=1), PATH, st.sets(st.sampled_from(ACTIVITIES), min_size=1), st.integers(0, 2**33))
def test_a_restricted_macaroon_goes_there_and_back(secret: bytes, path: str, activities: set[str], end: int) -> None:
    macaroon = created(secret, "site", "id").restricted(path=path, activities=activities, before=end)
    back = parse(macaroon.serialized())
    assert back == macaroon
    assert (back.path, back.activities, back.expires) == (path, activities | {"READ_METADATA"}, end)
    assert expiry(macaroon.serialized()) == end


@given(PATH, PATH, st.booleans())
def test_a_macaroon_is_never_made_wider(first: str, second: str, dcache: bool) -> None:
    macaroon = (of_dcache() if dcache else created(b"secret", "site", "id")).restricted(path=first)
    if f"{second}/".startswith(f"{first}/"):
        assert macaroon.restricted(path=second).path == second
    else:
        with pytest.raises(ValueError, match="cannot be made"):
            macaroon.restricted(path=second)


@given(st.binary(max_size=200) | st.text(max_size=50).map(str.encode))
def test_what_is_no_macaroon_is_refused_and_not_shown(data: bytes) -> None:
    for text in (base64.urlsafe_b64encode(data).decode(), data.decode(errors="replace")):
        with pytest.raises(ValueError, match="no macaroon") as raised:
            parse(text)
        assert len(text) < 8 or text == "macaroon" or text not in str(raised.value)


@pytest.mark.parametrize("text", ["a.b.c", "0001", base64.b64encode(b"000ccid ab\n\n" * 3).decode(), OF_XROOTD[:-8]])
def test_a_part_of_a_macaroon_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="no macaroon"):
        parse(text)


def test_an_activity_that_does_not_exist_is_refused() -> None:
    for activities in ([], ["download"], ["DOWNLOAD,UPLOAD"]):
        with pytest.raises(ValueError, match="activities of a macaroon are DOWNLOAD"):
            created(b"secret", "site", "id").restricted(activities=activities)


def test_the_signature_is_in_no_representation() -> None:
    macaroon = created(b"secret", "site", "id").restricted(path="/a")
    assert repr(macaroon.signature) not in repr(macaroon) and "signature" not in repr(macaroon)
    assert repr(macaroon) == repr(parse(macaroon.serialized()))


def test_a_macaroon_that_is_about_to_end_is_read_again(tmp_path: Path) -> None:
    file, now = tmp_path / "token", time.time()
    macaroon = created(b"secret", "site", "id")
    old, new = (macaroon.restricted(before=now + left).serialized() for left in (10, 999))
    file.write_text(old)
    found = BearerToken(file=str(file))
    assert found.token() == old
    file.write_text(new)
    assert found.token() == new


@pytest.fixture
def holding(xrootd_with_macaroons: XRootD) -> Callable[..., WebDavFileSystem]:
    """The file system of somebody who holds a macaroon for /store/job."""
    folder = xrootd_with_macaroons.data / "store" / "job"
    everything = created(xrootd_with_macaroons.secret, SITE, "id")
    fs = user_of(xrootd_with_macaroons, everything.restricted(before=time.time() + 60))
    if folder.exists():
        fs.rm("/store/job", recursive=True)
    fs.pipe({"/store/job/old": b"old", "/store/job/other": b"other", "/store/beside/file": b"beside"})

    def made(*activities: str, before: float = 60.0, path: str = "/store/job") -> WebDavFileSystem:
        caveats = {"path": path, "activities": activities, "before": time.time() + before}
        return user_of(xrootd_with_macaroons, everything.restricted(**caveats))

    return made


def user_of(server: XRootD, macaroon: Macaroon) -> WebDavFileSystem:
    return WebDavFileSystem(server.url, ca=str(server.ca), token=macaroon.serialized(), skip_instance_cache=True)


def test_upload_without_manage_publishes_and_never_overwrites(holding: Callable[..., WebDavFileSystem]) -> None:
    fs = holding("UPLOAD", "LIST")
    fs.pipe_file("/store/job/new/deep/file", b"new")
    assert fs.info("/store/job/new/deep/file")["size"] == 3
    for refused in (fs.pipe_file, lambda path, data: fs.mv("/store/job/other", path)):
        with pytest.raises(NotAllowed, match="403"):
            refused("/store/job/old", b"another")
    assert holding("DOWNLOAD").cat_file("/store/job/old") == b"old"


def test_manage_overwrites_and_makes_folders(holding: Callable[..., WebDavFileSystem]) -> None:
    fs = holding("MANAGE", "LIST")
    fs.mkdir("/store/job/made")
    fs.mv("/store/job/other", "/store/job/old")
    assert holding("DOWNLOAD").cat_file("/store/job/old") == b"other"


@pytest.mark.parametrize(("activity", "allowed"), [
    ("DOWNLOAD", {"cat_file"}), ("LIST", {"ls"}), ("DELETE", {"rm_file"}), ("READ_METADATA", set()),
])  # fmt: skip
def test_an_activity_allows_itself_and_to_look(
    holding: Callable[..., WebDavFileSystem], activity: str, allowed: set[str]
) -> None:
    fs = holding(activity)
    assert fs.info("/store/job/old")["size"] == 3 and not fs.exists("/store/job/none")
    for name in ("cat_file", "ls", "rm_file"):
        path = "/store/job" if name == "ls" else "/store/job/old"
        if name in allowed:
            getattr(fs, name)(path)
        else:
            with pytest.raises(NotAllowed, match="403"):
                getattr(fs, name)(path)


def test_a_macaroon_does_not_reach_beside_its_path_and_over_its_end(holding: Callable[..., WebDavFileSystem]) -> None:
    with pytest.raises(NotAllowed, match="403"):
        holding("DOWNLOAD").cat_file("/store/beside/file")
    with pytest.raises(NotAllowed, match=r"403 .* the token .* ended at .* get a new token"):
        holding("DOWNLOAD", before=-1).cat_file("/store/job/old")


def test_xrootd_compares_the_letters_of_a_path(holding: Callable[..., WebDavFileSystem]) -> None:
    """What XRootD 5.5.3 does: a macaroon for /store/be reads in /store/beside."""
    assert holding("DOWNLOAD", path="/store/be").cat_file("/store/beside/file") == b"beside"


def test_who_may_not_overwrite_tries_again_under_another_name(
    xrootd_with_macaroons: XRootD, holding: Callable[..., WebDavFileSystem]
) -> None:
    """XRootD keeps the part that a broken connection left, and UPLOAD does not allow to replace it."""
    token = holding("UPLOAD", "LIST").client.credentials.token()
    port = urlsplit(xrootd_with_macaroons.url).port
    assert port is not None
    folder = xrootd_with_macaroons.data / "store" / "job"
    with gate(port, http=False) as way:
        fs = WebDavFileSystem(
            way.url("davs"), ca=str(xrootd_with_macaroons.ca), token=token, retry=Retry(first=0.05), profile="xrootd",
            skip_instance_cache=True,
        )  # fmt: skip
        assert fs.exists("/store/job")
        fs.close()
        way.play(Fault(cut="request", times=1, span=(300_000, 300_001)))
        fs.pipe_file("/store/job/file", b"x" * 2_000_000)
    assert way.hits == 1 and (folder / "file").stat().st_size == 2_000_000
    (part,) = [path for path in folder.iterdir() if path.name.startswith(".upload-")]
    assert part.stat().st_size < 2_000_000  # `caselaw store clean` removes it, with a token that may
