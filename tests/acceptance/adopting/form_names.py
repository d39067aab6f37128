"""Names that physicists give: parameters and attributes, namespaces, and all kinds of parameters."""

from __future__ import annotations

from forms import EACH, RESULT, Form

NAMED = """
class Source(Base):
    {member}

    def output(self):
        return self.local_target("x.txt")

    def run(self):
        note(self)
        self.output().dump("{shown} before".format(self), formatter="text")
"""

NAMED_BRANCHES = """
class Result(Base, law.LocalWorkflow):
    {member}

    def create_branch_map(self):
        return {{0: "a", 1: "b", 2: "c"}}

    def output(self):
        return self.local_target(f"{{self.branch}}.txt")

    def run(self):
        note(self)
        self.output().dump("{shown} before".format(self), formatter="text")
"""

NAMES = (
    "config", "store", "location", "project", "resources", "products", "campaign", "components", "connections",
    "closure", "seed", "publish", "published", "declared", "output_contents", "yields", "selected_branches",
    "missing_branches", "records", "columns", "code", "own",
)  # fmt: skip
"""Names that caselaw might want for itself; the first seven are those that issues and projects name."""


def of_name(name: str) -> list[Form]:
    """A name as a parameter, as an attribute of the class, of the instance, and as a property."""
    parameter = f'{name} = luigi.Parameter(default="mine")'
    attribute = f'{name} = {{"mine": 1}}'
    instance = (
        f"def __init__(self, *args, **kwargs):\n        super().__init__(*args, **kwargs)\n"
        f'        self.{name} = {{"mine": 1}}'
    )
    method = f'@property\n    def {name}(self):\n        return "mine"'
    ways = {"parameter": parameter, "attribute": attribute, "attribute of the instance": instance, "property": method}
    if name == "resources":  # luigi's own, which must be a dict
        del ways["parameter"], ways["property"]
    return [
        Form(
            f"{name} as {way}",
            NAMED.format(member=member, shown=f"{{0.{name}}}") + RESULT.format(requires="Source.req(self)"),
            "Source, Result",
        )
        for way, member in ways.items()
    ] + [
        Form(
            f"{name} as {way} of a workflow",
            NAMED_BRANCHES.format(member=ways[way], shown=f"{{0.{name}}}"),
            EACH,
        )
        for way in ("parameter", "attribute")
        if way in ways
    ]


def of_names(names: tuple[str, ...], way: str) -> Form:
    """Many names in one class: each is what the physicist says."""
    members = {
        "parameters": [f'{name} = luigi.Parameter(default="{name}")' for name in names],
        "attributes": [f'{name} = {{"{name}": 1}}' for name in names],
        "methods": [f'def {name}(self, *words):\n        return "{name}"' for name in names],
    }[way]
    shown = " ".join(f"{{0.{name}}}" for name in names) if way != "methods" else " "
    code = NAMED.format(member="\n    ".join(members), shown=shown)
    return Form(
        f"names as {way}: {', '.join(names[:3])}, …",
        code + RESULT.format(requires="Source.req(self)"),
        "Source, Result",
    )


def of_parameter(name: str, parameter: str, shown: str = "{0.p}") -> Form:
    head = 'import datetime\nimport enum\n\nKind = enum.Enum("Kind", "A B")\n'
    code = head + NAMED.format(member=f"p = {parameter}", shown=shown)
    return Form(f"parameter: {name}", code + RESULT.format(requires="Source.req(self)"), "Source, Result")


PHYSICISTS = NAMES[:7]

