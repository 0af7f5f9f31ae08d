"""Customers whom we dial, from the question to the answer or the failure: what each event about them tells, once.

Pure: no sockets, no clock. It does not know what a caller's channel does once he is at the door (`translate.py`).

A dial that fails ends with up to three events, in no certain order: the last words of its channel; the channel's
Hangup, which alone has the SIP status; the answer to the Originate, which alone says that time was up, and alone comes
when there was no channel at all. It is told when both of the latter are there. The last words tell only of a dial that
is not known here, because an earlier server asked for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from cti.asterisk.agi_lines import read_time
from cti.asterisk.codec import Message
from cti.asterisk.dialling import DIAL_ACTION, failure
from cti.dial_vocabulary import CustomerAnswered, CustomerRang, DialFailed, Failure
from cti.ids import CallId, NodeId
from cti.vocabulary import CallEnded, SeenCall, Told

DIALLING = "dialling"
_TIME_WAS_UP = "3"  # an OriginateResponse's Reason
FRESH = 2.0  # seconds in which a call that was asked for may be missing from Asterisk's list


@dataclass(slots=True)
class _Dial:
    asked_at: float = 0.0
    rang: bool = False
    up: bool = False
    dropped: bool = False
    awaited: bool = False  # the answer to the Originate
    reason: str = ""  # what that gave, where the dial failed
    gone: tuple[int, int] | None = None  # cause and SIP status of a channel that is no more


class Dials:
    """One node's dials that are not over. Feed it in order."""

    def __init__(self, node: NodeId) -> None:
        self._node = node
        self._dials: dict[str, _Dial] = {}

    def __contains__(self, call: str) -> bool:
        """Whether this call is being dialled, or was answered and is not over."""
        return call in self._dials

    def asked(self, call: CallId, now: float) -> None:
        """A customer is about to be dialled."""
        self._dials[call] = _Dial(asked_at=now, awaited=True)

    def dropped(self, call: str) -> None:
        """He is about to be hung up on; before an answer that is a failure of its own."""
        if call in self._dials:
            self._dials[call].dropped = True

    def unknown(self, call: CallId) -> None:
        """Nobody knows whether he is being dialled: the next survey tells."""
        self._dials.pop(call, None)

    def never_was(self, call: CallId, why: Failure) -> list[Told]:
        """There is no channel: the dial was refused, or could not be sent."""
        dial = self._dials.pop(call, None)
        if dial is None:
            return []
        return [DialFailed(self._node, call, Failure.CANCELLED if dial.dropped else why, 0)]

    def failed(self, event: Message) -> CallId | None:
        """The dial that failed with this answer to its Originate, if the end of its channel has not been told yet."""
        call = CallId(event.get("ActionID").removeprefix(DIAL_ACTION))
        dial = self._dials.get(call)
        return call if dial is not None and dial.reason else None

    def answered(self, call: CallId, at: float) -> list[Told]:
        """The line is open: by the answer to the Originate, or because he stands at the door."""
        dial = self._dials.setdefault(call, _Dial())
        first, dial.up, dial.awaited = not dial.up, True, False
        return [CustomerAnswered(self._node, call, at)] if first else []

    def originated(self, event: Message) -> list[Told]:
        """The answer to an Originate."""
        call = CallId(event.get("ActionID").removeprefix(DIAL_ACTION))
        dial = self._dials.get(call)
        if dial is None:
            return []
        if event.get("Response") == "Success":
            told = self.answered(call, read_time(event.get("Timestamp")) or 0.0)
            return told + self._over(call, dial)
        dial.awaited, dial.reason = False, event.get("Reason") or "0"
        return self._over(call, dial)

    def rang(self, call: str) -> list[Told]:
        """His telephone rings."""
        dial = self._dials[call]
        if dial.rang:
            return []
        dial.rang = True
        return [CustomerRang(self._node, CallId(call))]

    def progressed(self, call: str) -> list[Told]:
        """His network plays something before an answer: it has reached him, as a ring would have shown."""
        if call in self._dials:
            self._dials[call].rang = True
        return []

    def hung_up(self, event: Message) -> list[Told]:
        """His channel is gone."""
        call = CallId(event.get("Uniqueid"))
        dial = self._dials[call]
        dial.gone = _number(event.get("Cause")), _number(event.get("TechCause"))
        return self._over(call, dial)

    def _over(self, call: CallId, dial: _Dial) -> list[Told]:
        if dial.gone is None or dial.awaited:
            return []
        del self._dials[call]
        cause, sip = dial.gone
        if dial.up:  # its last words did not come
            return [CallEnded(self._node, call, cause)]
        timed_out = dial.reason == _TIME_WAS_UP
        why = failure(0 if timed_out else cause, 0 if timed_out else sip, rang=dial.rang, dropped=dial.dropped)
        return [DialFailed(self._node, call, why, cause, sip)]

    def last_words(self, end: CallEnded | DialFailed) -> list[Told]:
        """What his channel left; of a failure more is known in a moment."""
        if isinstance(end, DialFailed) and end.call in self._dials:
            return []
        self._dials.pop(end.call, None)
        return [end]

    def surveyed(self, calls: tuple[SeenCall, ...], asked_at: float) -> tuple[SeenCall, ...]:
        """Take over what a survey saw. Return the dials that are so new that Asterisk cannot have listed them yet."""
        known, self._dials = self._dials, {}
        for seen in calls:
            dial = known.pop(seen.call, None) or _Dial(rang=True)  # what is not known of him is taken for the worse
            dial.up |= seen.place != DIALLING
            self._dials[seen.call] = dial
        fresh = {
            call: dial
            for call, dial in known.items()
            if not dial.up and (dial.reason or dial.asked_at > asked_at - FRESH)
        }
        self._dials |= fresh
        return tuple(SeenCall(CallId(call), DIALLING) for call in fresh)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0
