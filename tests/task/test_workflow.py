"""Workflows and tasks in a law project: what counts, what is named how, what law still may override."""

from __future__ import annotations

from pathlib import Path

from caselaw.records import read_basis, read_records


def test_law_methods_may_be_overridden_and_still_count(project):
    source = project.write(
        "work.py",
        """
        from pathlib import Path
        import caselaw, law, luigi

        class Plain(law.Task):
            n = luigi.IntParameter(default=1)
            def output(self):
                return law.LocalFileTarget(f"{Path.cwd()}/out/plain_{self.n}.txt")
            def run(self):
                self.output().dump(str(self.n), formatter="text")

        class General(caselaw.Workflow):
            products = {"number": "txt"}
            def create_branch_map(self):
                return {0: 5, 1: 7}
            def requires(self):
                return Plain(n=self.branch_data)
            def run(self):
                with self.publish() as out:
                    out["number"].write_text(self.input().load(formatter="text") * 2)
    """,
    )
    project.run("work.General")
    made = project.made("General")
    assert {(project.root / "data" / path).read_text() for path in made} == {"55", "77"}
    source.write_text(source.read_text().replace("Plain(n=self.branch_data)", "Plain(n=self.branch_data + 1)"))
    project.run("work.General")
    assert {(project.root / "data" / p).read_text() for p in project.made("General") - made} == {"66", "88"}


def test_overridden_output_gets_the_fingerprint_into_its_names(project):
    project.write(
        "work.py",
        """
        from pathlib import Path
        import caselaw, law
        class Own(caselaw.Workflow):
            def upstream(self):
                return caselaw.over([1, 2])
            def output(self):
                return law.LocalFileTarget(f"{Path.cwd()}/out/own_{self.branch}.txt")
            def run(self):
                self.output().dump("x", formatter="text")
    """,
    )
    project.run("work.Own")
    assert [path.name.split(".")[0] for path in sorted((project.root / "out").iterdir())] == ["own_0", "own_1"]


def test_local_workflow_makes_the_same_outputs(project):
    project.write(
        "work.py",
        """
        import caselaw
        class Same(caselaw.Workflow):
            products = {"seed": "txt"}
            def upstream(self):
                return caselaw.over("ab")
            def run(self):
                with self.publish() as out:
                    out["seed"].write_text(str(self.seed))
    """,
    )
    project.run("work.Same")
    contents = {p: (project.root / "data" / p).read_text() for p in project.made("Same")}
    for path in contents:
        (project.root / "data" / path).unlink()
    project.run("work.Same", "--workflow", "local")
    assert {p: (project.root / "data" / p).read_text() for p in project.made("Same")} == contents


def test_selected_branches_run_with_what_they_need(project):
    project.write(
        "work.py",
        """
        import caselaw
        class One(caselaw.Workflow):
            products = {"n": "txt"}
            def upstream(self):
                return caselaw.over(range(4))
            def run(self):
                with self.publish() as out:
                    out["n"].write_text(str(self.branch_value))
        class Two(One):
            def upstream(self):
                return {"one": caselaw.each(One.req(self))}
    """,
    )
    project.run("work.Two", "--branches", "1:3")
    assert (len(project.made("One")), len(project.made("Two"))) == (2, 2)
    project.run("work.Two", "--branch", "3")
    assert (len(project.made("One")), len(project.made("Two"))) == (3, 3)
    project.run("work.Two")
    assert (len(project.made("One")), len(project.made("Two"))) == (4, 4)


CONFIGURED = """
    import caselaw, luigi
    class Select(caselaw.Task):
        dataset = luigi.Parameter(default="ttbar")
        products = {"cut": "txt"}
        config_keys = ("selection.{dataset}",)
        def run(self):
            with self.publish() as out:
                out["cut"].write_text(str(self.config[f"selection.{self.dataset}"]["pt"]) + " " + str(self.seed))
    class Curious(Select):
        def run(self):
            self.config["luminosity"]
"""


def configured(project) -> None:
    project.write("work.py", CONFIGURED)
    project.write("configs/small.yaml", "luminosity: 1\nselection:\n  ttbar: {pt: 30}\n  wjets: {pt: 40}\n")


def test_declared_config_counts_and_other_keys_do_not(project):
    configured(project)
    project.run("work.Select", "--campaign", "small")
    (first,) = project.made("Select")
    assert first.startswith("Select/small/dataset_ttbar/cut.")
    project.write("configs/small.yaml", "# other\nselection:\n  wjets: {pt: 41}\n  ttbar:\n    pt: 30\nluminosity: 2\n")
    project.run("work.Select", "--campaign", "small")
    assert project.made("Select") == {first}
    project.write("configs/small.yaml", "selection: {ttbar: {pt: 31}}\n")
    project.run("work.Select", "--campaign", "small")
    (second,) = project.made("Select") - {first}
    one, other = ((project.root / "data" / path).read_text().split() for path in (first, second))
    assert (one[0], other[0]) == ("30", "31")
    assert one[1] == other[1], "the seed belongs to the identity, not to the fingerprint"


def test_undeclared_key_is_refused(project):
    configured(project)
    printed = project.run("work.Curious", "--campaign", "small", code=30)
    assert "UndeclaredKey" in printed
    assert "luminosity" in printed


def test_campaign_is_asked_for(project):
    configured(project)
    assert "no campaign is chosen" in project.run("work.Select", code=40)


