"""The waiting contacts, in lines: all of a line ask for the same, so an agent fits all of it or none.

It does not know who is ready. "What waits that he could serve" is asked each time an agent is free, so it is kept up
for each agent. A line that many fit has a number, and each agent the set of the numbers that he fits: one `and` with
those in which somebody waits. Where callers ask for many mixes of skills most lines hold one caller whom a few agents
fit: these few are told of the line when somebody comes into it, and again when it is empty. A line is worked out when
it is first met, and kept while it is empty.

Within a line contacts stand in groups: of one priority, returned to the head or not, ringing or not. A group is sorted
by the time of asking once and for all; what changes with the present is only which of its contacts is first, and the
answer is remembered until the moment at which it may be another.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import OrderedDict
from math import inf
from typing import TYPE_CHECKING

from acd.contacts import ContactState
from acd.house import members
from acd.messages import AgentId
from acd.orders import ORDERS
from acd.places import Place, Zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from acd.contacts import ContactRecord, LineKey
    from acd.house import House
    from acd.messages import ContactId

FEW = 64  # agents who fit a line, that are told of it one by one
EMPTY_KEPT = 2000  # a flow may ask for any mix of skills: what is remembered of them must end somewhere

GUARDED, IN_TIME, LATE = int(Zone.GUARDED), int(Zone.IN_TIME), int(Zone.LATE)
NOWHERE: Place = (True, 9, 0, True, inf, "")

Group = list[tuple[float, "ContactId"]]


class Line:
    """The contacts that ask for the same thing now."""

    __slots__ = ("_ringing", "_waiting", "bit", "choice", "few", "first", "is_of_few", "key", "number", "order",
                 "rules", "until")  # fmt: skip

    def __init__(self, key: LineKey, house: House) -> None:
        self.key, self.number, self.bit = key, -1, 0  # numbered when somebody first waits in it
        self.rules = house.rules(key[1])
        self.order = ORDERS[self.rules.order]
        able = house.able(key) if not key[4] else house.bit.get(AgentId(key[4]), 0)
        self.choice = house.choice(key, able)
        self.is_of_few = able.bit_count() <= FEW
        self.few: list[int] | None = None  # they are looked up when somebody first waits in it
        self._waiting: dict[tuple[int, bool], Group] = {}
        self._ringing: dict[tuple[int, bool], Group] = {}
        self.first: Place = NOWHERE
        self.until = -inf

    @property
    def is_empty(self) -> bool:
        return not self._waiting and not self._ringing

    def put(self, record: ContactRecord) -> None:
        groups = self._waiting if record.state is ContactState.WAITING else self._ringing
        group = groups.get((record.priority, record.at_head))
        if group is None:
            group = groups[record.priority, record.at_head] = []
        insort(group, (record.asked_at, record.contact))
        self.until = -inf

    def take(self, record: ContactRecord) -> bool:
        """Take a contact out; tell whether nobody is left."""
        groups = self._waiting if record.state is ContactState.WAITING else self._ringing
        group = groups[record.priority, record.at_head]
        del group[bisect_left(group, (record.asked_at, record.contact))]
        if not group:
            del groups[record.priority, record.at_head]
        self.until = -inf
        return self.is_empty

    def groups(self) -> Mapping[tuple[int, bool], Group]:
        """Show those who wait and do not ring, by (priority, back at the head), each group by the time of asking."""
        return self._waiting

    def contacts(self) -> list[ContactId]:
        """Give all who wait and do not ring."""
        return [contact for group in self._waiting.values() for _, contact in group]

    def find_first(self, now: float) -> Place:
        """Find the place of the contact of this line that is served first; a line in which somebody is.

        It stands in `first` and holds before the time in `until`, if nobody comes or goes.
        """
        self.first, self.until = self._find(self._waiting or self._ringing, not self._waiting, now)
        return self.first

    def _find(self, groups: dict[tuple[int, bool], Group], rings: bool, now: float) -> tuple[Place, float]:
        """Find the first of these groups, and until when it is the first."""
        oldest = min([group[0] for group in groups.values()])
        guard = self.rules.guard
        if guard and now >= oldest[0] + guard:
            return (rings, GUARDED, 0, False, *oldest), inf
        until = oldest[0] + guard if guard else inf
        found: tuple[Place, float] | None = None
        for (priority, at_head), group in groups.items():
            first, ends = self._in_time(group, at_head, now)
            if first is None:
                continue
            steps = -priority if self.order.strict else 0
            reference = self.order.refer(first[0], priority, self.rules)
            here = (rings, IN_TIME, steps, not at_head, reference, first[1])
            if found is None or here < found[0]:
                found = here, ends
        if found is None:
            return (rings, LATE, 0, False, *oldest), until
        return found[0], min(found[1], until)

    def _in_time(self, group: Group, at_head: bool, now: float) -> tuple[tuple[float, ContactId] | None, float]:
        """Give the first of a group that is in time, and until when it is."""
        if at_head or not self.order.deadlines:
            return group[0], inf
        target = self.rules.target
        at = bisect_left(group, (now - target, ""))
        while at > 0 and now < group[at - 1][0] + target:  # sums of times are rounded
            at -= 1
        while at < len(group) and now >= group[at][0] + target:
            at += 1
        return (group[at], group[at][0] + target) if at < len(group) else (None, inf)


class OfFew:
    """The lines of one node in which somebody is and that few agents fit: all of them, and those of each agent."""

    __slots__ = ("all", "of")

    def __init__(self, agents: int) -> None:
        self.all: dict[Line, None] = {}
        self.of: list[dict[Line, None]] = [{} for _ in range(agents)]

    def add(self, line: Line) -> None:
        self.all[line] = None
        if line.few is None:
            line.few = members(line.choice.able)
        for agent in line.few:
            self.of[agent][line] = None

    def drop(self, line: Line) -> None:
        del self.all[line]
        for agent in line.few or ():
            del self.of[agent][line]


class Lines:
    """All lines, and who fits which."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._lines: dict[LineKey, Line] = {}
        self._by_number: list[Line] = []
        self._free: list[int] = []
        self._empty: OrderedDict[LineKey, None] = OrderedDict()
        self._fits = [0] * len(house.names)
        self._open: dict[str, int] = {}
        self._of_few: dict[str, OfFew] = {}
        self._waiting: dict[str, int] = {}
        self._of: dict[ContactId, Line] = {}

    def of(self, contact: ContactId) -> Line:
        """Give the line in which a contact is."""
        return self._of[contact]

    def line(self, key: LineKey) -> Line:
        """Give the line of this key, worked out when it is met for the first time."""
        return self._lines.get(key) or self._met(key)

    def put(self, record: ContactRecord) -> None:
        """Let a contact wait in the line of its record."""
        line = self._of[record.contact] = self.line(record.line)
        if line.is_empty:
            self._empty.pop(line.key, None)
            if line.is_of_few:
                self._few_on(record.node).add(line)
            else:
                self._open[record.node] = self._open.get(record.node, 0) | (line.bit or self._enter(line))
        line.put(record)
        if record.state is ContactState.WAITING:
            self._waiting[record.queue] = self._waiting.get(record.queue, 0) + 1

    def take(self, record: ContactRecord) -> None:
        """Let a contact go out of its line, with the record that it had."""
        line = self._of.pop(record.contact)
        if line.take(record):
            if line.is_of_few:
                self._of_few[record.node].drop(line)
            else:
                self._open[record.node] ^= line.bit
            self._empty[line.key] = None
        if record.state is ContactState.WAITING:
            self._waiting[record.queue] -= 1

    def waiting(self, queue: str) -> int:
        """Count those who wait in a queue and do not ring."""
        return self._waiting.get(queue, 0)

    def first_for(self, number: int, node: str, now: float, leave_out: Callable[[Line], bool] | None) -> Place | None:
        """Give the first place in the order of service among the lines that an agent fits, without those left out."""
        best: Place | None = None
        of_many = [self._by_number[at] for at in members(self._fits[number] & self._open.get(node, 0))]
        for line in (*of_many, *self._few_on(node).of[number]):
            first = line.first if now < line.until else line.find_first(now)
            if (best is None or first < best) and not (leave_out and leave_out(line)):
                best = first
        return best

    def open(self) -> list[Line]:
        """Give all lines on all nodes in which somebody is."""
        return [line for key, line in self._lines.items() if key not in self._empty]

    def count_on(self, node: str) -> int:
        """Count the lines of a node in which somebody is."""
        return self._open.get(node, 0).bit_count() + len(self._few_on(node).all)

    def open_on(self, node: str) -> Iterator[Line]:
        """Give the lines of a node in which somebody is."""
        yield from [self._by_number[number] for number in members(self._open.get(node, 0))]
        yield from self._few_on(node).all

    def _few_on(self, node: str) -> OfFew:
        known = self._of_few.get(node)
        if known is None:
            known = self._of_few[node] = OfFew(len(self._house.names))
        return known

    def _met(self, key: LineKey) -> Line:
        if len(self._empty) > EMPTY_KEPT:
            self._forget(self._empty.popitem(last=False)[0])
        line = self._lines[key] = Line(key, self._house)
        self._empty[key] = None
        return line

    def _enter(self, line: Line) -> int:
        """Give a line a number, and tell all who fit it. Most callers are served at once: their lines need none."""
        line.number = self._free.pop() if self._free else len(self._by_number)
        line.bit = 1 << line.number
        self._by_number[line.number : line.number + 1] = [line]
        for agent in members(line.choice.able):
            self._fits[agent] |= line.bit
        return line.bit

    def _forget(self, key: LineKey) -> None:
        line = self._lines.pop(key)
        if line.bit:
            for agent in members(line.choice.able):
                self._fits[agent] ^= line.bit
            self._free.append(line.number)
