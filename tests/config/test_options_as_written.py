"""What code may read of all options does not depend on what the process has done before."""

from __future__ import annotations

from projects import SmallProject

WORK = """\
import caselaw
import law

if {used}:
    law.LocalFileTarget("nothing", fs="here").exists()  # law writes defaults into the section


class Reads(caselaw.Task):
    products = {{"text": "txt"}}

    def run(self):
        found = {{section: law.config.items(section) for section in law.config.sections()}}
        self.output()["text"].dump(str(found), formatter="text")
"""


def test_defaults_that_law_writes_into_a_section_do_not_count(project: SmallProject) -> None:
    cfg = project.root / "law.cfg"
    cfg.write_text(cfg.read_text() + "[here]\nbase: /tmp\n")
    found = []
    for used in (False, True):
        project.write("work.py", WORK.format(used="__import__('os').environ.get('USED')"))
        found.append(project.caselaw("fingerprint", "work.Reads", "--json", **({"USED": "1"} if used else {})))
    assert found[0] == found[1]
    cfg.write_text(cfg.read_text().replace("base: /tmp", "base: /var"))
    assert project.caselaw("fingerprint", "work.Reads", "--json") != found[0]
