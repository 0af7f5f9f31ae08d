"""The random play would notice: each planted fault must make it fail, or its checks are worth nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from acd_world import World
from test_acd_router_random import random_steps

from acd import agents, chains, contacts, matching, offers, places
from acd.agents import AgentState
from acd.board import Board, Due
from acd.contacts import ContactState
from acd.floor import Floor
from acd.hearing import HEARD
from acd.house import House
from acd.lines import Line
from acd.messages import AgentMadeReady, OfferClosed, OfferFailed, PhoneLost, TalkOver
from acd.offers import OfferState, Outcome
from acd.orders import ORDERS, Order, oldest
from acd.ready import Ready
from acd.strategies import STRATEGIES, Strategy

pytestmark = pytest.mark.unit

SEEDS, STEPS = 12, 400


def busiest_first(patch):
    patch.setitem(STRATEGIES, "longest_idle", Strategy(turn=lambda agent: -agent.idle_since))


def the_ready_are_kept_in_the_wrong_order(patch):
    patch.setattr(Ready, "first", lambda self, among, _node, _turn: self._house.names[among.bit_length() - 1])


def who_let_it_pass_is_rung_first(patch):
    patch.setattr(House, "bits", lambda _self, _agents: 0)


def skills_do_not_matter(patch):
    patch.setattr(House, "_having", lambda self, _skill, _least: self.everybody)


def least_level_must_be_exceeded(patch):
    honest = House._having
    patch.setattr(House, "_having", lambda self, skill, least: honest(self, skill, least + 1))


def nodes_do_not_matter(patch):
    patch.setattr(Ready, "on", lambda self, _node: self._bits.get("n0", 0) | self._bits.get("n1", 0))
    patch.setattr(Ready, "first", lambda self, among, _node, _turn: self._house.names[among.bit_length() - 1])


def priority_does_not_matter(patch):
    patch.setitem(ORDERS, "oldest", Order(oldest, strict=False))


def the_guard_guards_nobody(patch):
    patch.setattr(places, "zone", lambda _record, _rules, _now: places.Zone.IN_TIME)
    honest = Line._find
    patch.setattr(Line, "_find", lambda self, groups, rings, _now: honest(self, groups, rings, 0.0))


def no_return_to_the_head(patch):
    honest = contacts.returned
    patch.setattr(contacts, "returned", lambda record, closed: replace(honest(record, closed), at_head=False))


def same_agent_again(patch):
    honest = contacts.returned
    patch.setattr(contacts, "returned", lambda record, closed: replace(honest(record, closed), tried=()))


def a_failed_offer_loses_the_caller(patch):
    honest = contacts.returned
    patch.setattr(contacts, "returned", lambda record, closed: replace(honest(record, closed), state=ContactState.GONE))


def the_caller_leaves_and_the_phone_rings_on(patch):
    patch.setattr(Floor, "stop", lambda _self, _contact, _now: None)


def a_late_acceptance_counts(patch):
    patch.setattr(offers, "CLOSED", ())
    late = {(state, event): OfferState.ACCEPTED for state, event in offers.TABLE if not isinstance(event, Outcome)}
    for key, target in late.items():
        patch.setitem(offers.TABLE, key, target)


def ready_without_a_phone(patch):
    patch.setitem(agents.TABLE, (AgentState.READY, PhoneLost), AgentState.READY)


def an_unlisted_pair_is_let_through(patch):
    patch.setitem(agents.TABLE, (AgentState.OFFLINE, AgentMadeReady), AgentState.READY)


def a_talk_may_end_before_it_began(patch):
    patch.setitem(offers.TABLE, (OfferState.PENDING, TalkOver), OfferState.OVER)
    patch.setitem(contacts.TABLE, (ContactState.OFFERED, TalkOver), ContactState.GONE)
    patch.setitem(agents.TABLE, (AgentState.OFFERED, TalkOver), AgentState.WRAP_UP)


def misses_are_not_counted(patch):
    honest = chains.let_pass
    patch.setattr(chains, "let_pass", lambda record, closed, _allowed, now: honest(record, closed, 99, now))


def a_withdrawn_offer_costs_the_place_among_the_idle(patch):
    honest = agents.advance

    def advance(record, event, now):
        after = honest(record, event, now)
        return replace(after, idle_since=now) if isinstance(event, OfferClosed) else after

    for steps in (agents, chains):
        patch.setattr(steps, "advance", advance)


def the_break_is_forgotten(patch):
    honest = chains.end_wrap_up
    patch.setattr(chains, "end_wrap_up", lambda record, now: honest(replace(record, then=""), now))


def wrap_up_is_too_long(patch):
    honest = chains.end_talk
    patch.setattr(chains, "end_talk", lambda record, over, wrap_up, now: honest(record, over, wrap_up * 2, now))


def a_dead_deadline_stands(patch):
    patch.setattr(Board, "_holds", lambda _self, _at, _what, _key: True)


def limits_are_forgotten(patch):
    honest = Board._holds
    patch.setattr(Board, "_holds", lambda self, at, what, key: what is not Due.LIMIT and honest(self, at, what, key))


def closed_before_checked(patch):
    honest = HEARD[OfferFailed]

    def hear(floor, message, now):
        offer = floor.board.offers.get(message.offer)
        if offer is not None and offer.state is OfferState.PENDING:
            floor.board.put_offer(replace(offer, state=OfferState.FAILED, closed_at=now))
        honest(floor, message, now)

    patch.setitem(HEARD, OfferFailed, hear)


def a_ready_agent_is_not_looked_at(patch):
    patch.setattr(matching, "best_place", lambda _board, _agent, _now: None)


def restored_without_offers(patch):
    honest = Board.replace_all
    patch.setattr(Board, "replace_all", lambda self, snapshot: honest(self, replace(snapshot, offers=())))


FAULTS = [
    busiest_first, the_ready_are_kept_in_the_wrong_order, who_let_it_pass_is_rung_first,
    skills_do_not_matter, least_level_must_be_exceeded, nodes_do_not_matter,
    priority_does_not_matter, the_guard_guards_nobody, no_return_to_the_head, same_agent_again,
    a_failed_offer_loses_the_caller,
    the_caller_leaves_and_the_phone_rings_on, a_late_acceptance_counts, ready_without_a_phone,
    an_unlisted_pair_is_let_through, a_talk_may_end_before_it_began, misses_are_not_counted,
    a_withdrawn_offer_costs_the_place_among_the_idle, the_break_is_forgotten, wrap_up_is_too_long,
    a_dead_deadline_stands, limits_are_forgotten, closed_before_checked, a_ready_agent_is_not_looked_at,
    restored_without_offers,
]  # fmt: skip


def play():
    for seed in range(SEEDS):
        World().play(random_steps(seed, STEPS))


def test_the_honest_router_passes():
    play()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_noticed(fault, monkeypatch):
    fault(monkeypatch)
    with pytest.raises((AssertionError, KeyError, ValueError)):
        play()
