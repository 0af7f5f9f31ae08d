"""`switchroom simulate day`: days as text and as they were, what-ifs, intervals, and Erlang where it must agree."""

import json
from pathlib import Path

import pytest
from day_world import HOURS, arm, day
from typer.testing import CliRunner

import journal.facts as facts
from acd.agents import AgentProfile
from acd.erlang import Load, seats_for
from acd.messages import AgentId
from acd.rules import QueueRules
from journal.store import Journal
from switchroom.cli import app
from switchroom.day.crowd import draw
from switchroom.day.dayfile import parse_day
from switchroom.day.described import Rate, Spell
from switchroom.day.laws import Fixed
from switchroom.day.recorded import recorded
from switchroom.day.study import erlang_of, measured
from switchroom.day.whatif import NotUnderstood, Surge, WhatIf, applied, busier, read_surge, surged

pytestmark = pytest.mark.unit

TREE = Path(__file__).parents[2]
TEXT = """\
opens: 09:00
closes: 17:00
busyness: 50
unrest: 20
callers:
  cards:
    queue: cards
    calls: {09:00: 60, 12:30: 30}
    talk: 3m
    spread: 80
    patience: 2m
    at_once: 5
    rings: 4s
    wrap_up: 15s
    skills: {english: 2}
    priority: 3
    segment: gold
    limit: 10m
  loans:
    queue: loans
    calls: 20
    talk: 5m
shifts:
  ann: [09:00-12:00, 13:00-17:00]
breaks:
  bob: 12:00-12:30
"""


# ── text ──


def test_a_described_day_is_read_whole():
    text, faults = parse_day(TEXT.encode(), "d.yaml", {"cards", "loans"}, {"ann", "bob"})
    assert not faults
    assert (text.opens, text.seconds, text.busyness) == (9 * HOURS, 8 * HOURS, 50.0)
    cards, loans = text.kinds
    assert cards.rates == (Rate(0.0, 60.0), Rate(3.5 * HOURS, 30.0))
    assert (cards.skills, cards.priority, cards.segment, cards.limit) == ((("english", 2),), 3, "gold", 600.0)
    assert (cards.wrap_up, cards.pick_up, cards.unrest) == (Fixed(15.0), Fixed(4.0), 20.0)
    assert cards.talk.mean == pytest.approx(180)
    assert cards.patience.mean == pytest.approx(0.95 * 120 + 0.05 * 5)
    assert loans.rates == (Rate(0.0, 20.0),)
    assert text.shifts == {"ann": (Spell(0, 3 * HOURS), Spell(4 * HOURS, 8 * HOURS))}
    assert text.breaks == {"bob": (Spell(3 * HOURS, 3.5 * HOURS),)}


@pytest.mark.parametrize(
    ("was", "written", "code"),
    [
        ("opens: 09:00", "opens: 9 o'clock", "bad-hours"), ("closes: 17:00", "closes: 08:00", "bad-hours"),
        ("queue: loans", "queue: lones", "unknown-queue"), ("talk: 5m", "talk: five", "bad-duration"),
        ("    calls: 20\n", "", "missing-key"), ("12:30: 30", "08:30: 30", "bad-hours"),
        ("bob: 12:00-12:30", "rob: 12:00-12:30", "unknown-agent"), ("12:00-12:30", "12:30-12:00", "bad-hours"),
        ("12:00-12:30", "noon", "bad-hours"), ("priority: 3", "priority: 33", "out-of-range"),
        ("busyness: 50", "bussyness: 50", "unknown-key"),
        ("cards:\n    queue", "cards: 3\n  x:\n    queue", "not-a-mapping"),
    ],
)
def test_every_fault_of_a_day_is_told(was, written, code):
    assert was in TEXT
    _, faults = parse_day(TEXT.replace(was, written).encode(), "d.yaml", {"cards", "loans"}, {"ann", "bob"})
    assert code in {fault.code for fault in faults.all()}


