"""Options of a server mean the same from Python, from text, in stores.yaml and in law.cfg: option × road."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import fsspec
import pytest

from caselaw.config import Project, resolve_store
from caselaw.errors import ConfigError
from caselaw.storage.files.filesystem import file_system
from caselaw.storage.law import StoreFileSystem
from caselaw.storage.remote_target import law_file_system
from griddav.http.profile import PROFILES
from griddav.options import OPTIONS, SERVERS

ROOT = Path(__file__).resolve().parents[3]
URLS = {False: "davs://server.example.org:1094/store", True: "dcache://server.example.org:1094/store"}

Options = Mapping[str, Any]
Road = Callable[[str, Options], Any]


class Row(NamedTuple):
    """Values of an option from Python and as text, what else it needs, what has it in the end, and what cannot be."""

    value: Any
    text: str
    found: Callable[[Any], Any]
    besides: Options
    wrong: Any


def row(value: Any, found: Callable[[Any], Any], text: str = "", wrong: Any = None, **besides: Any) -> Row:
    return Row(value, text or str(value), found, besides, wrong)


ROWS = {
    "token": row("abc", lambda fs: fs.client.credentials.given, wrong=["abc"]),
    "token_file": row("/t", lambda fs: fs.client.credentials.file, wrong=5),
    "user": row("me", lambda fs: fs.client.credentials.user, wrong=5, password_file="/p"),
    "password": row("pw", lambda fs: fs.client.credentials.password, wrong=["pw"], user="me"),
    "password_file": row("/p", lambda fs: fs.client.credentials.file, wrong=5, user="me"),
    "password_variable": row("PW", lambda fs: fs.client.credentials.variable, wrong=5, user="me"),
    "ca": row("/etc", lambda fs: fs.client.sessions.connection.ca, wrong=5),
    "certificate": row("/etc", lambda fs: fs.client.sessions.connection.certificate, wrong=5),
    "key": row("/etc", lambda fs: fs.client.sessions.connection.key, wrong=5, certificate="/etc"),
    "profile": row("storm", lambda fs: fs.client.detected_profile.name, wrong="nothing"),
    "trusted": row(
        ["https://a:1", "https://b:2"], lambda fs: sorted(fs.client.trusted)[:2], "https://a:1,https://b:2", 5
    ),
    "connections": row(7, lambda fs: fs.client.sessions.connection.per_host, wrong=0),
    "requests_per_second": row(2.5, lambda fs: fs.client.pace.limit, wrong="fast"),
    "least_speed": row(50.0, lambda fs: fs.client.sessions.connection.least_speed, wrong="slow"),
    "attempts": row(3, lambda fs: fs.client.retry.attempts, wrong=0),
    "deadline": row(120.0, lambda fs: fs.client.retry.deadline, "2 min", "soon"),
    "use_listings_cache": row(True, lambda fs: fs.listings.on, "true", "maybe"),
    "listings_expiry_time": row(90.0, lambda fs: fs.listings.expiry, "1.5 min", "soon"),
    "max_paths": row(5, lambda fs: fs.listings.most, wrong=-1),
    "api_url": row("https://a:3880/api/v1", lambda fs: fs.api_url, wrong=5),
    "stage": row(True, lambda fs: fs.stage, "true", "maybe"),
    "lifetime": row(86_400.0, lambda fs: fs.lifetime, "1 d", "soon"),
}  # fmt: skip


def by_python(url: str, options: Options) -> Any:
    return fsspec.core.url_to_fs(url, skip_instance_cache=True, **options)[0]


@pytest.fixture
def by_configuration(monkeypatch: pytest.MonkeyPatch) -> Road:
    """What fsspec reads from its files and from variables such as FSSPEC_DAVS_CONNECTIONS."""

    def road(url: str, options: Options) -> Any:
        monkeypatch.setitem(fsspec.config.conf, url.partition("://")[0], dict(options))
        return fsspec.core.url_to_fs(url, skip_instance_cache=True)[0]

    return road


@pytest.fixture
def by_store(tmp_path: Path) -> Road:
    """stores.yaml, as the store itself reads it."""

    def road(url: str, options: Options) -> Any:
        return file_system(resolved(tmp_path, {"url": url, **options}))

    return road


@pytest.fixture
def by_mapping(tmp_path: Path) -> Road:
    """stores.yaml, below `options`."""

    def road(url: str, options: Options) -> Any:
        return file_system(resolved(tmp_path, {"url": url, "options": dict(options)}))

    return road


@pytest.fixture
def by_target(tmp_path: Path) -> Road:
    """stores.yaml, as law's targets of a task read it."""

    def road(url: str, options: Options) -> Any:
        return law_file_system(resolved(tmp_path, {"url": url, **options})).file_interface.doors.door(url).server.fs

    return road


@pytest.fixture
def by_section(section) -> Road:
    """law.cfg, for plain law projects."""

    def road(url: str, options: Options) -> Any:
        return StoreFileSystem(section(base=url, **options)).file_interface.doors.door(url).server.fs

    return road


