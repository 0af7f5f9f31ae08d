"""The model of app_queue against callers who look by themselves; and who leaves while a phone rings for him."""

from __future__ import annotations

import heapq
import math
from dataclasses import replace
from itertools import count

import pytest

from acd import messages as m
from benchmarks.service_level.app_queue import PENALTIES, RECHECK, AppQueue
from benchmarks.service_level.play import crowd_of
from benchmarks.service_level.rivals import FirstCome
from benchmarks.service_level.workloads import workloads
from switchroom.day.described import Crowd, Day, Spell
from switchroom.day.engine import run

pytestmark = pytest.mark.unit


class Callers:
    """Every caller as a loop of his own: is it my turn, whom may I try, else wait a second and look again.

    It knows no wakes and no indexes; `ends` are (when, who answered him or "") by caller.
    """

    def __init__(self, day: Day, crowd: Crowd, settings: tuple[str, str, float, str]) -> None:
        self.crowd = crowd
        self.strategy, penalty, self.retry, self.order = settings
        model = AppQueue(day, *settings)
        self.workers = list(model.workers.values())
        self.penalties = [[PENALTIES[penalty](w, k) if k in w.able else 0 for w in self.workers] for k in range(9)]
        self.weights = model._weights
        self.members = [[n for n, w in enumerate(self.workers) if k in w.able] for k in range(len(model.lines))]
        self.lines: list[list[int]] = [[] for _ in model.lines]
        self.free, self.calls, self.last = set(range(len(self.workers))), [0] * len(self.workers), {}
        self.turn = [0] * len(model.lines)
        self.ends: list[tuple[float, str] | None] = [None] * len(crowd.callers)
        self._rung: dict[int, int] = {}
        self._then: dict[int, int] = {}
        self._heap, self._order = [], count()

    def play(self) -> list[tuple[float, str] | None]:
        for caller, one in enumerate(self.crowd.callers):
            self._at(one.at, self._joins, caller)
        while self._heap:
            now, _, do, caller = heapq.heappop(self._heap)
            do(now, caller)
        return self.ends

    def _at(self, when, do, caller):
        heapq.heappush(self._heap, (when, next(self._order), do, caller))

    def _joins(self, now, caller):
        one = self.crowd.callers[caller]
        self.lines[one.kind].append(caller)
        self._at(now + one.patience, self._gives_up, caller)
        self._looks(now, caller)

    def _looks(self, now, caller):
        kind = self.crowd.callers[caller].kind
        if caller not in self.lines[kind]:
            return
        if self.lines[kind].index(caller) >= len(self.free & set(self.members[kind])):
            self._at(now + RECHECK, self._looks, caller)
            return
        rank = {n: self._rank(kind, n) for n in self.members[kind]}
        for member in sorted(rank, key=rank.get):
            if member in self.free and not self._kept(kind, caller, member):
                self._rings(now, caller, member)
                later = [n for n in rank if rank[n] > rank[member]]
                self._then[caller] = self.members[kind].index(min(later, key=rank.get)) if later else 0
                return
        self._at(now + self.retry, self._looks, caller)

    def _rank(self, kind, member):
        place = self.members[kind].index(member)
        metric = {
            "rrmemory": place + 1000 * (place < self.turn[kind]),
            "leastrecent": math.floor(self.last.get(member, -1)),
            "fewestcalls": self.calls[member],
        }[self.strategy]
        return self.penalties[kind][member], metric, place

    def _kept(self, kind, caller, member):
        return any(self._goes_first(k, kind, caller) for k in self.workers[member].able if self.lines[k] and k != kind)

    def _goes_first(self, other, kind, caller):
        line = self.lines[other]
        if self.order == "longest":
            first, he = (math.floor(self.crowd.callers[each].at) for each in (line[0], caller))
            return first < he
        return self.weights[other] > self.weights[kind] and len(line) >= len(self.free & set(self.members[other]))

    def _rings(self, now, caller, member):
        one = self.crowd.callers[caller]
        self.lines[one.kind].remove(caller)
        self.free.remove(member)
        self._rung[caller] = member
        self._at(now + one.pick_up, self._answered, caller)

    def _answered(self, now, caller):
        if self.ends[caller] is None:
            worker = self.workers[self._rung[caller]]
            self.ends[caller] = now, str(worker.agent)
            self.turn[self.crowd.callers[caller].kind] = self._then[caller]
            self._at(now + self.crowd.callers[caller].talk * worker.pace, self._over, caller)

    def _over(self, now, caller):
        member = self._rung[caller]
        self.free.add(member)
        self.calls[member] += 1
        self.last[member] = now

    def _gives_up(self, now, caller):
        if self.ends[caller] is not None:
            return
        self.ends[caller] = now, ""
        if caller in self._rung:
            self.free.add(self._rung[caller])
            self.turn[self.crowd.callers[caller].kind] = self._then[caller]
        else:
            self.lines[self.crowd.callers[caller].kind].remove(caller)


