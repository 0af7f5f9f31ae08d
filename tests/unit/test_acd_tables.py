"""The tables are whole, and the page drawn from them is not stale."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from acd import agents, contacts, offers
from acd.agents import AgentRecord, AgentState
from acd.diagram import drawing, page
from acd.errors import IllegalTransition
from acd.messages import AgentId, AgentMadeReady, AgentMoved, ContactId, MakeOffer, OfferClosed, OfferId, TalkOver

pytestmark = pytest.mark.unit
OPEN_TO_OFFERS = frozenset({AgentState.READY, AgentState.DIALLING})

STATES_PAGE = Path(__file__).parents[2] / "docs" / "states.md"


def test_the_states_page_is_what_the_tables_say():
    assert STATES_PAGE.read_text(encoding="utf-8") == page(), "stale: run `python docs/make_states.py`"


def test_a_new_arrow_changes_the_page(monkeypatch):
    monkeypatch.setitem(agents.TABLE, (AgentState.OFFLINE, AgentMadeReady), AgentState.READY)
    assert "offline --> ready: AgentMadeReady" in drawing(agents.TABLE, AgentState.OFFLINE)
    assert STATES_PAGE.read_text(encoding="utf-8") != page()


@pytest.mark.parametrize("module", [agents, contacts, offers])
def test_every_state_can_be_reached(module):
    reached = {target for (state, _), target in module.TABLE.items() if state is not target}
    starts = {AgentState.OFFLINE, contacts.ContactState.GONE, offers.OfferState.PENDING}
    states = {state for state, _ in module.TABLE}
    assert states | set(module.TABLE.values()) == set(type(next(iter(states))))
    assert states - starts <= reached


@pytest.mark.parametrize("state", [state for state in AgentState if state not in OPEN_TO_OFFERS])
def test_nobody_but_the_ready_and_who_is_kept_for_a_customer_is_offered_anything(state):
    made = MakeOffer(OfferId("c.1"), ContactId("c"), AgentId("ann"), 15.0)
    with pytest.raises(IllegalTransition, match=f"{state} cannot have MakeOffer"):
        agents.advance(AgentRecord(AgentId("ann"), state), made, 1.0)


def test_refusals_say_what_was_wrong():
    with pytest.raises(IllegalTransition, match="a contact that is waiting cannot have TalkOver"):
        contacts.target(contacts.ContactState.WAITING, TalkOver)
    with pytest.raises(IllegalTransition, match="an offer that is over cannot have withdrawn"):
        offers.target(offers.OfferState.OVER, offers.Outcome.WITHDRAWN)
    with pytest.raises(IllegalTransition, match="gone cannot have OfferClosed"):
        contacts.target(contacts.ContactState.GONE, OfferClosed)


def test_a_step_of_a_contact_changes_nothing_but_what_it_says():
    skills, tried = (("en", 2),), (AgentId("bob"),)
    before = contacts.ContactRecord(
        ContactId("c"), contacts.ContactState.WAITING, "n0", "q", skills, 3, 1.0, 60.0, True, 4, (), tried
    )
    rung = contacts.offered(before, OfferId("c.5"), 5)
    assert rung == replace(before, state=contacts.ContactState.OFFERED, offers=("c.5",), made=5)
    assert contacts.accepted(rung, OfferId("c.5")) == replace(rung, state=contacts.ContactState.TALKING, tried=())
    failed = OfferClosed(OfferId("c.5"), ContactId("c"), AgentId("ann"), offers.Outcome.REFUSED)
    back = replace(rung, state=contacts.ContactState.WAITING, offers=(), tried=(*tried, AgentId("ann")))
    assert contacts.returned(rung, failed) == back


def test_the_world_is_told_every_field_of_an_agent_but_his_phone():
    told = {field.name for field in fields(AgentMoved)}
    assert told == {field.name for field in fields(AgentRecord)} - {"node"}, "Router._put_agent relies on it"


def test_only_an_open_offer_ever_moves():
    for (state, _), target in offers.TABLE.items():
        assert state in offers.OPEN or target is state
