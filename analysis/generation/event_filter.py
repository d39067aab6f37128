"""Generator filters: events that cannot pass the selection are dropped before hadronisation."""

from __future__ import annotations

from typing import Any

from analysis.campaign import GeneratorFilter

CHARGED_LEPTONS = (11, 13, 15)
CLUSTER_RADIUS = 0.4


def filter_hook(conditions: GeneratorFilter) -> Any:
    """A Pythia user hook with the counters `tried` and `passed`.

    Pythia's own cross section takes the vetoed events into account (for unweighted events).
    """
    import pythia8mc

    class Filter(pythia8mc.UserHooks):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.tried = 0
            self.passed = 0
            # Pythia's native clustering: silent, and the fastest for some fifty partons.
            anti_kt, visible, massive, native = -1, 2, 1, False
            self.clusters = pythia8mc.SlowJet(
                anti_kt, CLUSTER_RADIUS, conditions.cluster_pt, conditions.cluster_abs_eta,
                visible, massive, None, native,
            )  # fmt: skip

        def canVetoProcessLevel(self) -> bool:  # noqa: N802 (Pythia's name)
            return True

        def doVetoProcessLevel(self, process: Any) -> bool:  # noqa: N802
            self.tried += 1
            return sum(map(is_charged_lepton, process)) < conditions.leptons

        def canVetoPartonLevel(self) -> bool:  # noqa: N802
            return True

        def doVetoPartonLevel(self, event: Any) -> bool:  # noqa: N802
            accepted = self._enough_clusters(event) and self._enough_leptons(event)
            self.passed += accepted
            return not accepted

        def _enough_clusters(self, event: Any) -> bool:
            if conditions.clusters == 0:
                return True
            self.clusters.analyze(event)
            return self.clusters.sizeJet() >= conditions.clusters

        def _enough_leptons(self, event: Any) -> bool:
            if conditions.leptons == 0:
                return True
            found = (p for p in event if is_charged_lepton(p) and abs(p.eta()) < conditions.lepton_abs_eta)
            return sum(p.pT() > conditions.lepton_pt for p in found) >= conditions.leptons

    return Filter()


def is_charged_lepton(particle: Any) -> bool:
    return particle.idAbs() in CHARGED_LEPTONS and particle.isFinal()
