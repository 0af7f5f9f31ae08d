"""The permanent vocabulary: what happened on the floor, for ever.

It does not know why anything happened, nor who decided it.

Every fact is past tense, frozen, made of text, numbers, booleans and tuples of them, and carries `at` (POSIX seconds,
milliseconds in the fraction). The journal stores a fact under its class name; a name once used keeps its meaning, new
fields get a default. The whole state of the server can be rebuilt from them (`switchroom/recovery.py`), every figure
is computed from them (`acd/service_level.py`), and MQTT carries them unchanged (`cti/bus.py`).
Keyed digits that a flow marks secret are "" in here; the fact says only how many there were.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerStarted:
    """A server took over the floor; `epoch` grows by one with each. `edition` is of the dialplans it began with."""

    at: float
    epoch: int
    version: str
    edition: str = ""


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A call came in and its contact was opened. `customer` is "" when the number is nobody's we know."""

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
class CallerIdentified:
    """The flow learned who calls. `level`: identified, authenticated, or failed: nothing private is told after that."""

    at: float
    contact: str
    level: str
    customer: str = ""
    customer_name: str = ""
    segment: str = ""


@dataclass(frozen=True, slots=True)
class LookupDone:
    """A source was asked. `outcome`: found, not_found, refused, failed, timed_out; `took` in seconds. No values."""

    at: float
    contact: str
    source: str
    outcome: str
    took: float


@dataclass(frozen=True, slots=True)
class BreakpointKept:
    """A caller went before the flow had finished with him; until `until` he is offered to go on at `step`.

    `number` is written in the one form in which numbers are compared. `state` is JSON text: the session's record
    (`SessionState.record`), without secrets, and the way he had come. `level` is what he had proved: "", identified,
    authenticated.
    """

    at: float
    contact: str
    number: str
    customer: str
    flow: str
    version: str
    step: str
    level: str
    state: str
    until: float


@dataclass(frozen=True, slots=True)
class BreakpointTaken:
    """The breakpoint of contact `earlier`, as kept at `kept_at`, is being offered to this caller and nobody else."""

    at: float
    contact: str
    earlier: str
    kept_at: float
    number: str
    customer: str
    flow: str
    version: str
    step: str
    level: str
    state: str
    until: float


@dataclass(frozen=True, slots=True)
class ResumeOffered:
    """A caller was offered to go on where contact `earlier` stopped, and the offer has come to its end.

    `answer`: yes, no, silent (he pressed nothing), refused (he could not prove who he is), gone (he hung up first).
    `step` is where he goes on; `fallen_from` is the step that no longer stands, "" when it does. `kept` are the
    variables that he got back, with his `language`.
    """

    at: float
    contact: str
    earlier: str
    step: str
    answer: str
    fallen_from: str = ""
    kept: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MessageLeft:
    """A recorded message for the people of a queue. `recording` is a file name below the recordings folder."""

    at: float
    contact: str
    queue: str
    recording: str
    seconds: float
    number: str = ""


@dataclass(frozen=True, slots=True)
class MessageSent:
    """A text handed to the bus for `channel` (sms, mail, ...): whoever listens there delivers it."""

    at: float
    contact: str
    channel: str
    to: str
    text: str


@dataclass(frozen=True, slots=True)
class CallbackAsked:
    """The caller wants to be called back at `number` with his place in the queue, which counts from `asked_at`."""

    at: float
    contact: str
    number: str
    queue: str
    skills: tuple[tuple[str, int], ...]
    priority: int
    asked_at: float


@dataclass(frozen=True, slots=True)
class SurveyAnswered:
    """The caller's answer to one question about the talk with `agent` ("" when there was none)."""

    at: float
    contact: str
    question: str
    score: str
    agent: str = ""


@dataclass(frozen=True, slots=True)
class TransferMade:
    """The caller was connected, or not, with an outside number. `why`: answered, busy, no_answer, failed."""

    at: float
    contact: str
    number: str
    why: str


@dataclass(frozen=True, slots=True)
class FlowChanged:
    """New calls to a flow meet another version from now on. `by` is who, `how`: saved, rolled_back, first."""

    at: float
    flow: str
    version: str
    before: str
    by: str
    how: str


@dataclass(frozen=True, slots=True)
class CallerQueued:
    """The caller asked for a person. `asked_at` is the first time in this contact: the clock never restarts.

    `at_head` marks a return to the head of the queue. `skills` are (name, least level) pairs; `limit` is the longest
    wait in seconds, 0 for none. `breakpoint` is the flow step from which he came.
    """

    at: float
    contact: str
    queue: str
    skills: tuple[tuple[str, int], ...]
    priority: int
    asked_at: float
    limit: float
    breakpoint: str


@dataclass(frozen=True, slots=True)
class OfferMade:
    """One agent is rung for one caller until `until`. `offer` is also the id of the agent's leg."""

    at: float
    contact: str
    offer: str
    agent: str
    node: str
    until: float
    recording: str = ""


@dataclass(frozen=True, slots=True)
class AgentRang:
    """The agent's phone reported ringing."""

    at: float
    contact: str
    offer: str
    agent: str


@dataclass(frozen=True, slots=True)
class OfferClosed:
    """An offer ended without a talk. `outcome`: refused, timed_out, withdrawn, failed, unknown."""

    at: float
    contact: str
    offer: str
    agent: str
    outcome: str
    cause: int = 0


@dataclass(frozen=True, slots=True)
class AgentAnswered:
    """Two-way audio. `waited` in seconds since the caller first asked for a person."""

    at: float
    contact: str
    offer: str
    agent: str
    waited: float


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """The talk is over. `ended_by`: caller, agent, or unknown where nobody listened."""

    at: float
    contact: str
    offer: str
    agent: str
    talked: float
    ended_by: str


@dataclass(frozen=True, slots=True)
class CallerLeftQueue:
    """The caller left the queue otherwise than by an answer or by hanging up (`why`: limit, closed)."""

    at: float
    contact: str
    queue: str
    why: str
    waited: float


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The final fact of a contact: exactly one. `outcome`: answered, abandoned, ended_in_flow, flowed_out, lost.

    `breakpoint` is the flow step at which the caller stopped, "" when the flow had finished with him.
    """

    at: float
    contact: str
    outcome: str
    cause: int
    breakpoint: str = ""


@dataclass(frozen=True, slots=True)
class RecordingKept:
    """A talk's recording was closed and looked at. `seconds` is the audio's length, `talked` what it should be.

    `legs` are file names below the recordings folder; `state`: whole, short, repaired, missing.
    """

    at: float
    contact: str
    offer: str
    legs: tuple[str, ...]
    seconds: float
    talked: float
    state: str
    sha256: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentChanged:
    """An agent moved to another state: offline, not_ready, ready, offered, talking, wrap_up.

    `reason` for not_ready; `until` is the end of wrap-up (0 = none); `offer` while offered, talking or wrapping up;
    `idle_since` orders the longest idle and survives an offer that came to nothing. `then` with `then_reason` is what
    he asked for during a talk; `misses` are the offers he let pass in a row.
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


@dataclass(frozen=True, slots=True)
class NodeChanged:
    """The link to an Asterisk node came up or went down; `restarted` when Asterisk itself is a new one."""

    at: float
    node: str
    up: bool
    restarted: bool = False


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
    | SurveyAnswered
    | TransferMade
    | FlowChanged
    | CallerQueued
    | OfferMade
    | AgentRang
    | OfferClosed
    | AgentAnswered
    | TalkEnded
    | CallerLeftQueue
    | CallEnded
    | RecordingKept
    | AgentChanged
    | NodeChanged
)
