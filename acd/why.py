"""Why a contact is with whom it is, or with nobody: each agent who was passed over, and the reason.

It does not know how the router searches: it looks at each agent, from the records alone. What lasts is said first: that
he cannot serve it or may not, else that he is not there or busy, else that another came before him. It is asked by
people, at times, so it may be slow.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from acd.agents import AgentRecord, AgentState
from acd.contacts import ContactRecord, ContactState
from acd.messages import AgentId, ContactId, OfferId
from acd.needs import in_words
from acd.places import place

if TYPE_CHECKING:
    from acd.board import Board


class Reason(StrEnum):
    """Why an agent has, or has not, the contact. `detail` and `until` say more."""

    CHOSEN = "chosen"  # detail: why he, as the offer says it
    NOT_SIGNED_ON = "not_signed_on"
    NOT_READY = "not_ready"  # detail: his reason
    DIALLING = "dialling"  # a customer is dialled for him
    RUNG = "rung"  # for detail: another contact
    TALKING = "talking"  # with detail: another contact
    WRAP_UP = "wrap_up"  # until
    OTHER_NODE = "other_node"  # detail: the node of his phone
    OTHER_QUEUE = "other_queue"  # detail: the queue that he does not serve
    LACKS = "lacks"  # detail: what of the need is not met
    RESERVE = "reserve"  # the reserve of the queue is not called in
    NOT_WANTED = "not_wanted"  # the contact waits for detail, until
    BEHIND = "behind"  # detail: the strategy by which another came first
    LET_IT_PASS = "let_it_pass"  # noqa: S105 - no secret: he did not take it before, so others came first


PLAINLY = {AgentState.OFFLINE: Reason.NOT_SIGNED_ON, AgentState.DIALLING: Reason.DIALLING}


@dataclass(frozen=True, slots=True)
class Look:
    """One agent, and what speaks against him; `until` is when that ends by itself, 0 where it does not."""

    agent: AgentId
    reason: Reason
    detail: str = ""
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Why:
    """A contact now: its state, what it asks for, how many of its queue come before it, and every agent.

    `need` is as `queues.yaml` would say it, at the `stage` that has been reached. `ahead` is 0 unless it waits.
    """

    contact: ContactId
    state: ContactState
    queue: str
    need: str
    stage: int
    ahead: int
    agents: tuple[Look, ...]

    @property
    def chosen(self) -> tuple[AgentId, ...]:
        """Who is rung for it, or talks with it."""
        return tuple(look.agent for look in self.agents if look.reason is Reason.CHOSEN)


def explain(board: Board, contact: ContactRecord, now: float) -> Why:
    """Look at every agent once, those who have the contact first, then by id."""
    looks = [_look(board, contact, board.agents[agent]) for agent in sorted(board.agents)]
    looks.sort(key=lambda look: look.reason is not Reason.CHOSEN)
    need = in_words(board.house.need(contact.line))
    ahead = _ahead(board, contact, now)
    return Why(contact.contact, contact.state, contact.queue, need, contact.stage, ahead, tuple(looks))


def _look(board: Board, contact: ContactRecord, agent: AgentRecord) -> Look:
    if agent.offer in contact.offers:
        return Look(agent.agent, Reason.CHOSEN, board.offers[OfferId(agent.offer)].reason)
    return _unfit(board, contact, agent) or _away(board, contact, agent) or _second(board, contact, agent)


def _away(board: Board, contact: ContactRecord, agent: AgentRecord) -> Look | None:
    """Say whether he is not there, busy, or out of reach."""
    if agent.state in PLAINLY:
        return Look(agent.agent, PLAINLY[agent.state])
    if agent.state is AgentState.NOT_READY:
        return Look(agent.agent, Reason.NOT_READY, agent.reason)
    if agent.state is AgentState.WRAP_UP:
        return Look(agent.agent, Reason.WRAP_UP, until=agent.until)
    if agent.state is AgentState.READY:
        return Look(agent.agent, Reason.OTHER_NODE, agent.node) if agent.node != contact.node else None
    offer = board.offers[OfferId(agent.offer)]
    if agent.state is AgentState.OFFERED:
        return Look(agent.agent, Reason.RUNG, offer.contact, offer.until)
    return Look(agent.agent, Reason.TALKING, offer.contact)


def _unfit(board: Board, contact: ContactRecord, agent: AgentRecord) -> Look | None:
    """Say whether he may not or cannot serve it."""
    profile = board.house.profiles.get(agent.agent)
    if profile is None:
        return Look(agent.agent, Reason.OTHER_QUEUE, contact.queue)
    if contact.only:
        is_he = contact.only == agent.agent
        return None if is_he else Look(agent.agent, Reason.NOT_WANTED, contact.only, contact.widens_at)
    if contact.queue not in profile.queues:
        return Look(agent.agent, Reason.OTHER_QUEUE, contact.queue)
    lacking = next(board.house.need(contact.line).lacking(profile.skills), None)
    if lacking is not None:
        return Look(agent.agent, Reason.LACKS, in_words(lacking))
    if profile.reserve and not board.calls_reserve(contact.queue):
        return Look(agent.agent, Reason.RESERVE)
    return None


def _second(board: Board, contact: ContactRecord, agent: AgentRecord) -> Look:
    """Say why another came before him, who is ready and fit."""
    if agent.agent in contact.tried:
        return Look(agent.agent, Reason.LET_IT_PASS)
    return Look(agent.agent, Reason.BEHIND, board.house.rules(contact.queue).choose)


def _ahead(board: Board, contact: ContactRecord, now: float) -> int:
    if contact.state is not ContactState.WAITING:
        return 0
    rules = board.house.rules(contact.queue)
    mine = place(contact, rules, now)
    others = (each for each in board.contacts.values() if each.queue == contact.queue)
    return sum(place(each, rules, now) < mine for each in others if each.state is ContactState.WAITING)
