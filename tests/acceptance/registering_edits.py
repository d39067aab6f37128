"""Edits of what registers itself, or changes what another module defines: seen only where it is looked up."""

from __future__ import annotations

from edits import append, replace, write
from rows import Edit, Row

PRODUCERS = "physics/registering/producers.py"
PATCHING = "physics/registering/patching.py"
LOADING = "physics/registering/loading.py"
LOOKING = "physics/registering/looking.py"


def registering(name: str, edit: Edit, fate: str = "run") -> Row:
    return Row("construct", f"registered: {name}", edit, fate, families=("Registering",))


def quiet(name: str, edit: Edit) -> Row:
    return registering(name, edit, "stay")


def module(name: str) -> str:
    return f"import physics.registering.{name}\n"


def swapped(name: str, file: str, first: str, second: str) -> tuple[str, Edit]:
    return name, replace(file, first + second, second + first)


METHODS = [f"    def {name}(self):\n        return {number}\n\n" for name, number in (("first", 20), ("second", 21))]
MUONS = "@producer\ndef muons(number):\n    return number + 2\n\n\n"
ELECTRONS = '@producer(uses=("pt", "eta"))\ndef electrons(number):\n    return number + 3\n\n\n'
JETS = "class Jets(Selector):\n    def selected(self, number):\n        return number + 1\n\n\n"

ROWS = [
    registering("class of a metaclass", replace(PRODUCERS, "number + 1\n", "number + 101\n")),
    registering("function by a decorator", replace(PRODUCERS, "number + 2\n", "number + 102\n")),
    registering("function by a decorator with arguments", replace(PRODUCERS, "number + 3\n", "number + 103\n")),
    registering("argument of a decorator", replace(PRODUCERS, '("pt", "eta")', '("pt",)')),
    registering("one more function", append(PRODUCERS, "\n\n@producer(uses=(1,))\ndef more(number):\n    return 1\n")),
    registering("function by an assigned call", replace(PRODUCERS, "number + 5\n", "number + 105\n")),
    registering("function by a partial", replace(PRODUCERS, "number + 6\n", "number + 106\n")),
    registering("constant by a helper", replace(PRODUCERS, '"shifted", 7', '"shifted", 107')),
    registering("helper that registers", replace(PRODUCERS, "number + by", "number - by")),
    registering("object by its __init__", replace(PRODUCERS, "Handler(8)", "Handler(108)")),
    registering("class by __init_subclass__", replace(PRODUCERS, "value = 9\n", "value = 109\n")),
    registering("one more class by __init_subclass__", append(
        PRODUCERS, "\n\nclass Second(Plugin):\n    value = 110\n")),
    registering("function by singledispatch of another module", replace(PRODUCERS, "(value) + 10", "(value) + 110")),
    registering("alias of an imported object", replace(PATCHING, 'alias["gain"] = 15', 'alias["gain"] = 115')),
    registering("method of a class of another module", replace(PATCHING, "lambda self: 17", "lambda self: 117")),
    registering("function of another module", replace(PATCHING, "lambda: 18", "lambda: 118")),
    # Setting an attribute of another module defines nothing in its own: it is what importing the module does.
    registering("function of another module that nobody calls", replace(PATCHING, "lambda: 19", "lambda: 119")),
    registering("module that registers is no longer imported", replace(LOADING, module("two"), "")),
    registering("module that registers is imported", append(LOADING, module("plain").replace("plain", "two as twice")
                + "twice.ORDER.append('three')\n")),
    registering(*swapped("order of imports", LOADING, module("one"), module("two"))),
    registering(*swapped("order of functions", PRODUCERS, MUONS, ELECTRONS)),
    registering(*swapped("order of methods that vars() shows", LOOKING, *METHODS)),
    quiet("function with a registry that nobody reads", replace(PRODUCERS, "number + 4\n", "number + 104\n")),
    quiet("class with a registry that nobody reads", replace(PRODUCERS, "value = 11\n", "value = 111\n")),
    quiet("class that registers nowhere", replace(PRODUCERS, "value = 12\n", "value = 112\n")),
    quiet("alias of an object that nobody reads", replace(PATCHING, 'spare["gain"] = 16', 'spare["gain"] = 116')),
    quiet(*swapped("order of imports of modules that define only", LOADING, module("plain"), module("bare"))),
    quiet("module that registers and is not imported", write(
        "physics/registering/three.py", 'from physics.registering.registry import ORDER\n\nORDER.append("three")\n')),
    quiet("comment where a function registers", replace(PRODUCERS, MUONS, f"# the muons\n{MUONS}")),
    quiet("helper of the base task that nobody calls", append(
        "framework.py", "\n    def decoded(self, text):\n        return json.loads(text)\n")),
]  # fmt: skip
