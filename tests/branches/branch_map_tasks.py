"""Tasks whose branch maps are their own; every run() leaves a line beside the store."""

WORK = '''
from pathlib import Path

import caselaw
import law
import luigi


def note(*words):
    with Path(__file__).with_name("ran").open("a") as file:
        file.write(" ".join(map(str, words)) + "\\n")


class Source(caselaw.Workflow):
    products = {"text": "txt"}

    def create_branch_map(self):
        return {10: "a", 20: "b", 5: "c"}

    def run(self):
        note("Source", self.branch_data)
        with self.publish() as out:
            out["text"].write_text(f"{self.branch_data} {self.seed}")


class Plain(law.LocalWorkflow):
    def create_branch_map(self):
        return {3: "x", 7: "y"}

    def output(self):
        return law.LocalFileTarget(f"{Path(__file__).parent}/plain/{self.branch}.txt")

    def run(self):
        self.output().dump(self.branch_data, formatter="text")


class Steps(caselaw.Workflow):
    exclude_index = True
    products = {"text": "txt"}

    def run(self):
        note(self.task_family, self.branch_data)
        with self.publish() as out:
            out["text"].write_text(text_of(self.input()["up"]))


class Step(caselaw.Task):
    exclude_index = True
    products = {"text": "txt"}

    def run(self):
        note(self.task_family)
        with self.publish() as out:
            out["text"].write_text(text_of(self.input()["up"]))


def text_of(up):
    if isinstance(up, list):
        return ", ".join(map(text_of, up))
    if isinstance(up, dict) and "collection" in up:
        return ", ".join(f"{number}: {text_of(target)}" for number, target in up["collection"].targets.items())
    return Path(up.path).read_text()


class EachOne(Steps):
    def upstream(self):
        return {"up": caselaw.each(Source.req(self))}


class Pairs(Steps):
    def upstream(self):
        return {"up": caselaw.batches(Source.req(self), size=2)}


class Everything(Step):
    def upstream(self):
        return {"up": caselaw.whole(Source.req(self))}


class Twenty(Step):
    def requires(self):
        return {"up": Source.req(self, branch=20)}


class Collection(Step):
    def requires(self):
        return {"up": Source.req(self)}


class EachPlain(Steps):
    def upstream(self):
        return {"up": caselaw.each(Plain.req(self))}


class PairsPlain(Steps):
    def upstream(self):
        return {"up": caselaw.batches(Plain.req(self), size=2)}


class EverythingPlain(Step):
    def upstream(self):
        return {"up": caselaw.whole(Plain.req(self))}


class OnePlain(Steps):
    def upstream(self):
        return {"up": caselaw.each(Plain.req(self, branches=((7,),)))}


class Beside(Steps):
    """A branch map of its own beside a connection, by number."""

    def upstream(self):
        return {"up": caselaw.each(Source.req(self))}

    def create_branch_map(self):
        return {5: "of c", 10: "of a", 20: "of b"}

    def run(self):
        note("Beside", self.branch_data)
        with self.publish() as out:
            out["text"].write_text(f"{self.branch_data}: {text_of(self.input()['up'])}")


class ReadsNumber(Steps):
    def create_branch_map(self):
        return {1: "a", 2: "b"}

    def run(self):
        note("ReadsNumber", self.branch)
        with self.publish() as out:
            out["text"].write_text(f"{self.branch} {self.branch_map[self.branch]}")


class ReadsMap(Steps):
    def create_branch_map(self):
        return {1: "a", 2: "b"}

    def run(self):
        note("ReadsMap", self.branch_data)
        with self.publish() as out:
            out["text"].write_text(repr(dict(self.branch_map)))


class Equal(Steps):
    def create_branch_map(self):
        return ["x", "y", "x", {"of": "x"}, {"of": "x"}]

    def run(self):
        note("Equal", self.branch_data)
        with self.publish() as out:
            out["text"].write_text(str(self.seed))


class EachEqual(Equal):
    def upstream(self):
        return {"up": caselaw.each(Equal.req(self))}

    create_branch_map = caselaw.Workflow.create_branch_map


class All(law.WrapperTask):
    def requires(self):
        return [
            EachOne(), Pairs(), Everything(), Twenty(), Collection(), EachPlain(), PairsPlain(), EverythingPlain(),
            OnePlain(), Beside(), ReadsNumber(), ReadsMap(), Equal(), EachEqual(),
        ]
'''
