"""Runs a crowd against a router in virtual time: whoever keeps the router's contract may decide.

It does not know how the router decides, and draws nothing: the crowd is drawn, the agents are described. So the
product's own `acd.router.Router` runs here as it is, and a rival with the same `handle` and `next_deadline` meets the
very same people.

What the simulated people do: callers come, and hang up when their patience is over before a talk. Agents come and go by
their shifts and breaks, let an offer ring as long as the caller's draw says, talk and wrap up as long as it says times
their own pace. One who was put aside for a missed offer is back after `COMES_BACK` seconds. Where a caller's wrap-up
is drawn, the agent ends it himself at that time; the queue's own rule must then be longer, or it ends it first.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from math import inf
from typing import Any, ClassVar, Protocol

import acd.messages as m
from acd.chains import MISSED
from acd.tally import How
from switchroom.day.described import Caller, Crowd, Day, Seat
from switchroom.day.outcome import DOINGS, DayRun, End, Hours

COMES_BACK = 30.0
DRAIN = 7200.0
NODE = "day"

Watch = Callable[[float, m.Told, list[m.Answer]], None]


class Deciding(Protocol):
    """The router's contract."""

    def handle(self, message: m.Told, now: float) -> list[m.Answer]: ...

    def next_deadline(self) -> float | None: ...


def run(day: Day, crowd: Crowd, router: Deciding, watch: Watch | None = None) -> DayRun:
    """Run the day to its end, and on until nobody waits or talks (`DRAIN` seconds at most).

    `watch` is told of every message with its answers and the POSIX time, as a journal would be.
    """
    return _Floor(day, crowd, router, watch).run()


class _Desk:
    """An agent at his desk: what he does, since when, and the seconds he spent on each."""

    __slots__ = ("away", "caller", "doing", "here", "offer", "seat", "since", "spent", "talks")

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self.doing, self.since = "offline", 0.0
        self.spent = dict.fromkeys(DOINGS, 0.0)
        self.here = self.away = False
        self.offer, self.talks = "", 0
        self.caller = -1

    def does(self, doing: str, now: float, end: float) -> None:
        at = min(now, end)
        if at > self.since:
            self.spent[self.doing] += at - self.since
            self.since = at
        self.doing = doing


