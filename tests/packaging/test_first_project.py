"""The project that docs/getting-started.md writes works as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from projects import SmallProject

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "getting-started.md").read_text()


def block(language: str, start: str) -> str:
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)
    (found,) = [each for each in blocks if each.startswith(start)]
    return found


def test_a_project_of_ones_own_runs(tmp_path: Path) -> None:
    made = SmallProject(tmp_path)
    made.write("law.cfg", block("ini", "[modules]"))
    made.write("mypackage/__init__.py", "")
    made.write("mypackage/tasks.py", block("python", "# mypackage/tasks.py"))
    index = [str(Path(sys.executable).parent / "law"), "index"]
    subprocess.run(index, cwd=tmp_path, env=made.environment(), check=True, timeout=60, capture_output=True)
    made.run("Numbers")
    assert len(made.made("Numbers")) == 3
    assert made.ask("status", "Numbers")["tasks"][0]["state"] == "complete"


def test_the_cut_that_is_to_be_changed_is_one_of_the_campaign() -> None:
    import yaml

    from analysis.campaign import Campaign

    content = yaml.safe_load((ROOT / "configs" / "quickstart.yaml").read_text())
    assert "selection" not in content
    changed = Campaign.model_validate({**content, **yaml.safe_load(block("yaml", "selection:"))})
    before = Campaign.model_validate(content)
    assert changed.selection.lepton_jets.jets.pt != before.selection.lepton_jets.jets.pt == 30
