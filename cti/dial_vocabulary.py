"""The words for customers whom we dial; the rest of the telephony vocabulary is in `cti/vocabulary.py`.

It does not know what a campaign is. The id of such a call is `D` and a number, chosen by us before it is dialled.

    DialCustomer -> CustomerRang? -> CustomerAnswered -> CallerArrived  who it is is known, and he stands at our door
                                                      -> CallEnded      he was gone before that
                                  -> DialFailed                         never answered: its channel is gone

A customer who has answered is a caller like any other from then on: he is held, told, bridged, and ends in `CallEnded`.
`EndCall` ends him at any time, also before he has answered. A survey shows him as a `SeenCall`, and ends that nobody
heard of as `NodeSurveyed.failed` and `NodeSurveyed.ended`; those may come again, and may be older than our first dial
where an Asterisk is older than our journal: judge them by `at`.
"""

from __future__ import annotations

from enum import StrEnum

from cti.ids import CallId, NodeId
from lean import dataclass


class Heard(StrEnum):
    """What the ear beside the line made of it.

    NOTHING: nobody was asked to listen. UNSURE is treated as HUMAN. SILENT has said nothing at all: it may yet be a
    person who waits to be spoken to, so he is not to be hung up on without a word.
    """

    NOTHING = ""
    HUMAN = "human"
    MACHINE = "machine"
    FAX = "fax"
    SILENT = "silent"
    UNSURE = "unsure"


class Failure(StrEnum):
    """Why a dial was never answered, told by the SIP answer and Q.850 cause, else by the time that had passed."""

    BUSY = "busy"
    NO_ANSWER = "no_answer"
    CONGESTION = "congestion"
    BAD_NUMBER = "bad_number"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DialCustomer:
    """Dial a customer over the trunk. Must never be sent twice. Ends in `CallerArrived` or `DialFailed`.

    `number` is what the trunk takes, `shown` the number of ours that he sees, `ring_for` seconds. `detect`: listen to
    who answers, and tell it with `CallerArrived.heard` once it is known, `greeted_at` being the end of the greeting
    (without `detect` the answer itself). `wait_for_beep`: a machine comes to the door only when it has finished its
    greeting and records.
    """

    node: NodeId
    call: CallId
    number: str
    shown: str
    ring_for: float
    detect: bool
    wait_for_beep: bool = False


@dataclass(frozen=True, slots=True)
class CustomerRang:
    node: NodeId
    call: CallId


@dataclass(frozen=True, slots=True)
class CustomerAnswered:
    """The line is open since `at`; who it is is still being listened to."""

    node: NodeId
    call: CallId
    at: float


@dataclass(frozen=True, slots=True)
class DialFailed:
    """It was not answered and its channel is gone. `cause` is Q.850, `sip` the SIP status, 0 for unknown."""

    node: NodeId
    call: CallId
    why: Failure
    cause: int
    sip: int = 0
    at: float | None = None
