"""What the generator particles of a file say about its process."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from analysis.nanoaod import Chunk, MissingBranch, UnreadableFile
from analysis.sample_content import TITLES, WrongSampleContent, hard_processes, require_process, sample_content

FILES = {
    "nano_tt_v12.root": ("ttbar", 200, 200),
    "nano_dy.root": ("drell_yan", 40, 40),
    "nanoAOD_2015_CMS_Open_Data_ttbar.root": ("wjets", 198, 200),
}


@pytest.mark.parametrize("name", FILES)
def test_process_of_real_samples(shared_data, name):
    process, count, events = FILES[name]
    content = require_process(shared_data / "nanoaod" / name, process)
    assert (content.process, content.counts[process], content.events) == (process, count, events)
    assert sum(content.counts.values()) == events


def test_w_jets_declared_as_top_pairs(shared_data):
    path = shared_data / "nanoaod" / "nanoAOD_2015_CMS_Open_Data_ttbar.root"
    with pytest.raises(WrongSampleContent) as caught:
        require_process(path, "ttbar")
    message = str(caught.value)
    assert message.startswith(f"{path}: declared as 'ttbar' (top quark pairs), but of 200 events")
    assert "W bosons without top quarks in 198" in message
    assert "it looks like 'wjets'" in message
    assert str(pickle.loads(pickle.dumps(caught.value))) == message  # errors of branches cross processes


@pytest.mark.parametrize(
    ("particles", "process"),
    [
        ([(21, 21), (6, 22), (-6, 22), (24, 22), (-24, 22)], "ttbar"),
        ([(-6, 22), (-24, 22), (1, 23)], "single_top"),
        ([(6, 22), (-24, 22)], "single_top"),
        ([(24, 22), (2, 23)], "wjets"),
        ([(24, 22), (24, 44), (24, 62)], "wjets"),  # copies after recoil
        ([(23, 22), (23, 62)], "drell_yan"),
        ([(24, 22), (-24, 22)], "diboson"),
        ([(23, 22), (23, 22)], "diboson"),
        ([(24, 22), (23, 22)], "diboson"),
        ([(2, 23), (21, 23), (6, 62)], "other"),
        ([], "other"),
    ],
)
def test_process_of_one_event(particles, process):
    code, status = (np.array([p[i] for p in particles], np.int32) for i in (0, 1))
    chunk = Chunk(
        0, 1, {"GenPart_pdgId": code, "GenPart_status": status}, {"GenPart": np.array([0, len(particles)], np.int64)}
    )
    masks = hard_processes(chunk)
    assert set(masks) == set(TITLES)
    assert [name for name, mask in masks.items() if mask[0]] == [process]


def test_file_without_events_passes(shared_data):
    assert require_process(shared_data / "nanoaod" / "nano_dy_empty.root", "ttbar").events == 0


def test_unknown_process(shared_data):
    with pytest.raises(ValueError, match="unknown process 'tops'"):
        require_process(shared_data / "nanoaod" / "nano_tt_v12.root", "tops")


def test_real_data_have_no_generator_particles(shared_data):
    path = shared_data / "nanoaod" / "nano_dimuon.root"
    with pytest.raises(MissingBranch, match="no branch 'GenPart_pdgId'") as caught:
        sample_content(path)
    assert str(path) in str(caught.value)


def test_truncated_file_and_file_without_tree(shared_data, tmp_path):
    cut = tmp_path / "cut.root"
    cut.write_bytes((shared_data / "nanoaod" / "nano_tt_v12.root").read_bytes()[:400_000])
    for path in (cut, shared_data / "nanoaod" / "bad_delphes.root"):
        with pytest.raises(UnreadableFile) as caught:
            sample_content(path)
        assert str(path) in str(caught.value)
