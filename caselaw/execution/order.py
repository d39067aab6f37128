"""In which order branches run that need others of their own workflow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence


class Order:
    """Which of the branches to run wait for others of them; `needs` tells which others each branch needs."""

    def __init__(self, needs: Mapping[int, Collection[int]], numbers: Sequence[int]) -> None:
        among = frozenset(numbers) if needs else frozenset()
        self.waiting = {n: left for n in numbers if (left := among.intersection(needs.get(n, ())))} if needs else {}
        self.free = [number for number in numbers if number not in self.waiting]
        """Branches that wait for none, from the beginning."""
        self._needed_by: dict[int, list[int]] = {}
        for number, left in self.waiting.items():
            for needed in left:
                self._needed_by.setdefault(needed, []).append(number)

    def done(self, numbers: Iterable[int]) -> list[int]:
        """Branches that wait for none any more, now that these are made."""
        free = []
        for number in numbers:
            for waiting in self._needed_by.pop(number, ()):
                self.waiting[waiting] -= {number}
                if not self.waiting[waiting]:
                    del self.waiting[waiting]
                    free.append(waiting)
        return free

    def lost(self, number: int) -> list[int]:
        """Branches that need one that failed, be it through others: they will not run."""
        lost: dict[int, None] = {}
        left = [number]
        while left:
            for waiting in self._needed_by.pop(left.pop(), ()):
                if self.waiting.pop(waiting, None) is not None:
                    lost[waiting] = None
                    left.append(waiting)
        return list(lost)
