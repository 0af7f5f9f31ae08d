"""What the facts have told of a contact and of an agent so far, and what may be written next.

It does not know the centre's own tables: it says what a reader of the facts may expect, and is written by hand for
that. What may be found out late is named too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import journal.facts as facts
from benchmarks.faults.consulted import Moved

FLOW, WAITING, CALLING, TALKING = "flow", "waiting", "calling", "talking"
RETURNING, RESTING = "returning", "resting"

# The place of a contact, what may be written of it there, and the place after it. Facts not named move nobody.
GRAPH: dict[tuple[str, type], str] = {
    (FLOW, facts.StepEntered): FLOW, (FLOW, facts.StepLeft): FLOW, (FLOW, facts.LookupDone): FLOW,
    (FLOW, facts.CallerIdentified): FLOW, (FLOW, facts.CallbackBegun): FLOW, (FLOW, facts.CallerQueued): WAITING,
    (FLOW, facts.CallEnded): "",
    (WAITING, facts.OfferMade): WAITING, (WAITING, facts.AgentRang): WAITING, (WAITING, facts.OfferClosed): WAITING,
    (WAITING, facts.AgentAnswered): TALKING, (WAITING, facts.CallbackDialled): CALLING,
    (WAITING, facts.CallerLeftQueue): RETURNING, (WAITING, facts.CallbackFailed): RESTING,
    (WAITING, facts.CallbackDeferred): RESTING, (RESTING, facts.CallbackDeferred): RESTING,
    (FLOW, facts.CallbackDeferred): RESTING, (WAITING, facts.CallEnded): "",
    (CALLING, facts.AgentAnswered): TALKING, (CALLING, facts.OfferClosed): RESTING,
    (TALKING, facts.TalkEnded): RETURNING, (TALKING, facts.OfferClosed): TALKING,
    (RETURNING, facts.CallerTransferred): RETURNING, (RETURNING, facts.TalkTakenOver): TALKING,
    (RETURNING, facts.CallerQueued): WAITING, (TALKING, facts.HoldBegan): TALKING, (TALKING, facts.HoldEnded): TALKING,
    (TALKING, facts.ConsultAsked): TALKING, (TALKING, facts.ConsultBegan): TALKING,
    (TALKING, facts.ConsultSwapped): TALKING, (TALKING, facts.ConsultEnded): TALKING,
    (TALKING, facts.ConferenceBegan): TALKING, (CALLING, facts.CallbackReached): CALLING,
    (WAITING, facts.CallbackReached): WAITING, (TALKING, facts.CallbackReached): TALKING,
    (RETURNING, facts.StepLeft): FLOW, (RETURNING, facts.StepEntered): FLOW, (RETURNING, facts.CallEnded): "",
    (RESTING, facts.CallbackFailed): RESTING, (RESTING, facts.CallerQueued): WAITING, (RESTING, facts.CallEnded): "",
}  # fmt: skip
MOVED = frozenset(kind for _, kind in GRAPH)

# What may be found out late carries the time at which it happened: never before what the caller himself did before.
LATE = frozenset({
    facts.CallEnded, facts.AgentAnswered, facts.TalkEnded, facts.BreakpointKept, facts.StepLeft, facts.StepEntered,
    facts.TransferMade, facts.MessageLeft, facts.CallbackAsked, facts.HoldEnded, facts.ConsultEnded,
    facts.SupervisorLeft,
})  # fmt: skip
SURE = frozenset({facts.CallerQueued, facts.AgentAnswered})

AGENT_MOVES: dict[str, frozenset[str]] = {
    "offline": frozenset({"not_ready"}),
    "not_ready": frozenset({"offline", "ready", "not_ready"}),
    "ready": frozenset({"offline", "not_ready", "offered", "dialling"}),
    "dialling": frozenset({"offline", "not_ready", "offered", "ready"}),
    "offered": frozenset({"offline", "not_ready", "ready", "talking"}),
    "talking": frozenset({"talking", "wrap_up", "ready", "not_ready", "offline"}),
    "wrap_up": frozenset({"wrap_up", "ready", "not_ready", "offline"}),
}


@dataclass(slots=True)
class Story:
    """An open contact as the facts have told it so far."""

    started: facts.CallStarted
    last: float
    sure: float
    place: str = FLOW
    asked: facts.CallerQueued | None = None
    first_asked: float = 0.0
    offers: dict[str, str] = field(default_factory=dict)  # open offer to agent
    accepted: str = ""
    answered: bool = False
    moved: Moved = field(default_factory=Moved)


@dataclass(slots=True)
class AgentDay:
    """An agent as the facts have told him."""

    state: str = "offline"
    since: float = 0.0
    offer: str = ""
    first: float = 0.0
    spent: dict[str, float] = field(default_factory=lambda: defaultdict(float))