class _Floor:
    """The heap of what is to come, the callers and the desks."""

    def __init__(self, day: Day, crowd: Crowd, router: Deciding, watch: Watch | None) -> None:
        self.day, self.crowd, self.router, self.watch = day, crowd, router, watch
        self.now = 0.0
        self.opens_at = day.opens_at
        self.callers = crowd.callers
        self.desks = {seat.agent: _Desk(seat) for seat in day.seats}
        self.ringing: dict[str, tuple[int, m.AgentId]] = {}
        self.numbers: dict[str, int] = {}
        self.waiting: set[int] = set()
        self.talking: dict[int, str] = {}
        self.ends: list[End | None] = [None] * len(crowd.callers)
        self.messages = self._count = 0
        self._heap: list[tuple[float, int, Callable[[Any], None], Any]] = []

    # ── the clock ──

    def _at(self, when: float, do: Callable[[Any], None], what: Any) -> None:
        self._count += 1
        heapq.heappush(self._heap, (when, self._count, do, what))

    def run(self) -> DayRun:
        self._plan_shifts()
        calls, coming = 0, self.callers
        last = self.day.seconds + DRAIN
        while self.now <= last:
            arrival = coming[calls].at if calls < len(coming) else inf
            due = self.router.next_deadline()
            tick = inf if due is None else due - self.opens_at
            event = self._heap[0][0] if self._heap else inf
            if min(arrival, tick, event) == inf or (arrival == inf and self._is_over()):
                break
            if tick <= event and tick <= arrival:
                self.now = max(self.now, tick)
                self.tell(m.Tick())
            elif event <= arrival:
                self.now, _, do, what = heapq.heappop(self._heap)
                do(what)
            else:
                self.now = arrival
                self._call(calls)
                calls += 1
        return self._result()

    def _is_over(self) -> bool:
        return self.now >= self.day.seconds and not self.waiting and not self.talking

    def tell(self, message: m.Told) -> None:
        posix = self.opens_at + self.now
        answers = self.router.handle(message, posix)
        self.messages += 1
        for answer in answers:
            do = self._answers.get(type(answer))
            if do is not None:
                do(self, answer)
        if self.watch is not None:
            self.watch(posix, message, answers)

    # ── callers ──

    def _call(self, number: int) -> None:
        caller = self.callers[number]
        kind = self.crowd.kinds[caller.kind]
        contact = m.ContactId(f"c{number:06d}")
        self.numbers[contact] = number
        self.waiting.add(number)
        if caller.patience < inf:
            self._at(self.now + caller.patience, self._gives_up, contact)
        asked = self.opens_at + self.now
        self.tell(m.ContactArrived(contact, NODE, kind.queue, kind.skills, kind.priority, asked, kind.limit))

    def _gives_up(self, contact: m.ContactId) -> None:
        number = self.numbers[contact]
        if number in self.waiting:
            self._ends(number, How.ABANDONED)
            self.tell(m.ContactLeft(contact))

    def _ends(self, number: int, how: How, agent: str = "") -> None:
        self.waiting.discard(number)
        self.ends[number] = End(self.callers[number].at, self.now, how, agent)

    def _released(self, answer: m.ReleaseContact) -> None:
        number = self.numbers[answer.contact]
        if number in self.waiting:
            self._ends(number, How.FLOWED_OUT)

    # ── offers and talks ──

    def _rings(self, answer: m.MakeOffer) -> None:
        number = self.numbers[answer.contact]
        self.ringing[answer.offer] = (number, answer.agent)
        self._at(self.now + self.callers[number].pick_up, self._picks_up, answer.offer)

    def _stops_ringing(self, answer: m.WithdrawOffer | m.OfferClosed) -> None:
        self.ringing.pop(answer.offer, None)

    def _picks_up(self, offer: m.OfferId) -> None:
        ring = self.ringing.pop(offer, None)
        if ring is None or ring[0] not in self.waiting:
            return
        number, agent = ring
        desk = self.desks[agent]
        self._ends(number, How.ANSWERED, agent)
        self.talking[number] = offer
        desk.offer, desk.caller, desk.talks = offer, number, desk.talks + 1
        self._at(self.now + self.callers[number].talk * desk.seat.pace, self._hangs_up, desk)
        self.tell(m.OfferAccepted(offer))

    def _hangs_up(self, desk: _Desk) -> None:
        caller: Caller = self.callers[desk.caller]
        offer = m.OfferId(desk.offer)
        del self.talking[desk.caller]
        if caller.wrap_up is not None:
            self._at(self.now + caller.wrap_up * desk.seat.pace, self._wraps_up, (desk, offer))
        self.tell(m.TalkOver(offer))

    def _wraps_up(self, what: tuple[_Desk, m.OfferId]) -> None:
        desk, offer = what
        if desk.offer == offer and desk.doing == "wrap_up":
            self.tell(m.WrapUpEnded(desk.seat.agent))

    # ── agents ──

    def _plan_shifts(self) -> None:
        for seat in self.day.seats:
            desk = self.desks[seat.agent]
            for shift in seat.shifts:
                self._at(shift.since, self._comes, desk)
                self._at(shift.until, self._goes, desk)
            for rest in seat.breaks:
                self._at(rest.since, self._rests, (desk, rest.reason or "break"))
                self._at(rest.until, self._returns, desk)

    def _comes(self, desk: _Desk) -> None:
        desk.here = True
        agent = desk.seat.agent
        for message in (m.PhoneFound(agent, NODE), m.AgentSignedOn(agent)):
            self.tell(message)
        if not desk.away:
            self.tell(m.AgentMadeReady(agent))

    def _goes(self, desk: _Desk) -> None:
        desk.here = False
        self.tell(m.AgentSignedOff(desk.seat.agent))

    def _rests(self, what: tuple[_Desk, str]) -> None:
        desk, reason = what
        desk.away = True
        if desk.here:
            self.tell(m.AgentMadeNotReady(desk.seat.agent, reason))

    def _returns(self, desk: _Desk) -> None:
        desk.away = False
        self._is_back(desk)

    def _is_back(self, desk: _Desk) -> None:
        if desk.here and not desk.away:
            self.tell(m.AgentMadeReady(desk.seat.agent))

    def _moved(self, answer: m.AgentMoved) -> None:
        desk = self.desks[answer.agent]
        desk.does(answer.state, self.now, self.day.seconds)
        if answer.reason == MISSED:
            self._at(self.now + COMES_BACK, self._is_back, desk)

    # ── the end ──

    def _result(self) -> DayRun:
        for desk in self.desks.values():
            desk.does(desk.doing, self.day.seconds, self.day.seconds)
        ends = [
            End(caller.at, None, How.WAITING) if end is None else end
            for caller, end in zip(self.callers, self.ends, strict=True)
        ]
        hours = {agent: Hours(**desk.spent, talks=desk.talks) for agent, desk in self.desks.items()}
        return DayRun(self.crowd, tuple(ends), hours, self.opens_at, self.messages)

    _answers: ClassVar[dict[type[m.Answer], Callable[[_Floor, Any], None]]] = {
        m.MakeOffer: _rings,
        m.WithdrawOffer: _stops_ringing,
        m.OfferClosed: _stops_ringing,
        m.ReleaseContact: _released,
        m.AgentMoved: _moved,
    }
