"""The schema of a campaign: every number of the measurement, typed, with its unit.

Energies, momenta and masses are in GeV, cross sections in pb, luminosities in 1/pb.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Fraction = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class Section(BaseModel):
    """A part of a campaign: read-only, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def check_edges(name: str, edges: tuple[float, ...]) -> None:
    """Edges of ranges increase, and there are two or more. Raises `ValueError` where they are not."""
    if len(edges) < 2 or any(low >= high for low, high in pairwise(edges)):
        raise ValueError(f"'{name}' must be two or more increasing numbers")


class Luminosity(Section):
    """Integrated luminosity of the (pseudo-)data."""

    value: Positive
    uncertainty: Fraction = 0.025


class Process(Section):
    """A physics process as it appears in plots and in the statistical model."""

    label: str
    color: str
    signal: bool = False


class GeneratorFilter(Section):
    """Events with less than this are dropped before hadronisation; 0 asks for nothing.

    `leptons` are charged leptons of the hard process (tau included), `clusters` anti-kT R=0.4 clusters of
    partons and charged leptons; thresholds (GeV, |eta|) apply after the parton shower.
    """

    leptons: Annotated[int, Field(ge=0)] = 0
    lepton_pt: Annotated[float, Field(ge=0)] = 20.0
    lepton_abs_eta: Positive = 2.6
    clusters: Annotated[int, Field(ge=0)] = 0
    cluster_pt: Positive = 15.0
    cluster_abs_eta: Positive = 3.0


class Generation(Section):
    """How Pythia 8 makes the events of a dataset (`settings` are Pythia's own lines).

    Events and cross sections are those after the filter.
    """

    settings: tuple[str, ...]
    filter: GeneratorFilter | None = None
    branches: Annotated[int, Field(ge=1)]
    events_per_branch: Annotated[int, Field(ge=1)]


class Generator(Section):
    """What all generated datasets have in common: Pythia's own lines and the energy of the collisions."""

    energy: Positive = 13000.0
    settings: tuple[str, ...] = ()


class Files(Section):
    """NanoAOD files made elsewhere: paths, globs or URLs."""

    paths: tuple[str, ...]
    cross_section: Positive | None = None
    events: int | None = None


class Dataset(Section):
    """A sample of one process: generated here, or read from files; `pseudodata` plays the data."""

    process: str
    role: Literal["simulation", "pseudodata", "data"] = "simulation"
    generate: Generation | None = None
    files: Files | None = None

    @model_validator(mode="after")
    def one_source(self) -> Dataset:
        """Either `generate` or `files`. Raises `ValueError` for both, or none."""
        if (self.generate is None) == (self.files is None):
            raise ValueError("a dataset has either 'generate' or 'files'")
        return self


class LeptonCuts(Section):
    """The one electron or muon of the event.

    Electrons need `Electron_cutBased` equal to `electron_id` (4 is tight), muons `Muon_tightId`.
    """

    pt: Positive = 30.0
    abs_eta: Positive = 2.1
    sip3d: Positive = 4.0
    muon_isolation: Positive = 0.15
    electron_id: Annotated[int, Field(ge=0)] = 4


class JetCuts(Section):
    """Jets that count; all bits of `id_bits` must be set in `Jet_jetId` (4 is tight with lepton veto)."""

    pt: Positive = 30.0
    abs_eta: Positive = 2.4
    at_least: Annotated[int, Field(ge=4)] = 4
    id_bits: Annotated[int, Field(ge=0)] = 4


class BTagging(Section):
    """The discriminant branch and the cut above which a jet is b-tagged.

    The branch is CSVv2's in files of 2015 and 2016; NanoAODv12 has, e.g., `Jet_btagDeepFlavB`.
    """

    branch: Annotated[str, Field(pattern=r"^Jet_\w+$")] = "Jet_btagCSVV2"
    cut: float = 0.5


class LeptonJets(Section):
    """Selection of the Analysis Grand Challenge: one lepton, four jets, regions 4j1b and 4j2b.

    `missing_momentum` is the collection of the missing transverse momentum ("MET", "PuppiMET", "PFMET").
    """

    lepton: LeptonCuts = LeptonCuts()
    jets: JetCuts = JetCuts()
    b_tagging: BTagging = BTagging()
    missing_momentum: Annotated[str, Field(pattern=r"^\w+$")] = "MET"


