"""`caselaw export` and `caselaw ls`: products under human names."""

from __future__ import annotations


def test_branches_are_called_by_their_values(chain):
    chain.run()
    chain.project.caselaw("export", "work.Make", "--campaign", "small", "out")
    assert {path.name: path.read_text() for path in (chain.root / "out").iterdir()} == {
        "number_1.txt": "11",
        "number_2.txt": "12",
    }
    chain.project.caselaw("export", "work.Total", "out")
    assert (chain.root / "out" / "total.txt").read_text() == "46"


def test_links_lead_into_the_store(chain):
    chain.run()
    chain.project.caselaw("export", "work.Total", "--link", "out")
    link = chain.root / "out" / "total.txt"
    assert link.is_symlink()
    assert link.resolve() == chain.outputs("Total")[0]


def test_nothing_is_exported_while_an_output_is_missing(chain):
    chain.run("--branch", "0", task="work.Double")
    chain.project.caselaw("export", "work.Double", "out", code=2)
    assert not (chain.root / "out").exists()
    chain.project.caselaw("export", "work.Double", "--branch", "0", "out")
    assert len(list((chain.root / "out").iterdir())) == 1


def test_an_existing_file_is_replaced_only_when_told_so(chain):
    chain.run()
    chain.project.write("out/total.txt", "mine")
    chain.project.caselaw("export", "work.Total", "out", code=2)
    assert (chain.root / "out" / "total.txt").read_text() == "mine"
    chain.project.caselaw("export", "work.Total", "out", "--force")
    assert (chain.root / "out" / "total.txt").read_text() == "46"


def test_a_file_never_takes_the_place_of_a_folder(chain):
    chain.run()
    chain.project.write("out/total.txt/mine", "mine")
    chain.project.caselaw("export", "work.Total", "out", "--force", code=2)
    assert (chain.root / "out" / "total.txt" / "mine").read_text() == "mine"


def test_ls_maps_branches_to_files(chain):
    chain.run()
    answer = chain.project.ask("ls", "work.Double")
    assert [(row["branch"], row["exists"]) for row in answer["outputs"]] == [(0, True), (1, True)]
