"""The ids of calls and legs, and what can be read from them.

They do not know what a call or a leg is doing. A call's id is Asterisk's unique id; a leg's is the call's id and a
number, with a mark before it where the leg is no agent's for a caller. A customer whom we dial has an id that we chose
before: `D` and a number (`D17`; an agent's leg for him is `D17.1`). Such ids shall be equally long: Asterisk refuses a
new channel whose id another one begins with.
"""

from __future__ import annotations

import re
from typing import NewType

NodeId = NewType("NodeId", str)
CallId = NewType("CallId", str)
LegId = NewType("LegId", str)

CALL_BACK, CONSULT, LISTENER = "B-", "Q", "S"
_DIALLED = re.compile(r"D[0-9]+")


def is_call_back(call: str) -> bool:
    """Whether this id, of a call or a leg, is that of a call-back."""
    return call.startswith(CALL_BACK)


def is_dialled(call: str) -> bool:
    """Whether this id is that of a call to a customer whom we dialled (`D17`)."""
    return _DIALLED.fullmatch(call) is not None


def is_consult(leg: str) -> bool:
    """Whether this id, of a leg or of what it is offered for, is that of a consult (`Q2-CALL`)."""
    return leg.startswith(CONSULT)


def is_listener(leg: str) -> bool:
    """Whether this leg's id is that of a supervisor's (`S1-CALL.1`)."""
    return leg.startswith(LISTENER)


def call_of(leg: str) -> str:
    """The call that a leg belongs to, whatever kind of leg it is."""
    call = leg.rpartition(".")[0]
    return call.partition("-")[2] if is_consult(leg) or is_listener(leg) else call


def consult_name(call: str, number: int) -> str:
    """What a call's consult of this number is offered under."""
    return f"{CONSULT}{number}-{call}"


def listener_leg(call: str, number: int) -> LegId:
    """The leg of a call's listener of this number."""
    return LegId(f"{LISTENER}{number}-{call}.1")
