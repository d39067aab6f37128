"""Publishing: all or nothing, and nothing left behind."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from caselaw.errors import PublishError, StoreUnavailable
from caselaw.storage import Location, Staging, existing_names, exists, remove_orphans
from caselaw.storage.publish import Published
from caselaw.storage.stores import THIS_MACHINE

PRODUCTS = {"events": "txt", "plots": "/"}


def staged(store: Path, content: str = "content") -> Staging:
    staging = Staging.open(store, PRODUCTS)
    staging.make_folders()
    staging.paths["events"].write_text(content)
    (staging.paths["plots"] / "one.png").write_text("picture")
    return staging


def publish(staging: Staging, location: Location) -> dict[str, Published]:
    verified = staging.verify(location, "f" * 20)
    for product, published in verified.items():
        THIS_MACHINE.place(staging.paths[product], published.path, published.sha256)
    return verified


def test_published_output_has_its_name_size_and_digest(tmp_path):
    location = Location.of(str(tmp_path / "Fit"), PRODUCTS)
    published = publish(staged(tmp_path), location)
    assert Path(published["events"].path).read_text() == "content"
    assert published["events"].size == 7
    assert published["events"].sha256 == hashlib.sha256(b"content").hexdigest()
    assert Path(published["plots"].path, "one.png").read_text() == "picture"


def test_missing_product_publishes_nothing(tmp_path):
    staging = staged(tmp_path)
    staging.paths["events"].unlink()
    with pytest.raises(PublishError, match="without writing its product 'events'"):
        publish(staging, Location.of(str(tmp_path / "Fit"), PRODUCTS))
    assert not (tmp_path / "Fit").exists()


def test_empty_folder_product_is_an_error(tmp_path):
    staging = staged(tmp_path)
    (staging.paths["plots"] / "one.png").unlink()
    with pytest.raises(PublishError, match="is empty"):
        publish(staging, Location.of(str(tmp_path / "Fit"), PRODUCTS))


def test_half_published_output_is_completed(tmp_path):
    location = Location.of(str(tmp_path / "Fit"), PRODUCTS)
    publish(staged(tmp_path, "first"), location)
    Path(location.paths("f" * 20)["events"]).unlink()
    publish(staged(tmp_path, "second"), location)
    assert Path(location.paths("f" * 20)["events"]).read_text() == "second"


def test_orphans_of_dead_processes_are_removed_and_living_ones_stay(tmp_path):
    ours = staged(tmp_path)
    code = (
        "import sys; from pathlib import Path; from caselaw.storage import Staging;"
        "Staging.open(Path(sys.argv[1]), {'events': 'txt'})"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert len(existing_names(tmp_path / ".staging")) == 2
    assert remove_orphans(tmp_path) == 1
    assert Path(ours.folder).exists()


def test_missing_is_missing_and_an_error_is_not(tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    assert exists(file)
    assert not exists(tmp_path / "other")
    assert not exists(file / "below")
    assert existing_names(tmp_path / "other") == frozenset()
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(StoreUnavailable, match="loop"):
        exists(loop)
    with pytest.raises(StoreUnavailable):
        existing_names(loop)


def test_failed_rename_says_what_to_do(tmp_path):
    location = Location.of(str(tmp_path / "Fit"), {"events": "txt"})
    target = Path(location.paths("f" * 20)["events"])
    target.mkdir(parents=True)
    (target / "in the way").touch()
    staging = Staging.open(tmp_path, {"events": "txt", "other": "txt"})
    for path in staging.paths.values():
        path.write_text("x")
    with pytest.raises(PublishError, match="permissions"):
        publish(staging, Location.of(str(tmp_path / "Fit"), {"events": "txt", "other": "txt"}))
    assert target.is_dir()
