"""The autopilot between the live server and its journal, and on the screens: what is read at a start, what is shown.

It does not know when the autopilot acts, nor how.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import structlog

from acd.habits import Habits, Remembered
from acd.held import counted
from cti.ids import is_dialled
from desk.pilot_view import ActView, AutopilotView, ForecastView, RoomView
from journal.autopilot_facts import AUTOPILOT
from switchroom.piloting import LATELY, READ_AGAIN

if TYPE_CHECKING:
    from acd.acts import Act, Forecast
    from journal.rows import StoredFact
    from journal.views import JournalReader
    from switchroom.centre import Centre
    from switchroom.loop import Loop

log = structlog.get_logger()

FLOWN: Final = 7 * 86_400.0  # seconds for which acts in force are looked for
WEEKS: Final = 4  # of which the same day says how callers usually come
STEP: Final = 900
TALKS: Final = 1000  # of a queue, that say how long its talks are
LEARN_AGAIN: Final = 6 * 3600.0
LATELY_SEEN: Final = 86_400.0  # seconds for which a queue's talks and waits are remembered after a restart
LESSONS: Final = 300  # contacts of each queue


# ── what is read ────────────────────────────────────────────────────────────────────────────────────────────────────


def to_read(journal: JournalReader, last: float) -> list[StoredFact]:
    """The facts from which an autopilot knows again what it knew at `last`, the time of the journal's last fact."""
    return [*journal.facts(contact=AUTOPILOT, since=last - FLOWN), *journal.of_callers(last - LATELY, READ_AGAIN)]


def habits_of(journal: JournalReader, queue: str, now: float, zone: tzinfo) -> Habits:
    """What the same weekday of the last weeks, and the last talks, say of a queue. Blocks: call it in a thread."""
    began = now - now % STEP
    until = began + 2 * LEARN_AGAIN
    counts, weeks = [0.0] * int((until - began) // STEP), 0
    for week in range(1, WEEKS + 1):
        since = _same_time(began, week, zone)
        waits = journal.waits(since, since + until - began, queue=queue)
        weeks += bool(waits)
        for wait in waits:
            counts[int((wait.asked_at - since) // STEP)] += 1
    rates = tuple(count / STEP / weeks for count in counts) if weeks else ()
    rows = journal.contacts(now - FLOWN, now, queue=queue, limit=TALKS)
    talks = (row.talked for row in rows if row.talked > 0 and not is_dialled(row.contact))
    return Habits(queue, tuple(counted(talks)), began, float(STEP), rates)


def remembered_of(journal: JournalReader, queue: str, now: float, wrap_up: float) -> Remembered:
    """The last talks and waits of a queue, for the estimates of a new server; all wrap-ups as long as its rule says.

    A call-back is no wait. Blocks: call it in a thread.
    """
    found = journal.contacts(now - LATELY_SEEN, now, queue=queue, limit=LESSONS)
    rows = [row for row in reversed(found) if row.ended_at]
    works = tuple(row.talked + wrap_up for row in rows if row.talked > 0)
    waits = tuple(
        ((row.answered_at or row.ended_at or row.asked_at) - row.asked_at, not row.answered_at)
        for row in rows
        if row.call and row.asked_at and (row.answered_at or row.outcome == "abandoned")
    )
    return Remembered(queue, works, waits)


def _same_time(at: float, weeks: int, zone: tzinfo) -> float:
    """The same time of the day so many weeks before, by the clock on the wall."""
    return (datetime.fromtimestamp(at, zone) - timedelta(weeks=weeks)).timestamp()


def learning(loop: Loop, journal: JournalReader, timezone: str) -> asyncio.Task[None]:
    """Begin to learn what is usual; the task goes on until it is cancelled."""
    return asyncio.create_task(keep_learning(loop, journal, ZoneInfo(timezone)), name="habits")


async def keep_learning(loop: Loop, journal: JournalReader, zone: tzinfo) -> None:
    """Tell the centre what was lately in its queues; and what is usual in those with bounds, every few hours.

    Until cancelled.
    """
    for queue, rules in loop.centre.plan.queue_rules().items():
        try:
            loop.told(await asyncio.to_thread(remembered_of, journal, queue, loop.clock(), rules.wrap_up))
        except Exception:  # estimates that are learned anew are better than no server
            log.exception("lessons_not_read", queue=queue)
    while True:
        for queue in loop.centre.plan.autopilot().bounds:
            try:
                loop.told(await asyncio.to_thread(habits_of, journal, queue, loop.clock(), zone))
            except Exception:  # a forecast from this half hour alone is better than no server
                log.exception("habits_not_read", queue=queue)
        await asyncio.sleep(LEARN_AGAIN)


# ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────────


def viewer(centre: Centre, clock: Callable[[], float]) -> Callable[[], AutopilotView]:
    """What the desk asks for the autopilot's view."""
    return lambda: view_of(centre, clock())


def view_of(centre: Centre, now: float) -> AutopilotView:
    """The autopilot as it is now."""
    pilot, blending = centre.autopilot, centre.blending
    waiting = {queue: pilot.demand.waiting(queue) for queue in centre.plan.queues}
    agents, profiles, pace = centre.router.agents(), pilot.profiles, pilot.pace()
    rooms = ((queue, blending.room(queue, agents, profiles, waiting, pace)) for queue in sorted(blending.rules))
    return AutopilotView(
        now,
        is_there=bool(centre.plan.autopilot().bounds),
        on=pilot.on,
        pace=pace,
        forecasts=tuple(_forecast(centre, pilot.forecasts[queue]) for queue in waiting if queue in pilot.forecasts),
        acts=tuple(_act(act) for act in pilot.acts()),
        rooms=tuple(RoomView(queue, room.agents, room.why.value) for queue, room in rooms),
    )


def _forecast(centre: Centre, seen: Forecast) -> ForecastView:
    bounds, target = centre.autopilot.bounds(seen.queue), centre.plan.queues[seen.queue].target
    return ForecastView(
        seen.queue, seen.share, target, bounds.act_below, bounds.undo_above, seen.rate, seen.seats, seen.free,
        seen.waiting, seen.work, seen.patience,
    )


def _act(act: Act) -> ActView:
    seen = act.seen
    return ActView(
        act.act, act.queue, act.step.kind.value, act.step.amount, act.at, seen.share, seen.rate, seen.seats,
        seen.free, seen.waiting,
    )
