"""Libraries that keep results on disk by rules of their own are warned of where a task reaches them."""

from __future__ import annotations

import pytest

REACHED = {
    "a decorator": ("from joblib import Memory\nmemory = Memory('kept')\n@memory.cache\ndef run():\n    return 1\n", 2),
    "an alias": ("import joblib as j\ndef run():\n    return j.Memory('kept')\n", 3),
    "an import inside": ("def run():\n    from joblib.memory import Memory as M\n    return M\n", 3),
    "a library as a whole": (
        "import diskcache\nkept = diskcache.Cache()\n@kept.memoize()\ndef run():\n    return 1\n",
        2,
    ),
    "the standard library's": ("import shelve\ndef run():\n    return shelve.open('kept')\n", 3),
    "on import": ("import pyximport\npyximport.install()\ndef run():\n    return 1\n", 2),
}


@pytest.mark.parametrize("name", REACHED)
def test_a_library_that_keeps_results_is_warned_of_with_file_and_line(name, write, closure, tmp_path):
    source, line = REACHED[name]
    write({"work.py": source})
    [warning] = [each for each in closure().warnings if "keeps results on disk" in each.what]
    assert (warning.path, warning.line) == (str(tmp_path / "work.py"), line)


@pytest.mark.parametrize(
    "source",
    [
        "import joblib\ndef run():\n    return joblib.Parallel()\n",
        "import joblib\nmemory = joblib.Memory('kept')\ndef run():\n    return 1\n",
        "import functools\n@functools.cache\ndef run():\n    return 1\n",
        "from numba import njit\n@njit(cache=True)\ndef run():\n    return 1\n",
    ],
    ids=["another part", "not reached", "in memory", "steered"],
)
def test_what_keeps_nothing_that_the_task_reaches_is_not_warned_of(source, write, closure):
    write({"work.py": source})
    assert closure().warnings == ()
