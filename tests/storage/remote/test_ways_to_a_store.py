"""Doors, protocols and credentials of a store, as configs/stores.yaml gives them."""

from __future__ import annotations

from pathlib import Path

from double import Double
from double_state import Fault
from projects import NUMBER
from projects_on_servers import OnServer
from service import free_port, open_folder

WORK = (
    NUMBER
    + """
class Total(caselaw.Task):
    products = {"total": "txt"}
    def upstream(self):
        return {"numbers": caselaw.whole(Number.req(self))}
    def run(self):
        total = sum(int(open(each).read()) for each in self.input()["numbers"])
        with self.publish() as out:
            out["total"].write_text(str(total))
"""
)


def made(project, server, name: str) -> OnServer:
    found = OnServer.of(project, server, name)
    found.write("work.py", WORK)
    return found


def test_another_door_is_asked_when_the_first_is_shut(project, apache, tmp_path: Path) -> None:
    found = made(project, apache, tmp_path.name)
    shut = f"davs://localhost:{free_port()}/store/{tmp_path.name}"
    found.use([shut, found.store])
    found.run("work.Total")
    assert found.contents("Total/total.") == [b"3"]
    assert found.states() == {"Number": "complete", "Total": "complete"}


def test_a_store_is_reached_by_the_root_protocol(project, xrootd, tmp_path: Path) -> None:
    found = made(project, xrootd, tmp_path.name)
    found.write("configs/stores.yaml", f"grid: {{url: '{xrootd.root_url}//store/{tmp_path.name}', patience: 20 s}}\n")
    found.run("work.Total")
    assert found.contents("Total/total.") == [b"3"]
    assert found.states() == {"Number": "complete", "Total": "complete"}
    found.run("work.Total")


def test_a_store_is_reached_by_dcache_and_its_namespace(
    project, double_with_tls: Double, tmp_path: Path
) -> None:  # fmt: skip
    found = made(project, double_with_tls, tmp_path.name)
    found.use(found.store.replace("davs://", "dcache://"), api_url=double_with_tls.rest)
    found.run("work.Total")
    assert found.contents("Total/total.") == [b"3"]
    assert found.states() == {"Number": "complete", "Total": "complete"}


def test_a_password_comes_from_its_file_and_is_shown_nowhere(project, tmp_path: Path) -> None:
    import apache

    with open_folder() as folder, apache.running(folder, passwords={"me": "correct horse"}) as server:
        found = made(project, server, tmp_path.name)
        (project.root / "password").write_text("correct horse\n")
        found.use(user="me", password_file="password")
        shown = found.run("work.Total")
        assert found.contents("Total/total.") == [b"3"]
        (project.root / "password").write_text("wrong horse\n")
        shown += found.caselaw("status", "work.Total", code=None) + found.run("work.Total", code=None)
    assert "401" in shown
    assert "horse" not in shown


def test_a_store_that_is_down_is_unknown_and_nothing_runs(project, apache, tmp_path: Path) -> None:
    found = made(project, apache, tmp_path.name)
    found.use(f"davs://localhost:{free_port()}/store", patience="1 s")
    assert found.states() == {"Number": "unknown", "Total": "unknown"}
    shown = found.run("work.Total", code=None)
    assert "StoreUnavailable" in shown
    assert "no connection" in shown


def test_a_listing_that_failed_on_dcache_is_no_empty_folder(project, double: Double, tmp_path: Path) -> None:
    found = made(project, double, tmp_path.name)
    found.use()
    found.run("work.Total")
    double.faults(Fault("PROPFIND", path="/Number$", empty_listing=True, times=100))
    assert found.states() == {"Number": "unknown", "Total": "complete"}
