"""Runs a campaign's day in virtual time: one heap of events, customers who answer, agents, and the pacer.

It does not know how a pacer decides, nor what a good day is. Dial number n meets the same customer whatever was
decided before, so all pacers that are compared meet the very same people in the same order.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from math import inf
from random import Random
from typing import Any

from outbound.pacing.sight import Bounds, Event, Happened, Pacer
from switchroom.campaign_day.described import CampaignDay, Inbound
from switchroom.campaign_day.fates import CONGESTION, MISHEARD, PERSON, Fate, Fates
from switchroom.campaign_day.outcome import Count, DayOutcome

EVERY = 0.5  # a pacer is asked so often,
GAP = 0.25  # and after an event, but not sooner than this after the last time
WRAPS_AT_LEAST = 1e-9
DIALLED, ANSWERED, OTHER, CONNECTED, ABANDONED, LOST, CAME, LEFT, TALK_OVER, FREE, BUSY_ELSEWHERE = (
    each for each in Event if each is not Event.DROPPED
)


def run_day(day: CampaignDay, pacer: Pacer, seed: int, every: float = EVERY) -> DayOutcome:
    """Run it. The same day, pacer and seed give the same outcome. `every` of infinity asks after events alone."""
    return Floor(day, pacer, seed, every).run()


class Floor:
    """Lines, people who wait, and agents by number."""

    def __init__(self, day: CampaignDay, pacer: Pacer, seed: int, every: float = EVERY) -> None:
        self.day, self.pacer, self.every = day, pacer, every
        self.people = day.people
        self.now = 0.0
        self.count = Count()
        self.most = day.most[0][1]
        self.share = day.people.answers[0].share
        self.flight: dict[str, float] = {}  # line: dialled at
        self.waiting: dict[str, tuple[float, Fate]] = {}  # line: since
        self.idle: dict[str, float] = {}  # agent: since, the longest first
        self.busy: dict[str, float] = {}  # agent: since
        self.there: dict[str, float] = {}  # agent: since
        self.leaving: set[str] = set()
        self.calls: dict[int, float] = {}  # callers of other queues who wait: their talk
        self.fates = Fates(day.people, day.ring_for, seed)
        self._inbound = Random(f"{seed}:inbound")  # noqa: S311 - a simulation wants repeatable chance
        self._heap: list[tuple[float, int, Callable[[Any], None], Any]] = []
        self._bounds = Bounds(day.cap, 0, 0, self.most, day.wait)
        self._happened, self._opens_at = pacer.happened, day.opens_at
        self._number = 0
        self._asked, self._ask_at = -inf, 0.0

    # ── the clock ──

    def at(self, when: float, do: Callable[[Any], None], what: Any) -> None:
        self._number += 1
        heapq.heappush(self._heap, (when, self._number, do, what))

    def run(self) -> DayOutcome:
        """Go through the day, event by event."""
        self._plan()
        heap, pop, end = self._heap, heapq.heappop, self.day.seconds
        while True:
            event, asks = heap[0][0] if heap else inf, self._ask_at
            if event <= asks:
                if event >= end:
                    break
                self.now, _, do, what = pop(heap)
                do(what)
                soon = self._asked + GAP
                self._ask_at = min(asks, max(event, soon))
            elif asks >= end:
                break
            else:
                self.now = asks
                self._ask()
        return self._close()

    def _plan(self) -> None:
        for place in self.day.places:
            for spell in place.there:
                self.at(spell.since, self._comes, place.agent)
                self.at(spell.until, self._goes, place.agent)
        for step in self.people.answers[1:]:
            self.at(step.since, self._answers_change, step.share)
        for since, most in self.day.most[1:]:
            self.at(since, self._lines_change, most)
        if self.day.inbound is not None:
            self._next_call(self.day.inbound)

    def _answers_change(self, share: float) -> None:
        self.share = share

    def _lines_change(self, most: int) -> None:
        self.most = most

    def tell(self, event: Event, line: str = "", agent: str = "", age: float = 0.0) -> None:
        self.count.told += 1
        self._happened(Happened(event, self._opens_at + self.now, line, agent, age))

    # ── dialling ──

    def _ask(self) -> None:
        count, day = self.count, self.day
        self._asked, self._ask_at = self.now, self.now + self.every
        count.asked += 1
        bounds = self._bounds
        if bounds.persons != count.persons or bounds.most != self.most:
            bounds = self._bounds = Bounds(day.cap, count.persons, count.abandoned, self.most, day.wait)
        wished = self.pacer.lines(bounds, day.opens_at + self.now)
        may = min(wished, self.most - len(self.flight))
        if may < wished:
            count.refused += wished - max(0, may)
        if may > 0:
            self._dial(may)

    def _dial(self, lines: int) -> None:
        now, count, flight = self.now, self.count, self.flight
        draw, share, tell, at = self.fates.next, self.share, self.tell, self.at
        first = count.dials + 1
        count.dials += lines
        for number in range(first, first + lines):
            line, fate = f"D{number}", draw(share)
            flight[line] = now
            tell(DIALLED, line)
            does = self._answered if fate.comes_to == PERSON else self._failed
            at(now + (fate.ring + fate.ear), does, (line, fate))

    def _failed(self, what: tuple[str, Fate]) -> None:
        line, why = what[0], what[1].comes_to
        age, count = self._line_over(line), self.count
        count.outcomes[why] = count.outcomes.get(why, 0) + 1
        if why == CONGESTION:
            count.congested += 1
        elif why == MISHEARD:
            count.misheard += 1
        self.tell(OTHER, line, "", age)

    def _line_over(self, line: str) -> float:
        age = self.now - self.flight.pop(line)
        self.count.line_seconds += age
        return age

    # ── people ──

    def _answered(self, what: tuple[str, Fate]) -> None:
        line, fate = what
        self.tell(ANSWERED, line, "", self._line_over(line))
        if self.idle:
            self._connect(line, self.now, fate)
            return
        if self.day.hold <= 0:
            self._abandon(line, 0.0)
            return
        self.waiting[line] = (self.now, fate)
        self.at(self.now + self.day.hold, self._waited, line)
        patience = self.people.patience.at(fate.patience)
        if patience < self.day.hold:
            self.at(self.now + patience, self._hangs_up, line)

    def _waited(self, line: str) -> None:
        found = self.waiting.pop(line, None)
        if found is not None:
            self._abandon(line, self.now - found[0])

    def _abandon(self, line: str, waited: float) -> None:
        self.count.person(self.now, abandoned=True)
        self.tell(ABANDONED, line, "", waited)

    def _hangs_up(self, line: str) -> None:
        found = self.waiting.pop(line, None)
        if found is None:
            return
        waited = self.now - found[0]
        self.count.lost += 1
        self.count.person(self.now, abandoned=waited > self.day.wait)
        self.tell(LOST, line, "", waited)

    def _connect(self, line: str, since: float, fate: Fate) -> None:
        agent, idle_since = next(iter(self.idle.items()))
        del self.idle[agent]
        waited, count = self.now - since, self.count
        count.connected += 1
        count.person(self.now, abandoned=waited > self.day.wait)
        count.waits.append(waited)
        if idle_since >= self.day.warm:
            count.idle.append(self.now - idle_since)
        self.busy[agent] = self.now
        self.at(self.now + self.people.talk.at(fate.talk), self._talked, (agent, fate.wrap_up))
        self.tell(CONNECTED, line, agent)

    # ── agents ──

    def _talked(self, what: tuple[str, float]) -> None:
        agent, wrap_up = what
        self.tell(TALK_OVER, "", agent, self.now - self.busy[agent])
        wraps = self.people.wrap_up.at(wrap_up)
        if wraps > WRAPS_AT_LEAST:
            self.at(self.now + wraps, self._is_free, agent)
        else:
            self._is_free(agent)

    def _is_free(self, agent: str) -> None:
        self.count.busy += self._counted(self.busy.pop(agent), self.now)
        if agent in self.leaving:
            self.leaving.remove(agent)
            self._left(agent)
            return
        self.tell(FREE, "", agent)
        self._takes_next(agent)

    def _takes_next(self, agent: str) -> None:
        self.idle[agent] = self.now
        if self.waiting:
            line, (since, fate) = next(iter(self.waiting.items()))
            del self.waiting[line]
            self._connect(line, since, fate)
        elif self.calls:
            number = next(iter(self.calls))
            self._serve(self.calls.pop(number))

    def _comes(self, agent: str) -> None:
        if agent in self.leaving:  # his last talk went on through the whole break
            self.leaving.remove(agent)
            return
        self.there[agent] = self.now
        self.tell(CAME, "", agent)
        self._takes_next(agent)

    def _goes(self, agent: str) -> None:
        if agent in self.idle:
            del self.idle[agent]
            self._left(agent)
        else:
            self.leaving.add(agent)

    def _left(self, agent: str) -> None:
        self.count.present += self._counted(self.there.pop(agent), self.now)
        self.tell(LEFT, "", agent)

    def _counted(self, since: float, until: float) -> float:
        return max(0.0, until - max(since, self.day.warm))

    # ── callers of other queues ──

    def _next_call(self, inbound: Inbound) -> None:
        gap, talk = self._inbound.expovariate(inbound.an_hour / 3600), self._inbound.random()
        self.at(self.now + gap, self._calls_in, (inbound, inbound.talk.at(talk)))

    def _calls_in(self, what: tuple[Inbound, float]) -> None:
        inbound, talk = what
        self._next_call(inbound)
        if self.idle:
            self._serve(talk)
        else:
            self.calls[self._number] = talk

    def _serve(self, talk: float) -> None:
        agent = next(iter(self.idle))
        del self.idle[agent]
        self.busy[agent] = self.now
        self.tell(BUSY_ELSEWHERE, "", agent)
        self.at(self.now + talk, self._is_free, agent)

    # ── the end ──

    def _close(self) -> DayOutcome:
        self.now = self.day.seconds
        for since in self.busy.values():
            self.count.busy += self._counted(since, self.now)
        for since in self.there.values():
            self.count.present += self._counted(since, self.now)
        return DayOutcome(self.count, len(self.day.places), self.day.seconds)