def resolved(folder: Path, entry: Options) -> Any:
    (folder / "configs").mkdir(exist_ok=True)
    (folder / "configs" / "stores.yaml").write_text(f"grid: {json.dumps(entry)}\n")
    return resolve_store(Project(folder, folder / "law.cfg"), "grid")


ROADS = ("by_configuration", "by_store", "by_mapping", "by_target", "by_section")
IN_STORES = ("by_store", "by_mapping", "by_target")


def test_every_option_is_in_the_matrix() -> None:
    assert set(ROWS) == set(OPTIONS)
    assert set(SERVERS) == set(PROFILES)


def refusal(name: str, road: str) -> str | None:
    """Why an option is none on a road; None where it is one."""
    if road in ("by_python", "by_configuration"):
        return None
    if not OPTIONS[name].of_store:
        return "unknown key|no option|is no" if road != "by_mapping" else None
    if road in IN_STORES and OPTIONS[name].secret:
        return "a secret does not belong here"
    if road in IN_STORES and name in ("attempts", "deadline"):
        return "patience" if road == "by_mapping" else "unknown key"
    return None


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("form", ["value", "text"])
@pytest.mark.parametrize("road", ["by_python", *ROADS])
def test_an_option_means_the_same_on_every_road(
    request: pytest.FixtureRequest, road: str, name: str, form: str
) -> None:
    one = ROWS[name]
    given = {name: one.text if form == "text" or road == "by_section" else one.value, **one.besides}
    take: Road = by_python if road == "by_python" else request.getfixturevalue(road)
    url = URLS[OPTIONS[name].dcache]
    why = refusal(name, road) or (refusal("password", road) if "password" in given else None)
    if why is not None:
        with pytest.raises(ConfigError, match=why):
            take(url, given)
        return
    assert one.found(take(url, given)) == one.value


@pytest.mark.parametrize(("road", "name"), [
    (road, name) for road in ("by_python", *ROADS) for name, one in ROWS.items()
    if one.wrong is not None and (road != "by_section" or isinstance(one.wrong, str) or one.wrong in (0, -1))
])  # fmt: skip
def test_a_value_that_cannot_be_is_named_and_a_secret_not_shown(
    request: pytest.FixtureRequest, road: str, name: str
) -> None:
    one = ROWS[name]
    take: Road = by_python if road == "by_python" else request.getfixturevalue(road)
    with pytest.raises((ConfigError, ValueError)) as raised:
        take(URLS[OPTIONS[name].dcache], {name: one.wrong, **one.besides})
    assert name in str(raised.value)
    assert not OPTIONS[name].secret or str(one.value) not in str(raised.value)


@pytest.mark.parametrize("road", ["by_python", *ROADS])
def test_a_slip_is_no_option(request: pytest.FixtureRequest, road: str) -> None:
    take: Road = by_python if road == "by_python" else request.getfixturevalue(road)
    with pytest.raises((ConfigError, TypeError), match="token_fil"):
        take(URLS[False], {"token_fil": "/t"})


@pytest.mark.parametrize("name", [name for name, each in OPTIONS.items() if each.dcache])
@pytest.mark.parametrize("road", ["by_python", *ROADS])
def test_what_dcache_has_alone_is_no_option_elsewhere(request: pytest.FixtureRequest, road: str, name: str) -> None:
    take: Road = by_python if road == "by_python" else request.getfixturevalue(road)
    with pytest.raises((ConfigError, TypeError), match=name):
        take(URLS[False], {name: ROWS[name].text})


@pytest.mark.parametrize("url", ["root://server.example.org//store", "s3://bucket", "data"])
@pytest.mark.parametrize("name", ["ca", "token_file", "connections"])
def test_what_servers_have_is_no_option_of_other_stores(tmp_path: Path, url: str, name: str) -> None:
    place = {"path": url} if url == "data" else {"url": url}
    with pytest.raises(ConfigError, match=f"{name}: is an option of dav://"):
        resolved(tmp_path, {**place, name: ROWS[name].value})


def test_the_reference_has_the_table() -> None:
    text = (ROOT / "docs" / "reference" / "griddav.md").read_text()
    rows = [f"| `{name}` | {each.about} | {each.kind.what} | " for name, each in OPTIONS.items()]
    assert [row for row in rows if row not in text] == []


@pytest.mark.parametrize(("page", "kept"), [
    ("webdav", lambda each: not each.dcache), ("dcache", lambda each: each.dcache),
    ("stores", lambda each: each.of_store and not each.secret and each.name not in ("attempts", "deadline")),
    ("law-targets", lambda each: each.of_store),
])  # fmt: skip
def test_every_option_is_on_the_pages_of_its_roads(page: str, kept: Callable[[Any], bool]) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text()
    assert [name for name, each in OPTIONS.items() if kept(each) and f"`{name}`" not in text] == []
