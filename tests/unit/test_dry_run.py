"""A dry run: the product's dialler against drawn customers; nobody is called, all are accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from outbound.campaign import Campaign, Mode, Retry
from outbound.dialler import Dialler
from outbound.lead import Due, Lead, Outcome
from outbound.permission import Lawless
from outbound.trunk import House
from outbound.verdict import Reason, Refused, Verdict
from switchroom.campaign_day.dry_floor import DryFloor
from switchroom.campaign_day.dry_list import DryList
from switchroom.campaign_day.dry_text import DryText, parse_dry_text
from switchroom.campaign_day.dry_told import Told
from switchroom.campaign_day.forecast import forecast

pytestmark = pytest.mark.unit
MONDAY = datetime(2026, 11, 30, tzinfo=UTC)
RETRIES: Mapping[Outcome, Retry] = {
    Outcome.NO_ANSWER: Retry(3600.0, 3),
    Outcome.BUSY: Retry(600.0, 3),
    Outcome.MACHINE: Retry(7200.0, 2),
}


def campaign(mode: Mode = Mode.PROGRESSIVE, **more: object) -> Campaign:
    return Campaign("cards", mode, "cards", ("all",), "none", message="sorry", retries=RETRIES, **more)


def described(text: str = "") -> DryText:
    found, faults = parse_dry_text(text.encode() or b"agents: 5\n", "dry.yaml")
    assert not faults
    return found


def leads(many: int) -> list[Lead]:
    return [Lead(f"all.{row}", f"p{row}", f"+44207946{row:04d}") for row in range(1, many + 1)]


def ran(
    many: int = 200, text: str = "", seed: int = 1, days: int = 2, law: Lawless | None = None, **more: object
) -> Told:
    plan = campaign(**more)
    dialler = Dialler(House(lines=50, rate=20.0), law)
    day = described(text).day("cards", MONDAY, days)
    return DryFloor(dialler, plan, DryList(map(Due, leads(many))), day, seed).run()


def test_every_lead_comes_to_its_end_and_every_dial_to_an_outcome() -> None:
    told = ran()
    assert told.done_at > 0
    assert told.left == 0
    assert sum(told.outcomes.values()) == told.count.dials > 200
    assert told.outcomes["connected"] == told.count.connected


def test_progressive_abandons_nobody_and_agents_hours_are_whole() -> None:
    told = ran(400, "opens: 09:00\ncloses: 10:00\nagents: 5\n", days=1)
    assert told.count.abandoned == 0
    assert told.left > 0
    assert told.count.present == pytest.approx(5 * 3600, rel=0.05)
    assert 0.3 < told.day.utilisation < 1.0


def test_a_ratio_of_five_abandons_people_who_then_hear_the_message() -> None:
    told = ran(300, "agents: 5\nanswers: 60\n", days=1, mode=Mode.RATIO, ratio=5.0)
    assert told.outcomes["abandoned"] == told.count.abandoned > 0


def test_in_preview_each_agent_calls_whom_he_was_shown_and_nobody_is_abandoned() -> None:
    told = ran(40, days=1, mode=Mode.PREVIEW)
    assert told.count.connected > 5
    assert told.count.abandoned == 0


def test_a_message_without_agents_is_heard_by_all_who_answer() -> None:
    told = ran(60, days=1, mode=Mode.MESSAGE)
    assert told.outcomes["informed"] > 10
    assert told.count.connected == told.outcomes["connected"] == 0


def test_the_same_seed_gives_the_same_run_and_another_one_another() -> None:
    first, same, other = (ran(60, seed=seed) for seed in (1, 1, 2))
    assert first.outcomes == same.outcomes
    assert first.dials == same.dials
    assert first.dials != other.dials or first.outcomes != other.outcomes


def test_the_first_hundred_dials_say_whom_when_and_why() -> None:
    told = ran()
    assert len(told.dials) == 100
    assert {dial.why for dial in told.dials} <= {"new", "retry"}
    assert told.dials[0].number == "+442079460001"
    assert MONDAY.timestamp() + 9 * 3600 <= told.dials[0].at < MONDAY.timestamp() + 9 * 3600 + 2


class NotBefore(Lawless):
    """Nobody may be called before ten; who lives in row 3 never."""

    def may_dial(self, lead: Lead, number: str, campaign: Campaign, now: float, promised: float = 0.0) -> Verdict:
        ten = MONDAY.timestamp() + 10 * 3600
        if lead.lead == "all.3":
            return Refused(Reason.BLOCKED, 0.0, "test")
        if now < ten:
            return Refused(Reason.HOURS, ten, "test")
        return super().may_dial(lead, number, campaign, now, promised)


def test_refusals_are_told_with_their_reason_and_asked_again_when_they_end() -> None:
    told = ran(law=NotBefore())
    assert told.refusals["hours"] == 199
    assert told.refusals["blocked"] == 1
    assert told.refused[0].refused
    assert told.dials[0].at >= MONDAY.timestamp() + 10 * 3600
    assert told.left == 0


def test_nobody_works_at_the_weekend() -> None:
    day = described().day("cards", datetime(2026, 12, 4, tzinfo=UTC), 4)  # a Friday
    assert [spell.since / 86_400 // 1 for spell in day.places[0].there] == [0, 3]


def test_the_list_gives_by_priority_tries_and_row_and_nobody_before_he_is_due() -> None:
    some = [Lead("l.1", "a", "1"), Lead("l.2", "b", "2", priority=5), Lead("l.3", "c", "3")]
    line = DryList(map(Due, some))
    assert [due.lead.lead for due in line.fetch(2, (), 0.0)] == ["l.2", "l.1"]
    line.came_to("l.2", Outcome.BUSY, 50.0)
    line.came_to("l.1", Outcome.CONNECTED, 0.0)
    assert [due.lead.lead for due in line.fetch(5, (), 10.0)] == ["l.3"]
    assert [(due.lead.lead, due.tries, due.last) for due in line.fetch(5, (), 50.0)] == [("l.2", 1, Outcome.BUSY)]
    assert line.left == 2


def test_a_described_floor_is_read_and_its_faults_are_told() -> None:
    read = described("opens: 10:00\ncloses: 16:00\nanswers: {10:00: 20, 12:00: 40}\ntalk: 2m\nline_price: 3\n")
    assert read.answers == ((0.0, 0.2), (36_000.0, 0.2), (43_200.0, 0.4))
    assert (read.people.talk.mean, read.line_price) == (120.0, 3)
    for text, code in (
        ("agents: 0\n", "out-of-range"),
        ("talks: 9s\n", "unknown-key"),
        ("opens: 18:00\n", "bad-hours"),
        ("machines: 80\nbusy: 30\n", "out-of-range"),
        ("answers: {12:00: 20, 10:00: 40}\n", "bad-hours"),
    ):
        _, faults = parse_dry_text(text.encode(), "dry.yaml")
        assert code in {fault.code for fault in faults.all()}


def test_the_forecast_sums_time_cost_and_risk_over_all_draws() -> None:
    runs = [ran(150, seed=seed) for seed in (1, 2, 3)]
    told = forecast(runs, MONDAY.timestamp(), 0.03, (2, 2500))
    assert told.finished == told.draws == 3
    assert told.days is not None
    assert 0.3 < told.days.least <= told.days.mean <= told.days.most < 2
    assert told.broken == 0
    assert told.line_cost.mean == pytest.approx(sum(run.paid_seconds for run in runs) / 3 / 60 * 2)
    assert told.cost_a_connect is not None
    assert told.cost_a_connect.mean > 0