NAMED_FORMS = [
    *[form for name in PHYSICISTS for form in of_name(name)],
    *[of_names(NAMES[7:], way) for way in ("parameters", "attributes", "methods")],
    Form(
        "resources of luigi",
        NAMED.format(member='resources = {"cpu": 1}', shown="{0.resources}")
        + RESULT.format(requires="Source.req(self)"),
        "Source, Result",
    ),
    Form(
        "config_inst as columnflow has it",
        """
class ConfigTask(Base):
    config = luigi.Parameter(default="run3")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.config_inst = {"run3": {"lumi": 30}}[self.config]

    def store_parts(self):
        return (self.task_family, self.config)

    def local_path(self, *names):
        return os.path.join(os.environ["RESULTS"], *self.store_parts(), *names)


class Result(ConfigTask):
    def output(self):
        return self.local_target("x.json")

    def run(self):
        note(self)
        self.output().dump({"lumi": self.config_inst["lumi"], "text": "before"})
""",
        "Result",
    ),
    Form(
        "a namespace of the class",
        NAMED.format(member='task_namespace = "cf"', shown="{0.task_family}")
        + RESULT.format(requires="Source.req(self)").replace(
            "def requires", 'task_namespace = "cf"\n\n    def requires'
        ),
        "Source, Result",
    ),
    Form(
        "a namespace of the module",
        'luigi.namespace("top", scope=__name__)\n'
        + NAMED.format(member="n = luigi.IntParameter(default=1)", shown="{0.n}")
        + RESULT.format(requires="Source.req(self)"),
        "Source, Result",
    ),
    of_parameter("int", "luigi.IntParameter(default=3)"),
    of_parameter("float", "luigi.FloatParameter(default=0.1)"),
    of_parameter("bool", "luigi.BoolParameter(default=True)"),
    of_parameter("date", "luigi.DateParameter(default=datetime.date(2026, 1, 2))"),
    of_parameter("date interval", "luigi.DateIntervalParameter(default=luigi.date_interval.Month(2026, 1))"),
    of_parameter(
        "date interval by text",
        "luigi.DateIntervalParameter(default=luigi.date_interval.Custom.parse('2026-01-01-2026-01-05'))",
    ),
    of_parameter("date hour", "luigi.DateHourParameter(default=datetime.datetime(2026, 1, 2, 3))"),
    of_parameter("month", "luigi.MonthParameter(default=datetime.date(2026, 1, 1))"),
    of_parameter("time delta", "luigi.TimeDeltaParameter(default=datetime.timedelta(hours=3))"),
    of_parameter("list", "luigi.ListParameter(default=[1, 2])"),
    of_parameter("tuple", "luigi.TupleParameter(default=(1, 2))"),
    of_parameter("dict", "luigi.DictParameter(default={'a': 1})", "{0.p[a]}"),
    of_parameter("choice", "luigi.ChoiceParameter(choices=['a', 'b'], default='a')"),
    of_parameter("enum", "luigi.EnumParameter(enum=Kind, default=Kind.A)"),
    of_parameter("optional", "luigi.OptionalParameter(default=None)"),
    of_parameter("optional int", "luigi.OptionalIntParameter(default=None)"),
    of_parameter("path", "luigi.PathParameter(default='/tmp/x')"),
    of_parameter("insignificant", "luigi.Parameter(default='x', significant=False)", ""),
    of_parameter("CSV of law", "law.CSVParameter(default=('a', 'b'))"),
    of_parameter("CSV of numbers", "law.CSVParameter(cls=luigi.IntParameter, default=(1, 2))"),
    of_parameter("multi CSV of law", "law.MultiCSVParameter(default=(('a',), ('b', 'c')))"),
    of_parameter("range of law", "law.RangeParameter(default=(1, 3))"),
    of_parameter("duration of law", "law.DurationParameter(default=2.0)"),
    of_parameter("bytes of law", "law.BytesParameter(default=10.0)"),
    of_parameter("optional bool of law", "law.OptionalBoolParameter(default=None)"),
    Form(
        "parameter: a task class",
        """
class Source(Base):
    def output(self):
        return self.local_target("x.txt")

    def run(self):
        note(self)
        self.output().dump("before", formatter="text")


class Result(Base):
    kind = luigi.TaskParameter(default=Source)

    def requires(self):
        return self.kind.req(self)

    def output(self):
        return self.local_target("result.txt")

    def run(self):
        note(self)
        self.output().dump(repr(contents(self.input())), formatter="text")
""",
        "Source, Result",
    ),
    Form(
        "parameter: a task",
        """
class Source(Base):
    n = luigi.IntParameter(default=0)

    def output(self):
        return self.local_target(f"{self.n}.txt")

    def run(self):
        note(self, self.n)
        self.output().dump("before", formatter="text")


class Inner(Base):
    task = law.TaskInstanceParameter()

    def requires(self):
        return self.task

    def output(self):
        return self.local_target("result.txt")

    def run(self):
        note(self)
        self.output().dump(repr(contents(self.input())), formatter="text")


class Result(Base):
    def requires(self):
        return Inner(task=Source(n=3))

    def output(self):
        return self.local_target("result.txt")

    def run(self):
        note(self)
        self.output().dump(repr(contents(self.input())), formatter="text")
""",
        "Source 3, Inner, Result",
    ),
    Form(
        "a parameter given on the command line",
        NAMED.format(member='label = luigi.Parameter(default="x")', shown="{0.label}").replace("Source", "Result"),
        "Result",
        arguments=("--label", "y"),
    ),
    Form(
        "a parameter of another task given on the command line",
        NAMED.format(member='label = luigi.Parameter(default="x")', shown="{0.label}")
        + RESULT.format(requires="Source.req(self)"),
        "Source, Result",
        arguments=("--Source-label", "y"),
    ),
]
