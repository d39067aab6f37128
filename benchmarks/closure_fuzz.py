"""Packages of this environment, taken as first-party, are edited and executed: is any edit missed by the closure?

Each edit changes one line that a small program executes. The program runs before and after in a fresh process; where
it prints something else, the digest of the closure must be another one. Edits of functions that are not executed
say how often an edit reruns something for nothing.

    python benchmarks/closure_fuzz.py [--edits 230] [--seed 1] [package …]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from pathlib import Path

from machine import table_header

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "fingerprint"))

from fuzzed_packages import PACKAGES
from package_fuzz import Project, fuzz

COLUMNS = (
    "| packages | edits | failed | other result | stale | same result, other digest | not executed, other digest |"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edits", type=int, default=230, help="per package")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("packages", nargs="*", default=list(PACKAGES))
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # of edits: "is" with a literal
    print(table_header(["caselaw", *sorted({top for tops in PACKAGES.values() for top in tops})]))
    print(f"{COLUMNS}\n|---|---|---|---|---|---|---|")
    stale: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.packages:
            found = fuzz(Project(name, Path(folder)), arguments.edits, arguments.seed, lambda text: None)
            print(
                f"| {', '.join(PACKAGES[name])} | {found.edits} | {found.failed} | {found.changed} | "
                f"{len(found.stale)} | {found.same_result} of {found.asked} | {found.needless} of {found.unexecuted} |",
                flush=True,
            )
            stale += found.stale
    print("\n".join(stale))
    sys.exit(bool(stale))


if __name__ == "__main__":
    main()
