"""Which contact and which agent come together next.

It does not know what made them free, nor how an offer is made: it reads the board and changes nothing.

Between two messages nobody is ready who fits somebody in line. So after a message only the contacts and agents that it
touched need to be looked at: each such contact, and for each such agent the first of all the contacts that he fits.
They are taken in the order of service; whoever has a fit ready agent gets the best of those.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING
from zlib import crc32

from acd.agents import AgentRecord, AgentState
from acd.messages import AgentId, ContactId
from acd.places import Place, place
from acd.ready import drawn
from acd.sparing import least_missed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from acd.board import Board
    from acd.contacts import ContactRecord
    from acd.lines import Line

Pair = tuple["ContactRecord", AgentId, str]


def best_agent(board: Board, line: Line, contact: ContactRecord) -> tuple[AgentId, str] | None:
    """Find the best of the fit ready agents for a contact of this line, and why him.

    Those who let this contact pass before come last.
    """
    ready = board.ready.on(contact.node)
    among = line.choice.able & ready
    house = board.house
    if house.reserve and not contact.only and not board.calls_reserve(contact.queue):
        among &= ~house.reserve
    if not among:
        return None
    if among & (among - 1) == 0:
        return house.names[among.bit_length() - 1], "wanted" if contact.only else "only"
    reason = line.rules.choose
    if contact.tried:
        fresh = among & ~house.bits(contact.tried)
        among, reason = (fresh, reason) if fresh else (among, "again")
    return _chosen(board, line, contact, among), reason


def _chosen(board: Board, line: Line, contact: ContactRecord, among: int) -> AgentId:
    """Choose one of a set of fit ready agents by the queue's strategy."""
    choice = line.choice
    best = next(tier for tier in (among & each for each in choice.tiers) if tier)
    if choice.elsewhere:
        best = least_missed(best, board.ready.on(contact.node), choice.elsewhere)
    if choice.draws:
        return board.house.names[drawn(best, lot(line.rules.seed, contact.contact, contact.made))]
    return board.ready.first(best, contact.node, choice.turn)


def lot(seed: int, contact: ContactId, made: int) -> int:
    """Draw a whole number for an offer: the same for the same seed, contact and count of offers."""
    return crc32(f"{seed}/{contact}/{made}".encode())


def best_place(board: Board, agent: AgentRecord, now: float) -> Place | None:
    """Find the first place in the order of service among the contacts that this agent fits, if he is ready."""
    number = board.house.number.get(agent.agent)
    if number is None or agent.state is not AgentState.READY:
        return None
    if not board.house.reserve >> number & 1:
        return board.lines.first_for(number, agent.node, now, None)

    def is_not_called(line: Line) -> bool:
        return not line.key[4] and not board.calls_reserve(line.key[1])

    return board.lines.first_for(number, agent.node, now, is_not_called)


class Pairs:
    """The pairs that follow from what a message touched, one at a time: put the offer on the board, then ask again."""

    def __init__(self, board: Board, agents: Iterable[AgentId], contacts: Iterable[ContactId], now: float) -> None:
        self._board, self._now = board, now
        self._heap: list[tuple[Place, AgentId]] = []
        self._before = AgentId(""), ContactId("")
        for key in contacts:
            self._add_contact(key)
        for agent in agents:
            self._add_agent(agent)

    def _add_contact(self, key: ContactId) -> None:
        """Look at a contact, if it is in line."""
        record = self._board.contacts.get(key)
        if record is not None and self._board.in_line(record):
            rules = self._board.house.rules(record.queue)
            heapq.heappush(self._heap, (place(record, rules, self._now), AgentId("")))

    def _add_agent(self, agent: AgentId) -> None:
        found = best_place(self._board, self._board.agents[agent], self._now)
        if found is not None:
            heapq.heappush(self._heap, (found, agent))

    def next(self) -> Pair | None:
        """Find who is served next; None when nobody can be. What came of the pair before must be on the board."""
        self._look_again()
        while self._heap:
            (rings, *_, key), agent = heapq.heappop(self._heap)
            record = self._board.contacts.get(ContactId(key))
            if record is None or bool(record.offers) != rings or not self._board.in_line(record):
                if agent:
                    self._add_agent(agent)
                continue
            best = best_agent(self._board, self._board.lines.of(record.contact), record)
            if best is not None:
                left_over = agent if best[0] != agent else AgentId("")
                is_group = self._board.house.rules(record.queue).group > 1
                self._before = left_over, record.contact if is_group else ContactId("")
                return record, *best
        return None

    def _look_again(self) -> None:
        """Whoever was looked at for the pair before may be left over, and its contact may ring at one more."""
        agent, key = self._before
        if agent:
            self._add_agent(agent)
        if key:
            self._add_contact(key)
        self._before = AgentId(""), ContactId("")
