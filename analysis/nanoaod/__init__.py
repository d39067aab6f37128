"""Reading of NanoAOD: TTree or RNTuple, chunk by chunk, as flat arrays with offsets."""

from analysis.nanoaod.branches import Branch, per_event, per_object
from analysis.nanoaod.chunk import Chunk
from analysis.nanoaod.errors import MissingBranch, UnreachableFile, UnreadableFile
from analysis.nanoaod.file import NanoFile, open_nano

__all__ = [
    "Branch",
    "Chunk",
    "MissingBranch",
    "NanoFile",
    "UnreachableFile",
    "UnreadableFile",
    "open_nano",
    "per_event",
    "per_object",
]