def forenoon(pick_up: float) -> tuple[Day, Crowd]:
    """Of the bank's day, whose classes differ; 24 agents stay, phones ring, and one in twenty leaves meanwhile."""
    day, crowd = workloads()["W1 bank"].day, crowd_of("W1 bank", 105)
    seats = tuple(replace(seat, shifts=(Spell(0.0, 1e6),)) for seat in day.seats[:24])
    some = [
        replace(one, at=one.at - 10_800, pick_up=pick_up, patience=one.patience if n % 20 else 1.0)
        for n, one in enumerate(crowd.callers)
        if 10_800 < one.at < 15_300
    ]
    return replace(day, seats=seats), replace(crowd, callers=tuple(some))


@pytest.mark.parametrize(
    ("strategy", "penalty", "order", "pick_up"),
    [
        ("rrmemory", "none", "chance", 0.0),
        ("rrmemory", "fewest skills first", "chance", 1.3),
        ("leastrecent", "home first", "chance", 1.3),
        ("fewestcalls", "none", "chance", 1.3),
        ("leastrecent", "none", "longest", 1.3),
        ("leastrecent", "none", "scarcest first", 0.0),
        ("leastrecent", "home first", "short first", 0.0),
    ],
)
def test_the_model_answers_whom_callers_answer_who_look_by_themselves(strategy, penalty, order, pick_up):
    day, crowd = forenoon(pick_up)
    retry = 5.0 if order == "chance" else 1.0
    settings = (strategy, penalty, retry, order)
    expected = Callers(day, crowd, settings).play()
    done = run(day, crowd, AppQueue(day, *settings))
    waited = 0
    for caller, (one, end) in enumerate(zip(crowd.callers, done.ends, strict=True)):
        when, agent = expected[caller]
        assert (end.ended, end.agent) == (pytest.approx(when, abs=1e-3), agent), f"caller {caller}"
        waited += when - one.at > 5 + pick_up
    assert waited > 100, "a day on which nobody waits shows nothing"


@pytest.mark.parametrize("make", [AppQueue, FirstCome])
def test_who_leaves_while_a_phone_rings_takes_no_agent_with_him(make):
    day = workloads()["W6 small"].day
    floor = make(day)
    seat = day.seats[0].agent
    floor.handle(m.AgentMadeReady(seat), 0.0)
    for n in range(3):
        made = floor.handle(m.ContactArrived(m.ContactId(f"c{n}"), "n", "s0", (), 0, 1.0 + n), 1.0 + n)
        assert [answer.agent for answer in made if isinstance(answer, m.MakeOffer)] == [seat]
        told = floor.handle(m.ContactLeft(m.ContactId(f"c{n}")), 1.5 + n)
        assert [answer.state for answer in told] == ["ready"]
    assert floor.workers[seat].idle_since == 0.0, "he has had no call"
