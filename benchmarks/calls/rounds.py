"""Which steps are run and in which order: the ramp, the few busy agents, the screens; and the figures of each.

It does not know how a step is carried out, nor how figures are shown.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.arena import ArenaError
from benchmarks.calls.arms import (
    DEFAULTS,
    OUR_FEW,
    OUR_NUMBER,
    OUR_RECORDED,
    OUR_SCREENS,
    OURS,
    PLAIN_NUMBER,
    PLAIN_RECORDED,
    TUNED,
)
from benchmarks.calls.floor import Seats
from benchmarks.calls.stage import CallStage, Load, Step
from benchmarks.figures import percentile
from switchroom.outside.screens import Login, Pop, RobotScreen

if TYPE_CHECKING:
    from benchmarks.calls.shows import Shown
    from benchmarks.calls.traces import Trace

ARMS = (DEFAULTS, TUNED, OURS)
HELD_SHARE = 99.9
RING = 0.2  # seconds a phone rings before it is answered (scenarios/agent.xml)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured. `aim_rate` is the rate at which latencies and CPU are judged; it is one of `rates`."""

    rates: tuple[float, ...]
    seconds: float
    talk: float
    seats: Seats
    aim_rate: float
    few_talk: float
    screen_rate: float
    recording: bool = False
    attempts: int = 2
    seed: int = 1


