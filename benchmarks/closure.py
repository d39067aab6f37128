"""Cost of a code closure: a task that reaches 200 symbols in 20 modules.

Cold is without a memo on disk, warm with it, each in a process of its own with caselaw imported; again is the
second question in the same process. Medians.

    python benchmarks/closure.py
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from machine import table_header

MODULES, FUNCTIONS = 20, 10

FUNCTION = '''
def f{n}(events, cuts=CUTS, scale=1.0):
    """Selects, weighs and sums."""
    selected = [event for event in events if event["pt"] > cuts["pt"] and abs(event["eta"]) < cuts["eta"]]
    weights = {{name: scale * sum(event["weight"] for event in selected) for name in ("up", "down")}}
    for event in selected:
        if event["charge"] != {n}:
            weights["up"] += event["weight"] ** 2
        elif event["charge"] == -1:
            raise ValueError(f"no {{event['charge']:>{n}}} in {{weights!r}}")
    return {call}(selected, cuts, scale=weights["up"])
'''

TASK = """
import caselaw
from chain.m0 import f0

class Sum(caselaw.Task):
    products = {"sum": "json"}

    def run(self):
        with self.publish() as out:
            out["sum"].write_text(str(f0([])))
"""

ASK = """
import json, sys, time
import caselaw, caselaw.task
from caselaw.fingerprint import code_closure
sys.path.insert(0, sys.argv[1])
import work
times = []
for _ in range(2):
    start = time.perf_counter()
    found = code_closure(work.Sum, sys.argv[1])
    times.append((time.perf_counter() - start) * 1e3)
print(json.dumps([times, len(found.symbols)]))
"""


def project(folder: Path) -> None:
    """Functions that call one another, through 20 modules; each module has a constant and uses NumPy."""
    (folder / "law.cfg").write_text("[caselaw]\n")
    (folder / "work.py").write_text(TASK)
    (folder / "chain").mkdir()
    (folder / "chain" / "__init__.py").write_text("")
    for m in range(MODULES):
        following = f"m{m + 1}.f0" if m + 1 < MODULES else "np.asarray"
        calls = [f"f{n + 1}" if n + 1 < FUNCTIONS else following for n in range(FUNCTIONS)]
        functions = "".join(FUNCTION.format(n=n, call=call) for n, call in enumerate(calls))
        imports = f"import numpy as np\nfrom chain import m{(m + 1) % MODULES}\n"
        constants = 'CUTS = {"pt": 25.0, "eta": 2.4}\n'
        (folder / "chain" / f"m{m}.py").write_text(imports + constants + functions)


def ask(folder: Path) -> tuple[list[float], int]:
    """Milliseconds of the first and the second question of a process, and the number of symbols."""
    done = subprocess.run([sys.executable, "-c", ASK, str(folder)], capture_output=True, text=True, check=True)
    times, symbols = json.loads(done.stdout.splitlines()[-1])
    return times, symbols


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        project(folder)
        cold, warm, again, symbols = [], [], [], 0
        for _ in range(arguments.repeat):
            shutil.rmtree(folder / ".caselaw", ignore_errors=True)
            cold.append(ask(folder)[0][0])
            (first, second), symbols = ask(folder)
            warm.append(first)
            again.append(second)
    print(table_header(["caselaw", "law", "luigi"]))
    print(f"| closure of {symbols} symbols in {MODULES + 1} modules | milliseconds |\n|---|---|")
    for name, times in (("cold, without memo", cold), ("warm, fresh process", warm), ("again, same process", again)):
        print(f"| {name} | {statistics.median(times):.1f} |")


if __name__ == "__main__":
    main()