def test_the_days_that_are_shipped_are_sound():
    asked = ["simulate", "day", "workday", "--dialplans", str(TREE / "dialplans"), "--seeds", "1"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output


# ── what if ──


def test_more_agents_fewer_agents_other_agents():
    plain = day(seats=3)
    rules = arm(plain).rules
    more, _ = applied(plain, rules, WhatIf(agents=2, like="a01"))
    assert [seat.agent for seat in more.seats] == ["a00", "a01", "a02", "more-1", "more-2"]
    assert more.seats[3].profile.skills == plain.seats[1].profile.skills
    fewer, _ = applied(plain, rules, WhatIf(agents=-1))
    assert [seat.agent for seat in fewer.seats] == ["a00", "a01"]
    texts = ("a01 skills loans=4, cards=1", "a02 off", "a00 queues loans, cards")
    other, _ = applied(plain, rules, WhatIf(alter=texts))
    assert [dict(seat.profile.skills) for seat in other.seats] == [{"cards": 2}, {"cards": 1, "loans": 4}]
    assert other.seats[0].profile.queues == {"loans", "cards"}
    held, _ = applied(plain, rules, WhatIf(alter=("a01 reserve",)))
    assert [seat.profile.reserve for seat in held.seats] == [False, True, False]


def test_other_rules_and_another_target():
    plain = day()
    _, rules = applied(plain, arm(plain).rules, WhatIf(target=40.0, rules={"cards": QueueRules("cards", wrap_up=99)}))
    assert (rules["cards"].target, rules["cards"].wrap_up) == (40.0, 99)


@pytest.mark.parametrize(
    "change",
    [WhatIf(agents=-12), WhatIf(agents=1, like="nobody"), WhatIf(alter=("a99 off",)), WhatIf(alter=("a01 learns",)),
     WhatIf(alter=("a01 skills cards=high",)), WhatIf(alter=("a01 skills",))],
)  # fmt: skip
def test_what_cannot_be_done_is_told(change):
    with pytest.raises(NotUnderstood):
        applied(day(), arm(day()).rules, change)


def test_surges_and_busier_days():
    surge = read_surge("10:30/15m/1.5", 9 * HOURS)
    assert surge == Surge(1.5 * HOURS, 900.0, 1.5)
    kind = surged(day(rate=100.0), surge).kinds[0]
    rates = [round(kind.rate_at(at) * 3600) for at in (0.0, 1.5 * HOURS, 1.5 * HOURS + 899, 1.5 * HOURS + 900)]
    assert rates == [100, 150, 150, 100]
    assert round(busier(day(rate=100.0), 2.0).kinds[0].rate_at(5.0) * 3600) == 200
    with pytest.raises(NotUnderstood):
        read_surge("at noon", 0.0)


# ── figures ──


def test_erlang_names_the_busiest_quarter_and_the_agents_it_needs():
    plain = arm(surged(day(rate=200.0, seats=12, patience=1e9), Surge(2 * HOURS, 1800.0, 1.5)))
    found = erlang_of(plain)
    assert (found.busiest, found.there) == (2 * HOURS, 12)
    assert found.needed == seats_for(Load(300 / 3600, 180, 1e9), 20, 0.8)


def test_equal_seeds_give_equal_figures():
    plain = arm(day(hours=2))
    assert measured(plain, draw(plain.day, 4)) == measured(plain, draw(plain.day, 4))


# ── a day as it was ──

BEGIN = 1_700_000_000.0


def history(ann="ann"):
    """Ann works from the first to the third hour, with a break; callers are answered, give up, or come the next day."""
    return [
        facts.AgentChanged(BEGIN - 50_000, "bob", "ready"),
        facts.AgentChanged(BEGIN - 40_000, "bob", "offline"),
        facts.AgentChanged(BEGIN + 3600, ann, "not_ready", "signed on"),
        facts.AgentChanged(BEGIN + 3601, ann, "ready"),
        *call("x1", BEGIN + 4000, "cards", answered=6.0, talked=100.0, segment="gold"),
        facts.AgentChanged(BEGIN + 5000, ann, "not_ready", "lunch"),
        facts.AgentChanged(BEGIN + 5600, ann, "ready"),
        *call("x2", BEGIN + 6000, "cards", gave_up=33.0),
        *call("x3", BEGIN + 6100, "cards", answered=50.0, talked=80.0),
        facts.AgentChanged(BEGIN + 10_800, ann, "offline"),
        *call("x4", BEGIN + 90_000, "cards", answered=1.0, talked=5.0),
    ]


def call(contact, at, queue, *, answered=None, talked=0.0, gave_up=None, segment=""):
    began = [
        facts.CallStarted(at - 20, contact, contact, "a1", "", "", "1", "f", "v", "en", segment=segment),
        facts.CallerQueued(at, contact, queue, (("english", 1),), 2, at, 0.0, ""),
    ]
    if gave_up is not None:
        return [*began, facts.CallEnded(at + gave_up, contact, "abandoned", 16)]
    offer = f"{contact}.1"
    return [
        *began, facts.OfferMade(at + answered - 4, contact, offer, "ann", "a1", at + 30),
        facts.AgentAnswered(at + answered, contact, offer, "ann", answered),
        facts.TalkEnded(at + answered + talked, contact, offer, "ann", talked, "caller"),
        facts.CallEnded(at + answered + talked, contact, "answered", 16),
    ]


PROFILES = {AgentId(who): AgentProfile(AgentId(who), frozenset({"cards"}), {"english": 3}) for who in ("ann", "bob")}


def test_a_recorded_day_is_as_it_was():
    past = recorded(history(), PROFILES, BEGIN, BEGIN + 86_400)
    crowd = past.crowd(1)
    assert [caller.at for caller in crowd.callers] == [4000.0, 6000.0, 6100.0]
    assert [caller.talk for caller in crowd.callers][::2] == [100.0, 80.0]
    assert crowd.callers[1].patience == 33.0
    assert crowd.callers[0].patience >= 33.0  # he waited 6 s, and the only one known to give up did so after 33
    assert crowd.callers[2].patience > 50.0
    assert crowd.callers[0].pick_up == 4.0
    kinds = [past.day.kinds[caller.kind] for caller in crowd.callers]
    gold = kinds[0]
    assert (gold.queue, gold.skills, gold.priority, gold.segment) == ("cards", (("english", 1),), 2, "gold")
    ann = next(seat for seat in past.day.seats if seat.agent == "ann")
    assert ann.shifts == (Spell(3600.0, 10_800.0),)
    assert ann.breaks == (Spell(3600.0, 3601.0), Spell(5000.0, 5600.0))
    assert past.crowd(1) == crowd
    assert next(seat for seat in past.day.seats if seat.agent == "bob").shifts == ()


def test_the_command_runs_a_recorded_day_of_a_journal(tmp_path):
    url = f"sqlite:///{tmp_path}/j.db"
    journal = Journal.open(url, holder="test", now=BEGIN)
    journal.append(history("li-na"), None)
    journal.close()
    hotline = str(TREE / "tests" / "floors" / "hotline")
    asked = ["simulate", "day", "--recorded", "2023-11-14", "--journal", url, "--agents", "+1", "--json"]
    result = CliRunner().invoke(app, [*asked, "--seeds", "2", "--dialplans", hotline])
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)["rows"]
    assert next(row["now"]["mean"] for row in rows if row["name"] == "asked") == 3.0


def test_the_command_says_what_is_wrong():
    asked = ["simulate", "day", "nowhere", "--dialplans", str(TREE / "dialplans")]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code != 0
    assert "workday" in str(result.exception) + result.output
    both = CliRunner().invoke(app, ["simulate", "day", "--dialplans", str(TREE / "dialplans")])
    assert both.exit_code != 0


def test_the_command_answers_in_json(tmp_path):
    asked = ["simulate", "day", "workday", "--dialplans", str(TREE / "dialplans"), "--seeds", "2", "--agents", "+2"]
    result = CliRunner().invoke(app, [*asked, "--json"])
    told = json.loads(result.stdout)
    assert told["day"] == "workday"
    assert len(told["erlang"]) == 2
    row = next(row for row in told["rows"] if row["group"] == "" and row["name"] == "sl6")
    assert row["change"]["mean"] == pytest.approx(row["then"]["mean"] - row["now"]["mean"])
