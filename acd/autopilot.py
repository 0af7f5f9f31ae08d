"""The 20-second autopilot: each second it looks ten minutes ahead, and acts early, within what people wrote down.

It does not know how an act is carried out, nor what a caller or an agent is called. It is pure like the router: told
what happened and what time it is; the same object flies a live floor and a simulated day.

Each second, while anybody asks for a person: the floor is counted (`pools.py`), every queue with bounds is forecast
(`forecast.py`), and its ladder (`ladder.py`) says whether a step is done or undone. Customers whom we have called are
remembered apart from callers (`dialled`): how many come is our own doing. A step that could be of no use is
passed over: a relaxation where the queue has none, or while another queue with bounds is shorter still and has not been
relaxed itself; the reserve where nobody of it is at work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, ClassVar, Final, Protocol

from acd.acts import Act, ActUndone, AutopilotSwitched, BeginAct, Bounds, Change, EndAct, Forecast, Kind, Step
from acd.agents import AgentProfile, AgentRecord, AgentState
from acd.demand import Demand
from acd.errors import UnknownAct
from acd.habits import Habits
from acd.ladder import Ladder
from acd.messages import AgentId, Tick
from acd.pools import Floor, Relief
from acd.rules import QueueRules

EVERY: Final = 1.0  # seconds between two looks
RESTS_AFTER: Final = 900.0  # seconds without anybody asking after which it looks no more

Told = Tick | ActUndone | AutopilotSwitched | Habits


class Agents(Protocol):
    """Whom it looks at: the router."""

    def agents(self) -> Mapping[AgentId, AgentRecord]: ...


class Autopilot:
    """Forecasts and ladders of all queues with bounds. Without bounds it sleeps and costs nothing."""

    def __init__(
        self,
        bounds: Mapping[str, Bounds],
        rules: Mapping[str, QueueRules],
        profiles: Mapping[AgentId, AgentProfile],
        agents: Agents,
        *,
        every: float = EVERY,
    ) -> None:
        self._every = every
        self.demand, self.dialled = Demand(), Demand()
        self.on = True
        self.forecasts: dict[str, Forecast] = {}
        self.agents = agents
        self._rules, self.profiles = rules, profiles
        self._ladders = {queue: Ladder(each) for queue, each in sorted(bounds.items()) if queue in rules}
        self._floor = Floor(rules, profiles if bounds else {}, {})  # without bounds nobody is looked at
        self._looked_at = 0.0
        self._asked_at = float("-inf")

    # ── the contract ──

    def handle(self, message: Told, now: float) -> list[Change]:
        """Take what happened; answer what is to be done or undone. Raises UnknownAct for one that is not in force."""
        return self._heard[type(message)](self, message, now)

    def next_deadline(self) -> float | None:
        """Tell when to look again; None while there is nothing to look at."""
        if not self._ladders:
            return None
        rests = self._asked_at + RESTS_AFTER < self._looked_at
        return None if rests and not self.acts() else self._looked_at + self._every

    def reconfigure(
        self,
        bounds: Mapping[str, Bounds],
        rules: Mapping[str, QueueRules],
        profiles: Mapping[AgentId, AgentProfile],
        now: float,
    ) -> list[Change]:
        """Take other bounds: acts that they do not allow are undone at once."""
        self._rules, self.profiles = rules, profiles
        before, self._ladders = self._ladders, {}
        ended: list[Change] = []
        for queue, each in sorted(bounds.items()):
            if queue in rules:
                ladder = self._ladders[queue] = before.pop(queue) if queue in before else Ladder(each)
                ladder.bounds = each
                ended += [self._stop(ladder, act, "bounds", now) for act in ladder.outdated()]
        for ladder in before.values():
            ended += [self._stop(ladder, act, "bounds", now) for act in reversed(ladder.acts)]
        self.forecasts = {queue: seen for queue, seen in self.forecasts.items() if queue in self._ladders}
        self._regroup()
        return ended

    def restore(self, acts: Iterable[Act], barred: Iterable[tuple[str, Step, float]], *, on: bool) -> None:
        """Take these for what is in force, and barred until; nothing is answered."""
        self.on = on
        for act in sorted(acts, key=lambda each: (each.at, each.act)):
            if act.queue in self._ladders:
                self._ladders[act.queue].restore(act)
        for queue, step, until in barred:
            if queue in self._ladders:
                self._ladders[queue].barred[step] = until
        self._regroup()

    # ── what is in force ──

    def acts(self) -> list[Act]:
        """Give all that is in force, by queue, in the order in which it was done."""
        return [act for ladder in self._ladders.values() for act in ladder.acts]

    def barred(self) -> list[tuple[str, Step, float]]:
        """Give what supervisors undid, and until when it is not done again."""
        return [
            (queue, step, until) for queue, ladder in self._ladders.items() for step, until in ladder.barred.items()
        ]

    def bounds(self, queue: str) -> Bounds:
        """Give what may be done for a queue; for one without bounds, nothing."""
        return self._ladders[queue].bounds if queue in self._ladders else Bounds(queue, ())

    def relief(self, queue: str) -> Relief:
        """Tell what the queue has been given of its relaxations and of the reserve."""
        steps = self._steps(queue)
        sooner = max((step.amount for step in steps if step.kind is Kind.RELAX), default=0.0)
        return Relief(sooner, any(step.kind is Kind.RESERVE for step in steps))

    def offers_callbacks(self, queue: str) -> bool:
        """Tell whether callers who wait in it are to be offered a call-back."""
        return any(step.kind is Kind.CALLBACKS for step in self._steps(queue))

    def pace(self) -> float:
        """Tell the share of its pace that the dialler keeps: the least that any queue asks for."""
        steps = [step for ladder in self._ladders.values() for step in self._steps(ladder.bounds.queue)]
        return min((step.amount for step in steps if step.kind is Kind.DIALLER), default=1.0)

    def _steps(self, queue: str) -> list[Step]:
        return [act.step for act in self._ladders[queue].acts] if queue in self._ladders else []

    # ── told ──

    def asked(self, contact: str, queue: str, now: float, *, dialled: bool = False) -> None:
        """A contact waits; the autopilot wakes. `dialled`: we have called him, and he has just answered."""
        self._asked_at = now
        self.dialled.left(contact, now, gave_up=False)
        (self.dialled if dialled else self.demand).asked(contact, queue, now)

    def forget(self, now: float) -> None:
        """Drop what is too old to be learned from."""
        self.demand.forget(now)
        self.dialled.forget(now)

    def _hear_tick(self, _message: Tick, now: float) -> list[Change]:
        due = self.next_deadline()
        if due is None or now < due:
            return []
        self._looked_at = now
        self.forget(now)
        self._floor.survey(self.agents.agents(), self.demand, self.dialled, now)
        self.forecasts = {queue: self._floor.forecast(queue, self.demand, now) for queue in self._ladders}
        if not self.on:
            return []
        changes: list[Change] = []
        for queue, ladder in self._ladders.items():
            change = ladder.look(self.forecasts[queue], now, partial(self._is_of_use, queue))
            if isinstance(change, BeginAct):
                changes.append(self._begin(ladder, change))
            elif change is not None:
                changes.append(self._stop(ladder, change.act, change.why, now))
        return changes

    def _hear_undone(self, message: ActUndone, now: float) -> list[Change]:
        for ladder in self._ladders.values():
            for act in ladder.acts:
                if act.act == message.act:
                    return [self._stop(ladder, act, "supervisor", now, message.by)]
        raise UnknownAct(f"no act {message.act!r} is in force")

    def _hear_switched(self, message: AutopilotSwitched, now: float) -> list[Change]:
        self.on = message.on
        if message.on:
            return []
        return [
            self._stop(ladder, act, "off", now, message.by)
            for ladder in self._ladders.values()
            for act in reversed(ladder.acts)
        ]

    def _hear_habits(self, message: Habits, _now: float) -> list[Change]:
        self.demand.learn(message)
        return []

    def _begin(self, ladder: Ladder, change: BeginAct) -> BeginAct:
        ladder.began(change.act)
        self._regroup()
        return change

    def _stop(self, ladder: Ladder, act: Act, why: str, now: float, by: str = "") -> EndAct:
        ladder.ended(act, now, barred=why == "supervisor")
        self._regroup()
        return EndAct(act, why, by, self.forecasts.get(act.queue))

    def _regroup(self) -> None:
        self._floor = Floor(self._rules, self.profiles, {queue: self.relief(queue) for queue in self._ladders})

    def _is_of_use(self, queue: str, step: Step) -> bool:
        if step.kind is Kind.RELAX:
            return bool(self._rules[queue].relax) and not self._comes_another_first(queue)
        return step.kind is not Kind.RESERVE or self._has_reserve(queue)

    def _comes_another_first(self, queue: str) -> bool:
        """Whether another queue is short, more so than this one, and has nothing of its own relaxations yet."""
        mine = self.forecasts[queue].share
        return any(
            seen.share < ladder.bounds.act_below and (mine is None or seen.share < mine) and not ladder.has_relaxed
            for other, ladder in self._ladders.items()
            if other != queue and (seen := self.forecasts[other]).share is not None
        )

    def _has_reserve(self, queue: str) -> bool:
        at_work = frozenset(AgentState) - {AgentState.OFFLINE, AgentState.NOT_READY}
        records = self.agents.agents()
        reserve = (who for who, profile in self.profiles.items() if profile.reserve and queue in profile.queues)
        return any(who in records and records[who].state in at_work for who in reserve)

    _heard: ClassVar[dict[type, Callable[[Autopilot, Any, float], list[Change]]]] = {
        Tick: _hear_tick,
        ActUndone: _hear_undone,
        AutopilotSwitched: _hear_switched,
        Habits: _hear_habits,
    }
