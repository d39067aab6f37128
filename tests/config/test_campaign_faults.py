"""Faults injected anywhere in generated campaigns are all reported, with the right line and key."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caselaw.config import Project, campaign_problems

FAULTS = ("wrong value", "unknown key", "duplicate key", "tag", "missing")


@dataclass
class Writer:
    """Writes YAML line by line, with noise between lines, and faults at chosen leaves."""

    faults: dict[tuple[str, ...], str]
    noise: list[str]
    indent: int
    lines: list[str] = field(default_factory=list)
    expected: set[tuple[int, str]] = field(default_factory=set)

    def line(self, text: str) -> int:
        self.lines += self.noise[len(self.lines) % len(self.noise)].splitlines()
        self.lines.append(text)
        return len(self.lines)

    def mapping(self, content: dict[str, Any], path: tuple[str, ...], own_line: int) -> None:
        for key, value in content.items():
            here = (*path, key)
            margin = " " * self.indent * len(path)
            if isinstance(value, dict):
                self.mapping(value, here, self.line(f"{margin}{key}:" if value else f"{margin}{key}: {{}}"))
            else:
                self.leaf(margin, here, value, own_line)

    def leaf(self, margin: str, path: tuple[str, ...], value: Any, parent: int) -> None:
        key, fault = path[-1], self.faults.get(path)
        name = ".".join(path)
        if fault == "wrong value":
            self.expected.add((self.line(f"{margin}{key}: [{{}}]"), name))
        elif fault == "tag":
            self.expected.add((self.line(f"{margin}{key}: !!python/name:os.system {value}"), name))
        elif fault == "missing":
            self.expected.add((parent, name))
            # a mapping must not become empty
            unknown = self.line(f"{margin}unknown_{key}: 1")
            self.expected.add((unknown, ".".join((*path[:-1], f"unknown_{key}"))))
        else:
            self.line(f"{margin}{key}: {value}")
            if fault == "duplicate key":
                self.expected.add((self.line(f"{margin}{key}: {value}"), name))
            elif fault == "unknown key":
                unknown = self.line(f"{margin}{key}_x: {value}")
                self.expected.add((unknown, f"{name}_x"))


names = st.text(st.sampled_from("abcxyzäß_ "), min_size=1, max_size=6).map(str.strip).filter(bool)
cuts = st.fixed_dictionaries({"column": st.just("ht"), "low": st.just(0.0), "high": st.floats(0.5, 10)})
contents = st.fixed_dictionaries(
    {
        "title": st.just("x"),
        "luminosity": st.fixed_dictionaries({"value": st.floats(0.5, 100), "uncertainty": st.floats(0, 1)}),
        "cuts": st.dictionaries(names, cuts, max_size=5),
    }
)
noises = st.lists(st.sampled_from(["", "# comment: x", "\n", "# a\n\n# b"]), min_size=1, max_size=5)
optional = {"uncertainty", "low", "high"}


def leaves(content: dict[str, Any], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for key, value in content.items():
        found += leaves(value, (*path, key)) if isinstance(value, dict) else [(*path, key)]
    return found


@given(st.data(), contents, noises, st.integers(1, 4))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_injected_fault_is_reported_with_its_line_and_key(
    tmp_path: Path, data: st.DataObject, content: dict[str, Any], noise: list[str], indent: int
) -> None:
    places = data.draw(st.lists(st.sampled_from(leaves(content)), max_size=5, unique=True))
    faults = {
        path: data.draw(st.sampled_from(FAULTS[:-1] if path[-1] in optional else FAULTS), label=str(path))
        for path in places
    }
    # root's own place is its first key, wherever the noise puts it
    writer = Writer(faults, ["", *noise], indent)
    writer.mapping(content, (), 1)
    path = tmp_path / "campaign.yaml"
    path.write_text("\n".join(writer.lines) + "\n")
    project = Project(root=tmp_path, config_file=tmp_path / "law.cfg", schema="small_schema:Small")
    found = {(problem.line, problem.key) for problem in campaign_problems(project, path)}
    assert found == writer.expected, path.read_text()
