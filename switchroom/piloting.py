"""The autopilot on the live floor: what it learns from the centre's facts, and how its acts are carried out.

It does not know when to act; `acd/autopilot.py` does. It is pure, as the centre is.

What the autopilot learns, it learns from facts alone, so a server that starts anew knows what its predecessor knew once
it has read the last facts again. What is in force follows from facts, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import acd.messages as acd
import desk.vocabulary as desk
import journal.facts as facts
from acd.acts import Act, ActUndone, AutopilotSwitched, BeginAct, Change, Forecast, Kind, Step
from acd.autopilot import Autopilot
from acd.blending import Blending
from acd.demand import WINDOW, Demand
from acd.errors import UnknownAct
from acd.habits import Habits, Remembered
from cti.ids import is_dialled
from desk.pilot_view import SupervisorTurnedAutopilot, SupervisorUndidAct
from ivr.waiting.rules import CallbacksOffered
from switchroom import callbacks, doubts, waiting

if TYPE_CHECKING:
    from acd.router import Router
    from switchroom.centre import Centre
    from switchroom.plan import Plan
    from switchroom.turn import Turn

LATELY: Final = 3 * WINDOW  # how far back calls are read that it learns from
TO_THE_ROUTER: Final = (Kind.RELAX, Kind.RESERVE)


def crew_of(plan: Plan, router: Router) -> tuple[Autopilot, Blending]:
    """A new autopilot for this plan and router, and what decides how calls that we make yield."""
    written = plan.autopilot()
    pilot = Autopilot(written.bounds, plan.queue_rules(), plan.agent_profiles(), router)
    return pilot, Blending(written.yielding)


# ── learning ────────────────────────────────────────────────────────────────────────────────────────────────────────


def learn(pilot: Autopilot, told: Iterable[Any]) -> None:
    """Take in what has just happened.

    Callers and those whom we have called are remembered apart; each memory passes over whom it does not know.
    """
    for fact in told:
        if isinstance(fact, facts.CallerQueued):
            pilot.asked(fact.contact, fact.queue, fact.at, dialled=_is_our_doing(fact))
        elif type(fact) in LESSONS:
            lesson = LESSONS[type(fact)]
            lesson(pilot.demand, fact)
            lesson(pilot.dialled, fact)


def _is_our_doing(fact: facts.CallerQueued) -> bool:
    """Whether we have called him, and he has just answered. Who is passed on later waits like a caller."""
    return is_dialled(fact.contact) and fact.asked_at == fact.at


LESSONS: Final[dict[type, Callable[[Demand, Any], None]]] = {
    facts.OfferMade: lambda demand, fact: demand.rung(fact.contact, fact.offer, fact.at),
    facts.OfferClosed: lambda demand, fact: demand.closed(fact.offer),
    facts.AgentAnswered: lambda demand, fact: demand.answered(fact.contact, fact.offer, fact.at),
    facts.CallbackDialled: lambda demand, fact: demand.answered(fact.contact, fact.offer, fact.at),
    facts.TalkEnded: lambda demand, fact: demand.over(fact.contact, fact.at),
    facts.CallbackFailed: lambda demand, fact: demand.over(fact.contact, fact.at),
    facts.CallerLeftQueue: lambda demand, fact: demand.left(fact.contact, fact.at, gave_up=False),
    facts.CallEnded: lambda demand, fact: demand.left(fact.contact, fact.at, gave_up=fact.outcome == "abandoned"),
}
READ_AGAIN: Final = (facts.CallerQueued, *LESSONS)


# ── told ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def tick(centre: Centre, told: acd.Tick, turn: Turn) -> None:
    """Router, call-backs and doubts have their turn; then look ahead, if a second has passed, and do what follows."""
    callbacks.tick(centre, told, turn)
    doubts.look_again(centre, turn)
    seen = centre.autopilot.forecasts
    carry_out(centre, centre.autopilot.handle(told, turn.now), turn)
    if centre.autopilot.forecasts is not seen and centre.blending.rules:
        centre.blending.look(centre.autopilot.forecasts, centre.autopilot.profiles.values(), turn.now)


def habits(centre: Centre, told: Habits, turn: Turn) -> None:
    """Other days say what is usual."""
    centre.autopilot.handle(told, turn.now)


def remembered(centre: Centre, told: Remembered, _turn: Turn) -> None:
    """The last talks and waits of a queue, from before this server began."""
    centre.router.remember(told)


def undone(centre: Centre, told: SupervisorUndidAct, turn: Turn) -> None:
    """A supervisor wants an act undone. Raises `Refused` when there is no such act."""
    try:
        changes = centre.autopilot.handle(ActUndone(told.act, told.by), turn.now)
    except UnknownAct as fault:
        raise desk.Refused(f"the autopilot has no act '{told.act}' in force") from fault
    carry_out(centre, changes, turn)


def switched(centre: Centre, told: SupervisorTurnedAutopilot, turn: Turn) -> None:
    """A supervisor switched it on or off."""
    if told.on == centre.autopilot.on:
        return
    turn.fact(facts.AutopilotTurned(turn.now, told.on, told.by))
    carry_out(centre, centre.autopilot.handle(AutopilotSwitched(told.on, told.by), turn.now), turn)


def reconfigure(centre: Centre, turn: Turn) -> None:
    """Another edition may allow other things."""
    plan = centre.plan
    written = plan.autopilot()
    centre.blending.rules = dict(written.yielding)
    changes = centre.autopilot.reconfigure(written.bounds, plan.queue_rules(), plan.agent_profiles(), turn.now)
    carry_out(centre, changes, turn)


ROUTES: Final[dict[type, Callable[[Centre, Any, Turn], None]]] = {
    SupervisorUndidAct: undone,
    SupervisorTurnedAutopilot: switched,
    Habits: habits,
    Remembered: remembered,
}


def carry_out(centre: Centre, changes: Iterable[Change], turn: Turn) -> None:
    """Write down each change with its reason, and make it so."""
    for change in changes:
        act = change.act
        turn.fact(_acted(centre, act) if isinstance(change, BeginAct) else _ended(change, turn.now))
        if act.step.kind in TO_THE_ROUTER:
            relieve(centre, act.queue, turn)
        elif act.step.kind is Kind.CALLBACKS:
            offered = centre.autopilot.offers_callbacks(act.queue)
            waiting.callbacks_offered(centre, CallbacksOffered(act.queue, offered), turn)


def relieve(centre: Centre, queue: str, turn: Turn) -> None:
    """Tell the router what a queue has been given, if there still is such a queue."""
    if queue in centre.plan.queues:
        centre.route(_relief(centre.autopilot, queue), turn)


def _relief(pilot: Autopilot, queue: str) -> acd.ReliefGiven:
    given = pilot.relief(queue)
    return acd.ReliefGiven(queue, given.sooner, given.reserve)


def _acted(centre: Centre, act: Act) -> facts.AutopilotActed:
    seen, bounds = act.seen, centre.autopilot.bounds(act.queue)
    return facts.AutopilotActed(
        act.at, act.act, act.queue, act.step.kind.value, act.step.amount, _share(seen), bounds.act_below, seen.rate,
        seen.seats, seen.free, seen.waiting, seen.work, seen.patience,
    )


def _ended(change: Any, now: float) -> facts.AutopilotUndid:
    act = change.act
    return facts.AutopilotUndid(
        now, act.act, act.queue, act.step.kind.value, act.step.amount, change.why, change.by, _share(change.seen)
    )


def _share(seen: Forecast | None) -> float:
    return -1.0 if seen is None or seen.share is None else seen.share


# ── after a start ───────────────────────────────────────────────────────────────────────────────────────────────────


class Logbook:
    """What the facts have said so far of the autopilot, and of the callers that it learns from."""

    def __init__(self) -> None:
        self.acts: dict[str, Act] = {}
        self.barred: list[tuple[str, Step, float]] = []
        self.on = True
        self._lessons: list[Any] = []
        self._began: dict[str, float] = {}
        self._ended: set[str] = set()

    def note(self, fact: Any) -> None:
        """Take one fact, in the journal's order."""
        if isinstance(fact, facts.AutopilotActed):
            self.acts[fact.act] = _read(fact)
        elif isinstance(fact, facts.AutopilotUndid):
            self._undid(fact)
        elif isinstance(fact, facts.AutopilotTurned):
            self.on = fact.on
        elif isinstance(fact, facts.CallStarted):
            self._began[fact.contact] = fact.at
        elif type(fact) in READ_AGAIN:
            self._lessons.append(fact)
            if isinstance(fact, facts.CallEnded):
                self._ended.add(fact.contact)

    def _undid(self, fact: facts.AutopilotUndid) -> None:
        act = self.acts.pop(fact.act, None)
        if act is not None and fact.why == "supervisor":
            self.barred.append((act.queue, act.step, fact.at))

    def hand_over(self, centre: Centre, now: float) -> list[acd.ReliefGiven]:
        """Bring the centre's autopilot to where its predecessor was at `now`; give what the router must know of it."""
        centre.autopilot, centre.blending = crew_of(centre.plan, centre.router)
        pilot = centre.autopilot
        recent = (fact for fact in self._lessons if self._is_recent(fact.contact, now))
        learn(pilot, recent)
        pilot.forget(now)
        bars = ((queue, step, at + pilot.bounds(queue).barred) for queue, step, at in self.barred)
        pilot.restore(self.acts.values(), bars, on=self.on)
        centre.waiting_room.offering |= {act.queue for act in pilot.acts() if act.step.kind is Kind.CALLBACKS}
        relieved = sorted({act.queue for act in pilot.acts() if act.step.kind in TO_THE_ROUTER})
        return [_relief(pilot, queue) for queue in relieved]

    def _is_recent(self, contact: str, now: float) -> bool:
        """Whether a server that starts reads this contact again: it began lately, or is open."""
        return contact not in self._ended or self._began.get(contact, now) >= now - LATELY


def _read(fact: facts.AutopilotActed) -> Act:
    seen = Forecast(
        fact.queue, fact.share, fact.rate, fact.seats, fact.free, fact.waiting, fact.work, fact.patience
    )
    return Act(fact.act, fact.queue, Step(Kind(fact.kind), fact.amount), fact.at, seen)
