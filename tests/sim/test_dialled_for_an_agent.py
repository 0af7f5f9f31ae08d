"""An agent for whom a customer is dialled: he is kept for him, whatever comes; and free again if nobody does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dial_floor import AnySound
from dial_moment import D1, NODE, Floor, of, person

import acd.messages as acd
import cti.vocabulary as cti
import desk.campaign_vocabulary as said
import desk.vocabulary as desk
import journal.facts as facts
import journal.outbound_facts as made
from cti.dial_vocabulary import Failure
from outbound.lead import Due
from outbound.messages import LeadsFetched
from outbound.permission import Lawless
from switchroom.centre import Centre
from switchroom.plan import Plan
from switchroom.recovery import restore

pytestmark = pytest.mark.sim
BLENDED = {"ann": "[sales, cards]", "dan": "[cards]"}
TWO = {"ann": "[sales]", "bob": "[cards]", "eve": "[sales]"}
CALLER = cti.CallId("a1-7.1")


def calls_in(floor: Floor) -> list[Any]:
    """A caller asks for the queue that ann serves beside her campaign; dan is on a break."""
    floor.tell(desk.AgentAskedBreak("dan", "lunch"))
    return floor.tell(cti.CallerArrived(NODE, CALLER, "+8613700000000", "", "4008001"))


@pytest.fixture
def taken(tmp_path: Path) -> Floor:
    """Ann has taken her preview: her customer is dialled."""
    floor = Floor(tmp_path, "preview", BLENDED)
    floor.start(1)
    floor.tell(said.PreviewAnswered("ann", "cards-offer", "l.1", take=True))
    return floor


def test_while_her_customer_is_dialled_no_caller_is_offered_to_her(taken: Floor) -> None:
    assert taken.state("ann") == "dialling"
    assert not of(cti.RingAgent, calls_in(taken))
    (ring,) = of(cti.RingAgent, taken.answers(D1))  # her own customer is hers, though the caller waited longer
    assert (ring.call, ring.phone, ring.at_once) == (D1, "ann", True)


def test_she_is_on_record_as_kept_before_the_dial_is_asked(tmp_path: Path) -> None:
    floor = Floor(tmp_path, "preview", BLENDED)
    floor.start(1)
    effects = floor.tell(said.PreviewAnswered("ann", "cards-offer", "l.1", take=True))
    (dial,), (kept,) = of(cti.DialCustomer, effects), of(facts.AgentChanged, effects)
    assert (kept.agent, kept.state, kept.offer) == ("ann", "dialling", D1)
    assert effects.index(kept) < effects.index(dial)


def test_a_dial_that_fails_frees_her_for_who_waits(taken: Floor) -> None:
    calls_in(taken)
    effects = taken.tell(cti.DialFailed(NODE, cti.CallId(D1), Failure.BUSY, 17))
    assert [(ring.call, ring.phone) for ring in of(cti.RingAgent, effects)] == [(CALLER, "ann")]


@pytest.mark.parametrize("heard", ["machine", "fax", "silent"])
def test_who_is_no_person_frees_her_at_once(taken: Floor, heard: str) -> None:
    calls_in(taken)
    assert of(cti.RingAgent, taken.answers(D1, heard))[0].call == CALLER


def test_a_break_of_hers_hangs_up_what_rings_for_her(taken: Floor) -> None:
    effects = taken.tell(desk.AgentAskedBreak("ann", "lunch"))
    assert [end.call for end in of(cti.EndCall, effects)] == [D1]
    (ended,) = of(made.AttemptEnded, taken.tell(cti.DialFailed(NODE, cti.CallId(D1), Failure.CANCELLED, 16)))
    assert (ended.outcome, taken.state("ann")) == ("cancelled", "not_ready")


def test_one_who_answers_as_she_goes_is_not_made_to_wait_for_her(tmp_path: Path) -> None:
    floor = Floor(tmp_path, "preview", TWO)
    floor.start(1)
    floor.tell(said.PreviewAnswered("ann", "cards-offer", "l.1", take=True))
    floor.tell(cti.CustomerAnswered(NODE, cti.CallId(D1), floor.now), desk.AgentAskedBreak("ann", "lunch"))
    (ring,) = of(cti.RingAgent, floor.answers(D1))
    assert ring.phone == "eve"


def test_her_phone_that_does_not_answer_lets_another_have_him(tmp_path: Path) -> None:
    floor = Floor(tmp_path, "preview", TWO)
    floor.start(1)
    floor.tell(said.PreviewAnswered("ann", "cards-offer", "l.1", take=True))
    floor.answers(D1)
    effects = floor.tell(cti.LegEnded(NODE, cti.LegId(f"{D1}.1"), 17, floor.now))
    assert [ring.phone for ring in of(cti.RingAgent, effects)] == ["eve"]


def test_a_new_server_keeps_her_too_and_frees_her_when_nothing_came_of_it(taken: Floor) -> None:
    floor, taken.centre = taken, taken.restored()
    assert floor.state("ann") == "dialling"
    phones = ("ann", "dan")
    floor.tell(cti.NodeFound(NODE, floor.now - 900.0), after=5.0)
    calls_in(floor)
    floor.tell(cti.NodeSurveyed(NODE, floor.now, (), (), (), phones), after=5.0)
    effects = floor.tell(cti.NodeSurveyed(NODE, floor.now, (), (), (), phones), after=5.0)
    assert of(made.AttemptEnded, effects)[0].outcome == "unknown"
    assert floor.state("ann") == "offered"


def test_whoever_is_kept_for_a_dial_that_nobody_knows_is_freed_by_a_survey(taken: Floor) -> None:
    taken.centre.outbound.dialler.reserved.clear()
    effects = taken.tell(cti.NodeSurveyed(NODE, taken.now, (), (), (), ("ann", "dan")))
    assert [(one.agent, one.state) for one in of(facts.AgentChanged, effects)] == [("ann", "ready")]


def test_a_number_by_hand_keeps_the_agent_and_is_not_dialled_while_he_is_away(tmp_path: Path) -> None:
    floor = Floor(tmp_path, "manual", BLENDED)
    floor.centre.outbound.dialler.law = Lawless()  # it would ask for his consent
    floor.tell(said.CampaignStartAsked("boss", "cards-offer"))
    floor.tell(desk.AgentAskedBreak("ann", "lunch"))
    with pytest.raises(desk.Refused, match="be ready first"):
        floor.tell(said.NumberDialAsked("ann", "cards-offer", "+8613900000009"))
    floor.tell(desk.AgentAskedReady("ann"))
    assert of(cti.DialCustomer, floor.tell(said.NumberDialAsked("ann", "cards-offer", "+8613900000009")))
    assert floor.state("ann") == "dialling"
    with pytest.raises(desk.Refused, match="be ready first"):
        floor.tell(said.NumberDialAsked("ann", "cards-offer", "+8613900000008"))


def test_the_agent_of_a_promised_call_is_kept_for_it(tmp_path: Path) -> None:
    floor = Floor(tmp_path, "progressive", BLENDED)
    floor.start(Due(person(1), promised=floor.now - 1, whom="ann"))
    assert floor.state("ann") == "dialling"
    assert not of(cti.RingAgent, calls_in(floor))


def test_why_says_that_a_customer_is_called_for_him(taken: Floor) -> None:
    calls_in(taken)
    told = taken.centre.router.why(acd.ContactId(CALLER), taken.now)
    assert told is not None
    assert {look.agent: look.reason.value for look in told.agents}["ann"] == "dialling"


# ── campaigns that are no more, trial calls ─────────────────────────────────────────────────────────────────────────


def without_campaigns(floor: Floor) -> Centre:
    calling = replace(floor.plan.floor.calling, campaigns={})
    return Centre(Plan(replace(floor.plan.floor, calling=calling)), AnySound())


def test_what_rings_for_a_campaign_that_was_deleted_meanwhile_is_hung_up_and_has_its_end(tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    floor.start(1)
    floor.centre = without_campaigns(floor)
    restore(floor.centre, floor.facts)
    rings = cti.SeenCall(cti.CallId(D1), "dialling")
    floor.tell(cti.NodeFound(NODE, floor.now - 900.0), after=5.0)
    effects = floor.tell(cti.NodeSurveyed(NODE, floor.now, (rings,), (), (), ("ann", "bob")))
    assert [end.call for end in of(cti.EndCall, effects)] == [D1]
    (ended,) = of(made.AttemptEnded, floor.tell(cti.DialFailed(NODE, cti.CallId(D1), Failure.CANCELLED, 16)))
    assert (ended.campaign, ended.outcome) == ("cards-offer", "cancelled")
    assert not floor.centre.outbound.dialler.campaigns


def test_a_talk_of_a_deleted_campaign_goes_on_and_is_counted_as_one(tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    floor.start(1)
    floor.talks(D1)
    floor.centre = without_campaigns(floor)
    restore(floor.centre, floor.facts)
    (ended,) = of(made.AttemptEnded, floor.tell(cti.CallEnded(NODE, cti.CallId(D1), 16, floor.now + 30), after=30))
    assert (ended.outcome, ended.agent) == ("connected", "ann")


def test_of_a_deleted_campaign_nothing_is_left_where_nothing_was_open(tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    floor.start(1)
    floor.tell(cti.DialFailed(NODE, cti.CallId(D1), Failure.BUSY, 17))
    centre = without_campaigns(floor)
    restore(centre, floor.facts)
    assert not centre.outbound.dialler.campaigns


def test_a_trial_call_outlives_the_server_at_each_of_its_moments(tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    floor.tell(said.TrialCallAsked("boss", "cards-offer", "+8613900000001"))
    assert not of(made.AttemptEnded, floor.facts)
    floor.centre = floor.restored()  # while it rings
    floor.tell(cti.NodeFound(NODE, floor.now - 900.0), cti.NodeSurveyed(NODE, floor.now, (), (), (), ("ann", "bob")))
    assert of(cti.RingAgent, floor.answers(D1))
    floor.tell(cti.TalkBegan(cti.CallId(D1), cti.LegId(f"{D1}.1")), after=0.5)
    floor.centre = floor.restored()  # in the talk
    assert floor.centre.contacts[D1].context.card is not None
    effects = floor.tell(cti.CallEnded(NODE, cti.CallId(D1), 16, floor.now + 9), after=9)
    (ended,) = of(made.AttemptEnded, effects)
    assert (ended.campaign, ended.outcome, ended.again) == ("", "connected", 0.0)
    dialler = floor.centre.outbound.dialler
    assert (dialler.trunk.used, dialler.campaigns["cards-offer"].air) == (0, 0)
    assert dialler.law.promise(dialler.campaigns["cards-offer"].campaign, floor.now).persons == 0


def test_who_hangs_up_while_he_waits_takes_no_line_of_a_new_server(tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    floor.start(1)
    floor.tell(desk.AgentAskedBreak("ann", "lunch"))
    floor.answers(D1)
    floor.tell(cti.CallEnded(NODE, cti.CallId(D1), 16, floor.now))
    assert floor.restored().outbound.dialler.campaigns["cards-offer"].air == 0


def test_a_pilot_goes_on_where_it_was(tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    floor.tell(said.CampaignStartAsked("boss", "cards-offer", pilot=2))
    floor.tell(LeadsFetched("cards-offer", tuple(Due(person(row)) for row in (1, 2, 3)), 3))
    floor.talks(D1)
    floor.tell(cti.CallEnded(NODE, cti.CallId(D1), 16, floor.now))
    run = floor.restored().outbound.dialler.campaigns["cards-offer"]
    assert (run.pilot, run.state) == (1, "running")
