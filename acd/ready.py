"""Who is ready, on which node, and whose turn it is.

It does not know who can serve what: it is given a set of agents, and finds the one of them whose turn is first.

The ready of a node are kept as a set, and in turn for each way to take turns that a queue uses. Those in turn are kept
in pieces of some dozens, each with the set of those who are in it: whose turn is first of a given set is found by an
`and` for each piece until one is met, and a look at that one piece.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from acd.agents import AgentRecord
    from acd.house import House
    from acd.messages import AgentId
    from acd.strategies import Turn

InTurn = tuple[float, float, "AgentId"]

MOST = 96  # in a piece, before it is cut in two


class Piece:
    """Some of the ready, in turn, and the set of them."""

    __slots__ = ("bits", "entries")

    def __init__(self, entries: list[InTurn], bits: int) -> None:
        self.entries, self.bits = entries, bits


class Turns:
    """The ready of one node in turn."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._pieces: list[Piece] = []
        self._firsts: list[InTurn] = []

    def add(self, entry: InTurn) -> None:
        bit = self._house.bit[entry[2]]
        if not self._pieces:
            self._pieces, self._firsts = [Piece([entry], bit)], [entry]
            return
        at = max(0, bisect_right(self._firsts, entry) - 1)
        piece = self._pieces[at]
        insort(piece.entries, entry)
        piece.bits |= bit
        self._firsts[at] = piece.entries[0]
        if len(piece.entries) > MOST:
            self._cut(at)

    def take(self, entry: InTurn) -> None:
        at = bisect_right(self._firsts, entry) - 1
        piece = self._pieces[at]
        del piece.entries[bisect_left(piece.entries, entry)]
        piece.bits ^= self._house.bit[entry[2]]
        if piece.entries:
            self._firsts[at] = piece.entries[0]
        else:
            del self._pieces[at], self._firsts[at]

    def first(self, among: int) -> AgentId:
        """Find the first of a set of whom somebody is ready."""
        here, piece = next((here, piece) for piece in self._pieces if (here := piece.bits & among))
        if here & (here - 1) == 0:
            return self._house.names[here.bit_length() - 1]
        bit = self._house.bit
        return next(agent for _, _, agent in piece.entries if here & bit[agent])

    def _cut(self, at: int) -> None:
        entries = self._pieces[at].entries
        halves = (entries[: MOST // 2], entries[MOST // 2 :])
        pieces = [Piece(half, self._house.bits([agent for _, _, agent in half])) for half in halves]
        self._pieces[at : at + 1] = pieces
        self._firsts[at : at + 1] = [half[0] for half in halves]


class Ready:
    """The ready agents whose phones can be rung."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._bits: dict[str, int] = {}
        self._turns: tuple[tuple[Turn, dict[str, Turns]], ...] = tuple((turn, {}) for turn in house.turns)

    def join(self, record: AgentRecord) -> None:
        """Take in an agent who is ready and has a phone, if he is configured."""
        bit, node = self._house.bit.get(record.agent), record.node
        if bit is None:
            return
        self._bits[node] = self._bits.get(node, 0) | bit
        for turn, nodes in self._turns:
            turns = nodes.get(node)
            if turns is None:
                turns = nodes[node] = Turns(self._house)
            turns.add((turn(record), record.idle_since, record.agent))

    def leave(self, record: AgentRecord) -> None:
        """Let go an agent who was taken in, with the record that he had."""
        bit, node = self._house.bit.get(record.agent), record.node
        if bit is None:
            return
        self._bits[node] ^= bit
        for turn, nodes in self._turns:
            nodes[node].take((turn(record), record.idle_since, record.agent))

    def on(self, node: str) -> int:
        """Give the set of those who are ready on a node."""
        return self._bits.get(node, 0)

    def first(self, among: int, node: str, turn: Turn) -> AgentId:
        """Find him whose turn it is in a set of ready agents that is not empty."""
        if among & (among - 1) == 0:
            return self._house.names[among.bit_length() - 1]
        return next(nodes for way, nodes in self._turns if way is turn)[node].first(among)


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
