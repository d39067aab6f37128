"""Where outputs live: their names, their states, and how they get there."""

from caselaw.storage.location import Location, readable_directory
from caselaw.storage.publish import Staging, remove_orphans
from caselaw.storage.state import existing_names, exists
from caselaw.storage.target import DirectoryTarget, FileTarget, Outputs, Target, target_of

__all__ = [
    "DirectoryTarget",
    "FileTarget",
    "Location",
    "Outputs",
    "Staging",
    "Target",
    "existing_names",
    "exists",
    "readable_directory",
    "remove_orphans",
    "target_of",
]
