"""Content digests of JSON, one document or one per line."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselaw.fingerprint import file_digest
from caselaw.fingerprint.content import content_digest
from caselaw.fingerprint.content import json as reader

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


def digest_of(path: Path, text: str | bytes) -> str:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return content_digest(path)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("json") / "file.json"


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("json") / "file.jsonl"


@settings(deadline=None, max_examples=150)
@given(one=documents, other=documents)
def test_documents_are_equal_exactly_when_a_parser_shows_the_same(path: Path, one: Any, other: Any) -> None:
    digest = digest_of(path, json.dumps(one))
    for options in ({"indent": 3}, {"separators": (",", ":"), "ensure_ascii": False}):
        written = json.dumps(one, **options)  # type: ignore[arg-type]
        if written.isascii() or "\\ud" not in json.dumps(one):
            assert digest_of(path, written) == digest
    assert digest.startswith("json:")
    assert (digest_of(path, json.dumps(other)) == digest) == (json.dumps(one) == json.dumps(other))


def shuffled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in random.sample(list(value), len(value))}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


@settings(deadline=None, max_examples=60)
@given(one=documents)
def test_order_of_names_counts(path: Path, one: Any) -> None:
    other = shuffled(one)
    equal = digest_of(path, json.dumps(one)) == digest_of(path, json.dumps(other))
    assert equal == (json.dumps(one) == json.dumps(other))


digits = st.from_regex(r"-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,24})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)


@settings(deadline=None, max_examples=300)
@given(one=digits, zeros=st.integers(0, 3), other=digits)
def test_numbers_are_equal_exactly_when_readers_with_all_digits_show_the_same(
    path: Path, one: str, zeros: int, other: str
) -> None:
    padded = one
    if "." in one:
        mantissa, mark, exponent = one.lower().partition("e")
        padded = f"{mantissa}{'0' * zeros}{mark}{exponent}"
    if one == "-0":
        return
    assert digest_of(path, f"[{one}]") == digest_of(path, f"[ {padded}]")
    shown = [(Decimal(text), Decimal(text).is_signed(), type(json.loads(text))) for text in (one, other)]
    assert (digest_of(path, f"[{one}]") == digest_of(path, f"[{other}]")) == (shown[0] == shown[1])


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "{", "[1,]", "{'a': 1}", '{"a": 1, "a": 2}', '[{"a": 1, "a": 1}]', "[-0]",
        "-0", '{"a":-0}', "[01]", "1 2", "// x\n1",
        b"\xef\xbb\xbf[1]", b"\xff\xfe[\0", b"[\xff]", '["a\nb"]', "[" * 100_000, "1e99999999999999999999",
        "1" * 5000, "[1]\0",
    ],
    ids=range(21),
)  # fmt: skip
def test_what_parsers_refuse_or_see_differently_counts_with_its_bytes(path: Path, text: str | bytes) -> None:
    assert digest_of(path, text) == f"bytes:{file_digest(path)}"


def test_numbers_that_round_to_the_same_differ(path: Path) -> None:
    texts = ["0.1", "0.1000000000000000055511151231257827", "0.10000000000000001", "1e400", "1e401", "1e-400", "0.0"]
    assert len({digest_of(path, f"[{text}]") for text in texts}) == len(texts)
    assert digest_of(path, "[0.1,1e400]") != digest_of(path, "[1e400,0.1]")


@pytest.mark.parametrize("text", ['["2024-01-02"]', "[1e-05]", '{"a-0":1}', "[-0.5]"])
def test_what_only_looks_like_a_negative_zero_is_parsed(path: Path, text: str) -> None:
    assert digest_of(path, text) == digest_of(path, f" {text}")


def test_a_large_document_counts_with_its_bytes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "DOCUMENT_BYTES", 10)
    assert digest_of(path, "[1, 2, 3]").startswith("json:")
    assert digest_of(path, "[1, 2, 3, 4]") == f"bytes:{file_digest(path)}"


@settings(deadline=None, max_examples=60)
@given(one=st.lists(documents, min_size=1, max_size=4), other=st.lists(documents, min_size=1, max_size=4))
def test_lines_are_documents_in_order(lines: Path, one: list[Any], other: list[Any]) -> None:
    digest = digest_of(lines, "\n".join(json.dumps(item, separators=(", ", " : ")) for item in one))
    assert digest_of(lines, "".join(f"{json.dumps(item, separators=(',', ':'))}\r\n" for item in one)) == digest
    assert digest.startswith("jsonl:")
    equal = digest_of(lines, "".join(f"{json.dumps(item)}\n" for item in other)) == digest
    assert equal == ([json.dumps(item) for item in one] == [json.dumps(item) for item in other])


@pytest.mark.parametrize("text", ["", "\n", "1\n\n2\n", "1\n{\n", "[1,\r2]\n", '["\u2028"]\n', "1 2\n", "1\n\n"])
def test_lines_that_readers_cut_differently_count_with_their_bytes(lines: Path, text: str) -> None:
    assert digest_of(lines, text) == f"bytes:{file_digest(lines)}"
