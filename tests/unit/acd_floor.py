"""A small floor for the router, and what is said to it: two agents, who asks, who answers."""

from __future__ import annotations

from acd import messages as m
from acd.agents import AgentProfile
from acd.router import Router
from acd.rules import QueueRules

ANN, BOB = m.AgentId("ann"), m.AgentId("bob")


def floor(*rules: QueueRules, ready=(ANN, BOB), skills=None):
    """A router with ann (ready since 1) and bob (ready since 2), both in every queue, phones on n0."""
    queues = {rule.name: rule for rule in rules or (QueueRules("q"),)}
    levels = skills or {}
    profiles = {who: AgentProfile(who, frozenset(queues), levels.get(who, {})) for who in (ANN, BOB)}
    router = Router(queues, profiles)
    for at, who in enumerate((ANN, BOB), start=1):
        router.handle(m.PhoneFound(who, "n0"), at)
        router.handle(m.AgentSignedOn(who), at)
        if who in ready:
            router.handle(m.AgentMadeReady(who), at)
    return router


def asks(contact="c", at=10.0, *, queue="q", skills=(), priority=0, limit=0.0, node="n0", made=0):
    return m.ContactArrived(m.ContactId(contact), node, queue, skills, priority, at, limit, False, made)


def offers(answers):
    return [(each.contact, each.agent) for each in answers if isinstance(each, m.MakeOffer)]


def states(router):
    return {who: str(record.state) for who, record in router.agents().items()}


def talking(router, contact="c"):
    router.handle(asks(contact), 10.0)
    router.handle(m.OfferAccepted(m.OfferId(f"{contact}.1")), 12.0)
    return m.OfferId(f"{contact}.1")
