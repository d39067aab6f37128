"""The table of every output: what it is, its fingerprint, when it was made, size and duration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.report.html import Html, element, join
from analysis.report.numbers import byte_size, duration, moment

FOLD_FROM = 8
COLUMNS = (
    ("parameters", "Parameters", ""),
    ("product", "Product", ""),
    ("fingerprint", "Fingerprint", ""),
    ("made", "Made (UTC)", ""),
    ("size", "Size", "number"),
    ("seconds", "Duration", "number"),
)


@dataclass(frozen=True)
class Output:
    """One output of a task; `seconds` is how long the task ran, `made_at` an ISO time.

    `vouched` is who said that something else made it just so; empty for what the task made.
    """

    family: str
    parameters: str
    product: str
    fingerprint: str
    path: str
    size_bytes: int
    made_at: str
    seconds: float
    vouched: str = ""


def outputs_table(outputs: Sequence[Output]) -> Html:
    """One group of rows per task family, in the order given; script.py folds, sorts and searches them."""
    families: dict[str, list[Output]] = {}
    for output in outputs:
        families.setdefault(output.family, []).append(output)
    head = element(
        "tr",
        *(
            element("th", element("button", title, type="button", data_key=key), class_=kind or None, scope="col")
            for key, title, kind in COLUMNS
        ),
    )
    bodies = [_group(family, members, fold=len(outputs) > 40) for family, members in families.items()]
    search = element(
        "input", id="search", type="search", placeholder="Search tasks, parameters, fingerprints…",
        aria_label="Search outputs", autocomplete="off",
    )  # fmt: skip
    buttons = [
        element("button", label, type="button", id=name)
        for name, label in (("unfold", "Open all"), ("fold", "Close all"))
    ]
    controls = element("div", search, *buttons, element("span", id="found", aria_live="polite"), class_="controls")
    table = element("table", element("thead", head), *bodies, id="outputs-table")
    return join(controls, element("div", element("div", table, class_="scroll"), class_="framed"))


def _group(family: str, members: Sequence[Output], fold: bool) -> Html:
    # several products of one task share its duration
    seconds = sum({(m.parameters, m.fingerprint): m.seconds for m in members}.values())
    size, made = sum(m.size_bytes for m in members), max(m.made_at for m in members)
    toggle = element(
        "button", element("span", class_="mark"), f" {family} ", element("small", _count(len(members))),
        type="button", class_="toggle", aria_expanded="true",
    )  # fmt: skip
    summary = element(
        "tr",
        element("th", toggle, colspan="3", scope="rowgroup"),
        element("td", moment(made), data_sort=made),
        element("td", byte_size(size), class_="number", data_sort=size),
        element("td", duration(seconds), class_="number", data_sort=seconds),
        class_="family",
    )
    folded = fold and len(members) >= FOLD_FROM
    return element("tbody", summary, *map(_row, members), data_family=family, data_fold=folded)


def _count(number: int) -> str:
    return f"{number} output" if number == 1 else f"{number} outputs"


def _vouched(output: Output) -> list[Html]:
    return [Html(" "), element("small", f"vouched for by {output.vouched}")] if output.vouched else []


def _row(output: Output) -> Html:
    return element(
        "tr",
        element("td", output.parameters, data_sort=output.parameters),
        element("td", output.product, title=output.path, data_sort=output.product),
        element("td", element("code", output.fingerprint), data_sort=output.fingerprint),
        element("td", moment(output.made_at), *_vouched(output), data_sort=output.made_at),
        element("td", byte_size(output.size_bytes), class_="number", data_sort=output.size_bytes),
        element("td", duration(output.seconds), class_="number", data_sort=output.seconds),
        data_path=output.path,
    )
