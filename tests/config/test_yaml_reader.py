"""Reading YAML with positions."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from caselaw.config.yaml_reader import read


@pytest.fixture(params=["libyaml", "pure Python"])
def any_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML may come without libyaml."""
    if request.param == "pure Python":
        monkeypatch.delattr(yaml, "CSafeLoader")


def data(text: str) -> Any:
    document = read(text.encode())
    assert document.problems == []
    assert document.root is not None
    return document.root.data()


def problems(text: str | bytes) -> list[tuple[int, int, str, str]]:
    found = read(text if isinstance(text, bytes) else text.encode()).problems
    return [tuple(problem) for problem in found]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1), ("-7", -7), ("+7", 7), ("0", 0), ("100_000", 100_000), ("0x1F", 31), ("0o17", 15),
        ("1.5", 1.5), ("1.", 1.0), (".5", 0.5), ("1e-3", 1e-3), ("2.0E+3", 2000.0), ("-0.0", -0.0), (".inf", math.inf),
        ("-.inf", -math.inf), ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        ("yes", "yes"), ("no", "no"), ("on", "on"), ("010", "010"), ("12:30:45", "12:30:45"),
        ("2015-06-03", "2015-06-03"), ("'1'", "1"), ('"true"', "true"), ("4j1b", "4j1b"), ("1_", "1_"),
        ("!!str 1", "1"), ("!!float 1", 1.0), ("!!int '3'", 3), ("[1, [2]]", [1, [2]]), ("{a: {}}", {"a": {}}),
    ],
)  # fmt: skip
def test_plain_scalars(text: str, value: Any) -> None:
    found = data(f"key: {text}\n")["key"]
    assert found == value
    assert type(found) is type(value)


def test_nan_is_a_number() -> None:
    assert math.isnan(data("key: .nan")["key"])


def test_keys_are_text_as_written() -> None:
    assert data("2015: 1\ntrue: 2\n'a b': 3\nüñí: 4\n0x10: 5") == {"2015": 1, "true": 2, "a b": 3, "üñí": 4, "0x10": 5}


def test_anchors_and_merge_keys() -> None:
    text = """\
    base: &base {low: 1, high: 2}
    other: &other {high: 3, name: x}
    one: {<<: *base, high: 9}
    both: {<<: [*base, *other]}
    again: *base
    "<<": text
    """
    found = data(text.replace("\n    ", "\n").strip())
    assert found["one"] == {"low": 1, "high": 9}
    assert found["both"] == {"low": 1, "high": 2, "name": "x"}
    assert found["again"] == found["base"]
    assert found["<<"] == "text"


@pytest.mark.usefixtures("any_parser")
@pytest.mark.parametrize(
    ("text", "line", "column", "key", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "a", "given twice (first on line 1)"),
        ("x:\n  a: 1\n  'a': 3\n", 3, 3, "x.a", "given twice (first on line 2)"),
        ("x: [{a: 1, a: 2}]", 1, 12, "x.0.a", "given twice (first on line 1)"),
        ("1: x\n'1': y\n", 2, 1, "1", "given twice"),
        ("a: !!python/object/apply:os.system [x]", 1, 4, "a", "tag '!!python/object/apply:os.system' is not allowed"),
        ("a:\n- !!python/name:os.system x", 2, 3, "a.0", "tag '!!python/name:os.system' is not allowed"),
        ("a: !Thing {b: 1}", 1, 4, "a", "tag '!Thing' is not allowed"),
        ("a: !!int x", 1, 4, "a", "'x' is not a !!int"),
        ("a: " + "9" * 5000, 1, 4, "a", "a number of 5000 digits is too long"),
        ("a: *nowhere", 1, 4, "a", "unknown anchor 'nowhere'"),
        ("a: &a [1, *a]", 1, 11, "a.1", "unknown anchor 'a'"),
        ("a: {<<: 3}", 1, 5, "a.<<", "'<<' merges a mapping"),
        ("? [1, 2]\n: x", 1, 3, "", "a key must be text"),
        ("'': x", 1, 1, "", "a key is empty"),
        ("a: 1\n---\nb: 2\n", 2, 1, "", "a second document starts here"),
        ("a: " + "[" * 5000 + "]" * 5000, 1, 104, "a" + ".0" * 100, "nested more than 100 levels deep"),
    ],
)  # fmt: skip
def test_a_fault_is_reported_at_its_place(text: str, line: int, column: int, key: str, words: str) -> None:
    (found,) = problems(text)
    assert found[:2] == (line, column)
    assert found[2] == key
    assert words in found[3]