FULL = Plan(
    rates=(25, 50, 75, 90, 105, 120, 135),
    seconds=10,
    talk=3.0,
    seats=Seats(agents=560, few=20, screens=24),
    aim_rate=50,
    few_talk=2.0,
    screen_rate=5,
)
QUICK = Plan(
    rates=(10, 25),
    seconds=4,
    talk=2.0,
    seats=Seats(agents=80, few=6, screens=6),
    aim_rate=25,
    few_talk=1.5,
    screen_rate=2,
    attempts=1,
)


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, 95th and 99th percentile in milliseconds, and of how many."""

    p50: float | None
    p95: float | None
    p99: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Figures:
    """One step of one arm. CPU in milliseconds a call, of Asterisk and of what runs beside it."""

    arm: str
    rate: float
    attempt: int
    calls: int
    good: int
    share: float
    retransmissions: int
    lost_packets: int
    sipp_good: int
    setup: Spread
    join_to_ring: Spread
    freed_to_ring: Spread
    cpu_asterisk: float
    cpu_beside: float

    @property
    def held(self) -> bool:
        """Whether the arm carried this rate."""
        return self.share >= HELD_SHARE and not self.retransmissions


@dataclass(frozen=True, slots=True)
class Screens:
    """Rings of agents with screens: how many, before how many the caller was on the screen, and how long before."""

    rings: int
    popped_before: int
    lead: Spread
    rate: float


def spread(seconds: list[float]) -> Spread:
    """Return percentiles of times in seconds, as milliseconds."""
    found = [percentile(seconds, share) for share in (50, 95, 99)]
    rounded = [None if value is None else round(value * 1000, 2) for value in found]
    return Spread(rounded[0], rounded[1], rounded[2], len(seconds))


def figures(arm: str, rate: float, attempt: int, step: Step) -> Figures:
    """Read the figures from a step."""
    found: Trace = step.trace
    good = found.good()
    return Figures(
        arm=arm,
        rate=rate,
        attempt=attempt,
        calls=step.calls,
        good=good,
        share=round(100 * good / step.calls, 3),
        retransmissions=step.retransmissions,
        lost_packets=step.lost,
        sipp_good=step.sipp.good,
        setup=spread(found.setup()),
        join_to_ring=spread(found.join_to_ring()),
        freed_to_ring=spread(found.freed_to_ring()),
        cpu_asterisk=round(1000 * step.cpu_asterisk / step.calls, 2),
        cpu_beside=round(1000 * step.cpu_beside / step.calls, 2),
    )


def ramp(stage: CallStage, plan: Plan, arms: tuple[str, ...], say: Say) -> Iterator[Figures]:
    """Every arm at every rate, the arms in turn; one that failed a rate twice is not sent a higher one."""
    standing = list(arms)
    with stage.phones(plan.talk, plan.seed):
        for place, rate in enumerate(plan.rates):
            for arm in list(standing if place % 2 == 0 else reversed(standing)):
                for attempt in range(1, plan.attempts + 1):
                    with stage.arm(arm) as up:
                        step = stage.run(up, [Load(_number(arm, plan), rate, plan.seconds)])
                    found = figures(arm, rate, attempt, step)
                    say(f"{arm} at {rate:g}/s: {found.share:g} % good, {found.retransmissions} retransmissions")
                    yield found
                    if found.held:
                        break
                else:
                    standing.remove(arm)


def _number(arm: str, plan: Plan) -> str:
    if arm == OURS:
        return OUR_RECORDED if plan.recording else OUR_NUMBER
    return PLAIN_RECORDED if plan.recording else PLAIN_NUMBER


def busy(stage: CallStage, plan: Plan, arms: tuple[str, ...], say: Say) -> Iterator[Figures]:
    """A third more callers than the few agents can serve: somebody always waits when an agent is freed."""
    rate = round(4 / 3 * plan.seats.few / (plan.few_talk + RING), 2)
    with stage.phones(plan.few_talk, plan.seed):
        for arm in arms:
            with stage.arm(arm, few=True) as up:
                step = stage.run(up, [Load(OUR_FEW if arm == OURS else PLAIN_NUMBER, rate, 1.5 * plan.seconds)])
            found = figures(arm, rate, 1, step)
            say(f"{arm} with {plan.seats.few} busy agents: {found.freed_to_ring.count} freed while callers waited")
            yield found


def screens(stage: CallStage, plan: Plan, say: Say) -> Screens:
    """Agents with logged-in screens beside the load of the aim rate: who was first, the caller or the ring."""
    loads = [Load(OUR_NUMBER, plan.aim_rate, plan.seconds), Load(OUR_SCREENS, plan.screen_rate, plan.seconds)]
    with stage.phones(plan.talk, plan.seed), stage.arm(OURS) as up, Watching(stage):
        step = stage.run(up, loads, web=True)
    found = leads(step.trace, step.shown, frozenset(stage.screens))
    say(f"{len(found)} rings at agents with screens")
    return Screens(
        rings=len(found),
        popped_before=sum(lead is not None and lead > 0 for lead in found),
        lead=spread([lead for lead in found if lead is not None]),
        rate=plan.aim_rate,
    )


def leads(trace: Trace, shown: Iterable[Shown], agents: frozenset[str]) -> list[float | None]:
    """For each ring of these agents: seconds from the caller's arrival at that screen to the INVITE; None = never."""
    appeared: dict[tuple[str, str], float] = {}
    for each in shown:
        appeared.setdefault((each.agent, each.caller), each.at)
    found: list[float | None] = []
    for leg in trace.legs:
        if leg.agent in agents:
            at = appeared.get((leg.agent, leg.caller))
            found.append(None if at is None else leg.rung_at - at)
    return found


class Watching:
    """Keeps every agent with a screen logged in, ready and reading, from a thread of its own."""

    def __init__(self, stage: CallStage) -> None:
        self._stage = stage
        self._seated = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._watch(),), daemon=True)
        self._stop = asyncio.Event()

    def __enter__(self) -> None:
        self._thread.start()
        if not self._seated.wait(60):
            raise ArenaError("the agents with screens did not become ready in 60 s")

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _watch(self) -> None:
        place, passwords = self._stage.place, self._stage.place.passwords()
        seats = [RobotScreen(Login(place.url, name, passwords[name]), _ignore) for name in self._stage.screens]
        tasks = [asyncio.create_task(seat.watch()) for seat in seats]
        for seat in seats:
            await seat.ready.wait()
        self._seated.set()
        await self._stop.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _ignore(_pop: Pop) -> None:
    """What counts is read from the wire."""
