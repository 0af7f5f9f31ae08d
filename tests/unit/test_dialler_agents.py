"""Agents and the dialler: which promised calls wait for whom, and who is kept for a customer that is being dialled."""

from __future__ import annotations

from typing import Any

import pytest
from dialler_floor import Floor, of
from dialler_world import StrictLaw, campaign, lead

import outbound.messages as out
from outbound.campaign import Mode
from outbound.lead import Due, Outcome

pytestmark = pytest.mark.unit


@pytest.fixture
def floor() -> Floor:
    found = Floor(campaign())
    found.agent("ann")
    return found


# ── promised calls of an agent's own ────────────────────────────────────────────────────────────────────────────────


def own(row: int, floor: Floor, **more: Any) -> Due:
    return Due(lead(row), promised=floor.now, whom="bob", **more)


def promised_to_bob(floor: Floor, doing: str = "talking") -> None:
    """Bob is busy, ann is free, and bob has promised a call for this minute."""
    floor.agent("bob", doing)
    floor.start(own(1, floor))


def test_a_promised_call_waits_half_a_minute_for_its_agent_then_anybody_has_it_within_the_minute(floor: Floor) -> None:
    promised_to_bob(floor)
    assert not of(out.PlaceCall, floor.tell(out.Tick(), after=29.0))
    answers = floor.tell(out.Tick(), after=1.0)
    (begun,), (call,) = of(out.AttemptBegun, answers), of(out.PlaceCall, answers)
    assert (begun.why, begun.agent, call.agent) == ("promised", "", "")
    assert of(out.FindAgent, floor.answered("D00000001"))[0].agent == ""


def test_it_is_his_when_he_is_free_in_time(floor: Floor) -> None:
    promised_to_bob(floor)
    answers = floor.agent("bob")
    assert of(out.HoldAgent, answers) == [out.HoldAgent("bob", out.AttemptId("D00000001"))]
    assert of(out.FindAgent, floor.answered("D00000001"))[0].agent == "bob"


def test_an_agent_who_is_not_here_is_not_waited_for(floor: Floor) -> None:
    assert of(out.PlaceCall, floor.start(own(1, floor)))


def test_a_campaign_may_let_it_wait_for_him_alone() -> None:
    floor = Floor(campaign(waits_for_own=True))
    floor.agent("ann")
    promised_to_bob(floor)
    assert not of(out.PlaceCall, floor.tell(out.Tick(), after=600.0))
    assert of(out.PlaceCall, floor.agent("bob"))


def test_a_lead_that_only_has_an_owner_waits_for_him(floor: Floor) -> None:
    floor.agent("bob", "talking")
    floor.start(lead(1, owner="bob"))
    assert not of(out.PlaceCall, floor.tell(out.Tick(), after=600.0))


def test_in_preview_another_is_shown_it_within_the_minute_too() -> None:
    floor = Floor(campaign(mode=Mode.PREVIEW))
    floor.agent("ann")
    promised_to_bob(floor)
    assert not floor.dialler.previews
    assert of(out.ShowPreview, floor.tell(out.Tick(), after=30.0))[0].agent == "ann"


def test_an_agents_own_lead_that_he_cannot_be_shown_any_more_is_shown_to_nobody_else() -> None:
    floor = Floor(campaign(mode=Mode.PREVIEW))
    floor.agent("bob")
    assert of(out.ShowPreview, floor.start(lead(1, owner="bob")))
    floor.agent("bob", "away")
    assert not of(out.ShowPreview, floor.agent("ann"))
    assert of(out.ShowPreview, floor.agent("bob"))[0].due.lead.lead == "l.1"


# ── an agent for whom a customer is dialled ─────────────────────────────────────────────────────────────────────────


def test_an_agent_is_held_from_the_dial_on_and_freed_when_nobody_answers() -> None:
    floor = Floor(campaign(mode=Mode.PREVIEW))
    floor.agent("ann")
    floor.start(lead(1))
    answers = floor.tell(out.PreviewTaken("cards", "l.1", "ann", take=True))
    kinds = [type(one) for one in answers if isinstance(one, out.AttemptBegun | out.HoldAgent | out.PlaceCall)]
    assert kinds == [out.AttemptBegun, out.HoldAgent, out.PlaceCall]
    failed = floor.tell(out.AttemptFailed(out.AttemptId("D00000001"), Outcome.BUSY, 17))
    assert of(out.FreeAgent, failed) == [out.FreeAgent("ann", out.AttemptId("D00000001"))]


def test_nobody_is_dialled_by_hand_for_an_agent_who_is_not_free() -> None:
    floor = Floor(campaign(mode=Mode.MANUAL))
    floor.tell(out.CampaignStarted("cards", "boss"))
    floor.agent("ann", "talking")
    assert not floor.tell(out.NumberDialled("cards", "ann", "+8613911112222"))


def test_whoever_the_law_refuses_is_not_shown() -> None:
    law = StrictLaw()
    law.blocks.add(lead(1).number)
    floor = Floor(campaign(mode=Mode.PREVIEW), law=law)
    floor.agent("ann")
    answers = floor.start(lead(1), lead(2))
    assert [one.reason for one in of(out.DialRefused, answers)] == ["blocked"]
    assert [one.due.lead.lead for one in of(out.ShowPreview, answers)] == ["l.2"]


def test_an_agent_kept_for_one_campaigns_customer_is_busy_to_the_others() -> None:
    floor = Floor(campaign(mode=Mode.PREVIEW), campaign("loans"))
    floor.agent("ann")
    floor.start(lead(1))
    floor.tell(out.PreviewTaken("cards", "l.1", "ann", take=True))
    floor.agent("ann", "dialling", "D00000001")
    assert floor.dialler.crew.free("cards") == {"ann"}
    assert not floor.dialler.crew.free("loans")
    assert not of(out.PlaceCall, floor.start(lead(2), campaign="loans"))


def test_an_agent_to_whom_a_customer_is_passed_on_is_not_free_to_the_pacer(floor: Floor) -> None:
    floor.start(*(lead(row) for row in range(1, 5)))
    floor.connect("D00000001", "ann")
    floor.agent("bob")
    for doing in ("offered", "talking"):
        floor.agent("bob", doing, "D00000001")
    dialled_for_bob = out.AttemptFailed(out.AttemptId("D00000002"), Outcome.BUSY, 17)
    assert not of(out.PlaceCall, floor.tell(dialled_for_bob, out.Tick(), after=1.0))


def test_an_agent_who_goes_from_our_customer_to_a_caller_in_one_moment_is_not_free_to_the_pacer(floor: Floor) -> None:
    floor.agent("bob")
    floor.start(*(lead(row) for row in range(1, 6)))
    floor.answered("D00000001")
    floor.agent("bob", "offered", "D00000001")
    floor.tell(out.AttemptOver(out.AttemptId("D00000001"), floor.now))
    floor.agent("bob", "offered", "")
    failed = [out.AttemptFailed(out.AttemptId(name), Outcome.BUSY, 17) for name in ("D00000002", "D00000003")]
    assert len(of(out.PlaceCall, floor.tell(*failed, out.Tick(), after=1.0))) == 1