@pytest.mark.usefixtures("any_parser")
@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a:\n\tb: 2\n", 2, "indent with spaces, not with tabs"),
        ("a:\n\t- 1\n", 2, "indent with spaces, not with tabs"),
        ("a: 1\nb: c: d\n", 2, "mapping values are not allowed"),
        ("a: [1, 2\nb: 3\n", 2, "flow sequence"),
        ("a: 'open\n", 2, "end of stream"),
        ("a: @x\n", 1, "cannot start any token"),
    ],
)
def test_a_syntax_error_has_the_mark_of_yaml(text: str, line: int, words: str) -> None:
    (found,) = problems(text)
    assert found[0] == line
    assert words in found[3]


def test_earlier_problems_are_kept_when_the_syntax_breaks_later() -> None:
    assert [found[0] for found in problems("a: 1\na: 2\nb: [\n")] == [2, 4]


@pytest.mark.parametrize(
    ("content", "line", "column", "words"),
    [
        (b"a: 1\nb: \xff\n", 2, 4, "byte 0xff is not UTF-8 text"),
        ("ü: 1\nü: ".encode() + b"\xe9t\xe9\n", 2, 4, "byte 0xe9"),
        (b"\x7fELF\x02\x01\x01\x00", 1, 1, "control character '\\x7f'"),
        (b"a: 1\nb: x\x00y\n", 2, 5, "control character '\\x00'"),
    ],
)
def test_what_is_not_text_is_refused_with_its_place(content: bytes, line: int, column: int, words: str) -> None:
    (found,) = problems(content)
    assert found[:2] == (line, column)
    assert words in found[3]


def test_a_byte_order_mark_is_no_text() -> None:
    document = read(b"\xef\xbb\xbfa: 1\n")
    assert document.root is not None
    assert document.root.data() == {"a": 1}
    assert document.position(("a",)) == (1, 4)


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n"])
def test_an_empty_file_has_no_root(text: str) -> None:
    assert read(text.encode()).root is None


def test_aliases_cannot_make_a_short_file_huge() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    (found,) = problems("\n".join(lines))
    assert found[0] == 6
    assert "aliases may multiply them" in found[3]


def test_aliases_cannot_make_a_flat_file_deep() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 3000)]
    (found,) = problems("\n".join(lines))
    assert "levels deep" in found[3]


def test_positions() -> None:
    document = read(b"a:\n  b: 1\n  c: [x,\n    {d: 2}]\n<<: &m {e: 3}\n")
    assert document.position(()) == (1, 1)
    assert document.position(("a",)) == (1, 1)
    assert document.position(("a", "b")) == (2, 6)
    assert document.position(("a", "c")) == (3, 3)
    assert document.position(("a", "c", 1)) == (4, 5)
    assert document.position(("a", "c", 1, "d")) == (4, 9)
    assert document.position(("a", "c", 1, "nothing")) == (4, 5)
    assert document.position(("e",)) == (5, 12)
    assert document.key_position(("a", "c", 1, "d")) == (4, 6)


# Without the line separators, which YAML folds.
characters = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))
# Without what PyYAML takes for text and writes unquoted, and YAML 1.2 for a number: 1e3.
texts = st.text(characters, max_size=20).filter(lambda text: not re.fullmatch(r"[-+.\d_]+[eE][-+]?\d+", text))
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
keys = st.text(characters, min_size=1, max_size=8)
documents = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(keys.filter(lambda key: key != "<<"), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(keys.filter(lambda key: key != "<<"), documents, max_size=4), st.booleans())
def test_what_pyyaml_writes_is_read_back(content: Any, flow: bool) -> None:
    text = yaml.safe_dump(content, allow_unicode=True, default_flow_style=flow)
    assert data(text) == content


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    document = read(content)
    if document.root is None:
        assert all(problem.line >= 1 and problem.column >= 1 for problem in document.problems)
    else:
        document.root.data()


@given(st.text(st.sampled_from("a1:-?[]{},&*!|>'\"%@# \n\t<"), max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    lines = text.count("\n") + 2
    document = read(text.encode())
    assert document.root is not None or document.problems or not text.strip(" \n\t-") or text.lstrip()[:1] in "#%"
    assert all(1 <= problem.line <= lines for problem in document.problems)
