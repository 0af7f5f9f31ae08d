"""Days of calls under the book of law, judged afterwards from the bare attempts by rules written a second time.

Each planted bug takes one rule out of the book, and the judge must miss it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from law_world import ANN, CARDS, House, at

from outbound.campaign import Campaign, Mode
from outbound.law.book import LawBook
from outbound.law.numbering import Placed
from outbound.law.profile import DAY, NumberKind
from outbound.law.profiles import UK, US
from outbound.lead import Lead, Outcome
from outbound.verdict import Allowed

pytestmark = pytest.mark.unit

ZONES = ("America/New_York", "America/Los_Angeles", "Europe/London", "Asia/Kathmandu")
LAW = replace(US, number_tries=2, person_tries=3, gap=600.0, contacts=2, contact_span=2 * DAY)
UNCHARGED = {Outcome.CONGESTION, Outcome.CANCELLED}
REACHED = {Outcome.CONNECTED, Outcome.ABANDONED, Outcome.INFORMED, Outcome.GONE}


@dataclass
class Dial:
    at: float
    lead: Lead
    number: str
    campaign: Campaign
    blocked: bool
    outcome: Outcome = Outcome.UNKNOWN
    ended: float = 0.0


def people() -> list[Lead]:
    """Forty persons, some with two numbers, some twice in the lists."""
    found = []
    for n in range(40):
        one = replace(
            ANN, lead=f"a.{n}", person=f"P{n % 30}", number=f"+1212555{n % 30:04}", zones=(ZONES[n % len(ZONES)],)
        )
        found.append(replace(one, others=(f"+1212666{n:04}",)) if n % 3 == 0 else one)
    return found


def days(book: LawBook, seed: int) -> list[Dial]:
    """Five days around a change of clocks in which everybody is tried whenever the book says yes."""
    dice, house, leads, blocked = random.Random(seed), House(book), people(), set()  # noqa: S311 - a seed, no secret
    campaigns = [replace(CARDS, name="one"), replace(CARDS, name="two", mode=Mode.PROGRESSIVE)]
    now, dials, under_way = at("2026-10-30 06:00"), [], []
    while now < at("2026-11-04 06:00"):
        now += dice.choice((10.0, 60.0, 240.0))
        for begun, made in sorted((one for one in under_way if one[1].ended <= now), key=lambda one: one[1].ended):
            house.end(begun, made.outcome, made.ended)
        under_way = [one for one in under_way if one[1].ended > now]
        lead, campaign = dice.choice(leads), dice.choice(campaigns)
        number = dice.choice((lead.number, *lead.others))
        if dice.random() < 0.001:
            house.block(number)
            blocked.add(number)
        if isinstance(book.may_dial(lead, number, campaign, now), Allowed):
            made = Dial(now, lead, number, campaign, bool(blocked & {lead.number, *lead.others}))
            made.outcome, made.ended = dice.choice(list(Outcome)), now + dice.choice((8.0, 25.0, 1500.0))
            dials.append(made)
            under_way.append((house.begin(now, lead, campaign, number), made))
    return dials


def judged(dials: list[Dial]) -> set[str]:
    """Which rules were broken."""
    found = set()
    for place, dial in enumerate(dials):
        zone = ZoneInfo(dial.lead.zones[0] if dial.number == dial.lead.number else ZONES[0])
        there = datetime.fromtimestamp(dial.at, zone)
        before = dials[:place]
        charged = [one for one in before if one.outcome not in UNCHARGED or one.ended > dial.at]
        his = [one for one in charged if one.lead.person == dial.lead.person]
        same = [one for one in charged if one.number == dial.number]
        today = [one for one in same if datetime.fromtimestamp(one.at, zone).date() == there.date()]
        today_his = [one for one in his if datetime.fromtimestamp(one.at, zone).date() == there.date()]
        met = [one for one in before if one.lead.person == dial.lead.person and one.outcome in REACHED]
        met = [one for one in met if one.ended <= dial.at < one.ended + LAW.contact_span]
        left = [one for one in his + same if one.outcome is Outcome.ABANDONED and one.ended <= dial.at]
        busy = [one for one in before if one.lead.person == dial.lead.person and one.ended > dial.at]
        broken = {
            "hours": not 8 <= there.hour < 21,
            "number tries": len(today) >= LAW.number_tries,
            "person tries": len(today_his) >= LAW.person_tries,
            "gap": any(dial.at - one.at < LAW.gap for one in his + same),
            "contacts": len(met) >= LAW.contacts,
            "lock": dial.campaign.mode is Mode.PREDICTIVE and any(dial.at < one.ended + 72 * 3600 for one in left),
            "in contact": bool(busy),
            "blocked": dial.blocked,
        }
        found |= {name for name, is_so in broken.items() if is_so}
    return found


def book_of() -> LawBook:
    """Second numbers lie in New York."""
    return LawBook({"us": LAW, "uk": UK}, numbering=lambda number: Placed(NumberKind.ORDINARY, ZONES[:1]))


@pytest.mark.parametrize("seed", [1, 2])
def test_five_days_break_no_rule(seed):
    dials = days(book_of(), seed)
    assert len(dials) > 60
    assert judged(dials) == set()


PLANTED: dict[str, Callable[[LawBook], None]] = {
    "hours": lambda book: setattr(book, "laws", {"us": replace(LAW, week=(((8 * 60, 22 * 60),),) * 7)}),
    "number tries": lambda book: setattr(book, "laws", {"us": replace(LAW, number_tries=3)}),
    "person tries": lambda book: setattr(book, "laws", {"us": replace(LAW, person_tries=9)}),
    "gap": lambda book: setattr(book, "laws", {"us": replace(LAW, gap=500.0)}),
    "contacts": lambda book: setattr(book.callbook, "contacts_of", lambda person: []),
    "lock": lambda book: setattr(book.callbook, "abandoned_at", lambda number, person: None),
    "in contact": lambda book: setattr(book.callbook, "in_contact", lambda person: False),
    "blocked": lambda book: setattr(book.blocks, "refuses", lambda lead, number, campaign: None),
}


@pytest.mark.parametrize("rule", PLANTED)
def test_a_book_without_one_rule_is_found_out(rule):
    for seed in range(1, 9):
        book = book_of()
        PLANTED[rule](book)
        if rule in judged(days(book, seed)):
            return
    pytest.fail(f"nobody misses the rule: {rule}")
