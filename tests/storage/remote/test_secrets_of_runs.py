"""After whole runs, failures included, a token stands nowhere: no output, record, log, cache or process list has it."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import macaroons
from projects_on_servers import OnServer
from xrootd import SITE, XRootD

WORK = """
    import os, subprocess
    import caselaw

    class Look(caselaw.Workflow):
        products = {"seen": "txt"}
        def upstream(self):
            return {"value": caselaw.over(range(3))}
        def run(self):
            print("a step prints", sorted(os.environ))
            if self.branch_value == 2 and os.path.exists("fail"):
                raise RuntimeError(f"a step fails with {self.input} {self.store} {self.location}")
            with self.publish() as out:
                seen = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True).stdout
                out["seen"].write_text(seen)

    class After(caselaw.Task):
        products = {"all": "txt"}
        def upstream(self):
            return {"seen": caselaw.whole(Look.req(self))}
        def run(self):
            with self.publish() as out:
                out["all"].write_text("".join(open(each).read() for each in self.input()["seen"]))
"""


COMMANDS = (
    "status work.After", "verify work.After", "why work.After", "store token grid", "store ls -l -R grid:",
    "store check grid:",
)  # fmt: skip


def token(server: XRootD) -> str:
    made = macaroons.created(server.secret, SITE, "somebody")
    activities = {"DOWNLOAD", "UPLOAD", "MANAGE", "DELETE", "LIST", "READ_METADATA", "UPDATE_METADATA"}
    return made.restricted(path="/store", activities=activities, before=time.time() + 3600).serialized()


@contextmanager
def watching() -> Iterator[list[bytes]]:
    """The command lines of all processes, over and over again."""
    seen: list[bytes] = []
    end = threading.Event()

    def watch() -> None:
        while not end.wait(0.02):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.append(path.read_bytes())
                except OSError:
                    continue

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        end.set()
        thread.join()


def test_a_token_stands_nowhere_after_runs(project, xrootd_with_macaroons: XRootD, tmp_path: Path) -> None:
    secret = token(xrootd_with_macaroons)
    (tmp_path / "mine").mkdir()
    file = tmp_path / "mine" / "token"
    file.write_text(secret + "\n")
    file.chmod(0o600)
    made = OnServer.of(project, xrootd_with_macaroons, tmp_path.name)
    made.write("work.py", WORK)
    made.use(token_file=str(file))
    shown = []
    (tmp_path / "temporary").mkdir()
    verbose = {
        "TMPDIR": str(tmp_path / "temporary"),
        "LAW__logging__law": "DEBUG",
        "LAW__logging__caselaw": "DEBUG",
        "LAW__logging__aiohttp": "DEBUG",
    }
    (project.root / "fail").touch()
    with watching() as command_lines:
        shown.append(made.run("work.After", code=None, **verbose))
        (project.root / "fail").unlink()
        shown.append(made.run("work.After", **verbose))
        for command in COMMANDS:
            shown.append(made.caselaw(*command.split(), code=None, **verbose))
        shown.append(made.caselaw("status", "work.After", BEARER_TOKEN=secret, code=None))
        made.use(f"{xrootd_with_macaroons.url}/elsewhere", token_file=str(file), patience="1 s")
        shown.append(made.run("work.After", code=None, **verbose))
        file.write_text(secret[:-8] + "AAAAAAA\n")  # no such macaroon
        made.use(token_file=str(file), patience="1 s")
        shown.append(made.run("work.After", "--branch", "0", code=None, **verbose))
    assert command_lines
    places = [project.root, Path(xrootd_with_macaroons.data)]
    found = [path for place in places for path in holding(place, secret) if file != path]
    assert not found
    for text in (*shown, *(line.decode(errors="replace") for line in command_lines)):
        assert secret not in text
        assert secret[-40:-8] not in text


def holding(place: Path, secret: str) -> list[Path]:
    """Files below a folder that hold the token, or the end of it, where its signature is."""
    command = ["grep", "-rlsaF", "-e", secret, "-e", secret[-40:-8], "--", str(place)]
    output = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return [Path(line) for line in output.splitlines()]
