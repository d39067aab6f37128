"""Which distribution an import comes from, and its version."""

from __future__ import annotations

import importlib.metadata
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from caselaw.errors import FingerprintError
from caselaw.fingerprint import distribution_version
from caselaw.fingerprint.distributions import Distribution, Distributions

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Put the metadata of a distribution into a folder, as pip does."""

    def into(name: str, version: str, *, folder: str = "site", **files: str) -> Path:
        metadata = tmp_path / folder / f"{name}-{version}.dist-info"
        metadata.mkdir(parents=True, exist_ok=True)
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nVersion: 9\n")
        for file, text in files.items():
            (metadata / file.replace("__", ".")).write_text(text)
        os.utime(metadata.parent, (1e9, 1e9))  # installed long ago
        return metadata

    return into


def of(tmp_path: Path, *folders: str, memo: bool = False) -> Distributions:
    return Distributions(tmp_path / "memo" if memo else None, [str(tmp_path / f) for f in folders or ("site",)])


@pytest.mark.parametrize(
    "files",
    [
        {"top_level__txt": "yaml\n_yaml\n"},
        {"RECORD": "yaml/__init__.py,sha256=x,1\nyaml/a.py,,\nPyYAML-6.0.dist-info/RECORD,,\n../../bin/y,,\n"},
        {"RECORD": "yaml.py,,\n"},
        {"RECORD": "yaml.cpython-311-x86_64-linux-gnu.so,,\n"},
    ],
)
def test_an_import_finds_a_distribution_of_another_name(
    files: dict[str, str], tmp_path: Path, install: Install
) -> None:
    install("PyYAML", "6.0", **files)
    assert of(tmp_path).of("yaml") == (Distribution("pyyaml", "6.0"),)


def test_a_distribution_without_file_list_is_found_by_its_own_name(tmp_path: Path, install: Install) -> None:
    install("my_package", "1.0+local")
    assert of(tmp_path).of("my_package") == (Distribution("my-package", "1.0+local"),)


def test_a_distribution_that_only_has_the_name_of_an_import_is_not_taken(tmp_path: Path, install: Install) -> None:
    install("yaml", "0.1", top_level__txt="something_else\n")
    install("PyYAML", "6.0", top_level__txt="yaml\n")
    assert of(tmp_path).of("yaml") == (Distribution("pyyaml", "6.0"),)


def test_a_shared_namespace_is_all_of_its_distributions(tmp_path: Path, install: Install) -> None:
    install("ns.one", "1", RECORD="space_of_test/one.py,,\n")
    install("ns.two", "2", RECORD="space_of_test/two.py,,\n")
    assert of(tmp_path).of("space_of_test") == (Distribution("ns-one", "1"), Distribution("ns-two", "2"))


def test_the_first_folder_of_the_search_path_wins(tmp_path: Path, install: Install) -> None:
    install("thing", "1", folder="user", RECORD="thing.py,,\n")
    install("Thing", "2", folder="system", RECORD="thing.py,,\n")
    assert of(tmp_path, "user", "system").of("thing") == (Distribution("thing", "1"),)
    assert of(tmp_path, "system", "user").of("thing") == (Distribution("thing", "2"),)


def test_what_is_not_installed_is_missing(tmp_path: Path, install: Install) -> None:
    install("thing", "1")
    assert of(tmp_path, "site", "no-such-folder").of("no_such_module") == (Distribution("no_such_module", "missing"),)
    assert distribution_version("no_such_module") == ("no_such_module", "missing")


def test_an_editable_installation_is_told(tmp_path: Path, install: Install) -> None:
    origin = json.dumps({"url": "file:///src", "dir_info": {"editable": True}})
    install("thing", "1", top_level__txt="thing\n", direct_url__json=origin)
    [found] = of(tmp_path).of("thing")
    assert "editable" in found.caveat


def test_metadata_without_version_is_an_error(tmp_path: Path, install: Install) -> None:
    metadata = install("thing", "1")
    (metadata / "METADATA").write_text("Name: thing\n")
    with pytest.raises(FingerprintError, match="does not say its version"):
        of(tmp_path).of("thing")


def test_an_upgrade_is_seen_in_spite_of_the_memo(tmp_path: Path, install: Install) -> None:
    metadata = install("thing", "1", top_level__txt="thing\n")
    assert of(tmp_path, memo=True).of("thing") == (Distribution("thing", "1"),)
    assert (tmp_path / "memo").exists()
    (metadata / "METADATA").write_text("Name: thing\nVersion: 1.1\n")  # in place: the folder looks as before
    assert of(tmp_path, memo=True).of("thing") == (Distribution("thing", "1.1"),)
    metadata.rename(tmp_path / "site" / "thing-2.dist-info")
    (tmp_path / "site" / "thing-2.dist-info" / "METADATA").write_text("Name: thing\nVersion: 2\n")
    assert of(tmp_path, memo=True).of("thing") == (Distribution("thing", "2"),)


def test_the_memo_answers_without_reading_file_lists_again(tmp_path: Path, install: Install) -> None:
    metadata = install("thing", "1", RECORD="thing.py,,\n")
    assert of(tmp_path, memo=True).of("thing")[0].version == "1"
    (metadata / "RECORD").write_text("other.py,,\n")
    assert of(tmp_path, memo=True).of("thing")[0].version == "1"


@pytest.mark.parametrize("module", ["numpy", "yaml", "pytest", "hypothesis", "pydantic", "rich"])
def test_installed_distributions_have_the_version_that_they_say(module: str) -> None:
    names = importlib.metadata.packages_distributions()[module]
    name, version = distribution_version(module)
    assert name in {distribution.lower() for distribution in names}
    assert version == importlib.metadata.version(name)


def test_a_known_environment_is_answered_in_milliseconds(tmp_path: Path) -> None:
    Distributions(tmp_path).of("numpy")
    started = time.process_time()
    Distributions(tmp_path).of("numpy")
    assert time.process_time() - started < 0.05
