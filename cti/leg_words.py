"""What a leg can be asked and tells: an agent's phone that is rung, answers, talks and hangs up.

It does not know why this agent is rung. `cti/vocabulary.py` says what holds for every word, and names them all.
"""

from __future__ import annotations

from cti.ids import CallId, LegId, NodeId
from lean import dataclass


@dataclass(frozen=True, slots=True)
class LegRang:
    """The agent's phone reports that it rings (SIP 180)."""

    leg: LegId


@dataclass(frozen=True, slots=True)
class LegAnswered:
    """The agent has answered a call-back, and the customer is being dialled; or a listener has. Told of no other leg.

    When the customer is not reached, or has hung up after the talk, the leg comes to the door: `CallerArrived`, with
    the leg's id as its call and nothing `called`, and then `ForwardEnded`.
    """

    leg: LegId


@dataclass(frozen=True, slots=True)
class TalkBegan:
    """Caller and leg are in one bridge: two-way audio. The one moment at which a call counts as answered."""

    call: CallId
    leg: LegId
    at: float | None = None


@dataclass(frozen=True, slots=True)
class LegEnded:
    """A leg is gone, or never came to be. `cause` is Q.850: 17 busy, 18/19 no answer, 21 refused, 3/20 unreachable."""

    node: NodeId
    leg: LegId
    cause: int
    at: float | None = None


@dataclass(frozen=True, slots=True)
class RingAgent:
    """Ring an agent's phone; on answer the dialplan itself bridges the caller. Must never be sent twice.

    `ring_for` in seconds. `recording` is a path without extension below the node's recording folder, or "" for none:
    the two legs become `<recording>-caller.wav` and `<recording>-agent.wav`. For a call-back `dial` is the customer's
    number, `dial_for` how long it rings there in seconds, and `dial_from` the number of ours that he shall see.
    Of several legs with one `call` and `round` the first to answer has the caller; the others end with cause 26. For a
    consult `call` is a leg. `outside`: `phone` is a number, dialled over the trunk. `at_once` asks the phone to answer
    by itself, for a customer who must not wait.
    """

    node: NodeId
    leg: LegId
    call: CallId
    phone: str
    ring_for: float
    caller_number: str
    caller_name: str
    recording: str = ""
    dial: str = ""
    dial_for: float = 30.0
    dial_from: str = ""
    round: int = 0
    outside: bool = False
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class DropLeg:
    """End a leg, ringing or talking. Unknown or gone: nothing happens.

    `call` is the caller who waits on, if one does: should the agent answer at this very moment, the caller comes back
    to our door from it, whatever `HoldCaller.last` said.
    """

    node: NodeId
    leg: LegId
    call: CallId | None = None
