"""The permanent vocabulary: what happened on the floor, for ever.

It does not know why anything happened, nor who decided it.

Every fact is past tense, frozen, made of text, numbers, booleans and tuples of them, and carries `at` (POSIX seconds,
milliseconds in the fraction). The journal stores a fact under its class name; a name once used keeps its meaning, new
fields get a default. The whole state of the server can be rebuilt from them (`switchroom/recovery.py`), every figure
is computed from them (`acd/service_level.py`), and MQTT carries them unchanged (`cti/bus.py`).

All facts are imported from here, whichever file they stand in: this is the one vocabulary of the room.

Keyed digits that a flow marks secret are "" in here; the fact says only how many there were.
"""

from __future__ import annotations

from journal.autopilot_facts import AutopilotActed, AutopilotTurned, AutopilotUndid
from journal.floor_facts import AgentAltered, CallerReranked, QueueSwitched, YearUnannounced
from journal.flow_facts import (
    BreakpointKept,
    BreakpointTaken,
    CallbackAsked,
    CallbackBegun,
    CallbackDialled,
    CallbackFailed,
    CallbackReached,
    CallerIdentified,
    FlowChanged,
    LookupDone,
    MessageLeft,
    MessageSent,
    ResumeOffered,
    SurveyAnswered,
    TransferMade,
)
from journal.law_facts import LawAgreed, LedgerSealed
from journal.outbound_facts import (
    AttemptBegun,
    AttemptEnded,
    CampaignMoved,
    CampaignTuned,
    CustomerHeard,
    DialRefused,
    ListImported,
    NumberBlocked,
    OutboundFact,
    PaceSet,
    PersonErased,
    RangBack,
    ResultKept,
)
from journal.queue_facts import (
    AgentAnswered,
    AgentRang,
    CallerLeftQueue,
    CallerQueued,
    CallerWidened,
    OfferClosed,
    OfferMade,
    TalkEnded,
)
from journal.talk_facts import (
    CallerTransferred,
    ConferenceBegan,
    ConsultAsked,
    ConsultBegan,
    ConsultEnded,
    ConsultSwapped,
    ConsultWidened,
    HoldBegan,
    HoldEnded,
    SupervisorChanged,
    SupervisorHeard,
    SupervisorJoined,
    SupervisorLeft,
    TalkFact,
    TalkTakenOver,
)
from journal.waiting_facts import CallbackDeferred, CallbackTalked, CallerTold, EstimateTold
from lean import dataclass

