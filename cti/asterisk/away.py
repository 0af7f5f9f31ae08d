"""What a channel does in the dialplan alone, recorded or forwarded: the words that send it and those that come back.

Pure. It does not know the door, nor why he was sent.

A caller is sent with `task:kind:what` (SR_AWAY). The dialplan copies it to SR_BACK before it begins, so whatever comes
back in SR_BACK has begun and must not be done again; the applications add how it ended. It comes back at the door, each
time he knocks, and in the call's last words.
"""

from __future__ import annotations

import math
import re

from cti.asterisk.agi_lines import BadLineError
from cti.vocabulary import CallerRecorded, CallId, ForwardCaller, ForwardEnded, RecordCaller, RingAgent

RECORD, FORWARD = "record", "forward"
HEADER, BYTES_A_SECOND = 44, 16_000  # of a WAV file as Asterisk writes it: 8 kHz, 16 bits
SILENT = 1.25  # seconds: Asterisk leaves one second of a silence that it ended the recording for
SHORTEST = 0.3  # seconds: a click is no message

_FILE = re.compile(r"(?!/)(?!.*\.\.)(?!.*//)[A-Za-z0-9._/-]{1,200}(?<!/)")
_NUMBER = re.compile(r"\+?[0-9]{2,20}")
_BACK = re.compile(r"([0-9]{1,9}):(record|forward):([A-Za-z0-9+._/-]{1,200})", re.ASCII)
_WHYS = {"ANSWER": "answered", "BUSY": "busy", "NOANSWER": "no_answer", "CANCEL": "no_answer"}

Variables = tuple[tuple[str, str], ...]


def words_for(asked: RecordCaller | ForwardCaller) -> Variables:
    """The variables that send a caller, the last one last. Raises `BadLineError` for an unsafe file name or number."""
    if isinstance(asked, RecordCaller):
        if not _FILE.fullmatch(asked.recording):
            raise BadLineError("a recording's name may hold letters, digits, ._- and / only, and lies below its folder")
        return (
            ("SR_AWAY", f"{asked.task}:{RECORD}:{asked.recording}"),
            ("SR_WHAT", asked.recording),
            ("SR_SILENCE", _seconds(asked.silence)),
            ("SR_LIMIT", _seconds(asked.at_most)),
            ("SR_DONE", f"away-{RECORD}"),
        )
    if not is_number(asked.number):
        raise BadLineError("a number to forward to is 2 to 20 digits, with or without +")
    return (
        ("SR_AWAY", f"{asked.task}:{FORWARD}:{asked.number}"),
        ("SR_WHAT", asked.number),
        ("SR_LIMIT", _seconds(asked.ring_for)),
        ("SR_DONE", f"away-{FORWARD}"),
    )


def words_for_leg(ring: RingAgent) -> Variables:
    """The variables with which the leg of a call-back dials its customer when the agent has answered."""
    shown = f"f({ring.dial_from})" if is_number(ring.dial_from) else ""
    return (
        ("SR_AWAY", f"1:{FORWARD}:{ring.dial}"),
        ("SR_WHAT", ring.dial),
        ("SR_LIMIT", _seconds(ring.dial_for)),
        ("SR_FROM", shown),
    )


def is_number(text: str) -> bool:
    """Whether this may be dialled: `+` and digits, nothing else."""
    return _NUMBER.fullmatch(text) is not None


def read_back(
    call: CallId, back: str, recorded: str, dialled: str, size: str
) -> CallerRecorded | ForwardEnded | None:
    """How the last task ended; None when there was none. `size` is the recording's in bytes.

    `recorded` is RECORD_STATUS, `dialled` DIALSTATUS.
    """
    found = _BACK.fullmatch(back)
    if found is None:
        return None
    task, kind, what = int(found[1]), found[2], found[3]
    if kind == FORWARD:
        return ForwardEnded(call, _WHYS.get(dialled, "failed"), what, task)
    seconds = max(0, int(size) - HEADER) / BYTES_A_SECOND if size.isascii() and size.isdecimal() else 0.0
    nothing = seconds < SHORTEST or (recorded == "SILENCE" and seconds <= SILENT)
    return CallerRecorded(call, what, 0.0 if nothing else round(seconds, 2), task)


def _seconds(text: float) -> str:
    """The dialplan's applications count whole seconds."""
    return str(max(1, math.ceil(text)))
