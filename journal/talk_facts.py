"""The part of the permanent vocabulary that talks have made: held, consulted, shared, passed on, listened to.

It does not know how a talk is moved. `journal/facts.py` says what holds for every fact, and names them all.

`offer` is the leg of the agent who has the caller, `agent` is he; both are "" where nobody of ours has him. A consult
has an offer of its own.
"""

from __future__ import annotations

from lean import dataclass


@dataclass(frozen=True, slots=True)
class HoldBegan:
    """The agent put the caller on hold, or turned to somebody else."""

    at: float
    contact: str
    offer: str
    agent: str


@dataclass(frozen=True, slots=True)
class HoldEnded:
    """The caller is on hold no more, for whatever reason; he was for `held` seconds."""

    at: float
    contact: str
    offer: str
    agent: str
    held: float


@dataclass(frozen=True, slots=True)
class ConsultAsked:
    """The agent asks somebody else about the caller. `kind`: agent, queue, outside; `target` names him.

    `number` counts the consults of the contact; `queue` is the one by whose rules an agent is found. `leg` and
    `recording` are those of a number outside, for which no offer is made.
    """

    at: float
    contact: str
    offer: str
    agent: str
    number: int
    kind: str
    target: str
    queue: str = ""
    leg: str = ""
    recording: str = ""


@dataclass(frozen=True, slots=True)
class ConsultWidened:
    """Others may be asked now; `stage` and `only` as in `CallerWidened`."""

    at: float
    contact: str
    stage: int
    only: str


@dataclass(frozen=True, slots=True)
class ConsultBegan:
    """He who was asked has answered: `agent`, "" outside, on the leg `offer`. `asked_by` has the caller."""

    at: float
    contact: str
    offer: str
    agent: str
    asked_by: str


@dataclass(frozen=True, slots=True)
class ConsultSwapped:
    """The agent turned from one of the two to the other: to the caller, or back to who was asked, who waited."""

    at: float
    contact: str
    offer: str
    agent: str
    with_caller: bool


@dataclass(frozen=True, slots=True)
class ConsultEnded:
    """The consult is over without the caller having been passed on by it.

    `why`: cancelled, left, caller, agent (who asked went), refused, timed_out, failed, unknown, no_agent, moved (the
    caller was). `talked` in seconds, 0 where nobody answered.
    """

    at: float
    contact: str
    offer: str
    agent: str
    why: str
    talked: float


@dataclass(frozen=True, slots=True)
class ConferenceBegan:
    """The caller, the agent and he who was asked hear each other."""

    at: float
    contact: str
    offer: str
    agent: str
    third_offer: str
    third: str


@dataclass(frozen=True, slots=True)
class CallerTransferred:
    """The agent passed the caller on; his own talk has ended with that. `kind`: agent, queue, flow, outside.

    `warm` when somebody has already answered: he has the caller now, as `to_agent` ("" outside) on the leg `to_offer`.
    `task` numbers a forward to outside; `consulted` is how long the two had spoken, in seconds.
    """

    at: float
    contact: str
    offer: str
    agent: str
    kind: str
    target: str
    warm: bool
    to_offer: str = ""
    to_agent: str = ""
    task: int = 0
    consulted: float = 0.0


@dataclass(frozen=True, slots=True)
class SupervisorJoined:
    """`by` has his phone rung to hear the talk of `agent`. `ear`: listen, whisper, barge; `takes`: to take it over."""

    at: float
    contact: str
    agent: str
    by: str
    leg: str
    ear: str
    phone: str
    takes: bool = False


@dataclass(frozen=True, slots=True)
class SupervisorHeard:
    """The supervisor has answered, and hears the talk of `agent` from here on."""

    at: float
    contact: str
    agent: str
    by: str
    leg: str


@dataclass(frozen=True, slots=True)
class SupervisorChanged:
    """The supervisor goes on in another way, or at another agent's ear."""

    at: float
    contact: str
    agent: str
    by: str
    leg: str
    ear: str


@dataclass(frozen=True, slots=True)
class SupervisorLeft:
    """The supervisor hears the talk no more; he did for `heard` seconds. `why`: left, talk_over, taken_over."""

    at: float
    contact: str
    agent: str
    by: str
    leg: str
    heard: float
    why: str


@dataclass(frozen=True, slots=True)
class TalkTakenOver:
    """A supervisor has the caller now, on his leg; the talk of `agent` has ended with that."""

    at: float
    contact: str
    offer: str
    agent: str
    by: str
    leg: str
    recording: str = ""


TalkFact = (
    HoldBegan
    | HoldEnded
    | ConsultAsked
    | ConsultWidened
    | ConsultBegan
    | ConsultEnded
    | ConsultSwapped
    | ConferenceBegan
    | CallerTransferred
    | SupervisorJoined
    | SupervisorHeard
    | SupervisorChanged
    | SupervisorLeft
    | TalkTakenOver
)
