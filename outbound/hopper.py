"""The leads of one campaign that are at hand: who is next, and when the list is asked for more.

It does not know whether anybody may be called, nor how a list is kept. The list gives leads in their order (promised
first, then by priority, fewest tries, row); here only those who wait for one agent stand aside until he is free.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from outbound.lead import Due

FULL = 300
LOW = 150
LOOK_AGAIN = 15.0  # seconds: a promise that falls due is at hand within this time
LOST = 30.0  # seconds after which an answer of the list does not come any more
MORE = 20  # asked for though the hopper is full, for the sake of promises


class Next(NamedTuple):
    """Whom to call, and for which agent alone; "" for any."""

    due: Due
    agent: str


class Hopper:
    """`names` are the leads in it."""

    def __init__(self) -> None:
        self._line: deque[Due] = deque()
        self._own: dict[str, deque[Due]] = {}
        self.names: set[str] = set()
        self.left = -1  # leads that are not at their end, -1 until the list has told
        self.asked_for = 0
        self.asked_at = 0.0
        self.look_at = 0.0
        self._more = False  # the list gave all that it was asked for

    def __len__(self) -> int:
        return len(self.names)

    def owners(self) -> Collection[str]:
        """The agents for whom a lead waits."""
        return self._own.keys()

    def wants(self, now: float) -> int:
        """How many leads to ask the list for now; 0 for none."""
        if self.asked_for and now < self.asked_at + LOST:
            return 0
        return max(MORE, FULL - len(self)) if now >= self.look_at else 0

    def asked(self, count: int, now: float) -> None:
        """The list has been asked."""
        self.asked_for, self.asked_at, self.look_at = count, now, now + LOOK_AGAIN

    def fill(self, due: Iterable[Due], left: int, now: float, held: Collection[str] = ()) -> int:
        """The list has answered. Returns how many came."""
        came = 0
        promised: dict[str, list[Due]] = {}
        for one in due:
            came += 1
            if one.lead.lead in self.names or one.lead.lead in held:
                continue
            self.names.add(one.lead.lead)
            owner = one.whom or one.lead.owner
            if one.promised:
                promised.setdefault(owner, []).append(one)
            else:
                self._of(owner).append(one)
        for owner, first in promised.items():
            self._of(owner).extendleft(reversed(first))
        self._more = 0 < self.asked_for <= came
        self.look_at = now if self._more and len(self) < LOW else now + LOOK_AGAIN
        self.left, self.asked_for = left, 0
        return came

    def _of(self, owner: str) -> deque[Due]:
        return self._own.setdefault(owner, deque()) if owner else self._line

    def take(self, is_free: Callable[[str], bool], is_late: Callable[[str, Due], bool]) -> Next | None:
        """The next lead: one whose agent `is_free`, then one who waits for his no longer, then whoever stands first."""
        for owner in sorted(self._own):
            if is_free(owner):
                return self._taken(self._own[owner][0], owner, owner)
        for owner in sorted(self._own):
            for due in self._own[owner]:
                if is_late(owner, due):
                    return self._taken(due, owner, "")
        return self._taken(self._line[0], "", "") if self._line else None

    def _taken(self, due: Due, owner: str, agent: str) -> Next:
        line = self._own[owner] if owner else self._line
        line.remove(due)
        if owner and not line:
            del self._own[owner]
        self.names.discard(due.lead.lead)
        self._low()
        return Next(due, agent)

    def _low(self) -> None:
        if self._more and len(self) < LOW:
            self.look_at = 0.0

    def put_back(self, due: Due) -> None:
        """It was not called: it stands first again."""
        if due.lead.lead not in self.names:
            self.names.add(due.lead.lead)
            self._of(due.whom or due.lead.owner).appendleft(due)

    def remove(self, lead: str) -> None:
        """It is not at hand any more."""
        if lead in self.names:
            self.names.discard(lead)
            self._line = deque(one for one in self._line if one.lead.lead != lead)

    def forget(self, number: str) -> None:
        """Whoever has this number is not at hand any more."""
        for due in [one for line in (self._line, *self._own.values()) for one in line]:
            if number in {due.lead.number, *due.lead.others}:
                self._drop(due)

    def _drop(self, due: Due) -> None:
        self.names.discard(due.lead.lead)
        owner = due.whom or due.lead.owner
        if due in self._line:
            self._line.remove(due)
        elif due in self._own.get(owner, ()):
            self._own[owner].remove(due)
            if not self._own[owner]:
                del self._own[owner]

    def empty(self) -> None:
        """Another campaign's text may name other lists."""
        self._line.clear()
        self._own.clear()
        self.names.clear()
        self.look_at, self.asked_for = 0.0, 0
