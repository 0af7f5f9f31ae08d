"""When queues are open: as their calendars say, or as a supervisor wants it, told to the router at the very moment.

It does not know what becomes of callers who come to a closed queue: the router lets them go, their flow goes on.

Before every message the centre asks whether the next boundary has passed, so a caller who comes in the first second
after closing time finds the queue closed, with or without a tick. What a supervisor wants stands until he gives the
queue back to its calendar; restarts do not change it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

import acd.messages as acd
import journal.facts as facts
from desk.steered import QueueSwitchAsked, QueueWish
from desk.vocabulary import Refused
from ivr.announced_years import does_without, year_ends, year_of
from ivr.opening_hours import Calendar, is_open
from ivr.opening_times import next_change
from switchroom.queuefile import RELEASE

if TYPE_CHECKING:
    from switchroom.centre import Centre
    from switchroom.turn import Turn

CALENDAR = "calendar"


@dataclass(slots=True)
class QueueHours:
    """Which queues are `closed` (and whether those who waited were let go), and which are `held` so by a person.

    `due` is when to look again; 0 at first: before the first message, and no message has to come for it. From
    `year_ends` on, whatever message comes. `years` are those of calendars that were told to be unannounced.
    """

    closed: dict[str, bool] = field(default_factory=dict)
    held: dict[str, bool] = field(default_factory=dict)
    due: float = 0.0
    year_ends: float = inf
    years: set[tuple[str, int]] = field(default_factory=set)

    def is_due(self, now: float) -> bool:
        """Whether it is time to look."""
        return min(self.due, self.year_ends) <= now

    def note(self, fact: facts.QueueSwitched) -> None:
        """Remember it, live and after a restart."""
        if fact.is_open:
            self.closed.pop(fact.queue, None)
        else:
            self.closed[fact.queue] = fact.released
        if fact.held:
            self.held[fact.queue] = fact.is_open
        else:
            self.held.pop(fact.queue, None)


def look(centre: Centre, turn: Turn) -> None:
    """Open and close what is due, and find out when to look again."""
    hours, plan = centre.hours, centre.plan
    hours.closed = {queue: released for queue, released in hours.closed.items() if queue in plan.queues}
    hours.held = {queue: wanted for queue, wanted in hours.held.items() if queue in plan.queues}
    used = {queue.hours for name, queue in plan.queues.items() if name not in hours.held}
    calendars = {name: plan.floor.calendars[name] for name in used if name in plan.floor.calendars}
    now_open = {name: is_open(calendar, turn.now) for name, calendar in calendars.items()}
    for name, queue in sorted(plan.queues.items()):
        if name in hours.held:
            continue
        wanted = now_open.get(queue.hours, True)
        if wanted == (name in hours.closed):
            released = not wanted and queue.when_closed == RELEASE
            by = f"{CALENDAR} {queue.hours}".strip()
            _switch(centre, facts.QueueSwitched(turn.now, name, wanted, by, released=released), turn)
    hours.due = min((next_change(calendar, turn.now) for calendar in calendars.values()), default=inf)
    _look_at_years(hours, plan.floor.calendars, turn)


def _look_at_years(hours: QueueHours, calendars: Mapping[str, Calendar], turn: Turn) -> None:
    """Put on record which calendars have to do without their country's days of this year, each once."""
    for name, calendar in sorted(calendars.items()):
        year = year_of(calendar, turn.now)
        if (name, year) not in hours.years and does_without(calendar, year):
            hours.years.add((name, year))
            turn.fact(facts.YearUnannounced(turn.now, name, calendar.country, year))
    ends = (year_ends(calendar, turn.now) for calendar in calendars.values())
    hours.year_ends = min((end for end in ends if end is not None), default=inf)


def switched(centre: Centre, told: QueueSwitchAsked, turn: Turn) -> None:
    """A supervisor opens or closes a queue, or gives it back to its calendar. Raises `Refused`."""
    held, queue = centre.hours.held, centre.plan.queues.get(told.queue)
    if queue is None:
        raise Refused(f"there is no queue '{told.queue}'; there are {', '.join(sorted(centre.plan.queues))}")
    given_back = told.wish is QueueWish.CALENDAR
    if given_back and told.queue not in held:
        raise Refused(f"queue '{told.queue}' is as its calendar says already")
    calendar = centre.plan.floor.calendars.get(queue.hours)
    by_calendar = calendar is None or is_open(calendar, turn.now)
    wanted = by_calendar if given_back else told.wish is QueueWish.OPEN
    if not given_back and held.get(told.queue) == wanted:
        raise Refused(f"queue '{told.queue}' is {told.wish} already")
    released = not wanted and (told.release or queue.when_closed == RELEASE)
    fact = facts.QueueSwitched(
        turn.now, told.queue, wanted, told.by, told.why, held=not given_back, released=released
    )
    _switch(centre, fact, turn)
    look(centre, turn)


def _switch(centre: Centre, fact: facts.QueueSwitched, turn: Turn) -> None:
    """Put it on record and tell the router, who lets go whom he must."""
    turn.fact(fact)
    centre.hours.note(fact)
    told = acd.QueueOpened(fact.queue) if fact.is_open else acd.QueueClosed(fact.queue, fact.released)
    centre.route(told, turn)
