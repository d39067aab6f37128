"""A store is asked as often as it may be; when it says "too many requests", everybody waits."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from double import Double
from webdav_server import Fault, Server

from griddav import WebDavFileSystem
from griddav.errors import NoAnswer
from griddav.http.rate_limit import Pace
from griddav.http.retry import Retry

PATIENT = Retry(attempts=6, first=0.01, longest=0.1, deadline=20.0)


def limited(server: Server, rate: float | None = None) -> WebDavFileSystem:
    return WebDavFileSystem(server.url(), retry=PATIENT, requests_per_second=rate, skip_instance_cache=True)


def test_no_more_requests_per_second_than_the_store_may_get(server: Server) -> None:
    fs = limited(server, 100)
    fs.exists("/store")
    server.seen.clear()
    started = time.monotonic()
    fs.names_in([f"/store/{number}" for number in range(60)])
    spent = time.monotonic() - started
    assert len(server.seen) == 60
    assert 0.4 < spent < 3  # a tenth of a second's may go at once


def test_all_threads_and_loops_of_a_process_share_the_rate() -> None:
    pace = Pace(50)

    async def take() -> None:
        await asyncio.gather(*(pace.turn() for _ in range(10)))

    started = time.monotonic()
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: asyncio.run(take()), range(3)))
    assert time.monotonic() - started > 24 / 50


def test_waiting_for_the_rate_is_no_outage(server: Server) -> None:
    fs = WebDavFileSystem(
        server.url(), retry=Retry(deadline=0.1), requests_per_second=20, profile="plain", skip_instance_cache=True
    )
    assert len(fs.names_in([f"/store/{number}" for number in range(10)])) == 10


def test_when_one_is_refused_all_wait(server: Server) -> None:
    fs = limited(server)
    fs.exists("/store")
    server.seen.clear()
    server.faults.append(Fault("PROPFIND", 429, headers={"Retry-After": "1"}))
    with ThreadPoolExecutor(2) as threads:
        refused = threads.submit(fs.exists, "/store")
        while not server.seen:
            time.sleep(0.001)
        time.sleep(0.05)
        started = time.monotonic()
        assert fs.exists("/store")
        assert time.monotonic() - started > 0.8
        assert refused.result()
    assert server.count("PROPFIND") == 3


def test_a_thousand_requests_at_a_server_that_takes_fewer_are_not_a_storm(server: Server) -> None:
    fs = limited(server)
    fs.exists("/store")
    server.seen.clear()
    refused = Fault("PROPFIND", 429, times=40, headers={"Retry-After": "0"})
    server.faults.append(refused)
    started = time.monotonic()
    assert len(fs.names_in([f"/store/{number}" for number in range(300)])) == 300
    assert refused.times == 0 and server.count("PROPFIND") == 340
    assert time.monotonic() - started < 15


def test_a_pause_that_is_too_long_is_said_to_everybody_at_once(server: Server) -> None:
    fs = WebDavFileSystem(server.url(), retry=Retry(deadline=5), skip_instance_cache=True)
    server.faults.append(Fault("PROPFIND", 429, headers={"Retry-After": "3600"}))
    with pytest.raises(NoAnswer, match="429"):
        fs.exists("/store")
    started = time.monotonic()
    fs.client.pace.hold(3600)
    with pytest.raises(NoAnswer, match="asked for a pause"):
        fs.exists("/store")
    assert time.monotonic() - started < 1 and server.count("PROPFIND") == 1


def test_after_a_refusal_requests_are_slower_and_get_faster_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    pace = Pace()
    for _ in range(200):
        assert pace._take() <= 0
    now += 1
    pace.hold(0.5)
    assert pace._rate == 100
    for _ in range(50):  # those that were on their way are refused as well: they count once
        pace.hold(0.5)
    assert pace._rate == 100 and pace.held() == 0.5
    now += 11
    assert pace.held() == 0
    pace._take()
    assert 200 < pace._rate < 400
    for _ in range(10):
        now += 60
        pace._take()
    assert pace._rate == pace.limit


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="requests per second"):
        Pace(rate)


def test_a_store_that_says_no_limit_is_asked_as_fast_as_it_takes(double: Double) -> None:
    double.state.settings.requests_per_second = 250
    fs = WebDavFileSystem(double.url, skip_instance_cache=True)
    assert len(fs.names_in([f"/store/{number}" for number in range(500)])) == 500
    assert len(double.state.seen) < 600  # all 500 are ready at once, and only those on their way are refused
