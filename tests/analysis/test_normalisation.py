from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.normalisation import NormalisationError, normalisation


def summary(path: Path, events: int = 100, cross_section: float = 50.0, error: float = 2.0) -> Path:
    content = {
        "n_events": events,
        "cross_section_pb": cross_section,
        "cross_section_error_pb": error,
        "sum_of_weights": float(events),
        "sum_of_squared_weights": float(events),
    }
    path.write_text(json.dumps(content))
    return path


def cutflow(path: Path, raw: int = 100, weighted: float = 100.0) -> Path:
    rows = [
        {"cut": "all events", "raw": raw, "weighted": weighted, "weighted_squared": weighted},
        {"cut": "4j1b", "raw": 3, "weighted": 3.0, "weighted_squared": 3.0},
    ]
    path.write_text(json.dumps({"rows": rows}))
    return path


def test_branches_count_by_their_events(tmp_path: Path) -> None:
    summaries = [summary(tmp_path / "a", 100, 50.0, 2.0), summary(tmp_path / "b", 300, 54.0, 1.0)]
    cutflows = [cutflow(tmp_path / "c", 100, 90.0), cutflow(tmp_path / "d", 300, 270.0)]
    found = normalisation(summaries, cutflows, 10.0)
    assert found.cross_section == pytest.approx(53.0)
    assert found.cross_section_error == pytest.approx(((100 * 2.0) ** 2 + (300 * 1.0) ** 2) ** 0.5 / 400)
    assert found.factor == pytest.approx(53.0 * 10.0 / 360.0)
    assert found.equivalent_luminosity == pytest.approx(400 / 53.0)


def test_a_cross_section_of_the_campaign_needs_no_summary(tmp_path: Path) -> None:
    found = normalisation([], [cutflow(tmp_path / "c", 100, 50.0)], 10.0, cross_section=729.84)
    assert (found.cross_section, found.cross_section_error) == (729.84, 0.0)
    assert found.factor == pytest.approx(145.968)


def test_a_forgotten_branch_is_noticed(tmp_path: Path) -> None:
    summaries = [summary(tmp_path / "a"), summary(tmp_path / "b")]
    with pytest.raises(NormalisationError, match="200 events were generated, but 100 were read"):
        normalisation(summaries, [cutflow(tmp_path / "c")], 10.0)


def test_files_that_do_not_tell_are_named(tmp_path: Path) -> None:
    good_summary, good_cutflow = summary(tmp_path / "good"), cutflow(tmp_path / "cutflow")
    nothing = tmp_path / "nothing.json"
    nothing.write_text("")
    with pytest.raises(NormalisationError, match=r"nothing\.json: not a readable JSON file"):
        normalisation([nothing], [good_cutflow], 10.0)
    with pytest.raises(NormalisationError, match=r"nothing\.json: not a readable JSON file"):
        normalisation([good_summary], [nothing], 10.0)
    nothing.write_text('{"rows": [{"cut": "one lepton"}]}')
    with pytest.raises(NormalisationError, match=r"nothing\.json: the first row .* 'all events'"):
        normalisation([good_summary], [nothing], 10.0)
    nothing.write_text('{"n_events": 10}')
    with pytest.raises(NormalisationError, match=r"nothing\.json: 'cross_section_pb' is None"):
        normalisation([nothing], [good_cutflow], 10.0)
    with pytest.raises(NormalisationError, match="sum of weights"):
        normalisation([good_summary], [cutflow(tmp_path / "c", 100, 0.0)], 10.0)
    with pytest.raises(NormalisationError, match="no generator summary"):
        normalisation([], [good_cutflow], 10.0)
