"""Calibrator, selector, producer and categorizer of the small analysis."""

from columnflow.calibration import calibrator
from columnflow.categorization import categorizer
from columnflow.columnar_util import set_ak_column
from columnflow.production import producer
from columnflow.production.processes import process_ids
from columnflow.selection import SelectionResult, selector
from columnflow.selection.stats import increment_stats
from columnflow.util import maybe_import

ak = maybe_import("awkward")
np = maybe_import("numpy")

SCALE = 1.5


@calibrator(uses={"Hit.pt"}, produces={"Hit.pt"})
def scaled(self, events, **kwargs):
    return set_ak_column(events, "Hit.pt", events.Hit.pt * SCALE)


@categorizer(uses={"event"})
def cat_incl(self, events, **kwargs):
    return events, ak.ones_like(events.event) == 1


@selector(
    uses={"Hit.pt", "genWeight", process_ids, increment_stats},
    produces={"mc_weight", "category_ids", process_ids},
    exposed=True,
)
def one_hit(self, events, stats, **kwargs):
    events = self[process_ids](events, **kwargs)
    events = set_ak_column(events, "mc_weight", events.genWeight)
    events = set_ak_column(events, "category_ids", np.ones((len(events), 1), dtype=np.int64))
    hits = events.Hit.pt > 30
    passed = ak.sum(hits, axis=1) >= 1
    results = SelectionResult(
        event=passed,
        steps={"hit": passed},
        objects={"Hit": {"Hit": ak.local_index(events.Hit.pt)[hits]}},
    )
    weights = {
        "num_events": Ellipsis,
        "num_events_selected": passed,
        "sum_mc_weight": events.mc_weight,
        "sum_mc_weight_selected": (events.mc_weight, passed),
    }
    groups = {"process": {"values": events.process_id, "mask_fn": lambda v: events.process_id == v}}
    events, _ = self[increment_stats](events, results, stats, weight_map=weights, group_map=groups, **kwargs)
    return events, results


@producer(uses={"Hit.pt"}, produces={"ht"})
def sums(self, events, **kwargs):
    return set_ak_column(events, "ht", ak.sum(events.Hit.pt, axis=1))
