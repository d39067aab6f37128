"""Names that begin with a dot, which the listings of some servers (nginx) leave out."""

from __future__ import annotations

import functools
import logging

from caselaw.storage.files.place import Place

OWN = (".caselaw-store.json", ".records", ".tags")
"""What caselaw itself keeps beside outputs: where a listing may leave it out, it is asked for by name."""

warn_once = functools.cache(logging.getLogger(__name__).warning)


def warn_of_hidden(place: Place) -> None:
    """Say once where files of a user may be there that no listing shows."""
    if place.hides_dot_names():
        warn_once(
            "%s: listings of this server leave out names that begin with a dot; of those only caselaw's own are known "
            "(%s), others are neither listed nor copied: copy them one by one, or on the server's disk",
            place.url, ", ".join(OWN),
        )  # fmt: skip
