"""The dialler: whom we call next, and when, over all campaigns; every call from the decision to its one outcome.

It does not know telephones, queues, the web, or where lists are kept; it knows no rule of law (`outbound/permission.py`
asks) and no rule of pacing (`outbound/pacing/sight.py` does). It is pure: messages in, answers out, time an argument.

    outbound/states.py   how a campaign and an attempt move: two tables
    outbound/supply.py   leads out of the lists; rest, where nobody is due or may be called at this hour
    outbound/beat.py     twice a second, and when something happened: how many lines, and whom on them
    outbound/dials.py    one dial: may it be, and what begins with it
    outbound/calls.py    what is heard of an attempt, and what follows
    outbound/desks.py    agents: who is there, whom they are shown, who goes while his customer is dialled
    outbound/people.py   what managers and agents say
    outbound/again.py    the same dialler once more, from facts

Promises that hold whatever comes: a person is never in two attempts; nothing is dialled that the law refuses; an
attempt of unknown result is found out before its lead is dialled again; a person whom no agent meets in time hears the
message; no more lines and dials a second than the house has.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from outbound import beat, calls, desks, people, supply
from outbound.attempts import Attempt
from outbound.crew import Crew
from outbound.lead import Due
from outbound.messages import AttemptId, CampaignMoved, HidePreview, Tick
from outbound.pacing.choosing import pacer_for
from outbound.permission import Lawless, Permission
from outbound.running import NewPacer, Running
from outbound.states import Order, Stage
from outbound.trunk import House, Trunk
from outbound.turn import Turn

OWN_WAITS = 30.0  # seconds: so long a promised call waits for its agent, then anybody has it within the minute


class Dialler:
    """All campaigns of one house. `law` is asked before each dial, `new_pacer` makes the pacer that a mode needs."""

    def __init__(
        self, house: House | None = None, law: Permission | None = None, new_pacer: NewPacer = pacer_for
    ) -> None:
        self.law = law or Lawless()
        self.new_pacer = new_pacer
        self.trunk = Trunk(house or House())
        self.campaigns: dict[str, Running] = {}
        self.attempts: dict[AttemptId, Attempt] = {}
        self.ended: dict[AttemptId, Attempt] = {}  # those that an agent may still say his word on
        self.crew = Crew()
        self.previews: dict[str, tuple[str, Due]] = {}
        self.talking_of: dict[str, AttemptId] = {}  # whom each agent had last
        self.persons: dict[str, int] = {}  # persons and numbers that are in an attempt
        self.visiting: dict[str, float] = {}  # persons and numbers who called in themselves: until when they rest
        self.reserved: dict[str, AttemptId] = {}  # agents for whom a line is in the air
        self.count = 0
        self.late: list[tuple[float, AttemptId]] = []
        self.next_beat = 0.0
        self.moved: set[str] = set()  # campaigns of which something has happened in this turn

    # ── the contract ────────────────────────────────────────────────────────────────────────────────────────────────

    def handle(self, told: Any, now: float) -> list[Any]:
        """Take one message. Returns what to do and what happened, in order."""
        turn = Turn(now)
        self.ROUTES[type(told)](self, told, turn)
        if self.late and self.late[0][0] <= now:
            calls.look_at_late(self, turn)
        if self.moved or self.next_beat <= now:
            beat.look(self, turn)
        return turn.answers

    def next_deadline(self) -> float | None:
        """When to be woken with `Tick` if nothing comes before; None while no campaign runs and nobody waits."""
        if not self.campaigns and not self.late:
            return None
        while self.late and not self.is_late(self.late[0][1]):
            heapq.heappop(self.late)
        dues = [self.late[0][0]] if self.late else []
        if beat.is_needed(self):
            dues.append(self.next_beat)
        return min(dues, default=None)

    # ── what the parts share ────────────────────────────────────────────────────────────────────────────────────────

    def is_late(self, attempt: AttemptId) -> bool:
        """Whether this attempt is a person who still waits for an agent."""
        found = self.attempts.get(attempt)
        return found is not None and found.stage is Stage.WAITING

    def is_at_hand(self, agent: str) -> bool:
        """Whether a customer may be dialled for this agent now."""
        return self.crew.is_free(agent) and agent not in self.reserved

    def order(self, run: Running, order: Order, who: tuple[str, str], turn: Turn, until: float = 0.0) -> bool:
        """Move a campaign, and tell it. `who` is by whom, and why; `until` when it is time for calls again."""
        if not run.move(order):
            return False
        run.by, run.why = who
        run.since, run.opens_at = turn.now, until
        self.moved.add(run.name)
        turn.say(CampaignMoved(run.name, run.state.value, *who, run.pilot, until))
        return True

    def hide(self, agent: str, turn: Turn) -> None:
        """The agent's preview is over; its lead stands first again."""
        shown = self.previews.pop(agent, None)
        if shown is None:
            return
        campaign, due = shown
        turn.say(HidePreview(agent, campaign))
        if campaign in self.campaigns:
            self.campaigns[campaign].hopper.put_back(due)

    def hide_all(self, run: Running, turn: Turn) -> None:
        """Nobody looks at a lead of this campaign any more."""
        for agent in sorted(agent for agent, (campaign, _) in self.previews.items() if campaign == run.name):
            self.hide(agent, turn)

    def outwaited(self, run: Running, now: float) -> Callable[[str, Due], bool]:
        """Give the question whether a promised call waits for its own agent no longer: he is busy, or not here."""

        def is_late(owner: str, due: Due) -> bool:
            if not due.promised or run.campaign.waits_for_own:
                return False
            return owner not in self.crew.seen or now >= due.promised + OWN_WAITS

        return is_late

    def held(self, run: Running) -> frozenset[str]:
        """The leads of a campaign that the list need not give: at hand, shown, or in an attempt."""
        shown = (due.lead.lead for campaign, due in self.previews.values() if campaign == run.name)
        alive = (self.attempts[AttemptId(name)].lead.lead for name in run.alive)
        return frozenset((*run.hopper.names, *shown, *alive))

    def running(self) -> Iterable[Running]:
        """The campaigns that may dial, the one first that has waited longest."""
        return sorted((run for run in self.campaigns.values() if run.dials), key=lambda run: (run.last_dial, run.name))

    ROUTES: ClassVar[dict[type, Callable[..., None]]] = {
        **people.ROUTES,
        **calls.ROUTES,
        **desks.ROUTES,
        **supply.ROUTES,
        Tick: beat.tick,
    }
