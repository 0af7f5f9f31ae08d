"""Who is ready, on which node, and whose turn it is.

It does not know who can serve what: it is given a set of agents, and finds the one of them whose turn is first.

The ready of a node are kept as a set, and as a list in turn for each way to take turns that a queue uses. Of a small
set each member is looked at; of a large one the list is walked, and soon somebody of it is met. Either way the work is
about the square root of the number of agents at most.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING

from acd.house import members

if TYPE_CHECKING:
    from collections.abc import Mapping

    from acd.agents import AgentRecord
    from acd.house import House
    from acd.messages import AgentId
    from acd.strategies import Turn

InTurn = tuple[float, float, "AgentId"]


class Ready:
    """The ready agents whose phones can be rung."""

    def __init__(self, house: House, records: Mapping[AgentId, AgentRecord]) -> None:
        self._house, self._records = house, records
        self._bits: dict[str, int] = {}
        self._lists: tuple[tuple[Turn, dict[str, list[InTurn]]], ...] = tuple((turn, {}) for turn in house.turns)

    def join(self, record: AgentRecord) -> None:
        """Take in an agent who is ready and has a phone, if he is configured."""
        bit, node = self._house.bit.get(record.agent), record.node
        if bit is None:
            return
        self._bits[node] = self._bits.get(node, 0) | bit
        for turn, lists in self._lists:
            line = lists.get(node)
            if line is None:
                line = lists[node] = []
            insort(line, (turn(record), record.idle_since, record.agent))

    def leave(self, record: AgentRecord) -> None:
        """Let go an agent who was taken in, with the record that he had."""
        bit, node = self._house.bit.get(record.agent), record.node
        if bit is None:
            return
        self._bits[node] ^= bit
        for turn, lists in self._lists:
            line = lists[node]
            del line[bisect_left(line, (turn(record), record.idle_since, record.agent))]

    def on(self, node: str) -> int:
        """Give the set of those who are ready on a node."""
        return self._bits.get(node, 0)

    def first(self, among: int, node: str, turn: Turn) -> AgentId:
        """Find him whose turn it is in a set of ready agents that is not empty."""
        if among & (among - 1) == 0:
            return self._house.names[among.bit_length() - 1]
        line = next(lists for way, lists in self._lists if way is turn)[node]
        count = among.bit_count()
        if count * count > len(line):
            bit = self._house.bit
            return next(agent for _, _, agent in line if among & bit[agent])
        names, records = self._house.names, self._records
        return min(self._in_turn(records[names[number]], turn) for number in members(among))[2]

    def _in_turn(self, record: AgentRecord, turn: Turn) -> InTurn:
        return (turn(record), record.idle_since, record.agent)


def drawn(among: int, lot: int) -> int:
    """Draw a number from a set that is not empty: the one that stands at `lot`, counted round and round."""
    left, first = lot % among.bit_count(), 0
    width = among.bit_length()
    while width > 1:
        half = width // 2
        low = among & ((1 << half) - 1)
        count = low.bit_count()
        if left < count:
            among, width = low, half
        else:
            among, left, first, width = among >> half, left - count, first + half, width - half
    return first
