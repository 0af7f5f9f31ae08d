"""The part of the permanent vocabulary that flows have made: who called, what was looked up, left, asked for, resumed.

It does not know a flow. `journal/facts.py` says what holds for every fact, and names them all.
"""

from __future__ import annotations

from lean import dataclass


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
    """A source was asked. `outcome`: found, not_found, refused, locked, failed, timed_out; `took` in s. No values.

    `wrong` is a digest of the keys for which a secret was wrong, else "": it counts over all calls.
    """

    at: float
    contact: str
    source: str
    outcome: str
    took: float
    wrong: str = ""


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
    """The caller wants to be called back at `number` with his place in the queue, which counts from `asked_at`.

    `due` is the time that he has chosen and was promised, 0 for as soon as it is his turn. `at_head`: an agent had
    failed him, so he stands at the head.
    """

    at: float
    contact: str
    number: str
    queue: str
    skills: tuple[tuple[str, int], ...]
    priority: int
    asked_at: float
    due: float = 0.0
    at_head: bool = False


@dataclass(frozen=True, slots=True)
class CallbackBegun:
    """The wish of contact `earlier` waits in the queue as a contact of its own, which has no call.

    `context` is what the agent will see, as JSON (`customers.context.read_context`). `CallStarted` without call and
    flow comes before it, `CallerQueued` or `CallbackDeferred` after it. The rest is the wish, as in `CallbackAsked`.
    """

    at: float
    contact: str
    earlier: str
    number: str
    context: str
    queue: str = ""
    skills: tuple[tuple[str, int], ...] = ()
    priority: int = 0
    asked_at: float = 0.0
    due: float = 0.0
    at_head: bool = False


@dataclass(frozen=True, slots=True)
class CallbackDialled:
    """The agent has answered his phone for a call-back, and the customer's number is being dialled."""

    at: float
    contact: str
    offer: str
    agent: str
    number: str


@dataclass(frozen=True, slots=True)
class CallbackReached:
    """The customer has answered: `line` is the call on which he is, and can be held and passed on like any caller's."""

    at: float
    contact: str
    offer: str
    line: str


@dataclass(frozen=True, slots=True)
class CallbackFailed:
    """The customer was not reached. `why`: busy, no_answer, failed, forbidden, agent (he hung up first), unknown.

    `again_at` is when he is tried again, 0 for never.
    """

    at: float
    contact: str
    why: str
    again_at: float


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