def test_edit_of_a_helper_two_imports_away_runs_again_and_a_comment_does_not(project):
    project.write(
        "work.py",
        """
        import caselaw
        class Step(caselaw.Task):
            products = {"n": "txt"}
            def run(self):
                from near import near
                with self.publish() as out:
                    out["n"].write_text(str(near()))
    """,
    )
    project.write("near.py", "from far import far\ndef near():\n    return far()\n")
    far = project.write("far.py", "def far():\n    return 1\n")
    project.run("work.Step")
    far.write_text('def far():\n    """Say one."""\n    return 1  # one\n')
    project.run("work.Step")
    assert len(project.made("Step")) == 1
    far.write_text("def far():\n    return 2\n")
    project.run("work.Step")
    assert {(project.root / "data" / p).read_text() for p in project.made("Step")} == {"1", "2"}
    far.write_text("def far():\n    return 1\n")
    before = project.made("Step")
    project.run("work.Step")
    assert project.made("Step") == before


def test_added_file_runs_one_branch(project):
    project.write(
        "work.py",
        """
        from pathlib import Path
        import caselaw
        class Copy(caselaw.Workflow):
            products = {"text": "txt"}
            def upstream(self):
                return {"file": caselaw.files("raw/*.dat")}
            def run(self):
                with self.publish() as out:
                    out["text"].write_text(Path(self.input()["file"]).read_text())
    """,
    )
    for name in "bc":
        project.write(f"raw/{name}.dat", name)
    project.run("work.Copy")
    before = project.made("Copy")
    project.write("raw/a.dat", "a")
    project.run("work.Copy")
    after = project.made("Copy")
    assert before < after
    assert {(project.root / "data" / path).read_text() for path in after - before} == {"a"}


def test_record_says_what_made_an_output(project):
    configured(project)
    project.run("work.Select", "--campaign", "small")
    folder = project.root / "data" / "Select" / "small" / "dataset_ttbar"
    (record,) = read_records(folder)
    assert (record.family, record.campaign, record.parameters) == ("Select", "small", {"dataset": "ttbar"})
    assert record.outputs["cut"]["name"] == Path(next(iter(project.made("Select")))).name
    basis = read_basis(str(folder), record.own)
    assert set(basis.components) == {"family", "code", "parameters", "config", "environment"}
    assert basis.config == {"selection.ttbar": {"pt": 30}}
    assert "self.config" in basis.sources["work.Select.run"]


def test_storage_outage_is_not_missing(project):
    configured(project)
    project.run("work.Select", "--campaign", "small")
    folder = project.root / "data" / "Select" / "small" / "dataset_ttbar"
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(folder)  # a loop: the answer is an error, also for root
    printed = project.run("work.Select", "--campaign", "small", code=None)
    assert "StoreUnavailable" in printed


def test_code_that_cannot_be_seen_is_named_with_its_line(project):
    project.write(
        "work.py",
        """
        import importlib
        import caselaw
        class Dynamic(caselaw.Task):
            products = {"n": "txt"}
            def run(self):
                module = importlib.import_module(input())
                with self.publish() as out:
                    out["n"].write_text("x")
    """,
    )
    printed = project.run("work.Dynamic", code=30)
    assert "work.py:7" in printed


def test_a_parameter_must_not_take_the_place_of_what_caselaw_asks_for(project):
    project.write(
        "work.py",
        """
        import caselaw, luigi
        class Clash(caselaw.Workflow):
            output_location = luigi.Parameter(default="a")
            products = {"n": "txt"}
    """,
    )
    printed = project.run("work.Clash", code=None)
    assert "work.Clash: 'output_location' is a name of caselaw itself" in printed


def test_words_of_physics_are_left_to_parameters_and_attributes(project):
    project.write(
        "work.py",
        """
        import caselaw, luigi
        class Named(caselaw.Task):
            config, store, location, project, campaign = [luigi.Parameter(default=letter) for letter in "abcde"]
            resources = {"cpu": 1}
            components, connections, published, closure, yields = range(5)
            products = {"n": "txt"}
            def run(self):
                found = [self.config, self.store, self.location, self.project, self.campaign, self.resources["cpu"]]
                self.output()["n"].dump(str([*found, self.yields]))
    """,
    )
    project.run("work.Named")
    (made,) = project.made("work.Named") or project.made("Named")
    assert (project.root / "data" / made).read_text() == str([*"abcde", 1, 4])


def test_keys_of_a_mapping_in_another_order_are_the_same_task(project):
    project.write(
        "work.py",
        """
        import caselaw, luigi
        class Cut(caselaw.Task):
            cuts = luigi.DictParameter()
            products = {"n": "txt"}
            def run(self):
                with self.publish() as out:
                    out["n"].write_text("x")
    """,
    )
    project.run("work.Cut", "--cuts", '{"pt": 30, "eta": 2.4}')
    assert project.ask("status", "work.Cut", "--cuts", '{"eta": 2.4, "pt": 30}')["tasks"][0]["state"] == "complete"
    assert len(project.made("Cut")) == 1


def test_parameters_of_a_task_upstream_can_be_asked_about(project):
    project.write(
        "work.py",
        """
        import caselaw, luigi
        class One(caselaw.Task):
            n = luigi.IntParameter(default=1)
            products = {"n": "txt"}
            def run(self):
                with self.publish() as out:
                    out["n"].write_text(str(self.n))
        class Two(caselaw.Task):
            products = {"n": "txt"}
            def upstream(self):
                return {"one": caselaw.whole(One.req(self))}
            def run(self):
                with self.publish() as out:
                    out["n"].write_text("x")
    """,
    )
    project.run("work.Two", "--One-n", "2")
    assert {row["state"] for row in project.ask("status", "work.Two", "--One-n", "2")["tasks"]} == {"complete"}
    states = project.ask("status", "work.Two", code=1)["tasks"]
    assert [row["state"] for row in states] == ["missing", "stale"]