__all__ = [
    "AgentAltered", "AgentAnswered", "AgentChanged", "AgentRang", "AttemptBegun", "AttemptEnded", "AutopilotActed",
    "AutopilotTurned", "AutopilotUndid", "BreakpointKept", "BreakpointTaken", "CallEnded", "CallStarted",
    "CallbackAsked", "CallbackBegun", "CallbackDeferred", "CallbackDialled", "CallbackFailed", "CallbackReached",
    "CallbackTalked", "CallerIdentified", "CallerLeftQueue", "CallerQueued", "CallerReranked", "CallerTold",
    "CallerTransferred", "CallerWidened", "CampaignMoved", "CampaignTuned", "ConferenceBegan", "ConsultAsked",
    "ConsultBegan", "ConsultEnded", "ConsultSwapped", "ConsultWidened", "CustomerHeard", "DialRefused",
    "EstimateTold", "Fact", "FlowChanged", "HoldBegan", "HoldEnded", "LawAgreed", "LedgerSealed", "ListImported",
    "LookupDone", "MessageLeft", "MessageSent", "NodeChanged", "NumberBlocked", "OfferClosed", "OfferMade",
    "PaceSet", "PersonErased", "PromptChanged", "QueueSwitched", "RangBack", "RecordingKept", "ResultKept",
    "ResumeOffered", "ServerStarted", "StepEntered", "StepLeft", "SupervisorChanged", "SupervisorHeard",
    "SupervisorJoined", "SupervisorLeft", "SurveyAnswered", "TalkEnded", "TalkTakenOver", "TransferMade",
    "YearUnannounced",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ServerStarted:
    """A server took over the floor; `epoch` grows by one with each. `edition` is of the dialplans it began with."""

    at: float
    epoch: int
    version: str
    edition: str = ""


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A call came in and its contact was opened. `customer` is "" when the number is nobody's we know.

    `call` and `flow` are "" when nobody called: a customer is to be called back.
    """

    at: float
    contact: str
    call: str
    node: str
    number: str
    name: str
    called: str
    flow: str
    version: str
    language: str
    customer: str = ""
    customer_name: str = ""
    segment: str = ""


@dataclass(frozen=True, slots=True)
class StepEntered:
    """The caller reached a step of the flow. `verb` is menu, play, ...; `tries` counts attempts at it from 1.

    `goal` is what he has done by reaching it ("card-reported"), "" for nothing named.
    """

    at: float
    contact: str
    step: str
    verb: str
    tries: int = 1
    goal: str = ""


@dataclass(frozen=True, slots=True)
class StepLeft:
    """The caller left a step by one of its exits. `keys` is "" when nothing was keyed or the keys are secret."""

    at: float
    contact: str
    step: str
    exit: str
    keys: str = ""
    secret: bool = False
    key_count: int = 0
    kept: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The final fact of a contact: exactly one. `outcome`: answered, abandoned, ended_in_flow, flowed_out, lost.

    A call-back ends as answered or not_reached. `breakpoint` is the flow step at which the caller stopped, "" when the
    flow had finished with him.
    """

    at: float
    contact: str
    outcome: str
    cause: int
    breakpoint: str = ""


@dataclass(frozen=True, slots=True)
class RecordingKept:
    """A talk's recording was closed and looked at. `seconds` is the audio's length, `talked` what it should be.

    `legs` are file names below the recordings folder; `state`: whole, short, repaired, missing; or, later, erased: it
    was deleted at the person's own request. `chain` links it to the one before (`recordings/chain.py`), within the life
    of one server.
    """

    at: float
    contact: str
    offer: str
    legs: tuple[str, ...]
    seconds: float
    talked: float
    state: str
    sha256: tuple[str, ...] = ()
    chain: str = ""


@dataclass(frozen=True, slots=True)
class AgentChanged:
    """An agent moved to another state: offline, not_ready, ready, offered, talking, wrap_up.

    `reason` for not_ready; `until` is the end of wrap-up (0 = none); `offer` while offered, talking or wrapping up;
    `idle_since` orders the longest idle and survives an offer that came to nothing. `then` with `then_reason` is what
    he asked for during a talk; `misses` are the offers he let pass in a row, `calls` his talks since he signed on,
    `rung_at` when he was last rung.
    """

    at: float
    agent: str
    state: str
    reason: str = ""
    until: float = 0.0
    offer: str = ""
    idle_since: float = 0.0
    then: str = ""
    then_reason: str = ""
    misses: int = 0
    calls: int = 0
    rung_at: float = 0.0


@dataclass(frozen=True, slots=True)
class NodeChanged:
    """The link to an Asterisk node came up or went down; `restarted` when Asterisk itself is a new one."""

    at: float
    node: str
    up: bool
    restarted: bool = False


@dataclass(frozen=True, slots=True)
class PromptChanged:
    """A person brought in a recording of a prompt. `sha256` is of the file as it is kept, `by` a user of the desk."""

    at: float
    prompt: str
    language: str
    by: str
    seconds: float
    sha256: str


Fact = (
    ServerStarted
    | CallStarted
    | StepEntered
    | StepLeft
    | CallerIdentified
    | LookupDone
    | BreakpointKept
    | BreakpointTaken
    | ResumeOffered
    | MessageLeft
    | MessageSent
    | CallbackAsked
    | CallbackBegun
    | CallbackDialled
    | CallbackReached
    | CallbackFailed
    | CallerTold
    | EstimateTold
    | CallbackTalked
    | CallbackDeferred
    | SurveyAnswered
    | TransferMade
    | FlowChanged
    | CallerQueued
    | CallerWidened
    | OfferMade
    | AgentRang
    | OfferClosed
    | AgentAnswered
    | TalkEnded
    | TalkFact
    | CallerLeftQueue
    | CallEnded
    | RecordingKept
    | AgentChanged
    | NodeChanged
    | PromptChanged
    | AgentAltered
    | CallerReranked
    | QueueSwitched
    | YearUnannounced
    | AutopilotActed
    | AutopilotUndid
    | AutopilotTurned
    | OutboundFact
)
