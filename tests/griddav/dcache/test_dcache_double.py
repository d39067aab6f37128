"""The double has the habits of dCache: asked without any client of ours."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from double import Double, Fault, running

CONTENT = b"content"


def ask(url: str, method: str, body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """One request, without following redirects; `_` in a header's name stands for `-`."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, body, named)
    answer = connection.getresponse()
    found = answer.status, dict(answer.headers), answer.read()
    connection.close()
    return found


def told(url: str, method: str, order: Any = None) -> tuple[int, dict[str, str], Any]:
    status, headers, body = ask(url, method, None if order is None else json.dumps(order).encode())
    return status, headers, json.loads(body) if body else None


def test_a_download_is_redirected_to_a_url_that_is_good_once(double: Double) -> None:
    double.write("/store/file", CONTENT)
    status, headers, _ = ask(f"{double.door}/store/file", "GET")
    assert status == 302
    assert ask(headers["Location"], "GET", Range="bytes=1-3")[::2] == (206, b"ont")
    assert ask(headers["Location"], "GET")[::2] == (200, CONTENT)
    status, again, _ = ask(headers["Location"], "GET")
    assert (status, again["Location"]) == (307, f"{double.door}/store/file")
    assert ask(headers["Location"].partition("&dcache-http-ref")[0], "GET")[0] == 400
    assert ask(headers["Location"].partition("?")[0], "GET")[0] == 400


def test_an_upload_makes_its_entry_first_and_goes_to_the_pool(double: Double) -> None:
    status, headers, _ = ask(f"{double.door}/store/file", "PUT", Expect="100-continue", Content_Length="7")
    assert status == 307 and double.nodes()["/store/file"].size is None and double.data == {}
    status, answer, body = ask(headers["Location"], "PUT", CONTENT, Want_Digest="adler32")
    assert (status, answer["Digest"], body) == (201, "adler32=0bcb02fc", b"7 bytes uploaded\r\n")
    assert double.data == {"/store/file": CONTENT}


def test_the_pool_takes_no_content_headers(double: Double) -> None:
    _, headers, _ = ask(f"{double.door}/store/file", "PUT", Expect="100-continue", Content_Length="7")
    assert ask(headers["Location"], "PUT", CONTENT, Content_Type="text/plain")[0] == 501
    assert list(double.nodes()) == ["/", "/store"]


def test_without_expect_the_door_takes_the_body(double: Double) -> None:
    url = f"{double.door}/store/new/file"
    assert ask(url, "PUT", CONTENT)[0] == 201 and ask(url, "PUT", CONTENT)[0] == 409
    assert ask(url, "PUT", CONTENT, If_None_Match="*")[0] == 412
    assert ask(f"{double.door}/store", "PUT", CONTENT)[0] == 405
    assert ask(f"{double.door}/store/other", "PUT", CONTENT, Content_MD5="AAAAAAAAAAAAAAAAAAAAAA==")[0] == 400
    double.settings.overwrite = True
    assert ask(url, "PUT", b"other")[0] == 201 and double.data == {"/store/new/file": b"other"}
    double.settings.pool_full = True
    assert ask(f"{double.door}/store/more", "PUT", CONTENT)[0] == 507


def test_folders_and_moves(double: Double) -> None:
    double.write("/store/a", b"a")
    double.write("/store/b", b"b")
    door = f"{double.door}/store"
    assert [ask(f"{door}/{name}", "MKCOL")[0] for name in ("new", "new", "none/new")] == [201, 405, 409]
    assert ask(f"{door}/a", "MOVE", Destination=f"{door}/b")[0] == 412
    assert ask(f"{door}/a", "MOVE", Destination=f"{door}/none/b", Overwrite="T")[0] == 409
    assert ask(f"{door}/a", "MOVE", Destination=f"{door}/b", Overwrite="T")[0] == 204
    assert double.data == {"/store/b": b"a"}
    assert ask(f"{door}", "DELETE")[0] == 204 and list(double.nodes()) == ["/"]


def test_properties_are_stated_where_they_are_asked_for(double: Double) -> None:
    double.write("/store/a/b/c/d", CONTENT)
    body = b"<propfind><prop><Checksums/><FileLocality/></prop></propfind>"
    assert ask(f"{double.door}/", "PROPFIND", Depth="0")[2].count(b"<D:href>") == 1
    assert ask(f"{double.door}/", "PROPFIND", Depth="1")[2].count(b"<D:href>") == 2
    assert ask(f"{double.door}/", "PROPFIND")[2].count(b"<D:href>") == 4
    assert b"adler32" not in ask(f"{double.door}/store/a/b/c/d", "PROPFIND", Depth="0")[2]
    stated = ask(f"{double.door}/store/a/b/c/d", "PROPFIND", body, Depth="0")[2]
    assert b"adler32=0bcb02fc" in stated and b"ONLINE" in stated
    double.faults(Fault("PROPFIND", empty_listing=True))
    assert ask(f"{double.door}/", "PROPFIND", Depth="1")[2].count(b"<D:href>") == 1


