"""The flagship with its store on servers: the same fingerprints, and the same content, as on local disk."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import macaroons
import pytest
import yaml
from projects import LAW_CFG, SmallProject
from projects_on_servers import OnServer, records_of
from xrootd import SITE

ROOT = Path(__file__).resolve().parents[3]
SMALL = {"branches": 2, "events_per_branch": 200}
SETTINGS = "schema: analysis.campaign:Campaign\nfirst_party: analysis, tasks\nworkers: 2\nstore: {}\n"
ARGUMENTS = ("tasks.histograms.FillHistograms", "--campaign", "small", "--dataset", "ttbar")


@pytest.fixture(scope="module")
def campaign() -> str:
    """The quickstart campaign with few events of two processes."""
    content = yaml.safe_load((ROOT / "configs" / "quickstart.yaml").read_text())
    datasets = content["datasets"]
    content["datasets"] = {
        name: {**datasets[name], "generate": {**datasets[name]["generate"], **SMALL}}
        for name in ("ttbar", "single_top")
    }
    content["classifier"] |= {"trees": 5, "least_events": 2}
    return yaml.safe_dump(content)


def prepared(project: SmallProject, campaign: str, store: str) -> None:
    project.write("configs/small.yaml", campaign)
    project.write("law.cfg", LAW_CFG.format(modules="work:", settings=SETTINGS.format(store)))


def run(project: SmallProject, **environment: str) -> None:
    project.run(*ARGUMENTS, timeout=300, PYTHONPATH=f"{project.root}:{ROOT}", **environment)


@pytest.fixture(scope="module")
def on_local_disk(tmp_path_factory: pytest.TempPathFactory, campaign: str) -> dict[str, str]:
    """Name → digest of every output of a run on local disk; the names carry the fingerprints."""
    project = SmallProject(tmp_path_factory.mktemp("local"))
    prepared(project, campaign, "./data")
    run(project)
    return records_of(project.root / "data")


def macaroon(server: Any) -> str:
    """What somebody has who may work below /store for an hour."""
    made = macaroons.created(server.secret, SITE, "somebody")
    activities = {"DOWNLOAD", "UPLOAD", "MANAGE", "DELETE", "LIST", "READ_METADATA", "UPDATE_METADATA"}
    return made.restricted(path="/store", activities=activities, before=time.time() + 3600).serialized()


@pytest.mark.parametrize("kind", ["xrootd_with_macaroons", "apache", "double_with_tls"])
def test_fingerprints_and_digests_are_the_same(
    kind: str, request: pytest.FixtureRequest, project: SmallProject, campaign: str, on_local_disk: dict[str, str],
    tmp_path: Path,
) -> None:  # fmt: skip
    server = request.getfixturevalue(kind)
    on_server = OnServer(project.root, server, tmp_path.name)
    prepared(on_server, campaign, "grid")
    on_server.use()
    token = {"BEARER_TOKEN": macaroon(server)} if "macaroons" in kind else {}
    run(on_server, **token)
    assert records_of(project.root / ".caselaw" / "stores") == on_local_disk
    names = {path.rpartition("/")[2] for path in on_server.on_disk()}
    assert names >= on_local_disk.keys()
