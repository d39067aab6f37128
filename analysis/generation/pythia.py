"""Pythia 8 events: final state, hard-process partons and heavy hadrons, with cross section and weights.

Pythia 8.3: C. Bierlich et al., SciPost Phys. Codebases 8 (2022), arXiv:2203.11601.

A batch holds one row per event, with one list of particles per event: momenta in GeV, lengths in
mm.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np

from analysis.campaign import GeneratorFilter
from analysis.generation.errors import GenerationError
from analysis.generation.event_filter import filter_hook
from analysis.generation.event_record import event_tables

BATCH_SIZE = 250
ROW_GROUP_SIZE = 1000
LARGEST_PYTHIA_SEED = 900_000_000
PB_PER_MB = 1e9

COMMON_SETTINGS = (
    "Print:quiet = on",
    # As in CMS: what lives longer than 10 mm (pions, kaons, K0S, Lambda) reaches the detector undecayed.
    "ParticleDecays:limitTau0 = on",
    "ParticleDecays:tau0Max = 10",
)


def generate_events(
    settings: Sequence[str],
    n_events: int,
    seed: int,
    particles: os.PathLike[str] | str,
    summary: os.PathLike[str] | str,
    *,
    energy: float = 13000.0,
    event_filter: GeneratorFilter | None = None,
) -> None:
    """Generate `n_events` events (after the filter) and write them with their cross section.

    `settings` are Pythia's own lines, `energy` is the centre-of-mass energy in GeV, `seed` any integer: the
    same seed gives the same events. `particles` becomes a Parquet file with one row per event (its columns
    are described in `analysis.generation.event_record`), `summary` a JSON document: settings, version, seed,
    n_events, cross_section_pb and its error (after the filter), filter_efficiency, sum_of_weights,
    sum_of_squared_weights. An event stands for `weight * cross_section_pb / sum_of_weights`.

    Raises `GenerationError` if Pythia rejects a setting or cannot produce the events.
    """
    if n_events < 1:
        raise GenerationError(f"n_events is {n_events}; ask for at least one event")
    hook = filter_hook(event_filter) if event_filter is not None else None
    pythia = initialised(settings, energy, pythia_seed(seed), hook)
    events = ak.concatenate([event_tables(batch) for batch in batches(pythia, n_events)])
    events["event"] = np.arange(1, n_events + 1, dtype=np.uint64)
    events["luminosity_block"] = np.full(n_events, pythia_seed(seed), dtype=np.uint32)
    weights = ak.to_numpy(events.weight)
    if hook is not None and np.any(weights != 1):
        # Pythia counts vetoed events without their weights, so its cross section would be wrong.
        raise GenerationError("a generator filter needs unweighted events; drop the filter or the bias")
    ak.to_parquet(events, os.fspath(particles), compression="zstd", row_group_size=ROW_GROUP_SIZE)

    document = {
        "generator": f"Pythia {pythia.parm('Pythia:versionNumber'):.3f}",
        "settings": list(settings),
        "energy": energy,
        "event_filter": event_filter.model_dump() if event_filter is not None else None,
        "seed": seed,
        "n_events": n_events,
        **cross_section(pythia),
        "filter_efficiency": hook.passed / hook.tried if hook is not None else 1.0,
        "sum_of_weights": math.fsum(weights),
        "sum_of_squared_weights": math.fsum(weights**2),
    }
    Path(summary).write_text(json.dumps(document, indent=2) + "\n")


def pythia_seed(seed: int) -> int:
    """Map any integer to Pythia's range of seeds, 1 to 900,000,000 (0 would mean the clock)."""
    state = np.random.SeedSequence(seed % 2**64).generate_state(1, np.uint64)[0]
    return int(state) % LARGEST_PYTHIA_SEED + 1


def initialised(settings: Sequence[str], energy: float, seed: int, hook: Any | None) -> Any:
    """A Pythia instance ready to generate; ours come last, so that `settings` cannot undo them.

    Raises `GenerationError` for a setting that Pythia does not take, and where it cannot begin.
    """
    import pythia8mc

    pythia = pythia8mc.Pythia("", False)
    ours = (f"Beams:eCM = {energy}", "Random:setSeed = on", f"Random:seed = {seed}")
    for line in (*COMMON_SETTINGS, *settings, *ours):
        if not pythia.readString(line, False):
            raise GenerationError(f"Pythia does not accept the setting '{line}'; see its manual for the name")
    if hook is not None:
        pythia.setUserHooksPtr(hook)
    if not pythia.init():
        raise GenerationError(
            f"Pythia did not initialise with {list(settings)}; is a process switched on, and is its phase "
            f"space open at {energy:g} GeV?"
        )
    return pythia


def batches(pythia: Any, n_events: int) -> Iterator[ak.Array]:
    """Batches of complete event records, together exactly `n_events`.

    Raises `GenerationError` where Pythia ends before that.
    """
    missing = n_events
    while missing > 0:
        batch = pythia.nextBatch(min(BATCH_SIZE, missing))
        if len(batch) == 0:
            raise GenerationError(f"Pythia stopped with {missing} of {n_events} events missing")
        yield batch
        missing -= len(batch)


def cross_section(pythia: Any) -> dict[str, float]:
    """Pythia's estimate after all events, in pb, with its statistical error."""
    info = pythia.infoPython()
    return {
        "cross_section_pb": info.sigmaGen() * PB_PER_MB,
        "cross_section_error_pb": info.sigmaErr() * PB_PER_MB,
    }
