"""`law run` while storage breaks: nothing lost, every record right, and nothing runs again that was made."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from fault_chain import SLACK, WORKERS, Chain
from gate import Fault, Gate
from machine import Machine, full
from subjects import Subject
from verdict import Note, finish, shortened, stopped

WEATHER = (
    Fault(status=500), Fault(status=503, headers={"Retry-After": "1"}), Fault(late=True), Fault(status=200),
    Fault(cut="request"), Fault(cut="answer"), Fault(method="PUT", status=423), Fault(circles=True, method="GET"),
)  # fmt: skip

UPLOADS = 16  # at once, at most: each is counted when it has been taken in


@pytest.fixture
def chain(project, tls_server: Subject, size) -> Callable[[float], Chain]:
    """A chain whose store is a new folder of the server, with this patience."""

    def made(patience: float) -> Chain:
        url, place = tls_server.folder()
        return Chain.made(project, url, place, size.branches, patience, **tls_server.options)

    return made


@contextmanager
def shut(gate: Gate) -> Iterator[None]:
    """While the block runs, the server cannot be reached."""
    gate.shut()
    try:
        yield
    finally:
        gate.open()


def test_an_outage_shorter_than_patience_is_not_noticed(
    chain: Callable[[float], Chain], tls_server: Subject, size, note: Note
) -> None:  # fmt: skip
    made = chain(2 * size.outage + 20)
    with made.started() as process:
        made.wait_for(0.3)
        tls_server.gate.shut()
        time.sleep(size.outage)
        tls_server.gate.open()
        text = made.ended(process)
        assert process.returncode == 0, text
    assert made.executions() == dict.fromkeys(made.branches(), 1)
    finish(note, f"outage of {size.outage:.0f} s", tls_server.name, made, "the run waits, then goes on",
           made.kept(), made.executions())  # fmt: skip


def test_a_run_in_bad_weather_is_as_any_other(project, server: Subject, size, note: Note) -> None:
    """Everything at once, but what stops a run: each kind of failure for one request in a hundred."""
    made = Chain.made(project, *server.folder(), size.branches, 60)
    server.gate.play(*(Fault(**{**vars(fault), "chance": 0.01}) for fault in WEATHER))
    made.run()
    hits = server.gate.hits
    server.gate.play()
    assert made.executions() == dict.fromkeys(made.branches(), 1)
    seen = f"nothing; {hits} requests spoiled"
    finish(note, "failures of every kind at once", server.name, made, seen, made.kept(), made.executions())


def test_an_outage_beyond_patience_stops_the_run_with_one_message(
    chain: Callable[[float], Chain], tls_server: Subject, size, note: Note
) -> None:  # fmt: skip
    made = chain(size.outage)
    _, seconds = stopped(made, shut(tls_server.gate))
    before, kept = made.executions(), made.kept()
    assert set(before) <= kept, "what had begun was finished, and is kept"
    assert seconds < size.outage + SLACK
    seen = f"one message after {seconds:.0f} s; {len(before)} branches had begun, and are kept"
    finish(note, f"outage beyond a patience of {size.outage:.0f} s", tls_server.name, made, seen, kept, before)


def test_a_restart_of_the_server_is_not_noticed(
    chain: Callable[[float], Chain], tls_server: Subject, note: Note
) -> None:  # fmt: skip
    made = chain(30)
    with made.started() as process:
        made.wait_for(0.3)
        tls_server.server.stop()
        time.sleep(0.5)
        tls_server.server.start()
        text = made.ended(process)
        assert process.returncode == 0, text
    assert made.executions() == dict.fromkeys(made.branches(), 1)
    finish(note, "server restarted", tls_server.name, made, "the run waits, then goes on",
           made.kept(), made.executions())  # fmt: skip


def test_a_store_that_becomes_readonly_stops_the_run(
    chain: Callable[[float], Chain], tls_server: Subject, note: Note
) -> None:  # fmt: skip
    made = chain(2)
    message, _ = stopped(made, tls_server.readonly(made.place))
    seen = f"one message: {shortened(message)}"
    finish(note, "store becomes read-only", tls_server.name, made, seen, made.kept(), made.executions())


def test_a_full_disk_of_the_server_stops_the_run(
    chain: Callable[[float], Chain], tls_server: Subject, worse: Machine, note: Note
) -> None:  # fmt: skip
    made = chain(2)
    loopback = [Path(each) for each in tls_server.server.environment.get("LD_PRELOAD", "").split(":") if each]
    tls_server.server.stop()
    tls_server.server.start(worse.disk(tls_server.data, *loopback))
    message, _ = stopped(made, full(tls_server.data))
    seen = f"one message: {shortened(message)}"
    finish(note, "disk full on the server", tls_server.name, made, seen, made.kept(), made.executions())


def test_a_full_disk_of_this_machine_fails_branches_and_loses_nothing(
    chain: Callable[[float], Chain], tls_server: Subject, worse: Machine, note: Note
) -> None:  # fmt: skip
    made = chain(10)
    folder = made.project.root / ".caselaw"
    folder.mkdir(exist_ok=True)
    with made.started(**worse.disk(folder)) as process:
        while not made.executions():
            time.sleep(0.001)
        with full(folder):
            text = made.ended(process)
        assert process.returncode not in (0, None), text
        assert "No space left" in text
    kept, before = made.kept(), made.executions()
    seen = f"{before.total() - len(kept)} branches fail, and say so; the others are published or kept"
    finish(note, "disk full on this machine", tls_server.name, made, seen, kept, before)


def test_a_cache_that_may_hold_little_or_nothing_stops_no_run(
    project, server: Subject, worse: Machine, size, note: Note
) -> None:  # fmt: skip
    """Its disk is full while the first workflow publishes, and its limit is that of few files in the second one."""
    cache, limit = project.root / "cache", 8_000
    made = Chain.made(
        project, *server.folder(), size.branches, 10, cache_folder=str(cache), cache=f"{limit} B"
    )  # fmt: skip
    with full(cache):
        text = project.run("work.First", "--n", str(made.n), **worse.disk(cache))
    assert text.count("what is uploaded is not kept in the cache") == 1
    with peak_of(cache) as peaks:
        made.run()
    assert made.executions() == dict.fromkeys(made.branches(), 1)
    largest = max(path.stat().st_size for path in made.on_disk())
    assert 0 < peaks[-1] <= limit and max(peaks) <= limit + UPLOADS * largest
    seen = "told once, nothing fails; the limit is kept"
    finish(note, "disk of the cache full, then a limit of 8 kB", server.name, made, seen, made.kept(),
           made.executions())  # fmt: skip


@contextmanager
def peak_of(folder: Path) -> Iterator[list[int]]:
    """How many bytes lie in the files of a cache, at many moments of the block."""
    sizes, ended = [0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            with suppress(FileNotFoundError):
                sizes.append(sum(path.stat().st_size for path in (folder / "files").rglob("*") if path.is_file()))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield sizes
    finally:
        ended.set()
        thread.join()


def test_a_wrong_clock_makes_nothing_run_again(
    project, server: Subject, worse: Machine, size, note: Note
) -> None:  # fmt: skip
    """Without TLS: to a slow clock, the certificate of a new server is not valid yet."""
    made = Chain.made(project, *server.folder(), size.branches, 10)
    made.run(**worse.clock(3600))
    before = made.executions()
    made.run(**worse.clock(-3600))
    assert made.executions() == before == dict.fromkeys(made.branches(), 1)
    finish(note, "clock 1 h fast, then 1 h slow", server.name, made, "nothing", made.kept(), before)


def test_a_killed_run_makes_nothing_again_that_it_had_made(
    chain: Callable[[float], Chain], tls_server: Subject, size, note: Note
) -> None:  # fmt: skip
    made, drawn = chain(20), random.Random(tls_server.name)
    made.run(0)  # the first one is slower: nothing is compiled yet
    begun = time.monotonic()
    made.run(salt := 1)
    duration = time.monotonic() - begun
    kills, running = 0, 0
    while kills < size.kills:
        salt += 1
        with made.started(salt) as process:
            time.sleep(drawn.uniform(0, duration))
            kills += process.poll() is None  # else it was quicker than the first one
        kept, before = made.kept(), made.executions()
        made.run(salt)
        executions = made.executions()
        repeated = [branch for branch in made.branches(salt) if executions[branch] > 1]
        running += len(repeated)
        assert len(repeated) <= WORKERS, repeated
        assert {branch: executions[branch] for branch in kept} == {branch: before[branch] for branch in kept}
    seen = f"the {running} branches that ran at that moment ran again, and no other"
    finish(note, f"run killed at {size.kills} moments", tls_server.name, made, seen, made.kept(), made.executions(),
           range(salt + 1))  # fmt: skip
