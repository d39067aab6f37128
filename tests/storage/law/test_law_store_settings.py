"""The section of law.cfg: what it may hold, and what is said about what it may not."""

from __future__ import annotations

import subprocess
import sys

import pytest
from law.config import Config

from caselaw.errors import ConfigError
from caselaw.storage.law import StoreFileSystem, StoreFileTarget
from caselaw.storage.law.settings import read_settings


def test_every_key_is_read_with_its_type(section, tmp_path):
    ca = tmp_path / "ca.pem"
    ca.touch()
    settings = read_settings(section(
        base="davs://{a,b}.example.org:2880/data/me/", base_stat="davs://c.example.org/data", retries="2",
        retry_delay="1min", random_base="True", validate_copy="yes", use_cache="false", token_file="~/token", ca=ca,
        profile="dcache", connections="8", requests_per_second="2.5", trusted="https://p1:1094, https://p2:1094",
        attempts="3", deadline="2min", cache_root=tmp_path, cache_max_size="2GB", cache_file_perm="0640",
        cache_cleanup="True", option_timeout="5",
    ))  # fmt: skip
    assert settings.base == ("davs://a.example.org:2880/data/me", "davs://b.example.org:2880/data/me")
    assert settings.bases == {"stat": ("davs://c.example.org/data",)}
    assert (settings.retries, settings.retry_delay, settings.random_base) == (2, 60.0, True)
    assert (settings.validate_copy, settings.use_cache) == (True, False)
    assert settings.cache == {"root": str(tmp_path), "max_size": 2048.0, "file_perm": 0o640, "cleanup": True}
    options = settings.options_of("davs://a.example.org:2880/data/me")
    assert (options["connections"], options["requests_per_second"], options["profile"]) == (8, 2.5, "dcache")
    assert options["trusted"] == ("https://p1:1094", "https://p2:1094")
    assert not options["token_file"].startswith("~")
    assert (options["attempts"], options["deadline"]) == (3, 120.0)
    assert options["timeout"] == 5


def test_values_come_from_the_environment_and_from_other_sections(section, monkeypatch):
    monkeypatch.setenv("STORE_HOST", "dcache.example.org")
    first = section(base="davs://$STORE_HOST/data", token_file="")
    second = section(base=f"&::{first}::base")
    assert read_settings(second).base == ("davs://dcache.example.org/data",)
    assert read_settings(first).client == {}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "base is missing; set it to the store's URL"),
        ({"base": "/data/me"}, "base: '/data/me' is no URL; write scheme://server:port/path"),
        ({"base": "nonsense://a/b"}, "the library for nonsense:// is missing"),
        ({"base": "davs://me:secret@a/b"}, "the URL holds a user or password"),
        ({"base": "davs://a/b", "tokn_file": "x"}, "tokn_file is no option of a store; did you mean 'token_file'?"),
        ({"base": "davs://a/b", "gfal_atomic_contexts": "x"}, "gfal_atomic_contexts is no option of a store"),
        ({"base": "davs://a/b", "base_copy": "davs://a/c"}, "base_copy is no option of a store"),
        ({"base": "davs://a/b", "retries": "many"}, "retries: 'many' is not a number"),
        ({"base": "davs://a/b", "use_cache": "perhaps"}, "use_cache: 'perhaps' is not true or false"),
        ({"base": "davs://a/b", "deadline": "soon"}, "deadline: 'soon' is not a time such as '90s'"),
        ({"base": "davs://a/b", "cache_file_perm": "rw"}, "cache_file_perm: 'rw' is not permissions such as 0660"),
        ({"base": "davs://a/b", "option_a": "{secret"}, "option_a: is not YAML"),
        ({"base": "davs://a/b", "ca": "/nowhere/ca.pem"}, "ca: there is no '/nowhere/ca.pem'"),
        (
            {"base": "davs://a/b", "profile": "dcahe"},
            "profile: 'dcahe' is not one of apache, dcache",
        ),
        ({"base": "file:///a", "token_file": "x"}, "token_file is an option of dav://, davs:// and dcache:// only"),
        ({"base": "davs://a/b", "api_url": "https://a:3880"}, "api_url is an option of dcache:// only"),
    ],
)
def test_what_is_wrong_is_named_with_section_and_key(section, options, message):
    name = section(**options)
    with pytest.raises(ConfigError) as caught:
        StoreFileSystem(name)
    assert f"[{name}] in law.cfg" in str(caught.value)
    assert message in str(caught.value)
    assert "secret" not in str(caught.value)


def test_an_unknown_section_is_an_error():
    with pytest.raises(ConfigError, match=r"\[no_store\] in law.cfg: there is no such section"):
        StoreFileTarget("a", "no_store")


def test_the_default_store_is_named_in_the_section_target(section, monkeypatch):
    with pytest.raises(ConfigError, match="set default_store_fs in the section"):
        StoreFileTarget("a")
    monkeypatch.setitem(Config.instance()._sections["target"], "default_store_fs", section(base="file:///data"))
    assert StoreFileTarget("a").uri() == "file:///data/a"


def test_a_package_that_is_missing_is_named(section, monkeypatch):
    for module in ("gcsfs", "fsspec.implementations.gcsfs"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigError, match=r"the library for gs:// is missing.*install"):
        StoreFileSystem(section(base="gs://bucket/data"))


def test_nothing_else_of_caselaw_is_loaded():
    program = (
        "import sys, caselaw.storage.law\n"
        "print([name for name in sys.modules if name in ("
        "'caselaw.task.single', 'caselaw.task.workflow', 'caselaw.fingerprint',"
        " 'caselaw.records', 'caselaw.cli', 'caselaw.plan', 'aiohttp', 'pydantic', 'numpy')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_webdav_is_imported_without_law():
    program = "import sys, griddav; print('law' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
