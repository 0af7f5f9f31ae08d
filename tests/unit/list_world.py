"""Lists made by hand, and a journal that is a plain list of facts, for the tests of the store of lists."""

from __future__ import annotations

import random

from journal.lead_file import FIELD
from journal.lead_filling import NewList
from journal.lead_rows import ListRow, lead_id, place_of
from journal.lead_standing import NOT_CHARGED
from journal.outbound_facts import AttemptBegun, AttemptEnded, DialRefused, NumberBlocked, ResultKept
from journal.rows import StoredFact

OUTCOMES = (
    "connected",
    "abandoned",
    "machine",
    "busy",
    "no_answer",
    "congestion",
    "cancelled",
    "bad_number",
    "unknown",
)


class Facts:
    """What a store needs of a journal."""

    def __init__(self):
        self.kept = []

    def add(self, *facts):
        for fact in facts:
            self.kept.append(StoredFact(len(self.kept) + 1, fact))

    def last_seq(self):
        return len(self.kept)

    def facts(self, after=0, *, kinds=None):
        for stored in self.kept:
            if stored.seq > after and (kinds is None or type(stored.fact).__name__ in kinds):
                yield stored


def make_list(folder, name, count=0, *, priorities=(), dues=(), numbers=(), zones=()):
    """Keep a list of `count` leads: from row 2, as below a header; priorities, moments, numbers, zones by position."""
    priorities, dues, numbers = dict(enumerate(priorities)), dict(enumerate(dues)), dict(enumerate(numbers))
    zones = dict(enumerate(zones))
    with NewList(folder) as new:
        rows = (
            (
                place + 2, numbers.get(place, f"+861380000{place:04}"), -priorities.get(place, 0), dues.get(place, 0.0),
                f"P{place}", f"Name {place}", "", zones.get(place, "Asia/Shanghai"), "zh-CN", "", "", "",
                FIELD.join(("gold", "")),
            )
            for place in range(count)
        )  # fmt: skip
        new.add(rows, (), ())
        new.finish(ListRow(name, "ann", "made.csv", "0" * 64, 1.0, count, count, 0, 0, 0), ("tier", "note"))
        return new.keep(name)


def begun(contact, lead, campaign="cards", *, at=10.0, number="+8613800000000"):
    return AttemptBegun(
        at,
        contact,
        campaign,
        "a",
        lead,
        f"P{lead}",
        number,
        "+861095588",
        0,
        "fewest tries",
        "cn-1",
        "predictive",
    )


def ended(contact, lead, outcome, again, campaign="cards", *, at=20.0, number="+8613800000000"):
    return AttemptEnded(at, contact, campaign, lead, f"P{lead}", number, outcome, 16, again)


def said(contact, lead, result, again=0.0, whom="", *, campaign="cards", at=30.0):
    return ResultKept(at, contact, campaign, lead, "wang", result, result == "sold", again, whom, "", "")


def refused(lead, reason, until, campaign="cards", at=5.0):
    return DialRefused(at, campaign, lead, "+8613800000000", reason, until)


def blocked(number, prefix=False, lifted=False, scope=""):
    return NumberBlocked(1.0, number, "ann", "asked", scope, prefix, lifted)


def history(seed, names, rows, campaigns=("cards", "loans"), length=200):
    """A random history of attempts, in which facts of one attempt may come in either order."""
    chance = random.Random(seed)  # noqa: S311 - drawn by seed
    flying = {}
    facts = []
    for number in range(length):
        at = float(number)
        lead = lead_id(chance.choice(names), chance.randrange(2, 2 + rows))
        campaign = chance.choice(campaigns)
        key = (campaign, lead)
        dice = chance.random()
        if key in flying and dice < 0.7:
            contact = flying.pop(key)
            over = ended(contact, lead, chance.choice(OUTCOMES), chance.choice((0.0, at + 50)), campaign, at=at)
            word = said(
                contact,
                lead,
                "later",
                chance.choice((0.0, at + 70)),
                chance.choice(("", "wang")),
                campaign=campaign,
                at=at,
            )
            facts += chance.choice(([over], [over, word], [word, over]))
        elif key not in flying and dice < 0.8:
            flying[key] = f"D{number}"
            facts.append(begun(flying[key], lead, campaign, at=at))
        elif dice < 0.95:
            facts.append(refused(lead, "hours", chance.choice((0.0, at + 30)), campaign, at))
        else:
            facts.append(blocked(f"+86{chance.randrange(50)}", lifted=chance.random() < 0.3))
    return facts


def plain_standing(facts, campaign, leads):
    """How the leads stand by the plainest reading: each lead's own facts, one after the other, in variables."""
    stands = {lead: {"tries": 0, "next": 0.0, "promised": 0.0, "air": "", "over": False, "said": ""} for lead in leads}
    for fact in facts:
        if getattr(fact, "campaign", "") != campaign or place_of(getattr(fact, "lead", "")) is None:
            continue
        one = stands[fact.lead]
        match fact:
            case AttemptBegun():
                one["air"] = fact.contact
            case AttemptEnded(outcome=outcome, again=again):
                one["air"] = ""
                free = outcome in NOT_CHARGED
                one["tries"] += not free
                if one["said"] != fact.contact:
                    one["promised"] = again if free and one["promised"] else 0.0
                    one["next"], one["over"] = again, again == 0
            case ResultKept(again=again):
                one["said"], one["promised"], one["next"], one["over"] = fact.contact, again, again, again == 0
            case DialRefused(until=until):
                one["next"], one["over"] = until, one["over"] or until == 0
    return stands


def plain_due(stands, now, priority=lambda lead: 0):
    """Who is next by sorting everybody."""
    found = []
    for lead, one in stands.items():
        if one["air"] or one["over"] or one["next"] > now or one["promised"] > now:
            continue
        name, row = place_of(lead)
        found.append(
            (not one["promised"], one["promised"], -priority(lead), one["tries"], one["next"], name, row, lead)
            if not one["promised"]
            else (False, one["promised"], -priority(lead), one["tries"], one["promised"], name, row, lead)
        )
    return [entry[-1] for entry in sorted(found)]
