"""The customers and agents of a dry run, as text: who answers, how long all takes, who works when, what it costs.

It does not know the campaign: whom it calls, how and under which law is the campaign's own text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Final

from ivr.faults import Faults, Place
from ivr.fields import Fields
from ivr.source import read
from ivr.written import Table, Text
from switchroom.campaign_day.described import CampaignDay, Ear, People, Share, Silence
from switchroom.campaign_day.described import Place as Seat
from switchroom.campaign_day.fates import MACHINE, NO_ANSWER
from switchroom.campaign_day.rings import gamma
from switchroom.day.described import Spell
from switchroom.day.laws import FOREVER, Exponential, Fixed, Law, LogNormal

KEYS: Final = (
    *("opens", "closes", "agents", "leads", "answers", "rings", "machines", "machines_after", "busy", "bad_numbers"),
    *("congested", "listening", "misheard", "talk", "spread", "wrap_up", "patience", "line_price", "agent_price"),
)
DAY: Final = 86_400.0
_CLOCK: Final = re.compile(r"([01]\d|2[0-4]):([0-5]\d)\Z")
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DryText:
    """`opens` and `closes` are seconds of the day, `answers` are (seconds of the day, share). Prices are in hundredths.

    `line_price` is for a minute of a line that was answered, `agent_price` for an hour of an agent.
    """

    opens: float
    closes: float
    agents: int
    leads: int
    answers: tuple[tuple[float, float], ...]
    people: People
    line_price: int
    agent_price: int

    def day(self, name: str, start: datetime, days: int) -> CampaignDay:
        """So many days from this midnight on; nobody works on Saturdays and Sundays."""
        answers = [Share(DAY * day + at, share) for day in range(days) for at, share in self.answers]
        worked = [
            Spell(DAY * day + self.opens, DAY * day + self.closes)
            for day in range(days)
            if (start + timedelta(days=day)).weekday() < _SATURDAY
        ]
        seats = tuple(Seat(f"agent-{number + 1:03d}", tuple(worked)) for number in range(self.agents))
        people = replace(self.people, answers=tuple(answers))
        return CampaignDay(name, DAY * days, people, seats, warm=0.0, opens_at=start.timestamp())


def parse_dry_text(text: bytes, file: str) -> tuple[DryText, Faults]:
    """Read it; every fault is told."""
    table, faults = read(text, file)
    one = Fields(table or Table((), Place()), faults, "dry run", KEYS)
    opens, closes = _time("opens", one, 9 * 3600.0), _time("closes", one, 17.5 * 3600.0)
    if closes <= opens:
        one.fault(one.at("closes"), "bad-hours", "the day closes before it opens")
    return DryText(
        opens,
        closes,
        one.number("agents", 1, 2000, 10),
        one.number("leads", 1, 1_000_000, 2000),
        _answers(one),
        _people(one),
        one.number("line_price", 0, 100_000, 2),
        one.number("agent_price", 0, 1_000_000, 2500),
    ), faults


def midnight(moment: float, zone: tzinfo) -> datetime:
    """The beginning of the day on which this moment (POSIX) lies there."""
    return datetime.fromtimestamp(moment, zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _people(one: Fields) -> People:
    shares = {name: one.number(name, 0, 100, usual) / 100 for name, usual in _SILENT.items()}
    machines_after = float(one.seconds("machines_after", 1, 60, 20))
    takes: dict[str, Law] = {
        MACHINE: LogNormal(machines_after, 0.2),
        "busy": Fixed(3.0),
        "bad_number": Fixed(2.0),
    }
    names = {"machines": MACHINE, "busy": "busy", "bad_numbers": "bad_number"}
    if sum(shares.values()) > 1:
        one.fault(one.at("machines"), "out-of-range", "machines, busy and bad_numbers are more than 100 together")
    nobody = [Silence(share, names[key], takes[names[key]]) for key, share in shares.items()]
    spread = one.number("spread", 0, 500, 120) / 100
    talk = float(one.seconds("talk", 1, 7200, 90))
    return People(
        (Share(0.0, 0.0),),
        gamma(float(one.seconds("rings", 1, 60, 10)), 4),
        (*nobody, Silence(max(0.0, 1.0 - sum(shares.values())), NO_ANSWER, None)),
        LogNormal(talk, spread) if spread else Fixed(talk),
        Fixed(float(one.seconds("wrap_up", 1, 3600, 15))),
        Ear(float(one.seconds("listening", 1, 10, 2)), one.number("misheard", 0, 50, 3) / 100),
        one.number("congested", 0, 100, 0) / 100,
        Exponential(float(one.seconds("patience", 1, 3600))) if one.has("patience") else FOREVER,
    )


_SILENT: Final = {"machines": 25, "busy": 15, "bad_numbers": 3}


def _answers(one: Fields) -> tuple[tuple[float, float], ...]:
    """Percent of the dials: one number for the whole day, or one from each time on."""
    written = one.value("answers", required=False)
    if not isinstance(written, Table):
        return ((0.0, one.number("answers", 0, 100, 30) / 100),)
    steps = [
        (_clock(key, one), one.whole(one.scalar(value, key.value), key.value, 0, 100) / 100)
        for key, value in one.lines(written, "answers")
    ]
    if steps != sorted(steps, key=lambda step: step[0]):
        one.fault(written.place, "bad-hours", "the times of 'answers' must rise")
    return tuple(steps) if steps and steps[0][0] == 0 else ((0.0, steps[0][1] if steps else 0.0), *steps)


def _time(key: str, one: Fields, usual: float) -> float:
    found = one.value(key, required=False)
    return _clock(one.scalar(found, key), one) if found else usual


def _clock(text: Text, one: Fields) -> float:
    found = _CLOCK.match(text.value)
    if not found:
        one.fault(text.place, "bad-hours", f"'{text.value}' is not a time of the day", "write one like 09:00")
        return 0.0
    return int(found[1]) * 3600.0 + int(found[2]) * 60.0
