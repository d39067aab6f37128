"""`caselaw store token`: which credentials are used, and narrower ones; never the secret."""

from __future__ import annotations

import base64
import json
import stat
import time
from pathlib import Path

import ca
import macaroons
import pytest

from caselaw.errors import ConfigError, StoreRefused, TransferError


def jwt(**claims) -> str:
    parts = [{"alg": "none"}, {"iss": "https://issuer.example.org", "sub": "curie", **claims}]
    text = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*text, "c2lnbmF0dXJl"])


@pytest.fixture
def token_file(desk, tmp_path: Path) -> Path:
    """The token of the store `grid`."""
    desk.add("grid", "davs://localhost:1/store", token_file=tmp_path / "token")
    return tmp_path / "token"


def test_a_token_is_described_and_not_shown(desk, token_file: Path) -> None:
    token_file.write_text(jwt(scope="storage.read:/ storage.create:/me", exp=time.time() + 3599))
    answer = desk.ask("token", "grid")
    assert answer["kind"] == "bearer token"
    assert answer["source"] == str(token_file)
    assert answer["facts"] == {
        "issuer": "https://issuer.example.org", "subject": "curie", "scopes": "storage.read:/ storage.create:/me",
    }  # fmt: skip
    printed = desk.run("token", "grid").output
    assert "curie" in printed
    assert "(in 60 min)" in printed
    assert all(part not in printed + json.dumps(answer) for part in token_file.read_text().split("."))


def test_a_token_that_ended_is_told_by_the_exit_status(desk, token_file: Path) -> None:
    token_file.write_text(jwt(exp=time.time() - 3600))
    assert "it ended 1 h ago" in desk.run("token", "grid", code=1).output


def test_a_broken_token_is_an_error_that_does_not_show_it(desk, token_file: Path) -> None:
    token_file.write_text("no token, but a s3cret")
    with pytest.raises(StoreRefused) as raised:
        desk.run("token", "grid")
    assert "s3cret" not in str(raised.value)


def test_a_macaroon_is_described_by_its_caveats(desk, token_file: Path) -> None:
    made = macaroons.created(b"secret", "dCache", "identifier").sealed("activity:DOWNLOAD,LIST").sealed("path:/data")
    token_file.write_text(made.serialized())
    answer = desk.ask("token", "grid")
    assert answer["kind"] == "macaroon"
    assert answer["facts"]["caveats"] == ["activity:DOWNLOAD,LIST", "path:/data"]
    assert made.serialized() not in json.dumps(answer)
    assert made.signature.hex() not in json.dumps(answer)


def test_what_is_not_sent_over_plain_http_is_told(desk, double, monkeypatch) -> None:
    desk.add("dcache", f"{double.url}/store")
    assert desk.ask("token", "dcache")["kind"] == "none"
    monkeypatch.setenv("BEARER_TOKEN", jwt())
    answer = desk.ask("token", "dcache")
    assert (answer["source"], answer["withheld"]) == ("BEARER_TOKEN", "a token that was found is sent over TLS only")


def test_users_and_certificates_are_named(desk, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3cret")
    desk.add("mine", "davs://localhost:1/store", user="curie", password_file=tmp_path / "password")
    printed = desk.run("token", "mine").output
    assert "curie" in printed
    assert "s3cret" not in printed
    user = ca.authority(tmp_path / "ca").user("marie")
    desk.add("grid", "davs://localhost:1/store", certificate=user.certificate, key=user.key)
    answer = desk.ask("token", "grid")
    assert answer["kind"] == "X509 certificate"
    assert answer["facts"]["subject"] == ca.subject("marie")
    assert answer["expires"] > time.time()
    assert desk.ask("token", "here")["kind"] == "the user of this machine"


def test_a_macaroon_of_the_server_is_narrow_and_for_its_owner_only(desk, double, tmp_path: Path) -> None:
    double.settings.tokens = {"of-the-user"}
    double.write("/store/deep/file", b"content")
    (tmp_path / "own").write_text("of-the-user")
    desk.add("own", f"{double.url}/store", token_file=tmp_path / "own")
    made = desk.ask("token", "own", "--path", "deep", "--lifetime", "10 min", "--output", "job")
    assert (made["path"], made["activities"]) == ("/store/deep", ["DOWNLOAD", "LIST", "READ_METADATA"])
    assert time.time() + 500 < made["expires"] < time.time() + 700
    assert stat.S_IMODE(Path("job").stat().st_mode) == 0o600
    assert Path("job").read_text().strip() not in json.dumps(made)
    assert (
        desk.ask("token", f"{double.url}/store/deep", "--path", "file", "--output", "job")["path"] == "/store/deep/file"
    )
    desk.ask("token", "own", "--path", "deep", "--output", "job")
    before = Path("law.cfg").read_text()
    with pytest.raises(TransferError, match="holds no macaroon"):
        desk.run("token", "own", "--path", "deep", "--output", "law.cfg")
    assert Path("law.cfg").read_text() == before
    desk.add("lent", f"{double.url}/store", token_file=desk.root / "job", patience="1 s")
    desk.run("cp", "lent:deep/file", str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == b"content"
    with pytest.raises(StoreRefused):
        desk.run("cp", "law.cfg", "lent:deep/another")


def test_a_macaroon_is_made_from_one_without_asking(desk, double, tmp_path: Path) -> None:
    own = macaroons.created(b"secret", "dCache", "id").restricted(path="/store", activities=["DOWNLOAD", "LIST"])
    (tmp_path / "own").write_text(own.serialized())
    desk.add("own", f"{double.url}/store", token_file=tmp_path / "own")
    double.log()
    made = desk.ask("token", "own", "--path", "deep/file", "--activity", "DOWNLOAD", "--output", "less")
    assert (made["path"], made["activities"]) == ("/store/deep/file", ["DOWNLOAD", "READ_METADATA"])
    assert double.log() == []
    with pytest.raises(TransferError, match="does not allow UPLOAD"):
        desk.run("token", "own", "--path", "deep", "--activity", "UPLOAD", "--output", "more")
    assert not Path("more").exists()


def test_a_macaroon_is_never_printed(desk, double) -> None:
    desk.add("dcache", f"{double.url}/store")
    assert "never printed" in desk.run("token", "dcache", "--path", "x", code=2).output
    with pytest.raises(TransferError, match="no macaroons"):
        desk.run("token", "here", "--path", "x", "--output", "job")


def test_a_password_in_a_url_is_refused_and_not_shown(desk) -> None:
    for arguments in (("ls", "davs://curie:s3cret@localhost:1/x"), ("token", "davs://curie:s3cret@localhost:1/x")):
        with pytest.raises(ConfigError, match="user or password") as raised:
            desk.run(*arguments)
        assert "s3cret" not in str(raised.value)
