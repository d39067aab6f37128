"""Chains of a thousand tasks have fingerprints, and circles an error that shows them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from long_chains import CIRCLES_SHOWN, LENGTHS, project_of_chains

ASK = """
import json, sys
import circles, links

def asked(task):
    try:
        return task.fingerprint
    except Exception as error:
        return f"{type(error).__name__} {error}"

lengths, rings = json.loads(sys.argv[1])
found = {kind: [asked(getattr(links, kind)(n=n)) for n in (length, 3, 0)] for kind, length in lengths.items()}
print(json.dumps({**found, **{name: asked(getattr(circles, name)()) for name in rings}}))
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Fingerprints, or errors, of tasks of all kinds in one process."""
    project = project_of_chains(tmp_path_factory.mktemp("chains"))
    script = project.write("ask.py", ASK)
    rings = [name for name in CIRCLES_SHOWN if not name.startswith("Plain")]
    done = subprocess.run(
        [sys.executable, str(script), json.dumps([LENGTHS, rings])], cwd=project.root,
        env=project.environment(), capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("kind", LENGTHS)
def test_a_chain_of_a_thousand_has_a_fingerprint_that_depends_on_its_length(asked, kind):
    assert len(set(asked[kind])) == 3
    assert all(len(found) == 20 for found in asked[kind]), asked[kind]


@pytest.mark.parametrize("name", [name for name in CIRCLES_SHOWN if not name.startswith(("Plain", "AbovePlain"))])
def test_a_circle_is_an_error_that_shows_it_in_one_line(asked, name):
    assert asked[name].startswith(f"CircleError {CIRCLES_SHOWN[name]}")
    assert "\n" not in asked[name]
    assert len(asked[name]) < 500
