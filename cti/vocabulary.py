"""What a switch can tell us, and what it can be asked. Nothing above this file knows an AMI header.

It knows nothing of queues, flows or campaigns: a call is a caller's channel, a leg is an agent's phone being rung.

A *call* is a caller's channel; its id is Asterisk's unique id, made unique over all nodes by the node's `systemname`
(`a1-1732220000.17`). A *leg* is a channel that we originated ourselves towards an agent's phone; its id is the
`ChannelId` that we chose. Times are POSIX seconds with milliseconds in the fraction; an `at` in here was read from the
switch's own clock and is used only where nobody was listening when the thing happened.

A *call-back* is a call that has no channel yet: its id is `CALL_BACK` and another id, and its leg, once the agent has
answered, dials the customer itself. Who has answered is a caller like any, with a call id of his own: `TalkBegan` names
it. A *consult* is a leg that is bridged with another leg; a *listener* is a
supervisor's leg; both carry the id of the call that they belong to. Nodes' names begin with no capital letter.

Told in the past tense, asked in the imperative. All words are imported from here, wherever they stand: this is the one
vocabulary of the room. Everything asked may fail; failure comes back as something told.
"""

from __future__ import annotations

from cti.dial_vocabulary import CustomerAnswered, CustomerRang, DialCustomer, DialFailed
from cti.door_words import CollectDigits, DigitsCollected, PlayFiller, PlayPrompt, PromptEnded
from cti.ids import CALL_BACK, CallId, LegId, NodeId, is_call_back, is_dialled
from cti.leg_words import DropLeg, LegAnswered, LegEnded, LegRang, RingAgent, TalkBegan
from cti.moves import Move
from cti.waiting_words import TellCaller
from lean import dataclass

__all__ = [
    "CALL_BACK", "CallId", "CollectDigits", "CustomerAnswered", "CustomerRang", "DialCustomer", "DialFailed",
    "DigitsCollected", "DropLeg", "LegAnswered", "LegEnded", "LegId", "LegRang", "Move", "NodeId", "PlayFiller",
    "PlayPrompt", "PromptEnded", "RingAgent", "TalkBegan", "TellCaller", "is_call_back", "is_dialled",
]  # fmt: skip


# ── told ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CallerArrived:
    """A caller's channel stands at our door (FastAGI) and waits for a command.

    Told the first time a call comes in, again after each talk, after `FetchCaller`, and after our own restart: the
    receiver recognises the call by its id. `number` and `name` are what the network claims, cleaned of control
    characters; `number` is "" when withheld or unusable. `answered_at` and `leg` are set when the caller has already
    talked on that leg. `task` is the last `RecordCaller` or `ForwardCaller` that he has been on, 0 for none: how it
    ended is told right after this, each time he comes. `key` is what he pressed at the last `TellCaller`, "" for none:
    it has brought him here, and is told until the next `HoldCaller`. `heard`, `greeted_at` and `opened_at` are those of
    a customer whom we dialled (`cti/dial_vocabulary.py`), each time he comes.
    """

    node: NodeId
    call: CallId
    number: str
    name: str
    called: str
    leg: LegId | None = None
    answered_at: float | None = None
    task: int = 0
    key: str = ""
    heard: str = ""
    greeted_at: float = 0.0
    opened_at: float = 0.0


@dataclass(frozen=True, slots=True)
class CallerRecorded:
    """The end of a `RecordCaller`. `seconds` is the length; 0 when nothing was said or the file could not be made.

    `recording` and `task` are those that were asked for. It is told again whenever the caller comes to the door: `task`
    tells whether it is still news.
    """

    call: CallId
    recording: str
    seconds: float
    task: int = 0


@dataclass(frozen=True, slots=True)
class ForwardEnded:
    """The end of a `ForwardCaller` after which the caller is still there. `why`: answered, busy, no_answer, failed.

    Told again at the door, like `CallerRecorded`.
    """

    call: CallId
    why: str
    number: str = ""
    task: int = 0


@dataclass(frozen=True, slots=True)
class CallEnded:
    """A caller's channel is gone. `cause` is a Q.850 number (16 = normal clearing).

    `leg` and `answered_at` tell the last talk that the switch itself bridged, also when nobody listened. `called`,
    `number` and `began_at` (whole seconds) tell what is to be known of a call that never stood at our door. `doing` is
    how his last recording or forward ended, which may have been by this hang-up: its task tells. The last three tell of
    a customer whom we dialled what `CallerArrived` would have told, had he come to the door.
    """

    node: NodeId
    call: CallId
    cause: int
    at: float | None = None
    leg: LegId | None = None
    answered_at: float | None = None
    called: str = ""
    number: str = ""
    began_at: float | None = None
    doing: CallerRecorded | ForwardEnded | None = None
    heard: str = ""
    greeted_at: float = 0.0
    opened_at: float = 0.0


