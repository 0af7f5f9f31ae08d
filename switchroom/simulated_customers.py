"""The customers of simulated campaigns: a list, telephones that ring, and who or what answers.

It does not know how a dialler decides. What became of a lead it reads from the facts, as a list's store does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import cti.vocabulary as cti
import journal.outbound_facts as made
from cti.dial_vocabulary import Failure
from outbound.lead import NOT_HIS, Due, Lead, Outcome
from outbound.messages import FetchLeads, LeadsFetched
from switchroom.simulated import Line

if TYPE_CHECKING:
    from switchroom.simulator import Simulator

NEVER = 1e18
FAILURES = (Failure.BUSY, Failure.NO_ANSWER, Failure.CONGESTION, Failure.BAD_NUMBER)
HEARD = ("human", "human", "human", "unsure", "machine", "silent")
SURVEYED_AFTER = 3.0  # seconds


class Customers:
    """A list of `size` people, called `l`. A number that is dialled while it rings or talks is one of `twice`."""

    def __init__(self, floor: Simulator) -> None:
        self.floor = floor
        self.size = 0
        self.rings: dict[cti.CallId, cti.DialCustomer] = {}
        self.dialled: list[cti.DialCustomer] = []
        self.twice: list[str] = []
        self._failed: list[cti.DialFailed] = []
        self._tries: dict[str, int] = {}
        self._last: dict[str, Outcome] = {}
        self._due_at: dict[str, float] = {}
        self._read = 0
        self.doers: dict[type, Callable[[Any], None]] = {
            cti.DialCustomer: self._dial,
            FetchLeads: self._fetch,
        }

    # ── the list ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _fetch(self, asked: FetchLeads) -> None:
        self.floor.after(0.02, lambda: self._give(asked))

    def _give(self, asked: FetchLeads) -> None:
        self._follow()
        rows = [row for row in range(1, self.size + 1) if self._is_due(f"l.{row}", asked.held)][: asked.count]
        left = sum(self._due_at.get(f"l.{row}", 0.0) < NEVER for row in range(1, self.size + 1))
        self.floor.tell(LeadsFetched(asked.campaign, tuple(self._due(row) for row in rows), left))

    def _is_due(self, name: str, held: frozenset[str]) -> bool:
        return name not in held and self._due_at.get(name, 0.0) <= self.floor.now

    def _due(self, row: int) -> Due:
        name = f"l.{row}"
        lead = Lead(
            name, f"p{row}", f"+86139{row:08d}", f"Person {row}", zones=("Asia/Shanghai",),
            fields=(("card", str(row)),), consent="form 7",
        )
        return Due(lead, self._tries.get(name, 0), self._last.get(name))

    def _follow(self) -> None:
        """Read what the journal has had since."""
        for fact in self.floor.facts[self._read :]:
            if isinstance(fact, made.AttemptBegun):
                self._due_at[fact.lead] = NEVER
            elif isinstance(fact, made.AttemptEnded):
                outcome = Outcome(fact.outcome)
                self._tries[fact.lead] = self._tries.get(fact.lead, 0) + (outcome not in NOT_HIS)
                self._last[fact.lead] = outcome
                self._due_at[fact.lead] = fact.again or NEVER
            elif isinstance(fact, made.DialRefused):
                self._due_at[fact.lead] = fact.until or NEVER
        self._read = len(self.floor.facts)

    # ── the telephones ──────────────────────────────────────────────────────────────────────────────────────────────

    def _dial(self, asked: cti.DialCustomer) -> None:
        random = self.floor.random
        busy = {ring.number for ring in self.rings.values()} | {line.number for line in self.floor.lines.values()}
        if asked.number in busy or any(asked.call == before.call for before in self.dialled):
            self.twice.append(asked.number)
        self.dialled.append(asked)
        self.rings[asked.call] = asked
        self.floor.told(cti.CustomerRang(asked.node, asked.call), 0.5)
        if random.random() < 0.5:
            self.floor.after(random.uniform(1.0, 12.0), lambda: self._answers(asked))
        else:
            why = random.choice(FAILURES)
            self.floor.after(random.uniform(0.2, asked.ring_for), lambda: self._fails(asked.call, why))

    def _answers(self, asked: cti.DialCustomer) -> None:
        if asked.call not in self.rings:
            return
        opened = self.floor.now
        self.floor.told(cti.CustomerAnswered(asked.node, asked.call, opened))
        heard = self.floor.random.choice(HEARD) if asked.detect else ""
        self.floor.after(self.floor.random.uniform(0.2, 1.0), lambda: self._is_known(asked, heard, opened))

    def _is_known(self, asked: cti.DialCustomer, heard: str, opened: float) -> None:
        if self.rings.pop(asked.call, None) is None:
            return
        self.floor.lines[asked.call] = Line(
            asked.number, asked.shown, asked.node, heard=heard, greeted_at=self.floor.now, opened_at=opened
        )
        self.floor.arrives(asked.call)
        patience = self.floor.random.expovariate(1 / 30)
        self.floor.after(1.0 + patience, lambda: self.floor.loses_patience(asked.call))

    def _fails(self, call: cti.CallId, why: Failure) -> None:
        asked = self.rings.pop(call, None)
        if asked is not None:
            failed = cti.DialFailed(asked.node, call, why, 16, at=self.floor.now)
            self._failed.append(failed)
            self.floor.told(failed)

    def hang_up(self, call: cti.CallId) -> None:
        """We hang up before he has answered, or before it is known who he is."""
        self._fails(call, Failure.CANCELLED)

    # ── for surveys ─────────────────────────────────────────────────────────────────────────────────────────────────

    def survey_each(self, seconds: float) -> None:
        """Surveys come by themselves, and as they are asked for."""
        self.floor.answer(cti.SurveyNode, self._survey)

        def come() -> None:
            for node in self.floor.nodes:
                self.floor.tell(self.floor.survey(node))
            self.floor.after(seconds, come)

        self.floor.after(seconds, come)

    def _survey(self, asked: cti.SurveyNode) -> None:
        self.floor.after(SURVEYED_AFTER, lambda: self.floor.tell(self.floor.survey(asked.node)))

    def seen(self, node: cti.NodeId) -> tuple[cti.SeenCall, ...]:
        """What rings on a node."""
        return tuple(cti.SeenCall(call, "dialling") for call, asked in self.rings.items() if asked.node == node)

    def failed(self, node: cti.NodeId) -> tuple[cti.DialFailed, ...]:
        """The dials that were never answered, that a node remembers."""
        return tuple(each for each in self._failed[-10_000:] if each.node == node)
