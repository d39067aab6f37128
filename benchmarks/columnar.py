"""Speed of read + select + histogram on one core, beside uproot, awkward and coffea in the same run.

The NanoAOD-like file is made here: 51 columns, about one lepton and five jets per event, 12 bits of mantissa
as in NanoAOD, ZSTD, baskets of 50,000 events. Every peer opens the file and reads 19 columns (16 branches
and three counters) in chunks of 100,000 events, in a process of its own that is bound to one core. Imports
and the first of four passes (compilation, file cache) are not counted; the best of the other three is shown.

    python benchmarks/columnar.py                    # 400,000 events: about a minute
    python benchmarks/columnar.py --events 100000
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from machine import table_header

if TYPE_CHECKING:  # each process imports only what its own peer needs
    import awkward as ak

    from analysis.selection.columns import SelectedEvents

ROOT = Path(__file__).resolve().parent.parent
BASKET, CHUNK, SMALL_CHUNK, PASSES = 50_000, 100_000, 5_000, 3
UNDISTURBED = 0.9  # part of the wall-clock time that a process must have had on its core
COUNTERS = ("nElectron", "nMuon", "nJet")
EDGES = np.linspace(50.0, 550.0, 26)
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
LEPTON = ("pt", "eta", "phi", "mass", "pdgId", "charge", "dxy", "dz", "ip3d", "sip3d", "pfRelIso03_all")
COLLECTIONS: dict[str, tuple[float, tuple[str, ...]]] = {  # objects per event, columns
    "Electron": (0.5, (*LEPTON, "genPartIdx", "cutBased")),
    "Muon": (0.5, (*LEPTON, "pfRelIso04_all", "tightId", "looseId")),
    "Jet": (5.0, (
        "pt", "eta", "phi", "mass", "jetId", "btagCSVV2", "hadronFlavour", "partonFlavour", "genJetIdx",
        "nConstituents", "chHEF", "neHEF", "chEmEF", "neEmEF", "muEF",
    )),
}  # fmt: skip


# --- the file


def truncated(values: np.ndarray) -> np.ndarray:
    """float32 with 12 bits of mantissa, as NanoAOD stores most numbers."""
    bits = values.astype(np.float32).view(np.uint32) + np.uint32(1 << 10)
    return (bits & np.uint32(0xFFFFF800)).view(np.float32)


def column(rng: np.random.Generator, collection: str, name: str, size: int) -> np.ndarray:
    """Plausible values of one column of a collection."""
    jet = collection == "Jet"
    if name == "pt":
        return truncated((15 if jet else 5) + rng.exponential(45.0 if jet else 40.0, size))
    if name == "eta":
        return truncated(np.clip(rng.normal(0.0, 1.4, size), -4.7, 4.7))
    if name == "phi":
        return truncated(rng.uniform(-np.pi, np.pi, size))
    if name == "btagCSVV2":
        return truncated(np.where(rng.random(size) < 0.3, rng.beta(6, 1, size), rng.beta(1, 5, size)))
    if name in ("tightId", "looseId"):
        return rng.random(size) < 0.85
    choices = {
        "jetId": (0, 2, *(6,) * 30), "cutBased": (0, 1, 2, 3, 4, 4, 4, 4), "charge": (-1, 1),
        "pdgId": (-13, 13) if collection == "Muon" else (-11, 11), "hadronFlavour": (0, 0, 0, 4, 5),
        "partonFlavour": (-2, -1, 1, 2, 4, 5, 21), "genJetIdx": (-1, 0, 1, 2, 3), "genPartIdx": (-1, 5, 9, 12),
        "nConstituents": range(5, 60),
    }  # fmt: skip
    if name in choices:
        return rng.choice(np.array(choices[name], np.uint8 if name == "nConstituents" else np.int32), size)
    scale = {"mass": 9.0 if jet else 0.1, "sip3d": 1.2, "pfRelIso03_all": 0.06, "pfRelIso04_all": 0.07}
    return truncated(rng.exponential(scale.get(name, 0.1), size))


def piece(rng: np.random.Generator, first: int, events: int) -> dict[str, ak.Array]:
    """One basket's worth of events: six scalars and three collections."""
    import awkward as ak

    arrays = {
        "run": np.ones(events, np.uint32),
        "luminosityBlock": ((first + np.arange(events)) // 1000 + 1).astype(np.uint32),
        "event": (first + np.arange(events)).astype(np.uint64),
        "genWeight": np.where(rng.random(events) < 0.1, -1.0, 1.0).astype(np.float32),
        "MET_pt": truncated(rng.exponential(50.0, events)),
        "MET_phi": truncated(rng.uniform(-np.pi, np.pi, events)),
    }
    for collection, (mean, names) in COLLECTIONS.items():
        counts = rng.poisson(mean, events)
        objects = ak.zip({name: column(rng, collection, name, int(counts.sum())) for name in names})
        arrays[collection] = ak.unflatten(objects, counts)
    return arrays


def make_file(path: Path, events: int, seed: int) -> None:
    """Write the file; ZSTD of level 5."""
    import uproot

    rng = np.random.default_rng(seed)
    with uproot.recreate(path, compression=uproot.ZSTD(5)) as file:
        tree = None
        for first in range(0, events, BASKET):
            arrays = piece(rng, first, min(BASKET, events - first))
            if tree is None:
                kinds = {n: getattr(a, "dtype", None) or a.layout.form.type for n, a in arrays.items()}
                tree = file.mktree("Events", kinds)
            tree.extend(arrays)
    with uproot.open(path) as file:
        columns = len(file["Events"].keys())
    if columns != 51:
        raise AssertionError(f"{columns} columns, 51 expected")


# --- the peers: what each does with a file


Histograms = tuple[np.ndarray, np.ndarray]
Peer = Callable[[str], "Histograms | None"]


def columns_read() -> list[str]:
    """Names of the 19 columns."""
    from analysis.campaign import LeptonJets
    from analysis.selection.lepton_jets import core_branches

    return [*COUNTERS, *(branch.name for branch in core_branches(LeptonJets()))]


def decompression(path: str) -> None:
    """Decompress every basket of the 19 columns, and nothing else."""
    import uproot

    from analysis.nanoaod.baskets import BasketReader

    with uproot.open(path, handler=uproot.MemmapSource) as file:
        tree = file["Events"]
        for name in columns_read():
            reader = BasketReader(tree[name], path)
            for index in range(tree[name].num_baskets):
                reader.read(index)


def uproot_reading(path: str) -> None:
    """The 19 columns as awkward arrays, by uproot."""
    import uproot

    with uproot.open(path, handler=uproot.MemmapSource) as file:
        for _ in file["Events"].iterate(columns_read(), step_size=CHUNK, library="ak"):
            pass


def our_reading(path: str) -> None:
    """The 19 columns as flat arrays, by analysis.nanoaod."""
    from analysis.campaign import LeptonJets
    from analysis.nanoaod import open_nano
    from analysis.selection.lepton_jets import core_branches

    with open_nano(path) as file:
        for _ in file.chunks(core_branches(LeptonJets()), CHUNK):
            pass


def filled(parts: Iterable[SelectedEvents]) -> Histograms:
    """H_T in 4j1b and trijet mass in 4j2b."""
    ht, mass = np.zeros(len(EDGES) - 1), np.zeros(len(EDGES) - 1)
    for part in parts:
        one_tag = part.n_btags == 1
        ht += np.histogram(part.ht[one_tag], EDGES)[0]
        mass += np.histogram(part.trijet_mass[~one_tag], EDGES)[0]
    return ht, mass


def our_selection(path: str, implementation: str, size: int) -> Histograms:
    """Read, select and histogram with the analysis' own code."""
    from analysis.campaign import LeptonJets
    from analysis.nanoaod import open_nano
    from analysis.selection.lepton_jets import IMPLEMENTATIONS, core_branches

    selection, select = LeptonJets(), IMPLEMENTATIONS[implementation]
    with open_nano(path) as file:
        chunks = file.chunks(core_branches(selection), size)
        return filled(select(chunk, selection) for chunk in chunks)


def coffea_selection(path: str) -> Histograms:
    """The same with coffea's NanoEvents, as its users write it; columns are read when they are touched."""
    import uproot
    from coffea.nanoevents import NanoAODSchema, NanoEventsFactory

    NanoAODSchema.warn_missing_crossrefs = False
    ht, mass = np.zeros(len(EDGES) - 1), np.zeros(len(EDGES) - 1)
    with uproot.open(path, handler=uproot.MemmapSource) as file:
        entries = file["Events"].num_entries
        for start in range(0, entries, CHUNK):
            events = NanoEventsFactory.from_root(
                file, treepath="Events", schemaclass=NanoAODSchema, mode="virtual",
                entry_start=start, entry_stop=min(start + CHUNK, entries),
            ).events()  # fmt: skip
            values = coffea_values(events)
            ht += np.histogram(values[0], EDGES)[0]
            mass += np.histogram(values[1], EDGES)[0]
    return ht, mass


def coffea_values(events: ak.Array) -> tuple[np.ndarray, np.ndarray]:
    """H_T of the events in 4j1b and trijet mass of those in 4j2b."""
    import awkward as ak

    np.asarray(events.genWeight)  # read by every peer
    electrons, muons, jets = events.Electron, events.Muon, events.Jet
    electrons = electrons[
        (electrons.pt > 30) & (abs(electrons.eta) < 2.1) & (electrons.sip3d < 4) & (electrons.cutBased == 4)
    ]
    muons = muons[
        (muons.pt > 30) & (abs(muons.eta) < 2.1) & (muons.sip3d < 4) & muons.tightId & (muons.pfRelIso04_all < 0.15)
    ]
    jets = jets[(jets.pt > 30) & (abs(jets.eta) < 2.4) & (jets.jetId & 4 == 4)]
    tags = ak.sum(jets.btagCSVV2 > 0.5, axis=1)
    enough = (ak.num(electrons) + ak.num(muons) == 1) & (ak.num(jets) >= 4)
    ht = ak.sum(jets.pt[enough & (tags == 1)], axis=1)
    triples = ak.combinations(jets[enough & (tags >= 2)], 3, fields=["a", "b", "c"])
    tagged = (triples.a.btagCSVV2 > 0.5) | (triples.b.btagCSVV2 > 0.5) | (triples.c.btagCSVV2 > 0.5)
    triples = triples[tagged]
    total = triples.a + triples.b + triples.c
    best = total[ak.argmax(total.pt, axis=1, keepdims=True)]
    return ak.to_numpy(ht), ak.to_numpy(ak.flatten(best.mass))


PEERS: dict[str, Peer] = {
    "decompression alone": decompression,
    "reading: uproot, to awkward": uproot_reading,
    "reading: analysis.nanoaod, flat": our_reading,
    "all: awkward reference": lambda path: our_selection(path, "awkward", CHUNK),
    "all: coffea NanoEvents": coffea_selection,
    "all: numba kernel": lambda path: our_selection(path, "kernel", CHUNK),
    "all: numba kernel, chunks of 5,000": lambda path: our_selection(path, "kernel", SMALL_CHUNK),
}
KERNEL = "all: numba kernel"


# --- processes


@dataclass(frozen=True)
class Pass:
    """One pass over the files of a process: seconds, its peak memory so far in MB, sums of histograms."""

    cpu: float
    wall: float
    memory: float
    histograms: list[list[float]]


def peak_memory() -> float:
    """Peak resident size of this process in MB; that of getrusage would include what came before exec."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("no VmHWM in /proc/self/status")


def serve(name: str, core: int, paths: list[str]) -> None:
    """A pass over `paths` for every line on standard input, after one that is not reported."""
    os.sched_setaffinity(0, {core})
    for path in paths:
        PEERS[name](path)
    print("ready", flush=True)
    for _ in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        results = [PEERS[name](path) for path in paths]
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        histograms = [[float(n) for h in result for n in h] for result in results if result is not None]
        print(json.dumps([cpu, wall, peak_memory(), histograms]), flush=True)


class Worker:
    """A process that runs one peer on one core."""

    def __init__(self, name: str, core: int, paths: list[Path]) -> None:
        environment = dict(os.environ, PYTHONPATH=str(ROOT)) | dict.fromkeys(THREADS, "1")
        command = [sys.executable, __file__, "--serve", name, "--core", str(core), *map(str, paths)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def receive(self) -> str:
        """Next line of the process; it stops the benchmark where the process failed."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{' '.join(map(str, self._process.args))} failed")
        return line

    def start(self) -> None:
        """Let it begin a pass."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def close(self) -> None:
        """End of input: the process leaves."""
        self._process.communicate()


def passes(name: str, shares: list[list[Path]]) -> tuple[float, list[Pass]]:
    """Best wall seconds of simultaneous passes, one process and core per share of files; and all passes."""
    cores = sorted(os.sched_getaffinity(0))
    workers = [Worker(name, core, share) for core, share in zip(cores, shares, strict=False)]
    for worker in workers:
        worker.receive()
    best, done = float("inf"), []
    for _ in range(PASSES):
        began = time.perf_counter()
        for worker in workers:
            worker.start()
        done += [Pass(*json.loads(worker.receive())) for worker in workers]
        best = min(best, time.perf_counter() - began)
    for worker in workers:
        worker.close()
    return best, done


# --- the table


def check_same(found: list[float], expected: list[float], name: str) -> None:
    """Histograms of all selections agree; coffea's float32 arithmetic may move an event in a thousand."""
    difference = float(np.abs(np.subtract(found, expected)).sum())
    if not sum(expected) or difference > (2e-3 * sum(expected) if "coffea" in name else 0.0):
        raise SystemExit(f"{name}: histograms differ by {difference:.0f} of {sum(expected):.0f} events")


