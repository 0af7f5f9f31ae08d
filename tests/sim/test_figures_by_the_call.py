"""Figures of simulated days with kills: they equal a plain count of the facts, to the call and to the millisecond."""

from __future__ import annotations

from collections import Counter
from itertools import product
from pathlib import Path
from random import Random

import pytest
from plain_count import contact_waits, hands, ms, queue_waits, times

import journal.facts as f
from acd.grid import cells
from acd.service_level import DEFINITIONS
from acd.tally import Wait as RatedWait
from acd.tally import rates
from desk.agent_times import TimesWanted, times_of
from desk.breakdown import BreakdownWanted, break_down
from journal.rows import wait_of
from journal.store import Journal
from switchroom.centre import Centre
from switchroom.commands.moments import zone_of
from switchroom.floorplan import load_floor
from switchroom.plan import Plan
from switchroom.simulated_talks import TalkSimulator
from switchroom.simulator import Simulator, Weather

pytestmark = pytest.mark.sim
WEATHER = Weather(numbers=("4008001", "4008002", "4008009"), calls_per_second=0.4, death=0.02, no_answer=0.15,
                  refuse=0.1, told_twice=0.1)  # fmt: skip


class AnySound(dict):
    def __missing__(self, key):
        return "/".join(key)


def facts_of_a_day(seed: int, kind: type[Simulator], seconds: int = 400) -> list:
    floor, faults = load_floor(Path(__file__).parents[1] / "floors" / "hotline")
    assert floor is not None, faults
    plan = Plan(floor, "86")
    sim = kind(lambda: Centre(plan, AnySound()), WEATHER, seed)
    sim.run(seconds)
    return sim.facts


def written(folder: Path, told: list, seed: int) -> Journal:
    """A journal of these facts, committed and projected in pieces, its writer killed now and then."""
    chance, url, left = Random(seed), f"sqlite:///{folder}/journal.db", list(told)  # noqa: S311 - cuts by seed
    journal = Journal.open(url, holder="test", now=1.0)
    while left:
        some = chance.randrange(1, 40)
        journal.append(left[:some])
        del left[:some]
        if chance.random() < 0.3:
            journal.project()
        if chance.random() < 0.02:
            journal._pending.clear()  # as a kill does: what was committed is there, what was to follow is not
            journal.close()
            journal = Journal.open(url, holder="test", now=1.0)
    journal.project()
    return journal


@pytest.fixture(
    scope="module",
    params=[(seed, kind) for kind in (Simulator, TalkSimulator) for seed in range(3)],
    ids=lambda drawn: f"{drawn[1].__name__}-{drawn[0]}",
)
def day(request, tmp_path_factory):
    seed, kind = request.param
    told = facts_of_a_day(seed, kind)
    journal = written(tmp_path_factory.mktemp("day"), told, seed)
    yield told, journal
    journal.close()


def span(told) -> tuple[float, float]:
    return told[0].at, told[-1].at + 1.0


def as_rated(waits):
    return rates(RatedWait(w.asked / 1000, None if w.ended is None else w.ended / 1000, w.how) for w in waits)


KEYS = {
    "queue": lambda w: [w.queue],
    "skill": lambda w: list(w.skills) or [""],
    "agent": lambda w: [w.agent],
}


@pytest.mark.parametrize("level", ["contact", "queue"])
@pytest.mark.parametrize("by", [("queue",), ("skill",), ("agent",), ("queue", "agent"), ("15min",), ("queue", "15min")])
def test_every_line_is_the_plain_count_of_its_waits(day, by, level):
    told, journal = day
    since, until = span(told)
    zone = zone_of("Asia/Shanghai")
    report = break_down(journal.figures, BreakdownWanted(since, until, by, level=level, zone=zone))
    waits = contact_waits(told) if level == "contact" else queue_waits(told)
    grid = cells(since, until, "15min", zone)
    groups: dict[tuple[str, ...], list] = {}
    for wait in waits:
        cell = next(c.name for c in grid if ms(c.since) <= wait.asked < ms(c.until))
        for key in product(*[KEYS[one](wait) if one in KEYS else [cell] for one in by]):
            groups.setdefault(key, []).append(wait)
    assert len(waits) > 50
    assert report.total.counts == as_rated(waits).counts
    for line in report.lines:
        key = tuple(getattr(line, one, line.interval) for one in by)
        expected = as_rated(groups.pop(key, []))
        assert line.counts == expected.counts, key
        assert [line.rates[one.key] for one in DEFINITIONS] == [expected.value(one) for one in DEFINITIONS]
    assert not groups