@dataclass(frozen=True, slots=True)
class PhoneSeen:
    """A phone's registration changed, or was read at a survey. `phone` is the endpoint's name on its node."""

    node: NodeId
    phone: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class NodeFound:
    """Logged in to a node. `booted_at` tells an Asterisk restart from a lost link. A `NodeSurveyed` follows."""

    node: NodeId
    booted_at: float


@dataclass(frozen=True, slots=True)
class NodeLost:
    """The link to a node is down. Its calls go on without us; nothing may be concluded about them."""

    node: NodeId


@dataclass(frozen=True, slots=True)
class SeenCall:
    """A caller's channel in a survey.

    `place` is flow (at our door or knocking), hold (waiting), talk (in a bridge), room (in that of a conference); of a
    customer whom we dialled also dialling (he has not answered), and flow while it is listened to who he is.
    """

    call: CallId
    place: str
    leg: LegId | None = None
    answered_at: float | None = None


@dataclass(frozen=True, slots=True)
class SeenLeg:
    """An agent's leg in a survey. `state` is dialling, ringing, answered or talk."""

    leg: LegId
    state: str
    call: CallId | None = None


@dataclass(frozen=True, slots=True)
class NodeSurveyed:
    """The truth of one node: every channel of ours that lives, and the recent ends that it remembers.

    `asked_at` is our time when the question was sent: whatever began later may be missing rightly. `failed` are the
    dials that were never answered, among the recent ends.
    """

    node: NodeId
    asked_at: float
    calls: tuple[SeenCall, ...]
    legs: tuple[SeenLeg, ...]
    ended: tuple[CallEnded, ...] = ()
    reachable_phones: tuple[str, ...] | None = None
    failed: tuple[DialFailed, ...] = ()


Told = (
    CallerArrived
    | PromptEnded
    | DigitsCollected
    | CallerRecorded
    | ForwardEnded
    | CallEnded
    | LegRang
    | LegAnswered
    | TalkBegan
    | LegEnded
    | PhoneSeen
    | NodeFound
    | NodeLost
    | NodeSurveyed
    | CustomerRang
    | CustomerAnswered
    | DialFailed
)


# ── asked ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RecordCaller:
    """Play sounds, beep, and record until a key, `silence` s of silence, or `at_most` s. Ends in `CallerRecorded`.

    `recording` is a path below the node's recording folder; `.wav` is added. A key ends the sounds too. Once it beeps,
    he needs nobody: `task`, which grows with each record and forward of a call, keeps it from being done twice.
    """

    node: NodeId
    call: CallId
    sounds: tuple[str, ...]
    recording: str
    at_most: float
    silence: float
    task: int = 0


@dataclass(frozen=True, slots=True)
class ForwardCaller:
    """Connect the caller with an outside number over the trunk. Ends in `ForwardEnded`, or `CallEnded`.

    He needs nobody from here on. `task` as in `RecordCaller`: a number is never dialled twice for one task.
    """

    node: NodeId
    call: CallId
    number: str
    ring_for: float
    task: int = 0


@dataclass(frozen=True, slots=True)
class HoldCaller:
    """Let the caller wait in the dialplan with music. He needs nobody from here on.

    `last`: nothing follows the talk, so the dialplan may end the call after it without asking us again. `music` is a
    class of music on hold, "" for the usual one.
    """

    node: NodeId
    call: CallId
    last: bool = False
    music: str = ""


@dataclass(frozen=True, slots=True)
class FetchCaller:
    """Take a waiting caller out of the music and bring him to our door again (`CallerArrived`)."""

    node: NodeId
    call: CallId


@dataclass(frozen=True, slots=True)
class EndCall:
    """Hang the caller up, wherever he is. `cause` is Q.850."""

    node: NodeId
    call: CallId
    cause: int = 16


@dataclass(frozen=True, slots=True)
class SurveyNode:
    """Ask a node for the truth. Ends in `NodeSurveyed`."""

    node: NodeId


Asked = (
    PlayPrompt
    | CollectDigits
    | PlayFiller
    | RecordCaller
    | ForwardCaller
    | HoldCaller
    | TellCaller
    | FetchCaller
    | EndCall
    | RingAgent
    | DropLeg
    | SurveyNode
    | DialCustomer
    | Move
)
