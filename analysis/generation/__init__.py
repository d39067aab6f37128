"""Generation of proton-proton collisions with Pythia 8."""

from analysis.generation.errors import GenerationError
from analysis.generation.pythia import generate_events
from analysis.generation.summary import merge_summaries, read_summary

__all__ = ["GenerationError", "generate_events", "merge_summaries", "read_summary"]
