"""The servers that tests start: on loopback only, and as far away as they are told to be."""

from __future__ import annotations

import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from latency import delayed
from service import answers, compiled, free_port, is_silent, revive, started

LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F"}  # 127.0.0.1, and the same in an IPv6 socket


def listening(port: int) -> set[str]:
    """Addresses on which somebody listens on a port, as the kernel writes them."""
    lines = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    return {
        line[1].partition(":")[0] for line in lines if line[3] == "0A" and int(line[1].partition(":")[2], 16) == port
    }


@pytest.mark.parametrize("name", [
    "apache", "xrootd", "xrootd_with_macaroons", "xrootd_with_users", "xrootd_with_tokens", "nginx", "rclone", "double",
])  # fmt: skip
def test_a_server_listens_on_loopback_only(request: pytest.FixtureRequest, name: str) -> None:
    server: Any = request.getfixturevalue(name)
    port = urlsplit(server.url).port
    assert port is not None
    addresses = listening(port)
    assert addresses and addresses <= LOOPBACK
    assert not is_silent(port)


def test_a_server_that_died_is_there_again_for_the_next_test(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "http.server", port, "--bind", "127.0.0.1"]
    with started(command, tmp_path, port) as process:
        process.kill()
        process.wait()
        with pytest.warns(UserWarning, match="started again"):
            revive()
        assert answers(port)
    assert not answers(port)


def test_a_server_that_says_nothing_any_more_is_replaced(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "http.server", port, "--bind", "127.0.0.1"]
    with started(command, tmp_path, port) as process:
        assert not is_silent(port)
        process.send_signal(signal.SIGSTOP)
        assert is_silent(port, patience=0.2)
        with pytest.warns(UserWarning, match="started again"):
            revive(ask=True, patience=0.2)
        assert process.poll() is not None and not is_silent(port)


def test_a_server_behind_latency_answers_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, delayed(server.getsockname()[1], 40) as port:
        assert listening(port) == {"0100007F"}
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"x" * 1000)
            behind, _ = server.accept()  # of who looked whether the proxy is there
            behind.close()
            behind, _ = server.accept()
            with behind:
                assert behind.recv(1000)
                began = time.monotonic()
                behind.sendall(b"y" * 100_000)
                behind.shutdown(socket.SHUT_WR)
                received = b""
                while piece := client.recv(1 << 16):
                    received += piece
    assert len(received) == 100_000 and 0.018 < time.monotonic() - began < 1


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError, match="no such thing"),
        started(["sh", "-c", "echo no such thing >&2; exit 1"], tmp_path, free_port()),
    ):
        pass


def test_c_is_compiled_without_warnings(tmp_path: Path) -> None:
    folder = Path(compiled.__code__.co_filename).parent
    compiled(folder / "latency.c", tmp_path / "latency", "-pthread", "-Wall", "-Wextra", "-Werror")
    compiled(folder / "loopback.c", tmp_path / "loopback.so", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror")
