"""How a chain of workflows came through: what the run said, what the disk and the records hold, what ran again."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from fault_chain import Chain
from fault_table import Row

Note = Callable[[Row], None]


def finish(
    note: Note, fault: str, server: str, chain: Chain, seen: str, kept: set[str], before: Counter[str],
    salts: Sequence[int] = (0,),
) -> None:  # fmt: skip
    """A clean run, unless several (`salts`) were made, then the look at disk and records, the row, and the verdict."""
    if len(salts) == 1:
        chain.run(*salts)
    executions = chain.executions()
    again = {branch for branch in kept if executions[branch] > before[branch]}
    wanted = set().union(*(chain.branches(salt) for salt in salts))
    found = list(chain.on_disk().values())
    lost, wrong = wanted - set(found), [branch for branch in found if branch not in wanted]
    number = f"2 x {chain.n}" if len(salts) == 1 else f"{len(salts)} x 2 x {chain.n}"
    note(Row("runs", fault, server, number, seen, len(lost), len(wrong), again=len(again)))
    assert not lost and not wrong and not again
    assert sorted(found) == sorted(wanted)
    for salt in salts:
        assert chain.states(salt) == {"ok": 2 * chain.n}


def stopped(chain: Chain, broken: AbstractContextManager[object]) -> tuple[str, float]:
    """A run whose store breaks early in it, until the run has ended: its message, and how many seconds it took."""
    with chain.started() as process:
        chain.wait_for(0.1)
        begun = time.monotonic()
        with broken:
            text = chain.ended(process)
        assert process.returncode not in (0, None), text
    messages = {line.strip() for line in text.splitlines() if re.search(r"Store(Unavailable|Refused): ", line)}
    assert len(messages) == 1, text
    return messages.pop(), time.monotonic() - begun


def shortened(message: str) -> str:
    """The server's words in a message."""
    words = re.sub(r" \(attempt .*", "", message.rpartition("published: ")[2].partition(";")[0])
    return re.sub(r".*https?://[^ ]*: ", "", words).replace("|", "/")