def test_offers_talks_and_wrap_ups_are_the_plain_count_of_their_facts(day):
    told, journal = day
    since, until = span(told)
    moved = any(isinstance(fact, f.CallerTransferred) for fact in told)
    assert bool(hands(told).hold) == bool(hands(told).passed_on) == moved
    for by, field in (((), ""), (("agent",), "agent"), (("queue",), "queue")):
        report = break_down(journal.figures, BreakdownWanted(since, until, by))
        for line in (*report.lines, report.total):
            name = getattr(line, field) if line is not report.total and field else ""
            plain = hands(told, (lambda o, n=name, k=field: getattr(o, k) == n) if name else lambda _: True)
            if field == "agent" and not name and line is not report.total:
                continue  # who was answered by nobody
            h = line.handling
            assert (h.talk + h.hold, h.wrap_up, h.accepted) == (plain.talk, plain.wrap, plain.came["answered"]), line
            assert (h.hold, h.consulted, h.passed_on) == (plain.hold, plain.came["consulted"], plain.passed_on)
            assert (h.refused, h.missed, h.withdrawn) == (
                plain.came["refused"], plain.came["timed_out"], plain.came["withdrawn"],
            )  # fmt: skip
            assert h.made == sum(plain.came.values())


def test_no_call_is_counted_otherwise_than_it_ended(day):
    _, journal = day
    rows = [row for row in journal.contacts(limit=10**6) if row.outcome and row.call]
    assert len(rows) > 50
    for row in rows:
        assert (row.answered_at is not None) == (row.outcome == "answered"), row
        if row.outcome in ("abandoned", "flowed_out", "lost") and row.asked_at is not None:
            assert wait_of(row).how in {row.outcome, "callback" if row.callback_at else row.outcome}, row


def test_an_agents_time_is_divided_without_a_rest(day):
    told, journal = day
    since, until = span(told)
    middle = (since + until) / 2
    for begin, end in ((since, until), (since, middle), (middle, until), (since + 31.7, middle + 0.333)):
        found = journal.figures.time_by_state(begin, end, until)
        assert {key: took for key, took in found.items() if took} == times(told, ms(begin), ms(end))


def test_the_sheets_of_two_halves_add_up_to_that_of_the_whole(day):
    told, journal = day
    since, until = span(told)
    middle = round((since + until) / 2, 3)
    halves = Counter(journal.figures.time_by_state(since, middle, until))
    halves.update(journal.figures.time_by_state(middle, until, until))
    whole = journal.figures.time_by_state(since, until, until)
    assert {k: v for k, v in halves.items() if v} == {k: v for k, v in whole.items() if v}


def test_from_sign_on_to_sign_off_the_parts_are_the_whole(day):
    told, journal = day
    since, until = span(told)
    sheets = times_of(journal.figures, TimesWanted(since, until, until)).agents
    assert len(sheets) > 2
    for sheet in sheets:
        moves = [x for x in told if isinstance(x, f.AgentChanged) and x.agent == sheet.agent]
        duty, on_since = 0, None
        for move in moves:
            if move.state == "offline":
                duty += ms(move.at) - on_since if on_since is not None else 0
                on_since = None
            elif on_since is None:
                on_since = ms(move.at)
        duty += ms(until) - on_since if on_since is not None else 0
        assert sheet.on_duty == duty == sum(part.milliseconds for part in sheet.parts)
        assert duty == sheet.ready + sheet.ringing + sheet.talking + sheet.wrap_up + sheet.not_ready


def test_the_read_models_are_the_same_however_the_facts_came_in(day, tmp_path):
    told, journal = day
    again = Journal.open(f"sqlite:///{tmp_path}/again.db", holder="test", now=1.0)
    again.append(told)
    again.project()
    since, until = span(told)
    for level in ("contact", "queue"):
        wanted = BreakdownWanted(since, until, ("queue", "skill", "agent"), level=level)
        assert break_down(again.figures, wanted) == break_down(journal.figures, wanted)
    assert again.figures.time_by_state(since, until, until) == journal.figures.time_by_state(since, until, until)
    journal.rebuild_views()
    assert break_down(again.figures, wanted) == break_down(journal.figures, wanted)
    again.close()


def test_another_target_and_short_limit_can_be_asked_of_any_past_day(day):
    told, journal = day
    since, until = span(told)
    waits = contact_waits(told)
    for target, short in ((0.0, 0.0), (10.0, 2.5), (600.0, 60.0)):
        total = break_down(journal.figures, BreakdownWanted(since, until, (), target=target, short=short)).total
        answered = [w.length for w in waits if w.how == "answered"]
        gone = [w.length for w in waits if w.how == "abandoned"]
        assert total.counts.answered_in_time == sum(length <= target * 1000 for length in answered)
        assert total.counts.short_abandoned == sum(length <= short * 1000 for length in gone)
        assert total.rates["sl2"] == 100 * total.counts.answered_in_time / len(answered)
