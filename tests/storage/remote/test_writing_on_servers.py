"""Writing and records where the store is on a server: the same idiom, and the same answers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from double import Double
from projects_on_servers import OnServer

WORK = """
    import os, signal
    from pathlib import Path
    import caselaw

    def pause():
        if Path("stop").exists():
            os.kill(os.getpid(), signal.SIGKILL)

    class Number(caselaw.Workflow):
        products = {"number": "txt", "plots": "/"}
        def upstream(self):
            return caselaw.over(["open", "dump", "localize", "both"])
        def run(self):
            open("ran", "a").write(f"Number {self.branch_value}\\n")
            outputs, text = self.output(), self.branch_value + os.environ.get("SALT", "")
            outputs["plots"].child("deep", type="d").child("plot.svg", type="f").dump("<svg/>", formatter="text")
            Path(outputs["plots"].path, "link.svg").symlink_to("deep/plot.svg")
            Path(outputs["plots"].path, "link").symlink_to("deep")
            getattr(self, f"by_{self.branch_value}")(outputs["number"], text)
        def by_open(self, target, text):
            with open(target.path, "w") as file:
                file.write(text[:2])
                file.flush()
                pause()
                file.write(text[2:])
        def by_dump(self, target, text):
            target.dump(text[:2], formatter="text")
            pause()
            target.dump(text, formatter="text")
            assert target.load(formatter="text") == text and target.exists()
        def by_localize(self, target, text):
            target.touch()
            pause()
            with target.localize("w") as local:
                local.dump(text, formatter="text")
        def by_both(self, target, text):
            with self.publish() as out:
                out["number"].write_text(text[:2])
                pause()
                out["number"].write_text(text)

    class Total(caselaw.Task):
        products = {"total": "txt"}
        def upstream(self):
            return {"numbers": caselaw.whole(Number.req(self))}
        def run(self):
            open("ran", "a").write("Total\\n")
            made = self.input()["numbers"]
            assert all((Path(each["plots"]) / "link" / "plot.svg").read_text() == "<svg/>" for each in made)
            Path(self.output()).write_text(" ".join(Path(each["number"]).read_text() for each in made))
"""
NUMBERS = ["Number both", "Number dump", "Number localize", "Number open"]


def forget(project: OnServer, family: str) -> None:
    """The records of a family are lost: on the server, and here."""
    if isinstance(project.server, Double):
        for path in project.on_disk(f"{family}/.records/"):
            project.server.remove(f"/store/{project.name}/{path}")
    else:
        shutil.rmtree(Path(project.server.data, "store", project.name, family, ".records"))
    shutil.rmtree(project.root / ".caselaw")


def test_targets_are_written_here_and_published_whole(on_server: OnServer) -> None:
    on_server.write("stop", "")
    assert "4 of 4 branches failed" in on_server.run("work.Number", code=30)
    assert on_server.contents("Number/number") == [] and on_server.contents("Number/plots") == []
    (on_server.root / "stop").unlink()
    on_server.ran()
    on_server.run("work.Total")
    assert on_server.ran() == [*NUMBERS, "Total"]
    assert on_server.contents("Total/total.") == [b"open dump localize both"]
    on_server.caselaw("verify", "work.Total")
    assert on_server.states() == {"Number": "complete", "Total": "complete"}
    on_server.run("work.Number", "--branch", "1", SALT="not run")
    assert on_server.ran() == []


@pytest.mark.parametrize("salt", ["", "!"])
def test_outputs_whose_records_are_lost_are_made_again_and_kept(on_server: OnServer, salt: str) -> None:
    on_server.run("work.Total")
    on_server.ran()
    before = on_server.on_disk("Number/number.")
    forget(on_server, "Number")
    assert on_server.states() == {"Number": "unrecorded", "Total": "complete"}
    trusted = on_server.ask("status", "work.Total", "--trust-unrecorded")["tasks"]
    assert {row["state"] for row in trusted} == {"complete"}
    printed = on_server.run("work.Number", SALT=salt)
    assert on_server.ran() == NUMBERS
    assert on_server.states() == {"Number": "complete", "Total": "complete"}
    after = {path: data for path, data in on_server.on_disk("Number/number.").items() if "unrecorded" not in path}
    assert after == {path: data + salt.encode() for path, data in before.items()}
    kept = on_server.on_disk("Number/number.unrecorded-")
    assert sorted(kept.values()) == (sorted(before.values()) if salt else [])
    assert printed.count("an output without a record was in the way") == len(kept)
    on_server.caselaw("verify", "work.Number")


def test_half_a_folder_without_record_is_kept_aside(on_server: OnServer) -> None:
    on_server.run("work.Number")
    on_server.ran()
    path = next(iter(on_server.on_disk("Number/plots.")))
    forget(on_server, "Number")
    on_server.change(path, b"<sv")
    on_server.run("work.Number")
    assert on_server.on_disk(path)[path] == b"<svg/>"
    assert b"<sv" in on_server.on_disk("Number/plots.unrecorded-").values()
    on_server.caselaw("verify", "work.Number")
