"""The tree of errors is the one that is drawn."""

from __future__ import annotations

import inspect
import pickle
import re

import pytest

from caselaw import errors
from caselaw.errors import EVERY_BRANCH, BranchesFailed, CaselawError, StagingFailed, StoreError, StoreUnavailable

CLASSES = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, CaselawError)]


def drawn() -> dict[str, tuple[str, str]]:
    """Name of each class in the drawing → the class above it, and what stands beside it."""
    lines = re.findall(r"^    ([│├└─ ]*)(\w+) *(.*)$", str(errors.__doc__), re.MULTILINE)
    above: list[str] = []
    found = {}
    for indent, name, words in lines:
        depth = len(indent) // 4
        found[name] = (above[depth - 1] if depth else "Exception", words)
        above[depth:] = [name]
    return found


def test_every_class_stands_in_the_drawing_below_its_base() -> None:
    assert {cls.__name__: cls.__bases__[0].__name__ for cls in CLASSES} == {
        name: base for name, (base, _) in drawn().items()
    }


def test_every_class_is_explained() -> None:
    assert [name for name, (_, words) in drawn().items() if not words] == ["CaselawError"]


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if issubclass(cls, StoreError)])
def test_an_error_of_a_store_reaches_another_process_whole(cls: type[StoreError]) -> None:
    arrived = pickle.loads(pickle.dumps(cls("it broke", "davs://host/store", "mend it")))
    assert (type(arrived), str(arrived)) == (cls, "davs://host/store: it broke; mend it")


def test_what_concerns_one_file_is_no_outage() -> None:
    assert {cls.__name__ for cls in CLASSES if issubclass(cls, StoreUnavailable)} == {
        "StoreUnavailable",
        "StoreMissing",
    }
    assert not any(issubclass(StagingFailed, cls) for cls in EVERY_BRANCH)


def test_failed_branches_are_named_with_what_each_of_them_says() -> None:
    failures = dict.fromkeys(range(12), "ContentChanged: davs://host/a.root: it is damaged; restore it")
    text = str(BranchesFailed("work.Sum", failures, 60))
    assert "12 of 60 branches failed: 0, 1," in text
    assert text.count("it is damaged; restore it") == 10
