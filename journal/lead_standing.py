"""How facts move a lead's standing in a campaign: one function, so that live and rebuilt cannot differ.

It does not know the database, nor the rules by which the dialler decided when a lead is due again; the facts say it.

The agent's word on a talk and the attempt's end come in either order and give the same: where both speak of the same
attempt, the agent's word counts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from journal.lead_rows import Standing
from journal.outbound_facts import AttemptBegun, AttemptEnded, DialRefused, ResultKept

MOVES: Final = (AttemptBegun, AttemptEnded, DialRefused, ResultKept)
Move = AttemptBegun | AttemptEnded | DialRefused | ResultKept
NOT_CHARGED: Final = frozenset({"congestion", "cancelled"})  # outcomes that use up no try (`outbound.lead.NOT_HIS`)


def moved(was: Standing, fact: Move) -> Standing:
    """Return how the lead stands after this fact."""
    match fact:
        case AttemptBegun():
            return replace(was, air=fact.contact, at=fact.at, refused="")
        case AttemptEnded():
            return _ended(was, fact)
        case DialRefused():
            return replace(was, refused=fact.reason, next=fact.until, ended=was.ended or fact.until <= 0)
        case ResultKept():
            return _said(was, fact)


def _ended(was: Standing, fact: AttemptEnded) -> Standing:
    free = fact.outcome in NOT_CHARGED
    over = replace(
        was,
        tries=was.tries + (not free),
        last=fact.outcome,
        agent=fact.agent or was.agent,
        air="" if was.air == fact.contact else was.air,
    )
    if was.said == fact.contact:
        return over
    kept = fact.again if free and was.promised else 0.0  # a promise outlives what was not the customer's fault
    return replace(over, next=fact.again, promised=kept, ended=fact.again <= 0, owner=was.owner if kept else "")


def _said(was: Standing, fact: ResultKept) -> Standing:
    told = replace(was, said=fact.contact, result=fact.result, agent=fact.agent, amount=fact.amount, note=fact.note)
    if fact.again <= 0:
        return replace(told, ended=True, promised=0.0, next=0.0, owner="")
    return replace(told, ended=False, promised=fact.again, next=fact.again, owner=fact.whom)
