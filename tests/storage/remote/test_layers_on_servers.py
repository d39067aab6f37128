"""Layers on real servers: what is promoted from one to another is all that a colleague needs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from grounds import Ground, ground
from projects import LAW_CFG, SmallProject

WORK = """
    import caselaw

    class Number(caselaw.Workflow):
        products = {"number": "txt", "plots": "/"}
        def upstream(self):
            return {"value": caselaw.over(range(4))}
        def run(self):
            open("ran", "a").write(f"Number {self.branch_value}\\n")
            with self.publish() as out:
                out["number"].write_text(str(self.branch_value))
                (out["plots"] / "plot.svg").write_text("<svg/>")

    class Total(caselaw.Task):
        products = {"total": "txt"}
        def upstream(self):
            return {"number": caselaw.whole(Number.req(self))}
        def run(self):
            open("ran", "a").write("Total\\n")
            values = [int(open(each["number"]).read()) for each in self.input()["number"]]
            with self.publish() as out:
                out["total"].write_text(str(sum(values)))
"""


def desk(folder: Path, layers: str, stores: dict[str, Ground]) -> SmallProject:
    made = SmallProject(folder)
    made.write("law.cfg", LAW_CFG.format(modules="work:", settings="workers: 2") + f"store: {layers}\n")
    made.write("work.py", WORK)
    entries = {name: {"url": each.url, "patience": "20 s", **each.options} for name, each in stores.items()}
    made.write("configs/stores.yaml", json.dumps({"own": {"path": "data"}, **entries}))
    return made


@pytest.mark.parametrize(("first", "second"), [("apache", "root"), ("xrootd", "apache")])
def test_what_is_promoted_between_servers_is_all_that_a_colleague_needs(
    first: str, second: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    mine, group = (ground(kind, f"{tmp_path.name}-{kind}", request, tmp_path) for kind in (first, second))
    me = desk(tmp_path / "me", "[mine, group]", {"mine": mine, "group": group})
    me.run("work.Total")
    assert not any("/number." in path for path in group.look())
    promoted = me.ask("store", "promote", "work.Total", "group", "--upstream")
    assert len(promoted["copied"]) == 9 and promoted["root"] == group.url
    outputs = {path: data for path, data in mine.look().items() if ".records" not in path and "/" in path}
    assert outputs.items() <= group.look().items()

    other = desk(tmp_path / "other", "[own, group]", {"group": group})
    other.run("work.Total")
    assert not (other.root / "ran").exists(), "a colleague's output is mine"
    other.write("work.py", WORK.replace("sum(values)", "max(values)"))
    other.run("work.Total")
    assert (other.root / "ran").read_text() == "Total\n", "its inputs are read from the group's layer"
    assert len(list((other.root / "data").rglob("total.*.txt"))) == 1
