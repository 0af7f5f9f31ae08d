"""One customer, one agent, one moment: what the centre asks of the telephone and of the screen, in which order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from dial_moment import CARD, D1, D2, NODE, Floor, of

import cti.vocabulary as cti
import desk.campaign_vocabulary as said
import desk.vocabulary as desk
import journal.facts as facts
import journal.outbound_facts as made
from acd.needs import Skill
from cti.dial_vocabulary import Failure
from outbound.messages import FetchLeads

pytestmark = pytest.mark.sim
@pytest.fixture
def floor(tmp_path: Path) -> Floor:
    return Floor(tmp_path)


def test_a_dial_is_written_down_before_it_is_asked(floor: Floor) -> None:
    effects = floor.start(1)
    (begun,), (dial,) = of(made.AttemptBegun, effects), of(cti.DialCustomer, effects)
    assert effects.index(begun) < effects.index(dial)
    assert (dial.call, dial.number, dial.shown, dial.wait_for_beep) == (D1, "+8613900000001", "4009001", True)
    assert begun.rules.startswith("cn@")


def test_the_screen_has_the_card_before_the_phone_answers_by_itself(floor: Floor) -> None:
    floor.start(1)
    effects = floor.answers(D1)
    (shown,), (ring,) = of(desk.ShowContact, effects), of(cti.RingAgent, effects)
    assert effects.index(shown) < effects.index(ring)
    card = shown.context.card
    assert (card.campaign, card.lead, card.fields, card.script) == ("cards-offer", "l.1", CARD, (("en", "Good day"),))
    assert ring.at_once
    assert of(cti.HoldCaller, effects)[0].last


def test_no_agent_in_two_seconds_brings_him_the_message_at_our_door(floor: Floor) -> None:
    floor.start(1)
    floor.answers(D1)
    effects = floor.tick(1.95)
    assert of(cti.DropLeg, effects)
    assert of(cti.FetchCaller, effects)
    assert [fact.outcome for fact in of(made.AttemptEnded, effects)] == ["abandoned"]
    back = floor.tell(cti.CallerArrived(NODE, cti.CallId(D1), "", "", "4009001", heard="human"))
    assert of(cti.PlayPrompt, back)[0].sounds == ("/sounds/en/hello",)


def test_a_machine_hears_its_own_flow_and_a_fax_nothing(floor: Floor) -> None:
    floor.start(1, 2)
    assert of(cti.PlayPrompt, floor.answers(D1, "machine"))
    floor.tell(cti.CallEnded(NODE, cti.CallId(D1), 16, floor.now))
    assert of(cti.EndCall, floor.answers(D2, "fax"))


def test_after_the_talk_his_call_ends_and_the_agent_says_what_came_of_it(floor: Floor) -> None:
    floor.start(1)
    floor.talks(D1)
    with pytest.raises(desk.Refused, match="no talk of yours"):
        floor.tell(said.OutcomeGiven("bob", D1, "sold"))
    with pytest.raises(desk.Refused, match="no result here"):
        floor.tell(said.OutcomeGiven("ann", D1, "bought"))
    floor.tell(cti.CallEnded(NODE, cti.CallId(D1), 16, floor.now + 30), after=30)
    (kept,) = of(made.ResultKept, floor.tell(said.OutcomeGiven("ann", D1, "sold", amount="12.00")))
    assert (kept.result, kept.success, kept.lead) == ("sold", True, "l.1")


def test_he_who_wants_no_more_calls_is_blocked_at_once(floor: Floor) -> None:
    floor.start(1)
    floor.talks(D1)
    effects = floor.tell(said.OutcomeGiven("ann", D1, "no", block=True))
    assert of(made.NumberBlocked, effects)[0].number == "+8613900000001"


def test_a_dial_that_fails_frees_its_agent_for_the_next_lead(floor: Floor) -> None:
    floor.start(1, 2)
    effects = floor.tell(cti.DialFailed(NODE, cti.CallId(D1), Failure.BUSY, 17))
    assert of(made.AttemptEnded, effects)[0].outcome == "busy"
    assert of(cti.DialCustomer, effects)[0].call == D2


def test_one_who_rings_back_has_the_agent_who_called_him_with_his_card(floor: Floor) -> None:
    floor.start(1)
    floor.talks(D1)
    floor.tell(cti.CallEnded(NODE, cti.CallId(D1), 16, floor.now), after=20)
    floor.tell(desk.AgentEndedWrapUp("ann"))
    effects = floor.tell(cti.CallerArrived(NODE, cti.CallId("a1-7.1"), "+8613900000001", "", "4009001"))
    (shown,) = of(desk.ShowContact, effects)
    assert (shown.agent, shown.context.card.lead, shown.context.card.rang_back) == ("ann", "l.1", True)
    again = floor.restored()
    assert again.contacts["a1-7.1"].context.card == shown.context.card


def test_one_who_calls_another_number_of_ours_goes_his_own_way(floor: Floor) -> None:
    floor.start(1)
    floor.tell(cti.DialFailed(NODE, cti.CallId(D1), Failure.NO_ANSWER, 19))
    effects = floor.tell(cti.CallerArrived(NODE, cti.CallId("a1-7.1"), "+8613900000001", "", "4008001"))
    assert of(facts.StepEntered, effects)


def test_a_word_to_a_campaign_that_cannot_be_is_refused_with_the_reason(floor: Floor) -> None:
    with pytest.raises(desk.Refused, match="no campaign is called"):
        floor.tell(said.CampaignStartAsked("boss", "nobody"))
    with pytest.raises(desk.Refused, match="is planned"):
        floor.tell(said.CampaignPauseAsked("boss", "cards-offer"))
    floor.tell(said.CampaignStartAsked("boss", "cards-offer"))
    with pytest.raises(desk.Refused, match="runs already"):
        floor.tell(said.CampaignStartAsked("boss", "cards-offer"))
    with pytest.raises(desk.Refused, match="no mode"):
        floor.tell(said.CampaignTuneAsked("boss", "cards-offer", mode="fast"))


def test_preview_is_shown_and_dialled_for_the_agent_who_takes_it(tmp_path: Path) -> None:
    floor = Floor(tmp_path, "preview")
    (shown,) = of(said.ShowLead, floor.start(1))
    assert (shown.agent, shown.card.name) == ("ann", "P1")
    effects = floor.tell(said.PreviewAnswered("ann", "cards-offer", "l.1", take=True))
    assert of(cti.DialCustomer, effects)
    assert of(said.ShowLead, effects)[0].card is None


@pytest.mark.parametrize(("least", "dials"), [(5, 1), (6, 0)])
def test_nobody_is_dialled_for_an_agent_who_does_not_meet_the_need_of_the_queue(floor: Floor, least, dials) -> None:
    sales = replace(floor.plan.queues["sales"], need=Skill("x", least))
    floor.plan.queues = {**floor.plan.queues, "sales": sales}
    floor.tick(1.0)
    assert len(of(made.AttemptBegun, floor.start(1, 2))) == dials
    crew = floor.centre.outbound.dialler.crew.seen
    assert bool(crew.get("ann") and crew["ann"].campaigns) == bool(dials)


def test_nothing_is_dialled_while_no_node_is_there(floor: Floor) -> None:
    floor.tell(cti.NodeLost(NODE))
    assert not of(cti.DialCustomer, floor.start(1))


def test_a_campaign_asks_for_leads_that_it_does_not_hold(floor: Floor) -> None:
    (asked,) = of(FetchLeads, floor.tell(said.CampaignStartAsked("boss", "cards-offer")))
    assert (asked.campaign, asked.held) == ("cards-offer", frozenset())


def test_a_new_server_rings_one_agent_at_a_time_for_a_customer_whom_we_called(floor: Floor) -> None:
    floor.start(1)
    floor.answers(D1)
    assert floor.centre.router.contacts()[D1].singly
    assert floor.restored().router.contacts()[D1].singly


def test_a_new_server_ends_the_call_of_a_fax_that_the_last_one_was_ending(floor: Floor) -> None:
    floor.start(1)
    floor.answers(D1, "fax")
    floor.centre = floor.restored()
    arrived = cti.CallerArrived(NODE, cti.CallId(D1), "", "", "4009001", heard="fax")
    effects = floor.tell(arrived)
    assert of(cti.EndCall, effects)
    assert not of(cti.PlayPrompt, effects)
