"""The quickstart campaign with its store on this machine, on apache, on XRootD with macaroons, on a double of dCache.

    python benchmarks/flagship_on_servers.py [--only apache xrootd]

Each run is a first run, with nothing cached, over TLS. Afterwards the digest of every output is compared, by its
record, with that of the run on local disk: names carry the fingerprints, so that equal names are equal fingerprints.
The report shows when everything was made and how long it took: its digest differs between any two first runs.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "tests" / "services")]

import apache  # noqa: E402
import double  # noqa: E402
import macaroons  # noqa: E402
import xrootd  # noqa: E402
from machine import table_header  # noqa: E402
from service import open_folder  # noqa: E402

SERVERS = ("apache", "xrootd", "double")
ACTIVITIES = {"DOWNLOAD", "UPLOAD", "MANAGE", "DELETE", "LIST", "READ_METADATA", "UPDATE_METADATA"}


@contextmanager
def server(kind: str, token_file: Path) -> Iterator[dict[str, Any]]:
    """Starts a server; gives what configs/stores.yaml says about it."""
    with open_folder() as folder:
        if kind == "apache":
            with apache.running(folder) as running:
                yield {"url": f"{running.url}/store", "ca": str(running.ca)}
        elif kind == "xrootd":
            with xrootd.running(folder, "macaroons") as running:
                made = macaroons.created(running.secret, xrootd.SITE, "benchmark")
                made = made.restricted(path="/store", activities=ACTIVITIES, before=time.time() + 3600)
                token_file.write_text(made.serialized())
                yield {"url": f"{running.url}/store", "ca": str(running.ca), "token_file": str(token_file)}
        else:
            with double.running(folder) as running:
                yield {"url": f"{running.url}/store", "ca": str(running.ca)}


def run(folder: Path, store: dict[str, Any] | None) -> tuple[float, float, dict[str, str]]:
    """Seconds, CPU seconds and digests by name of a first run of the campaign."""
    for name in ("analysis", "tasks", "configs"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "law.cfg", folder / "law.cfg")
    if store is not None:
        (folder / "configs" / "stores.yaml").write_text(json.dumps({"grid": store}))
    chosen = "./data" if store is None else "grid"
    environment = {**os.environ, "PYTHONPATH": str(folder), "LAW__caselaw__store": chosen}
    binary = Path(sys.executable).parent / "law"
    subprocess.run([binary, "index", "--quiet"], cwd=folder, env=environment, check=True)
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [binary, "run", "Report", "--campaign", "quickstart", "--workers", "1"]
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - started, cpu, digests(folder / ("data" if store is None else ".caselaw/stores"))


def digests(folder: Path) -> dict[str, str]:
    """Name → digest of what it holds, of all outputs by their records."""
    files = [path for path in folder.rglob(".records/*.json") if not path.name.startswith("basis.")]
    contents = [json.loads(path.read_text()) for path in files]
    rows = [{**content["shared"], **row} for content in contents for row in content["records"]]
    return {output["name"]: output["digest"] for row in rows for output in row["outputs"].values()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=SERVERS, default=SERVERS)
    chosen = parser.parse_args().only
    print(table_header(["law", "luigi", "uproot"]))
    print("| store | seconds | CPU-s | outputs | other fingerprints or digests |")
    print("|---|---:|---:|---:|---:|", flush=True)
    with tempfile.TemporaryDirectory() as name:
        here = Path(name, "local")
        here.mkdir()
        seconds, cpu, expected = run(here, None)
        print(f"| this machine | {seconds:.0f} | {cpu:.0f} | {len(expected)} | |", flush=True)
        for kind in chosen:
            folder = Path(name, kind)
            folder.mkdir()
            with server(kind, Path(name, "token")) as store:
                seconds, cpu, found = run(folder, store)
            other = sorted(name for name in {*found, *expected} if found.get(name) != expected.get(name))
            print(f"| {kind} | {seconds:.0f} | {cpu:.0f} | {len(found)} | {', '.join(other)} |", flush=True)


if __name__ == "__main__":
    main()
