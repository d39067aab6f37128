"""What servers say while they copy: progress in whatever pieces it comes, and success only where it is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from griddav.copying.markers import Markers

MARKER = (
    "Perf Marker\n    Timestamp: 1537788010\n    Stripe Index: {}\n    Stripe Bytes Transferred: {}\n"
    "    Total Stripe Count: 2\n    RemoteConnections: tcp:129.93.3.4:1234,tcp:[2600:900:6:1301::1]:4321\nEnd\n"
)


def told(*texts: str) -> tuple[list[int], str | None]:
    """What was reported as progress, and what as failure."""
    seen: list[int] = []
    markers = Markers(seen.append)
    for text in texts:
        markers.feed(text.encode())
    return seen, markers.failure()


def test_the_bytes_of_all_stripes_are_added():
    texts = [MARKER.format(0, 100), MARKER.format(1, 50), MARKER.format(0, 300), "success: Created\n"]
    assert told(*texts) == ([100, 150, 350], None)


def test_a_marker_without_white_space_is_read_as_well():
    assert told("Perf Marker\r\nStripe Index:0\r\nStripe Bytes Transferred:7\r\nEnd\r\nsuccess:\r\n") == ([7], None)


@pytest.mark.parametrize("end", ["success: Created", "success: Created\n", "Success:", "success: Created \n\n"])
def test_success_is_success(end):
    assert told(MARKER.format(0, 1), end)[1] is None


@pytest.mark.parametrize("body", [
    "", "\n", MARKER.format(0, 1), "created\n", "successful\n", "success: Created\nfailure: the pool is full\n",
    "success: Created\n" + MARKER.format(0, 1), "successfully: no\n", "<html>success: x</html>", "success",
])  # fmt: skip
def test_everything_else_is_a_failure(body):
    assert told(body)[1] is not None


def test_the_reason_is_given_and_hides_addresses_which_may_hold_secrets():
    _, failure = told("failure: rejected GET: 403 of https://pool.example.org:22/f?dcache-http-uuid=SECRET Forbidden\n")
    assert failure == "rejected GET: 403 of another server Forbidden"


def test_a_reason_of_any_length_and_kind_is_shown_short():
    assert len(told("failure: " + "x" * 10**6)[1]) == 300
    assert told("failure: one\x1b[31m\x00two\n")[1] == "one [31m two"


@given(st.lists(st.integers(0, 10**18), max_size=5), st.lists(st.integers(1, 40)), st.booleans())
def test_any_pieces_tell_the_same(sizes, cuts, success):
    text = "".join(MARKER.format(n % 2, size) for n, size in enumerate(sizes)) + (
        "success: Created" if success else "failure: no"
    )
    pieces, rest = [], text
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]
    assert told(*pieces, rest) == told(text)
    assert (told(text)[1] is None) == success


@given(st.binary(max_size=300))
def test_any_bytes_are_taken(data):
    markers = Markers()
    markers.feed(data)
    markers.failure()