def test_strangers_are_refused_and_then_asked_to_wait(double: Double) -> None:
    double.settings.tokens, double.settings.readonly_tokens = {"right", "reader"}, {"reader"}
    assert ask(f"{double.door}/store", "MKCOL", Authorization="Bearer reader")[0] == 403
    assert ask(f"{double.door}/store", "HEAD", Authorization="Bearer right")[0] == 200
    assert [ask(f"{double.door}/store", "HEAD")[0] for _ in range(4)] == [401, 401, 401, 429]


def test_a_macaroon_opens_the_door(double: Double) -> None:
    double.settings.tokens = {"right"}
    order = json.dumps({"caveats": ["activity:DOWNLOAD,LIST"]}).encode()
    kind = {"Content_Type": "application/macaroon-request", "Authorization": "Bearer right"}
    status, _, body = ask(f"{double.door}/store", "POST", order, **kind)
    token = json.loads(body)["macaroon"]
    assert status == 200 and ask(f"{double.door}/store?authz={token}", "HEAD")[0] == 200
    assert ask(f"{double.door}/store/new", "MKCOL", Authorization=f"Bearer {token}")[0] == 403


def test_copies_go_from_server_to_server(double: Double) -> None:
    double.write("/store/file", CONTENT)
    with running() as other:
        headers = {"Destination": f"{other.door}/store/pushed", "TransferHeaderX_Test": "1"}
        status, _, body = ask(f"{double.door}/store/file", "COPY", **headers)
        assert status == 202 and body.startswith(b"Perf Marker") and body.endswith(b"success: Created\n")
        assert other.log()[-1].headers["X-Test"] == "1"
        status, _, body = ask(f"{double.door}/store/pulled", "COPY", Source=f"{other.door}/store/none")
        assert status == 202 and b"failure: rejected GET: 404" in body
        status, _, body = ask(f"{double.door}/store/pulled", "COPY", Source=f"{other.door}/store/pushed")
        assert body.endswith(b"success: Created\n") and double.data["/store/pulled"] == CONTENT
    assert ask(f"{double.door}/store/file", "COPY")[0] == 400


def test_the_frontend_knows_names_and_states_errors(double: Double) -> None:
    double.write("/store/a#b", CONTENT, "NEARLINE")
    here = f"{double.rest}/namespace/store"
    assert told(f"{here}?children=true&locality=true", "GET")[2]["children"][0]["fileLocality"] == "NEARLINE"
    assert told(f"{here}/a%23b?checksum=true", "GET")[2]["checksums"] == [{"type": "ADLER32", "value": "0bcb02fc"}]
    assert told(here, "POST", {"action": "mkdir", "name": "new"})[0] == 201
    assert told(f"{here}/a%23b", "POST", {"action": "mv", "destination": "/store/new/c"})[0] == 201
    assert told(f"{here}/new", "DELETE")[::2] == (
        400, {"status": "400", "title": "Bad Request", "detail": "Directory is not empty"},
    )  # fmt: skip
    assert told(f"{here}/none", "GET")[2]["title"] == "Not Found"


@pytest.mark.parametrize("service", ["door", "rest"])
def test_the_tape_api_is_advertised(double: Double, service: str) -> None:
    url = f"{double.state.origins[service]}/.well-known/wlcg-tape-rest-api"
    assert told(url, "GET")[2]["endpoints"] == [{"uri": f"{double.rest}/tape", "version": "v1", "metadata": {}}]


@pytest.mark.parametrize("order", [{"files": []}, {"files": [{"path": "/a"}], "more": 1}])
def test_the_tape_api_refuses_what_dcache_refuses(double: Double, order: Any) -> None:
    assert told(f"{double.rest}/tape/stage", "POST", order)[0] == 400


def test_bulk_requests_remove_files(double: Double) -> None:
    double.write("/store/file", CONTENT)
    status, headers, _ = told(f"{double.rest}/bulk-requests", "POST", {"activity": "DELETE", "target": ["/store/file"]})
    assert status == 201
    while told(headers["request-url"], "GET")[2]["status"] != "COMPLETED":
        pass
    assert double.data == {}


def test_requests_beyond_the_rate_are_refused(double: Double) -> None:
    double.settings.requests_per_second = 5
    found = [ask(f"{double.door}/store", "HEAD") for _ in range(7)]
    assert [status for status, _, _ in found] == [200] * 5 + [429] * 2 and found[-1][1]["Retry-After"]


def test_a_clock_may_be_wrong(double: Double) -> None:
    before = ask(f"{double.door}/store", "HEAD")[1]
    double.settings.clock_skew = 3600.0
    after = ask(f"{double.door}/store", "HEAD")[1]
    assert before["Last-Modified"] != after["Last-Modified"] and before["Date"] != after["Date"]
