"""Whom the campaigns of a storm call: two lists that share half of their people, and every telephone of theirs.

It does not judge, and knows no rule of law. The lists follow the facts as the product's own store does; the telephones
are those of `switchroom/simulated_customers.py` over links that break: a dial may be done though nobody knows, its news
be late or lost, its node restart while it rings.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING, Any

import cti.vocabulary as cti
import journal.outbound_facts as made
from benchmarks.faults.calling_floor import CAMPAIGNS
from outbound.lead import NOT_HIS, Due, Lead, Outcome
from outbound.messages import FetchLeads, LeadsFetched
from switchroom.simulated_customers import NEVER, Customers

if TYPE_CHECKING:
    from benchmarks.faults.calling import CallingStorm

SHANGHAI, TOKYO, KOLKATA, KATHMANDU = "Asia/Shanghai", "Asia/Tokyo", "Asia/Kolkata", "Asia/Kathmandu"
PLACES = (*((SHANGHAI,),) * 6, (TOKYO,), (TOKYO,), (KOLKATA,), (SHANGHAI, TOKYO), (KATHMANDU,))
GONE_BEFORE = 0.05  # of those who answer, who hang up before it is known who they are


class Lists:
    """What each list has: its leads, how often each was tried, and when he is due again."""

    def __init__(self, chance: Random, size: int, agents: list[str]) -> None:
        self.leads: dict[tuple[str, str], Lead] = {}
        self.tries: dict[tuple[str, str], int] = {}
        self.last: dict[tuple[str, str], Outcome] = {}
        self.due_at: dict[tuple[str, str], float] = {}
        self.ended_until: dict[tuple[str, str], float] = {}  # the same by his attempts alone, whatever was refused
        for row in range(1, size + 1):
            zones, owner = chance.choice(PLACES), chance.choice(agents) if chance.random() < 0.1 else ""
            lists = CAMPAIGNS if chance.random() < 0.5 else (chance.choice(CAMPAIGNS),)
            for name in lists:
                lead = Lead(
                    f"{name}.{row}", f"p{row}", f"+86139{row:08d}", f"Person {row}", zones=zones, owner=owner,
                    consent="form 7",
                )  # fmt: skip
                self.leads[name, lead.lead] = lead
                self.due_at[name, lead.lead] = self.ended_until[name, lead.lead] = 0.0

    def read(self, fact: Any) -> None:
        """One more fact of the journal."""
        key = (getattr(fact, "campaign", ""), getattr(fact, "lead", ""))
        if key not in self.leads:
            return
        if isinstance(fact, made.AttemptBegun):
            self.due_at[key] = self.ended_until[key] = NEVER
        elif isinstance(fact, made.AttemptEnded):
            outcome = Outcome(fact.outcome)
            self.tries[key] = self.tries.get(key, 0) + (outcome not in NOT_HIS)
            self.last[key] = outcome
            self.due_at[key] = self.ended_until[key] = fact.again or NEVER
        elif isinstance(fact, made.DialRefused):
            self.due_at[key] = fact.until or NEVER

    def asked(self, action: object) -> None:
        """Nothing is done by a list."""

    def end(self) -> None:
        """Nor at the end."""

    def due(self, asked: FetchLeads, now: float) -> LeadsFetched:
        """What the list gives for this question."""
        mine = [key for key in self.leads if key[0] == asked.campaign]
        found = [key for key in mine if key[1] not in asked.held and self.due_at[key] <= now][: asked.count]
        left = sum(self.due_at[key] < NEVER for key in mine)
        given = tuple(Due(self.leads[key], self.tries.get(key, 0), self.last.get(key)) for key in found)
        return LeadsFetched(asked.campaign, given, left)


class StormCustomers(Customers):
    """The telephones of a storm. `answered` is when each who did was known for what he is."""

    floor: CallingStorm

    def __init__(self, floor: CallingStorm, lists: Lists) -> None:
        super().__init__(floor)
        self.lists = lists

    def _give(self, asked: FetchLeads) -> None:
        """The answer of a list is lost with the server that asked."""
        self.floor.tell(self.lists.due(asked, self.floor.now))

    def _fetch(self, asked: FetchLeads) -> None:
        server = self.floor.alive_since
        self.floor.after(0.02, lambda: self._give(asked) if server == self.floor.alive_since else None)

    def _dial(self, asked: cti.DialCustomer) -> None:
        self.floor.watch_dials.rings(asked)
        super()._dial(asked)

    def _answers(self, asked: cti.DialCustomer) -> None:
        if asked.call in self.rings:
            self.floor.created[asked.call] = self.floor.now
            if self.floor.random.random() < GONE_BEFORE:
                self.floor.after(self.floor.random.random() * 0.2, lambda: self._goes(asked, self.floor.now))
        super()._answers(asked)

    def _goes(self, asked: cti.DialCustomer, opened: float) -> None:
        """He had answered, and is gone before anybody knows who he is."""
        if self.rings.pop(asked.call, None) is not None:
            gone = cti.CallEnded(
                asked.node, asked.call, 16, self.floor.now, number=asked.number, called=asked.shown, opened_at=opened
            )
            self.floor.told(gone)

    def _is_known(self, asked: cti.DialCustomer, heard: str, opened: float) -> None:
        is_there = asked.call in self.rings
        super()._is_known(asked, heard, opened)
        if is_there:
            self.floor.watch_dials.is_known(asked, heard)

    def seen(self, node: cti.NodeId) -> tuple[cti.SeenCall, ...]:
        return tuple(cti.SeenCall(call, "dialling") for call, asked in self.rings.items() if asked.node == node)

    def on(self, number: str) -> Iterator[cti.CallId]:
        """The calls of ours that ring or talk at this telephone now."""
        yield from (call for call, asked in self.rings.items() if asked.number == number)
        yield from (call for call, line in self.floor.lines.items() if line.number == number and cti.is_dialled(call))

    def lose(self, node: cti.NodeId) -> None:
        """An Asterisk has died: what it rang rings no more, and nobody will tell."""
        for call in [call for call, asked in self.rings.items() if asked.node == node]:
            del self.rings[call]