class Dimuon(Section):
    """Selection of opposite-charge muon pairs around the Z, and the range in which its peak is fitted."""

    muon_pt: Positive = 20.0
    muon_abs_eta: Positive = 2.4
    mass_window: tuple[float, float] = (60.0, 120.0)
    fit_window: tuple[float, float] = (75.0, 105.0)

    @model_validator(mode="after")
    def ordered(self) -> Dimuon:
        check_edges("mass_window", self.mass_window)
        check_edges("fit_window", self.fit_window)
        return self


class Selection(Section):
    lepton_jets: LeptonJets = LeptonJets()
    dimuon: Dimuon = Dimuon()


class JetCorrections(Section):
    """Relative uncertainties of jet energy scale and resolution in ranges of |eta| and pT.

    `scale_uncertainty` has a row per range of |eta| and a column per range of pT, `resolution_uncertainty`
    a value per range of |eta|; beyond the outer edges the nearest range holds. The resolution itself is
    that of the simulated detector.
    """

    abs_eta_edges: tuple[float, ...] = (0.0, 1.3, 2.5)
    pt_edges: tuple[float, ...] = (20.0, 50.0, 100.0, 200.0)
    scale_uncertainty: tuple[tuple[Fraction, ...], ...] = ((0.030, 0.020, 0.015), (0.040, 0.030, 0.020))
    resolution_uncertainty: tuple[Fraction, ...] = (0.10, 0.15)

    @model_validator(mode="after")
    def shapes_match(self) -> JetCorrections:
        """One value per range of |eta| and of pT. Raises `ValueError` for tables of another shape."""
        check_edges("abs_eta_edges", self.abs_eta_edges)
        check_edges("pt_edges", self.pt_edges)
        rows, columns = len(self.abs_eta_edges) - 1, len(self.pt_edges) - 1
        if len(self.scale_uncertainty) != rows or any(len(row) != columns for row in self.scale_uncertainty):
            raise ValueError(f"'scale_uncertainty' needs {rows} rows (|eta|) of {columns} values (pT)")
        if len(self.resolution_uncertainty) != rows:
            raise ValueError(f"'resolution_uncertainty' needs {rows} values, one per range of |eta|")
        return self


class BTagCorrections(Section):
    """Relative uncertainties of the b-tag scale factors, heavy (b, c) and light flavours, per range of pT.

    Those of c jets are `charm_inflation` times those of b jets.
    """

    pt_edges: tuple[float, ...] = (20.0, 50.0, 100.0, 200.0)
    heavy_uncertainty: tuple[Fraction, ...] = (0.05, 0.04, 0.06)
    light_uncertainty: tuple[Fraction, ...] = (0.15, 0.15, 0.20)
    charm_inflation: Positive = 2.0

    @model_validator(mode="after")
    def shapes_match(self) -> BTagCorrections:
        """One value per range of pT.

        Raises `ValueError` for lists of another length, and for an uncertainty above 1.
        """
        check_edges("pt_edges", self.pt_edges)
        ranges = len(self.pt_edges) - 1
        for name in ("heavy_uncertainty", "light_uncertainty"):
            if len(getattr(self, name)) != ranges:
                raise ValueError(f"'{name}' needs {ranges} values, one per range of pT")
        if max(self.heavy_uncertainty) * self.charm_inflation > 1:
            raise ValueError("'heavy_uncertainty' times 'charm_inflation' is above 1")
        return self


class Corrections(Section):
    """Systematic variations of simulation; `w_scale_uncertainty` is that of the `w_scale_processes`."""

    jets: JetCorrections = JetCorrections()
    b_tagging: BTagCorrections = BTagCorrections()
    w_scale_uncertainty: Fraction = 0.025
    w_scale_processes: tuple[str, ...] = ("wjets",)