def row(name: str, events: int, done: list[Pass], wall: float, note: str = "", processes: int = 1) -> str:
    """One line: million events per second, seconds, MB of the largest process; `events` are those per process."""
    cpu = min(each.cpu for each in done)
    memory = max(each.memory for each in done)
    rate = processes * events / wall
    if cpu < UNDISTURBED * wall:
        note = f"{note} (disturbed: had {cpu / wall:.0%} of its core)"
    return f"| {name} | {events / cpu / 1e6:.2f} | {rate / 1e6:.2f} | {wall:.2f} | {memory:.0f} | {note} |"


def rows(files: list[Path], events: int) -> Iterator[str]:
    """Every peer on the first file, then the kernel on both with one process and with two."""
    expected: list[float] = []
    for name in PEERS:
        _, done = passes(name, [files[:1]])
        note = ""
        if histograms := done[0].histograms:
            expected = expected or histograms[0]
            check_same(histograms[0], expected, name)
            note = f"{sum(histograms[0]):,.0f} events in histograms"
        yield row(name, events, done, min(each.wall for each in done), note)
    alone, done = passes(KERNEL, [files])
    yield row(f"{KERNEL}, two files, one process", 2 * events, done, alone)
    if len(os.sched_getaffinity(0)) < 2:
        return
    together, done = passes(KERNEL, [files[:1], files[1:]])
    note = f"×{alone / together:.2f} in wall-clock time"
    yield row(f"{KERNEL}, two files, two processes", events, done, together, note, processes=2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=400_000, help="events per file (default: 400000)")
    parser.add_argument("--serve", choices=PEERS, help=argparse.SUPPRESS)
    parser.add_argument("--core", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("paths", nargs="*", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve, arguments.core, arguments.paths)
        return
    print(table_header(["uproot", "awkward", "coffea", "numba", "numpy"]))
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"nano_{n}.root") for n in (1, 2)]
        for seed, path in enumerate(files):
            make_file(path, arguments.events, seed)
        size = files[0].stat().st_size / 1e6
        print(f"{arguments.events:,} events, {size:.0f} MB, 19 of 51 columns read.\n")
        print("| what | M events per CPU s | M events per wall s | wall s | peak MB | |")
        print("|---|---:|---:|---:|---:|---|")
        for line in rows(files, arguments.events):
            print(line, flush=True)


if __name__ == "__main__":
    main()
