"""Programs that storage.py runs, each in a process of its own: one client does one thing, and says what it cost.

    python storage_clients.py look_caselaw '{"url": "davs://localhost:1094", "ca": "ca.pem", "names": "names.json"}'

It runs under three Pythons: that of caselaw, Debian's (gfal2) and that of webdav4's virtual environment.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

AT_ONCE = 32
Operation = Callable[[], int]


def status(field: str) -> float:
    """A memory field of this process, in MiB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise KeyError(field)


def cost(operation: Operation) -> dict[str, float]:
    """Wall and CPU seconds, peak memory in MiB (beyond that before; of another program, all), how many files it did."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    before, cpu, start = status("VmRSS"), os.times(), time.perf_counter()
    count = operation()
    wall, after = time.perf_counter() - start, os.times()
    used = sum(after[:4]) - sum(cpu[:4])
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"wall": wall, "cpu": used, "memory": max(status("VmHWM") - before, child), "count": count}


def wanted(given: dict[str, Any]) -> dict[str, list[str]]:
    """Folder → names that are looked for in it."""
    found: dict[str, list[str]] = json.loads(Path(given["names"]).read_text())
    return found


def paths(given: dict[str, Any]) -> list[str]:
    return [f"{folder}/{name}" for folder, names in wanted(given).items() for name in names][: given.get("most")]


def among(names: list[str], listing: Any) -> int:
    return len(set(names) & set(listing))


def http(given: dict[str, Any]) -> str:
    return given["url"].replace("dav", "http", 1)


# caselaw


def caselaw(given: dict[str, Any]) -> Any:
    import fsspec

    return fsspec.get_filesystem_class("davs")(given["url"], ca=given.get("ca"))


def look_caselaw(given: dict[str, Any]) -> Operation:
    fs, folders = caselaw(given), wanted(given)

    def look() -> int:
        found = fs.names_in(folders)
        return sum(among(names, found[folder]) for folder, names in folders.items())

    return look


def list_caselaw(given: dict[str, Any]) -> Operation:
    """All that the server says of each entry."""
    fs, folders = caselaw(given), wanted(given)
    return lambda: sum(len(fs.ls(folder, detail=True)) for folder in folders)


def publish_caselaw(given: dict[str, Any]) -> Operation:
    fs, files = caselaw(given), local_files(given)

    def publish() -> int:
        fs.put([str(file) for file in files], [f"{given['to']}/{file.name}" for file in files], mode="create")
        return len(files)

    return publish


def up_caselaw(given: dict[str, Any]) -> Operation:
    fs = caselaw(given)
    return lambda: fs.put_file(given["file"], given["to"]) or 1


def down_caselaw(given: dict[str, Any]) -> Operation:
    fs = caselaw(given)
    return lambda: fs.get_file(given["from"], given["file"]) or 1


# requests and aiohttp: one HEAD for each file


def look_requests_new(given: dict[str, Any]) -> Operation:
    import requests

    urls = [http(given) + path for path in paths(given)]
    return lambda: sum(requests.head(url, verify=given.get("ca"), timeout=60).status_code == 200 for url in urls)


def look_requests_session(given: dict[str, Any]) -> Operation:
    import requests

    session = requests.Session()
    urls = [http(given) + path for path in paths(given)]
    return lambda: sum(session.head(url, verify=given.get("ca"), timeout=60).status_code == 200 for url in urls)


def look_aiohttp(given: dict[str, Any]) -> Operation:
    urls = [http(given) + path for path in paths(given)]

    async def look() -> int:
        async with session_of(given) as session:

            async def one(url: str) -> bool:
                async with session.head(url) as answer:
                    return answer.status == 200

            return sum(await asyncio.gather(*map(one, urls)))

    return lambda: asyncio.run(look())


def publish_aiohttp(given: dict[str, Any]) -> Operation:
    """PUT under the final name, unverified: the least that it can cost."""
    files = local_files(given)

    async def publish() -> int:
        async with session_of(given) as session:

            async def one(file: Path) -> bool:
                async with session.put(f"{http(given)}{given['to']}/{file.name}", data=file.read_bytes()) as answer:
                    return answer.status < 300

            return sum(await asyncio.gather(*map(one, files)))

    return lambda: asyncio.run(publish())


def session_of(given: dict[str, Any]) -> Any:
    import ssl

    import aiohttp

    tls = ssl.create_default_context(cafile=given["ca"]) if given.get("ca") else True
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE, ssl=tls))


# webdav4


def webdav4(given: dict[str, Any]) -> Any:
    from webdav4.client import Client  # type: ignore[import-not-found]

    return Client(http(given), verify=given.get("ca") or True)


def look_webdav4_each(given: dict[str, Any]) -> Operation:
    client = webdav4(given)
    return lambda: sum(map(client.exists, paths(given)))


def look_webdav4_listing(given: dict[str, Any]) -> Operation:
    client = webdav4(given)

    def look() -> int:
        return sum(
            among([f"{folder}/{name}".lstrip("/") for name in names], client.ls(folder, detail=False))
            for folder, names in wanted(given).items()
        )

    return look


def publish_webdav4(given: dict[str, Any]) -> Operation:
    client, files = webdav4(given), local_files(given)

    def publish() -> int:
        for file in files:
            client.upload_file(str(file), f"{given['to']}/{file.name}", overwrite=True)
        return len(files)

    return publish


# gfal2


def gfal2(given: dict[str, Any]) -> Any:
    import gfal2 as library  # type: ignore[import-not-found]

    return library.creat_context()


def look_gfal2_each(given: dict[str, Any]) -> Operation:
    context, every = gfal2(given), paths(given)
    return lambda: sum(context.stat(given["url"] + path).st_size >= 0 for path in every)


def look_gfal2_listing(given: dict[str, Any]) -> Operation:
    context = gfal2(given)
    return lambda: sum(among(names, context.listdir(given["url"] + folder)) for folder, names in wanted(given).items())


def publish_gfal2(given: dict[str, Any]) -> Operation:
    context, files = gfal2(given), local_files(given)

    def publish() -> int:
        for file in files:
            copy_gfal2(context, f"file://{file}", f"{given['url']}{given['to']}/{file.name}")
        return len(files)

    return publish


def up_gfal2(given: dict[str, Any]) -> Operation:
    context = gfal2(given)
    return lambda: copy_gfal2(context, f"file://{given['file']}", given["url"] + given["to"], given.get("checksum"))


def down_gfal2(given: dict[str, Any]) -> Operation:
    context = gfal2(given)
    return lambda: copy_gfal2(context, given["url"] + given["from"], f"file://{given['file']}", given.get("checksum"))


def copy_gfal2(context: Any, source: str, target: str, checksum: str | None = None) -> int:
    import gfal2 as library

    parameters = context.transfer_parameters()
    parameters.overwrite = True
    if checksum:
        parameters.set_checksum(library.checksum_mode.both, checksum, "")
    context.filecopy(parameters, source, target)
    return 1


def command(given: dict[str, Any]) -> Operation:
    """Another program, its start included."""

    def run() -> int:
        subprocess.run(given["command"], check=True, stdout=subprocess.DEVNULL)
        return 1

    return run


def local_files(given: dict[str, Any]) -> list[Path]:
    return sorted(Path(given["files"]).iterdir())[: given.get("most")]


def main() -> None:
    name, given = sys.argv[1], json.loads(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(json.dumps(cost(globals()[name](given))))


if __name__ == "__main__":
    main()
