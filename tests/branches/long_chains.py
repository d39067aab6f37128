"""A project of chains as long as one likes, of all kinds of tasks, and of circles."""

from __future__ import annotations

from pathlib import Path

from projects import LAW_CFG, SmallProject

LINKS = """
from pathlib import Path
import caselaw, law, luigi

ROOT = Path(__file__).parent

class Link(caselaw.Task):
    n = luigi.IntParameter()
    products = {"text": "txt"}
    def before(self):
        return type(self)(n=self.n - 1)
    def upstream(self):
        return {"before": self.before()} if self.n else {}
    def run(self):
        with self.publish() as out:
            out["text"].write_text(str(self.n))

class Required(Link):
    def upstream(self):
        return {}
    def requires(self):
        return [self.before()] if self.n else []

class Eaches(caselaw.Workflow):
    n = luigi.IntParameter()
    products = {"text": "txt"}
    def before(self):
        return type(self)(n=self.n - 1)
    def upstream(self):
        return {"before": caselaw.each(self.before()) if self.n else caselaw.over("ab")}
    def run(self):
        with self.publish() as out:
            out["text"].write_text(str(self.n))

class Wholes(Eaches):
    def upstream(self):
        values = {"values": caselaw.over("ab")}
        return {**values, "before": caselaw.whole(self.before())} if self.n else values

class Branchwise(Eaches):
    def upstream(self):
        return caselaw.over("ab")
    def requires(self):
        return self.before().as_branch(self.branch) if self.n else []

class AllOf(Eaches):
    def upstream(self):
        return caselaw.over("ab")
    def workflow_requires(self):
        return {"before": self.before()} if self.n else {}

class Wrapper(law.WrapperTask):
    n = luigi.IntParameter()
    def requires(self):
        return Wrapper(n=self.n - 1) if self.n else Link(n=0)

class Wrapped(Link):
    def upstream(self):
        return {"wrapped": Wrapper(n=self.n)}

class WrappedEach(Link):
    def upstream(self):
        return {"wrapped": Around(n=self.n - 1)} if self.n else {}

class Around(law.WrapperTask):
    n = luigi.IntParameter()
    def requires(self):
        return {"here": WrappedEach(n=self.n)}

class Plain(law.Task):
    n = luigi.IntParameter()
    def requires(self):
        return Mixed(n=self.n - 1) if self.n else []
    def output(self):
        return law.LocalFileTarget(str(ROOT / "plain" / f"{self.n}.txt"))
    def run(self):
        self.output().dump(str(self.n), formatter="text")

class AroundMixed(law.WrapperTask):
    n = luigi.IntParameter()
    def requires(self):
        return [Mixed(n=self.n)]

class MixedEach(Eaches):
    def upstream(self):
        return {"values": caselaw.over("ab"), "before": Mixed(n=self.n - 1)}

class Mixed(Link):
    def before(self):
        kind = (Mixed, Plain, AroundMixed, MixedEach)[self.n % 4]
        return kind(n=self.n - 1)
"""

CIRCLES = """
import caselaw, law, luigi
from links import ROOT

class Text(caselaw.Task):
    products = {"text": "txt"}
    def run(self):
        raise AssertionError("it cannot run")

class A(Text):
    def upstream(self):
        return {"b": B()}

class B(Text):
    def upstream(self):
        return {"a": A()}

class Itself(Text):
    def upstream(self):
        return {"itself": Itself()}

class ByRequires(Text):
    def requires(self):
        return [ToByRequires()]

class ToByRequires(Text):
    def upstream(self):
        return {"back": ByRequires()}

class Texts(caselaw.Workflow):
    products = {"text": "txt"}
    def run(self):
        raise AssertionError("it cannot run")

class Branches(Texts):
    def upstream(self):
        return {"values": caselaw.over("ab"), "b": AfterBranches()}

class AfterBranches(Text):
    def upstream(self):
        return {"branches": caselaw.whole(Branches())}

class OfEachBranch(Texts):
    def upstream(self):
        return caselaw.over("ab")
    def requires(self):
        return BackToEachBranch()

class BackToEachBranch(Text):
    def upstream(self):
        return {"branches": caselaw.whole(OfEachBranch())}

class InWrapper(Text):
    def upstream(self):
        return {"wrapper": AroundIt()}

class AroundIt(law.WrapperTask):
    def requires(self):
        return [InWrapper()]

class AbovePlain(Text):
    def upstream(self):
        return {"plain": Plain()}

class Plain(law.Task):
    def requires(self):
        return AbovePlain()
    def output(self):
        return law.LocalFileTarget(str(ROOT / "plain.txt"))
    def run(self):
        self.output().touch()

class PlainA(law.Task):
    def requires(self):
        return PlainB()
    def output(self):
        return law.LocalFileTarget(str(ROOT / "a.txt"))
    def run(self):
        self.output().touch()

class PlainB(PlainA):
    def requires(self):
        return PlainA()

class Ring(Text):
    n = luigi.IntParameter(default=0)
    def upstream(self):
        return {"next": Ring(n=(self.n + 1) % 1000)}
"""

KINDS = ("Link", "Required", "Eaches", "Wholes", "Branchwise", "AllOf", "Wrapped", "WrappedEach", "Mixed")

LENGTHS = dict.fromkeys(KINDS, 1000) | {"Branchwise": 150}
"""Kind → tasks of its chain; where law makes all branches one by one, a thousand would take long."""

CIRCLES_SHOWN = {
    "A": "A → B → A", "Itself": "Itself → Itself", "ByRequires": "ByRequires → ToByRequires → ByRequires",
    "Branches": "Branches → AfterBranches → Branches", "InWrapper": "InWrapper → AroundIt → InWrapper",
    "OfEachBranch": "OfEachBranch → BackToEachBranch → OfEachBranch",
    "AbovePlain": "AbovePlain → Plain → AbovePlain", "PlainA": "PlainA → PlainB → PlainA",
    "Ring": "Ring(n=0) → Ring(n=1) → ",
}  # fmt: skip
"""Task → the circle that it is in."""


def project_of_chains(root: Path) -> SmallProject:
    project = SmallProject(root)
    project.write("law.cfg", LAW_CFG.format(modules="links:\ncircles:", settings="workers: 1"))
    project.write("links.py", LINKS)
    project.write("circles.py", CIRCLES)
    return project
