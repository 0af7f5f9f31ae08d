"""Customers who ring back a number that a campaign has shown them: to the agent who called, or to the campaign's queue.

It does not know whom a campaign calls. Where its text says nothing of them (`rings_back`), they go through the flow of
the number like anybody. Whoever is not met in time goes through that flow, too.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import acd.messages as acd
import journal.facts as facts
import journal.outbound_facts as made
from cti import ids
from customers.card import Card
from switchroom import waiting
from switchroom.campaignfile import AGENT, FLOW
from switchroom.contact import Contact, Place

if TYPE_CHECKING:
    from switchroom.centre import Centre
    from switchroom.turn import Turn

FOR = 86_400.0  # seconds after an attempt
REMEMBERED = 50_000
PATIENCE = 20.0  # seconds for which he waits for the agent who called him
LIMIT = 120.0  # seconds that he waits in all
PRIORITY = 7


@dataclass(frozen=True, slots=True)
class Rung:
    """The last attempt on a number, as his agent will see it; `agent` had him, "" for nobody."""

    attempt: str
    campaign: str
    lead: str
    name: str
    at: float
    tries: int
    fields: tuple[tuple[str, str], ...] = ()
    agent: str = ""


class Lately:
    """The numbers that were rung lately."""

    def __init__(self) -> None:
        self.by_number: OrderedDict[str, Rung] = OrderedDict()
        self._numbers: dict[str, str] = {}  # of attempts

    def begun(self, fact: made.AttemptBegun) -> None:
        """A number is rung."""
        if not fact.campaign:
            return
        rung = Rung(fact.contact, fact.campaign, fact.lead, fact.name, fact.at, fact.tries, fact.fields)
        self.remember(fact.number, rung)

    def remember(self, number: str, rung: Rung) -> None:
        """The last attempt on a number."""
        self.by_number[number] = rung
        self.by_number.move_to_end(number)
        self._numbers[rung.attempt] = number
        if len(self.by_number) > REMEMBERED:
            _, old = self.by_number.popitem(last=False)
            self._numbers.pop(old.attempt, None)

    def answered(self, fact: facts.AgentAnswered) -> None:
        """An agent had him."""
        number = self._numbers.get(fact.contact, "")
        rung = self.by_number.get(number)
        if rung is not None and ids.is_dialled(fact.contact):
            self.by_number[number] = replace(rung, agent=fact.agent)

    def of(self, number: str, now: float) -> Rung | None:
        """The last attempt on this number, if it was lately."""
        rung = self.by_number.get(number)
        return rung if rung is not None and now - rung.at <= FOR else None


def take(centre: Centre, contact: Contact, turn: Turn) -> bool:
    """Whether this caller rings back, and goes to the campaign's agents: then he waits for them."""
    rung = centre.outbound.lately.of(centre.plan.full_number(contact.context.number), turn.now)
    planned = centre.plan.floor.calling.campaigns.get(rung.campaign) if rung is not None else None
    if rung is None or planned is None or planned.rings_back == FLOW:
        return False
    one = planned.campaign
    if contact.context.called not in one.numbers or one.queue not in centre.plan.queues:
        return False
    fact = made.RangBack(turn.now, contact.contact, rung.attempt, one.name, rung.lead, rung.tries, rung.fields)
    turn.fact(fact)
    restored(centre, contact, fact)
    agent = rung.agent if planned.rings_back == AGENT and rung.agent in centre.plan.agents else ""
    _wait(centre, contact, one.queue, agent, turn)
    return True


def restored(centre: Centre, contact: Contact, fact: made.RangBack) -> None:
    """What his agent will see of him, live and after a start."""
    planned = centre.plan.floor.calling.campaigns.get(fact.campaign)
    script = tuple(sorted(planned.campaign.script.items())) if planned is not None else ()
    results = planned.campaign.results if planned is not None else ()
    card = Card(fact.attempt, fact.campaign, fact.lead, fact.tries, fact.fields, script, results, rang_back=True)
    contact.context = contact.context.changed(card=card)


def _wait(centre: Centre, contact: Contact, queue: str, agent: str, turn: Turn) -> None:
    wanted = (acd.Wanted(acd.AgentId(agent), PATIENCE),) if agent else ()
    contact.context = contact.context.queued(queue, turn.now)
    contact.place, contact.priority, segment = Place.WAITING, PRIORITY, contact.context.segment
    asked = tuple((one.agent, one.patience, one.fit) for one in wanted)
    fact = facts.CallerQueued(
        turn.now, contact.contact, queue, (), PRIORITY, turn.now, LIMIT, "", segment, asked, PRIORITY
    )
    contact.stayed(fact)
    turn.fact(fact)
    contact.at_door = True
    centre.route(
        acd.ContactArrived(
            acd.ContactId(contact.contact), contact.node, queue, (), PRIORITY, turn.now, LIMIT, made=contact.offers,
            segment=segment, wanted=wanted,
        ),
        turn,
    )
    contact.at_door = False
    if contact.place is Place.WAITING:
        waiting.begins(centre, contact, turn)