class JetResolution(Section):
    """Noise (GeV), stochastic (sqrt(GeV)) and constant term of sigma(pT)/pT, added in quadrature.

    The defaults give 16% at 30 GeV, 9% at 100 GeV and 6% at 1 TeV: the typical values at central
    rapidity of arXiv:1607.03663 (abstract), at their lower end where pileup matters, for there is none.
    """

    noise: Annotated[float, Field(ge=0)] = 1.0
    stochastic: Annotated[float, Field(ge=0)] = 0.8
    constant: Fraction = 0.05


class Detector(Section):
    """The CMS-like response; formulas and their sources are in `analysis.detector`.

    Efficiencies of the tight identification are per reconstructed lepton (muons: arXiv:1804.04528, electrons:
    arXiv:2012.06888); those of the b tag are at a discriminant of 0.5, between the loose and the medium
    working point of CSVv2 (arXiv:1712.07158). `unclustered_resolution` is in sqrt(GeV). `underlying_event` is
    the pT (GeV) per unit of area in (eta, phi) that jets receive in place of multiparton interactions which
    the generator left out; 0 where it did not.
    """

    electron_efficiency: Fraction = 0.70
    muon_efficiency: Fraction = 0.96
    b_efficiency: Fraction = 0.75
    c_mistag: Fraction = 0.15
    light_mistag: Fraction = 0.015
    jet_resolution: JetResolution = JetResolution()
    unclustered_resolution: Annotated[float, Field(ge=0)] = 0.6
    underlying_event: Annotated[float, Field(ge=0)] = 0.0


class Classifier(Section):
    """The signal-against-background classifier: boosted trees on columns of the selected events."""

    features: Annotated[tuple[str, ...], Field(min_length=1)] = (
        "ht",
        "trijet_mass",
        "n_jets",
        "n_btags",
        "lepton_pt",
        "met",
        "mt_w",
        "jet1_pt",
        "jet4_pt",
    )
    trees: Annotated[int, Field(ge=1)] = 60
    depth: Annotated[int, Field(ge=1)] = 3
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.1
    least_events: Annotated[int, Field(ge=2)] = 50


class Observable(Section):
    """A histogram: a column of the selected events in one region."""

    column: str
    region: Literal["4j1b", "4j2b"]
    bins: Annotated[int, Field(ge=1)] = 25
    low: float = 50.0
    high: float = 550.0
    label: str
    unit: str = "GeV"

    @model_validator(mode="after")
    def ordered(self) -> Observable:
        """`low` is below `high`. Raises `ValueError` where it is not."""
        if self.low >= self.high:
            raise ValueError("'low' must be below 'high'")
        return self


class Fit(Section):
    """The channels that enter the fit, their bins, and how well rates are known.

    In each channel `rebin` bins are merged into one, from `lowest_edge` (by channel; else the first edge)
    upwards; with `overflow` the last bin has no upper end. `normalisation` has relative uncertainties of
    the rates of processes, `poi` names the scale factor of the signal, and `toys` counts toy experiments.
    """

    channels: tuple[str, ...] = ("ht_4j1b", "trijet_mass_4j2b")
    rebin: Annotated[int, Field(ge=1)] = 2
    lowest_edge: dict[str, float] = {"ht_4j1b": 110.0, "trijet_mass_4j2b": 110.0}
    overflow: bool = False
    normalisation: dict[str, Fraction] = {}
    poi: str = "ttbar_norm"
    toys: Annotated[int, Field(ge=0)] = 200


class Campaign(Section):
    """One measurement: datasets, detector, selection, corrections, histograms, fit."""

    title: str
    luminosity: Luminosity
    processes: dict[str, Process]
    generator: Generator = Generator()
    datasets: dict[str, Dataset]
    detector: Detector = Detector()
    selection: Selection = Selection()
    corrections: Corrections = Corrections()
    classifier: Classifier = Classifier()
    observables: dict[str, Observable]
    fit: Fit = Fit()

    @model_validator(mode="after")
    def names_known(self) -> Campaign:
        """Channels are observables, and processes are known. Raises `ValueError` for others."""
        for name, dataset in self.datasets.items():
            if dataset.process not in self.processes:
                known = ", ".join(self.processes)
                raise ValueError(f"dataset '{name}' has unknown process '{dataset.process}' (known: {known})")
        for channel in self.fit.channels:
            if channel not in self.observables:
                raise ValueError(f"fit channel '{channel}' is not an observable")
        return self
