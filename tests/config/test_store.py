"""Where [caselaw] store leads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from caselaw.config import StoreSettings, resolve_store, store_at
from caselaw.config.store import named_store
from caselaw.errors import ConfigError


@pytest.fixture
def resolved(make_project, folder: Path):
    def resolve(store: str, stores: str | None = None) -> StoreSettings:
        project = make_project()
        if stores is not None:
            (folder / "configs" / "stores.yaml").write_text(stores)
        return resolve_store(replace(project, store=store))

    return resolve


def test_a_path_is_relative_to_law_cfg(resolved, folder: Path) -> None:
    assert resolved("data").root == str(folder / "data")
    assert resolved("../other store").root == str(folder / "../other store")
    assert resolved("/scratch/me").root == str(Path("/scratch/me"))


def test_variables_and_the_home_folder_are_replaced(resolved, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRATCH", "/big")
    monkeypatch.setenv("HOME", "/home/me")
    assert resolved("$SCRATCH/${SCRATCH}").root == str(Path("/big//big"))
    assert resolved("~/store").root == str(Path("/home/me/store"))


def test_a_name_is_looked_up_in_stores_yaml(resolved, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRATCH", "/big")
    stores = "local: {path: data}\nscratch:\n  path: $SCRATCH/store\n"
    assert resolved("local", stores).root == str(folder / "data")
    assert resolved("scratch", stores).root == str(Path("/big/store"))


def test_an_unknown_name_lists_the_stores(resolved) -> None:
    with pytest.raises(ConfigError, match=r"no store 'scrach'.*did you mean 'scratch'\? stores: scratch.*'\./scrach'"):
        resolved("scrach", "scratch: {path: /big}\n")


def test_a_word_that_is_no_name_is_a_folder_also_before_there_is_one(resolved, folder: Path) -> None:
    for stores in (None, "", "grid: {url: 'davs://h/x'}\n", "backup: {path: /big}\ndate: {path: /b}\n"):
        assert resolved("data", stores).root == str(folder / "data")


def test_what_looks_like_a_slip_of_a_name_is_none_unless_the_folder_is_there(resolved, folder: Path) -> None:
    (folder / "scrach").mkdir()
    assert resolved("scrach", "scratch: {path: /big}\n").root == str(folder / "scrach")


def test_a_word_that_is_a_name_and_a_folder_is_the_name_and_that_is_said(resolved, folder: Path, caplog) -> None:
    (folder / "both").mkdir()
    assert resolved("both", "both: {path: /big}\n").root == "/big"
    assert "'both' is the store of that name" in caplog.text
    assert "the folder is written './both'" in caplog.text
    assert resolved("./both", "both: {path: /big}\n").root == str(folder / "both")


def test_a_store_that_is_called_by_name_must_be_there(make_project, folder: Path) -> None:
    project = make_project()
    (folder / "configs" / "stores.yaml").write_text("grid: {url: 'davs://h/x'}\n")
    assert named_store(project, "grid").root == "davs://h/x"
    assert named_store(replace(project, store="data"), "data").root == str(folder / "data")
    with pytest.raises(ConfigError, match=r"there is no store 'elsewhere'.*stores: grid"):
        named_store(project, "elsewhere")


def test_a_variable_of_another_store_may_be_unset(make_project, folder: Path) -> None:
    project = make_project()
    (folder / "configs" / "stores.yaml").write_text("a: {url: $NOT_SET_ANYWHERE/x}\ngrid: {url: 'davs://h/x'}\n")
    assert store_at(project, "davs://h/x/Fit").name == "grid"
    with pytest.raises(ConfigError, match="NOT_SET_ANYWHERE"):
        store_at(project, "davs://h/y")  # it may be in that store, with options of its own


@pytest.mark.parametrize(("door", "inside"), [
    ("davs://a.example.org/data/mine", "inner"), ("davs://A.example.org:443//data/mine/Fit", "inner"),
    ("davs://b.example.org/deep/mine/Fit", "inner"), ("davs://a.example.org/data/mine2", "outer"),
    ("davs://a.example.org/data", "outer"), ("davs://c.example.org/d/mine", "outer"),
    ("davs://c.example.org/e", "davs://c.example.org"),
])  # fmt: skip
def test_a_url_is_found_in_the_innermost_store_by_any_door(make_project, folder: Path, door: str, inside: str) -> None:
    project = make_project()
    (folder / "configs" / "stores.yaml").write_text(
        "outer: {url: 'davs://a.example.org/data', doors: {read: ['davs://c.example.org/d']}}\n"
        "inner: {url: ['davs://a.example.org/data/mine', 'davs://b.example.org/deep/mine']}\n"
    )
    assert store_at(project, door).name == inside


def test_every_url_is_looked_up_anew_where_the_answer_may_be_another(
    make_project, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, file = make_project(), folder / "configs" / "stores.yaml"

    def names(*urls: str) -> list[str]:
        return [store_at(project, f"davs://h/{url}").name for url in urls]

    file.write_text("outer: {url: 'davs://h/x'}\n")
    assert names("x/a/1", "x/a/inner", "x/a/..", "x/a/inner/2") == ["outer"] * 4
    file.write_text("outer: {url: 'davs://h/x'}\ninner: {url: 'davs://h/x/a/inner'}\n")
    assert names("x/a/1", "x/a/inner", "x/a/2", "x/a/inner/1", "x/a/inner/2") == [
        "outer", "inner", "outer", "inner", "inner",
    ]  # fmt: skip
    file.write_text("there: {url: 'davs://h/$WHERE'}\n")
    for where in ("x", "y"):
        monkeypatch.setenv("WHERE", where)
        assert names(f"{where}/a/1", f"{where}/a/2") == ["there", "there"]
    assert names("x/a/1") == ["davs://h"]
    file.unlink()
    assert names("y/a/1") == ["davs://h"]


def test_an_unset_variable_of_a_store_names_its_line(resolved) -> None:
    with pytest.raises(ConfigError, match=r"^configs/stores\.yaml:3: the environment variable 'NOT_SET_ANYWHERE'"):
        resolved("b", "a: {path: /a}\nb:\n  path: $NOT_SET_ANYWHERE/x\n")


def test_all_problems_of_stores_yaml_are_named(resolved) -> None:
    with pytest.raises(ConfigError) as caught:
        resolved("a", "a: /here\nb:\n  path: /b\n  pth: /c\nc: {path: 3}\n")
    lines = str(caught.value).splitlines()
    assert [line.strip().split(": ")[0] for line in lines[1:4]] == [
        "configs/stores.yaml:1:4", "configs/stores.yaml:4:8", "configs/stores.yaml:5:11",
    ]  # fmt: skip


@pytest.mark.parametrize("url", ["file:///scratch/with%20blank", "file://localhost/scratch/with%20blank"])
def test_a_file_url_is_a_folder(resolved, url: str) -> None:
    assert resolved(url).root == str(Path("/scratch/with blank"))


@pytest.mark.parametrize("url", ["davs://dcache.example.org:2880/pnfs/me/", "root://eos//x", "s3://bucket"])
def test_a_url_is_a_store_on_a_server(resolved, url: str) -> None:
    found = resolved(url)
    assert (found.root, found.is_local) == (url.rstrip("/"), False)


@pytest.mark.parametrize("url", ["file://host/x", "davs:///data"])
def test_a_url_without_a_server_is_refused(resolved, url: str) -> None:
    with pytest.raises(ConfigError, match="names no server"):
        resolved(url)


def test_a_password_in_a_url_is_refused_and_not_shown(resolved) -> None:
    stores = "grid: {url: 'davs://me:hunter2@dcache.example.org/data'}\n"
    with pytest.raises(ConfigError, match="holds a user or password") as caught:
        resolved("grid", stores)
    assert "hunter2" not in str(caught.value)


GRID = """\
grid:
  url: [davs://door1.example.org:2880/data/me, davs://door2.example.org:2880/data/me/]
  token_file: $TOKENS/mine
  ca: certificates
  connections: 16
  cache: 5 GB
  patience: 2 min
"""


def test_a_store_on_a_server_has_doors_and_options(resolved, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKENS", "/run/tokens")
    found = resolved("grid", GRID)
    assert found.root == "davs://door1.example.org:2880/data/me"
    assert found.doors == ("davs://door2.example.org:2880/data/me",)
    assert found.options == {"token_file": "/run/tokens/mine", "ca": str(folder / "certificates"), "connections": 16}
    assert (found.cache, found.patience) == (5 * 10**9, 120.0)


def test_a_url_is_found_in_the_store_that_holds_it(make_project, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKENS", "/run/tokens")
    project = make_project()
    (folder / "configs" / "stores.yaml").write_text(GRID)
    assert store_at(project, "davs://door1.example.org:2880/data/me/Fit/fit.json").name == "grid"
    assert store_at(project, "davs://door1.example.org:2880/data/mean/fit.json").name != "grid"


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{url: 'davs://h/x', token: abc}", "a secret does not belong here"),
        ("{url: 'davs://h/x', path: /y}", "must have a 'path'"),
        ("{url: 3}", "must be text, or a list of texts"),
        ("{url: 'davs://h/x', cache: much}", "is not a number with a unit"),
        ("{url: 'davs://h/x', connections: many}", "must be a whole number"),
        ("{pth: x}", "a.pth: unknown key; did you mean 'path'?"),
        ("{path: x, tokenfile: y}", "unknown key; did you mean 'token_file'?"),
        ("{path: ''}", "must not be empty"),
        ("{url: data}", "must be a URL; a folder of this machine is a 'path'"),
        ("{url: 'davs://h/x', options: {token: abc}}", "a secret does not belong here"),
        ("{path: x}\nb c: {path: y}", "a name has only letters"),
        ("{path: x}\na: {path: y}", "given twice"),
        ("{url: 'davs://h/a/../b'}", "without '.' and '..'"),
    ],
)
def test_what_is_wrong_with_a_store_is_said(resolved, entry: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        resolved("a", f"a: {entry}\n")
    assert problem in str(caught.value)
    assert "abc" not in str(caught.value)


def test_doors_may_differ_by_operation(resolved) -> None:
    stores = "grid:\n  url: davs://a.example.org/data\n  doors: {read: [davs://b.example.org/data/, davs://c.example.org/data]}\n"
    found = resolved("grid", stores)
    assert found.doors_by_operation == {"read": ("davs://b.example.org/data", "davs://c.example.org/data")}
    with pytest.raises(ConfigError, match="must be a list of URLs for read, write, list"):
        resolved("grid", stores.replace("{read", "{reed"))
