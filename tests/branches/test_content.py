"""What outputs without a fingerprint hold, and who counts as their maker."""

from __future__ import annotations

from types import SimpleNamespace

import law
import luigi
import luigi.mock
import pytest
from law.target.remote.base import RemoteTarget

from caselaw.branches import Look
from caselaw.branches.content import content_of_outputs
from caselaw.branches.identity import identity_of_task
from caselaw.errors import FingerprintError, UpstreamError
from caselaw.fingerprint import FileDigests


@pytest.fixture
def digests(tmp_path):
    return FileDigests(tmp_path / "digests.sqlite")


@pytest.fixture
def content(digests):
    return lambda outputs: content_of_outputs(outputs, digests)


@pytest.fixture
def write(tmp_path):
    def of(name: str, text: str) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    return of


def test_a_file_counts_by_name_and_bytes_wherever_it_lies(content, write):
    here, there = write("here/a.txt", "1"), write("there/a.txt", "1")
    assert content(law.LocalFileTarget(here)) == content(law.LocalFileTarget(there))
    assert content(luigi.LocalTarget(here)) == content(law.LocalFileTarget(here))
    assert content(law.LocalFileTarget(here)) != content(law.LocalFileTarget(write("here/b.txt", "1")))
    before = content(law.LocalFileTarget(here))
    write("here/a.txt", "2")
    assert content(law.LocalFileTarget(here)) != before


@pytest.mark.parametrize(
    "nested",
    [
        lambda target: {"a": [target]},
        lambda target: [[], {"b": (target, None)}],
        lambda target: law.TargetCollection({0: target}),
        lambda target: law.SiblingFileCollection([target]),
        lambda target: law.NestedSiblingFileCollection([[target]]),
        lambda target: (each for each in [target]),
        lambda target: {target},
        lambda target: law.LocalDirectoryTarget(str(target.parent.path)),
    ],
)
def test_any_nesting_is_followed(nested, content, write):
    target = law.LocalFileTarget(write("folder/a.txt", "1"))
    before, again = content(nested(target)), content(nested(target))
    write("folder/a.txt", "2")
    assert content(nested(target)) != before == again


def test_what_is_missing_counts_as_missing(content, write, tmp_path):
    target = law.LocalFileTarget(str(tmp_path / "a.txt"), optional=True)
    before = content([target])
    write("a.txt", "1")
    assert content([target]) != before


def test_no_target_is_an_error(content):
    with pytest.raises(FingerprintError, match="no target"):
        content(["a.txt"])


class Remote(RemoteTarget):
    """A file on a server that says of itself what it is told to."""

    def __init__(self, **status: object) -> None:
        self.status = SimpleNamespace(**status) if status else None

    basename = "a.root"

    def exists(self, stat: bool = False, **_: object) -> object:
        return self.status if stat else self.status is not None

    def uri(self, **_: object) -> str:
        return "root://server/a.root"


Remote.__abstractmethods__ = frozenset()  # what reads and writes is not asked for


def test_a_remote_file_counts_by_what_its_server_says(content):
    assert content(Remote(st_size=1, st_mtime=2)) == content(Remote(st_size=1, st_mtime=2))
    for other in (Remote(st_size=2, st_mtime=2), Remote(st_size=1, st_mtime=3), Remote()):
        assert content(Remote(st_size=1, st_mtime=2)) != content(other)
    with pytest.raises(FingerprintError, match="neither size nor time"):
        content(Remote(st_mode=1))


def test_a_checksum_says_more_than_size_and_time(content):
    found = []
    for checksum, mtime in (("abc", 1), ("abc", 2), ("abd", 1)):
        target = Remote(st_size=1, st_mtime=mtime)
        target.checksum = lambda checksum=checksum: checksum  # type: ignore[attr-defined]
        found.append(content(target))
    assert found[0] == found[1] != found[2]


def test_a_target_of_unknown_kind_is_warned_of(content, caplog):
    assert content(luigi.mock.MockTarget("a")) != content(luigi.mock.MockTarget("b"))
    assert "MockTarget a: what it holds cannot be asked for" in caplog.text


class Plain(law.LocalWorkflow):
    exclude_index = True
    options = luigi.DictParameter(default={"a": 1, "b": {"c": 1, "d": 2}})
    label = luigi.Parameter(default="", significant=False)
    campaign = luigi.Parameter(default="run2018")

    def create_branch_map(self):
        return [1, 2]

    def run(self):
        pass


def test_how_a_plain_task_runs_does_not_count():
    base = identity_of_task(Plain())
    for same in (
        Plain(workflow="other"), Plain(branch=1), Plain(branches=((0, 1),)), Plain(acceptance=0.5), Plain(label="x"),
        Plain(options={"b": {"d": 2, "c": 1}, "a": 1}),
    ):  # fmt: skip
        assert identity_of_task(same) == base
    for other in (Plain(options={"a": 2}), Plain(campaign="run2017")):
        assert identity_of_task(other) != base


class Nothing(law.Task):
    exclude_index = True
    n = luigi.IntParameter(default=1)
    source = luigi.Parameter(default="")

    def requires(self):
        return [External(path=self.source)] if self.source else []

    def output(self):
        return []

    def run(self):
        pass


class External(luigi.ExternalTask):
    path = luigi.Parameter()

    def output(self):
        return luigi.LocalTarget(self.path)


def test_a_task_without_outputs_counts_by_parameters_and_what_it_requires(digests, write):
    one, other = (Look(digests).of_task(Nothing(n=n)) for n in (1, 2))
    assert one != other
    path = write("a.txt", "1")
    before = Look(digests).of_task(Nothing(source=path))
    write("a.txt", "2")
    assert Look(digests).of_task(Nothing(source=path)) != before


def test_what_is_not_there_yet_is_noted(digests, write, tmp_path):
    look = Look(digests)
    first = look.of_task(External(path=str(tmp_path / "later.txt")))
    (event,) = look.seen().unknown
    assert event == f"External(path={tmp_path}/later.txt) has run"
    write("later.txt", "1")
    look = Look(digests)
    assert look.of_task(External(path=str(tmp_path / "later.txt"))) != first
    assert look.seen().unknown == ()
    assert look.seen().passing


@pytest.mark.parametrize(
    "requirements",
    [lambda t: t, lambda t: [t], lambda t: {"a": t}, lambda t: [{}, (t, None)], lambda t: iter([t]), lambda t: {t}],
)
def test_requirements_of_any_nesting_count(requirements, digests, write):
    task = External(path=write("a.txt", "1"))
    before, again = (Look(digests).of_requirements(requirements(task)) for _ in range(2))
    write("a.txt", "2")
    assert Look(digests).of_requirements(requirements(task)) != before == again


def test_what_is_no_task_is_no_requirement(digests):
    with pytest.raises(UpstreamError, match="which is no task"):
        Look(digests).of_requirements(["a.txt"])
