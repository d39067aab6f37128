"""Storage on servers: which files exist, publishing many small ones, and a large one, beside other clients.

Servers and clients run on this machine; a proxy makes round trips 20 ms longer, except for the large file. Each
measurement is a process of its own, imports excluded; the median of three is shown. Clients that ask for one file
after the other are measured with 100 files, and their rows are scaled up. What clients do not verify is not verified.

    python benchmarks/storage.py            # about 9 minutes
    python benchmarks/storage.py --quick    # a few of everything: no result, but a test
"""

from __future__ import annotations

import argparse
import filecmp
import functools
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from machine import table_header
from overhead import CASELAW, command, measured, project
from storage_places import QUICK, Place, Sizes, fill, large_file, places, small_files, working_folder
from storage_runs import Contestant, Row, rows
from storage_targets import Target, targets
from storage_versions import installed

HERE = Path(__file__).parent
SECTIONS = ("existence", "publishing", "large")
SERVERS = (HERE / "../tests/services/xrootd.sh", HERE / "../tests/services/apache.sh")


def existence(folder: Path, found: list[Place], sizes: Sizes) -> Iterator[Row]:
    """Which of the files exist, in one folder and in many."""
    one, every = fill(folder, sizes, found)
    for place in found:
        given = {"url": place.far, "names": str(one)}
        single = [
            Contestant("aiohttp, 32 parallel HEADs", "look_aiohttp", given),
            Contestant("webdav4, exists", "look_webdav4_each", given, sizes.scaled),
            Contestant("gfal2, stat", "look_gfal2_each", given, sizes.scaled // 2),
            Contestant("requests, a session", "look_requests_session", given, sizes.scaled),
            Contestant("requests, new connections", "look_requests_new", given, sizes.scaled),
        ]
        contestants = listing(given) + (single if place.ca else single[:1])
        yield from rows("existence", place, contestants, sizes.names, sizes.repeats)
        own, *others = listing({"url": place.far, "names": str(every)})
        count = sizes.names * sizes.folders
        yield from rows("existence, many folders", place, [own], count, sizes.repeats)
        if place.ca:
            yield from rows("existence, many folders", place, others, count, 1)


def listing(given: dict[str, str]) -> list[Contestant]:
    """One question for each folder."""
    return [
        Contestant("caselaw, names_in", "look_caselaw", given),
        Contestant("webdav4, ls", "look_webdav4_listing", given),
        Contestant("gfal2, listdir", "look_gfal2_listing", given),
    ]


def publishing(folder: Path, found: list[Place], sizes: Sizes) -> Iterator[Row]:
    """Many small files, each one whole, verified and renamed with caselaw; under their last names with the others."""
    files = small_files(folder, sizes.published)
    for place in found:
        target = place.store / "published"
        given = {"url": place.far, "files": str(files), "to": "/store/published"}
        around = {"before": functools.partial(make, target), "after": functools.partial(shutil.rmtree, target)}
        contestants = [
            Contestant("caselaw, put", "publish_caselaw", given, **around),
            Contestant("aiohttp, 32 parallel PUTs, unverified", "publish_aiohttp", given, **around),
        ]
        if place.ca:
            contestants += [
                Contestant("webdav4, upload_file, unverified", "publish_webdav4", given, sizes.scaled, **around),
                Contestant("gfal2, filecopy, unverified", "publish_gfal2", given, sizes.scaled // 4, **around),
            ]
        yield from rows("publishing", place, contestants, sizes.published, sizes.repeats)
        if place.ca:
            yield of_workflow(folder, place, sizes)


def make(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)


def of_workflow(folder: Path, place: Place, sizes: Sizes) -> Row:
    """`law run` of as many branches whose store is on the server."""
    work = project(folder, "law-run", CASELAW, 2)
    with (work / "law.cfg").open("a") as file:
        file.write("store: grid\n")
    (work / "configs").mkdir()
    (work / "configs" / "stores.yaml").write_text(f"grid: {{url: '{place.far}/store/workflow', ca: '{place.ca}'}}\n")
    cost = measured(command("caselaw", sizes.published), work)
    count = len(list((place.store / "workflow").rglob("number.*.json")))
    if count != sizes.published:
        raise SystemExit(f"{place.name}: law run left {count} outputs")
    shutil.rmtree(place.store / "workflow")
    name = "caselaw, law run, 2 workers"
    return Row("publishing", place.name, name, count, count, cost.wall, cost.cpu, cost.memory)


def large(folder: Path, found: list[Place], sizes: Sizes) -> Iterator[Row]:
    """One large file, there and back, without delay."""
    file = large_file(folder, sizes.large)
    for place in found:
        up, down = ({"url": place.url, "file": str(path)} for path in (file, folder / "back.root"))
        url = place.url.replace("dav", "http", 1)
        davix = ["--capath", place.ca_folder] if place.ca_folder else []
        curl = ["curl", "--silent", "--show-error", "--fail", *(["--cacert", place.ca] if place.ca else [])]
        there, back = f"{url}/store/large.root", str(folder / "back.root")
        to = {"to": "/store/large.root", "from": "/store/large.root"}
        clean = functools.partial((place.store / "large.root").unlink, missing_ok=True)
        sent = {"before": clean, "after": functools.partial(same, file, place.store / "large.root")}
        ups = [
            Contestant("caselaw, verified", "up_caselaw", up | to, **sent),
            Contestant("davix", "command", {"command": ["davix-put", *davix, str(file), there]}, **sent),
            Contestant("curl", "command", {"command": [*curl, "-T", str(file), there]}, **sent),
            Contestant("gfal2, verified", "up_gfal2", up | to | {"checksum": "ADLER32"}, **sent),
        ]
        received = {"after": functools.partial(same, file, Path(back), remove=True)}
        downs = [
            Contestant("caselaw, verified", "down_caselaw", down | to, **received),
            Contestant("davix", "command", {"command": ["davix-get", *davix, there, back]}, **received),
            Contestant("curl", "command", {"command": [*curl, "-o", back, there]}, **received),
            Contestant("gfal2, verified", "down_gfal2", down | to | {"checksum": "ADLER32"}, **received),
        ]
        last = None if "XRootD" in place.name else -1  # apache states no checksums
        yield from rows("large file, up", place, ups[:last], 1, sizes.repeats)
        yield from rows("large file, down", place, downs[:last], 1, sizes.repeats)
        clean()


def same(file: Path, copy: Path, remove: bool = False) -> None:
    if not filecmp.cmp(file, copy, shallow=False):
        raise SystemExit(f"{copy} is not the file that was sent")
    if remove:
        copy.unlink()


def all_rows(sections: list[str], sizes: Sizes, delay: float) -> Iterator[Row]:
    run = {"existence": existence, "publishing": publishing, "large": large}
    with working_folder() as folder, places(folder, delay) as found:
        for name in sections:
            yield from run[name](folder, found, sizes)


def with_progress(measuring: Iterator[Row]) -> Iterator[Row]:
    for row in measuring:
        print(f"{row.section}: {row.line()}", file=sys.stderr, flush=True)
        yield row


def print_tables(found: list[Row]) -> None:
    for section in dict.fromkeys(row.section for row in found):
        print(f"\n{section}\n\n| server | client | files | wall s | CPU s | peak MiB |\n|---|---|---:|---:|---:|---:|")
        for row in found:
            if row.section == section:
                print(row.line())


def print_targets(found: list[Target]) -> None:
    print("\n| what was asked for | reached | |\n|---|---|---|")
    for target in found:
        print(f"| {target.what} | {target.reached} | {'met' if target.met else 'NOT MET'} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", default=SECTIONS, help=f"of {', '.join(SECTIONS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="few files, each row once")
    parser.add_argument("--delay", type=float, default=20.0, help="milliseconds of a round trip (default: 20)")
    parser.add_argument("--json", action="store_true", help="rows and targets as JSON")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that the servers stop as well
    for script in SERVERS:
        subprocess.run([script.resolve()], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([HERE / "storage_peers.sh"], check=False, stdout=subprocess.DEVNULL)  # who is missing is left out
    measuring = all_rows(list(arguments.sections), QUICK if arguments.quick else Sizes(), arguments.delay)
    found = list(with_progress(measuring))
    if arguments.json:
        document = {"rows": [asdict(row) for row in found], "targets": [asdict(each) for each in targets(found)]}
        print(json.dumps(document, indent=1))
        return
    print(table_header(["caselaw", "aiohttp", "fsspec", "requests"]) + ", ".join(map(" ".join, installed().items())))
    if arguments.quick:
        print("\nToo few of everything for a result.")
    print_tables(found)
    print_targets(targets(found))


if __name__ == "__main__":
    main()
