"""How often a server is asked while a run reads and publishes small files."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from projects import SmallProject
from webdav_server import running

FILES = 40
WORK = f"""
    import caselaw

    class Number(caselaw.Workflow):
        products = {{"number": "txt"}}
        def upstream(self):
            return caselaw.over(range({FILES}))
        def run(self):
            with self.publish() as out:
                out["number"].write_text(f"number {{self.branch_value}}")

    class Double(caselaw.Workflow):
        products = {{"double": "txt"}}
        def upstream(self):
            return {{"number": caselaw.each(Number.req(self))}}
        def run(self):
            with self.publish() as out:
                out["double"].write_text(2 * open(self.input()["number"]).read())
"""


def test_an_input_costs_one_request_and_what_is_made_of_it_four(project: SmallProject, tmp_path: Path) -> None:
    settings = (project.root / "law.cfg").read_text().rstrip() + "\nstore: grid\n"
    with running() as server:
        for place in (project, SmallProject(tmp_path / "colleague")):
            place.write("law.cfg", settings)
            place.write("configs/stores.yaml", json.dumps({"grid": {"url": f"{server.url()}/store/x"}}))
            place.write("work.py", WORK)
        project.run("work.Number")
        server.seen.clear()
        place.run("work.Double")
        paths = [each.path for each in server.seen if each.method == "GET" and "/Number/number." in each.path]
        asked = Counter(each.method for each in server.seen if ".records" not in each.path)
    assert len(paths) == len(set(paths)) == FILES
    assert asked.total() <= 5 * FILES, asked  # records are few documents, and more of them the longer it takes
