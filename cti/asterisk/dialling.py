"""A customer whom we dial, in Asterisk's words: the Originate, what was heard of who answered, why nobody did.

Pure. It does not know why he is dialled, nor what follows.

His channel has an id of ours. The Originate itself hangs the hangup handler on it, so that also a call that is never
answered leaves its last words. When he answers, the dialplan (`switchroom-out`) listens, and leaves in SR_HEARD
`opened:AMDSTATUS:AMDCAUSE:time:tones`, with Asterisk's own times.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cti.asterisk.actions import Originate
from cti.asterisk.agi_lines import read_time
from cti.dial_vocabulary import DialCustomer, Failure, Heard

OUT = "switchroom-out"
DIAL_ACTION = "dial:"  # an Originate's ActionID is this and the call
LAST_WORDS = r"switchroom-end\,s\,1"  # AMI takes a bare comma for the end of a variable

_SILENCE = re.compile(r"HUMAN-(\d{1,6})-\d+")
_CAUSE_INITIAL_SILENCE = "INITIALSILENCE"

# Q.850 causes, which Asterisk reads from a Reason header or makes of the SIP status. Not in the tables: 3 and 27 (a
# route or a gateway is missing: one fault of ours would strike a whole list off as bad numbers) and all others are
# the network's trouble.
_CAUSES = {
    1: Failure.BAD_NUMBER, 22: Failure.BAD_NUMBER, 28: Failure.BAD_NUMBER,
    17: Failure.BUSY,
    18: Failure.NO_ANSWER, 19: Failure.NO_ANSWER, 20: Failure.NO_ANSWER,
    21: Failure.REJECTED,
}  # fmt: skip
_VAGUE = frozenset({0, 16, 31, 127})  # causes that say nothing
_STATUSES = {
    404: Failure.BAD_NUMBER, 410: Failure.BAD_NUMBER, 484: Failure.BAD_NUMBER, 604: Failure.BAD_NUMBER,
    486: Failure.BUSY, 600: Failure.BUSY,
    480: Failure.NO_ANSWER,
    403: Failure.REJECTED, 603: Failure.REJECTED, 607: Failure.REJECTED, 608: Failure.REJECTED,
}  # fmt: skip
_RINGING, _FINAL, _TIMED_OUT, _CANCELLED = 180, 200, 408, 487


@dataclass(frozen=True, slots=True)
class Opened:
    """What is known of a line that was answered: since when, who it is, and when his greeting was over."""

    opened_at: float
    heard: Heard
    greeted_at: float


def originate(dial: DialCustomer, trunk: str) -> Originate:
    """Return the one Originate of a dial."""
    return Originate(
        channel=f"PJSIP/{dial.number}@{trunk}",
        channel_id=dial.call,
        context=OUT,
        ring_for=dial.ring_for,
        caller_number=dial.shown,
        caller_name="",
        variables=(
            ("CHANNEL(hangup_handler_push)", LAST_WORDS),
            ("SR_CALLED", dial.shown),
            ("SR_NUMBER", dial.number),
            ("SR_EAR", "yes" if dial.detect else ""),
            ("SR_BEEP", "yes" if dial.wait_for_beep else ""),
        ),
    )


def read_heard(text: str) -> Opened | None:
    """Read SR_HEARD, or only the time of the answer where he was gone before more was known; None for neither."""
    opened, status, cause, at, tones, *_ = (*text.split(":"), "", "", "", "", "")
    opened_at = read_time(opened)
    if opened_at is None:
        return None
    heard_at = max(read_time(at) or opened_at, opened_at)
    found = _SILENCE.fullmatch(cause)
    if found is not None:
        heard_at = max(opened_at, heard_at - int(found[1]) / 1000)
    return Opened(opened_at, _heard(status, cause, tones), round(heard_at, 3))


def _heard(status: str, cause: str, tones: str) -> Heard:
    if tones.isdecimal() and int(tones):
        return Heard.FAX
    if status == "HUMAN":
        return Heard.HUMAN
    if cause.startswith(_CAUSE_INITIAL_SILENCE):
        return Heard.SILENT
    if status == "MACHINE":
        return Heard.MACHINE
    return Heard.UNSURE if status else Heard.NOTHING


def failure(cause: int, sip: int, *, rang: bool, dropped: bool) -> Failure:
    """Why a dial was never answered. `rang`: his telephone did; `dropped`: we ended it.

    A network that had not reached him when time was up has let us down, and not he; one that sends early media instead
    of a ring has reached him.
    """
    rang = rang or _RINGING <= sip < _FINAL
    if dropped and (sip < _FINAL or sip == _CANCELLED or cause in _VAGUE):
        return Failure.CANCELLED
    if sip == _TIMED_OUT:
        return Failure.NO_ANSWER if rang else Failure.CONGESTION
    if cause in _CAUSES:
        return _CAUSES[cause]
    if sip in _STATUSES:
        return _STATUSES[sip]
    if cause in _VAGUE:
        return Failure.NO_ANSWER if rang else Failure.CONGESTION
    return Failure.CONGESTION
