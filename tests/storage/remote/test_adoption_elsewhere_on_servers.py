"""Outputs of a campaign of another name are adopted on a server, too."""

from __future__ import annotations

from projects_on_servers import OnServer

WORK = """
    import caselaw

    class Number(caselaw.Workflow):
        products = {"number": "txt", "plots": "/"}
        config_keys = ("cut",)
        def upstream(self):
            return {"value": caselaw.over(range(3))}
        def run(self):
            open("ran", "a").write(f"Number {self.branch_value}\\n")
            with self.publish() as out:
                out["number"].write_text(str(self.branch_value + self.config["cut"]))
                (out["plots"] / "deep").mkdir()
                (out["plots"] / "deep" / "plot.svg").write_text(f"<svg>{self.branch_value}</svg>")
"""


def test_a_campaign_copied_under_another_name_runs_nothing(on_server: OnServer) -> None:
    for name, cut in (("first", 3), ("copied", 3), ("other", 4)):
        on_server.write(f"configs/{name}.yaml", f"cut: {cut}\n")
    on_server.run("work.Number", "--campaign", "first")
    assert on_server.ran() == [f"Number {n}" for n in range(3)]

    def state(campaign: str) -> str:
        (row,) = on_server.ask("status", "work.Number", "--campaign", campaign, code=None)["tasks"]
        return str(row["state"])

    assert (state("copied"), state("other")) == ("adoptable", "missing")
    on_server.run("work.Number", "--campaign", "copied")
    assert on_server.ran() == []
    assert (state("copied"), state("first")) == ("complete", "complete")
    assert sorted(on_server.contents("Number/copied/number.")) == [b"3", b"4", b"5"]
    assert on_server.ask("verify", "work.Number", "--campaign", "copied", code=0)["outputs"]
    on_server.run("work.Number", "--campaign", "other")
    assert on_server.ran() == [f"Number {n}" for n in range(3)]
