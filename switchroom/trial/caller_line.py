"""The caller's line on a trial: what his call waits for, and until when.

It does not know how it came there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import cti.vocabulary as cti


class CannotHappen(Exception):
    """A move does not fit where the caller is; the text says why and what would."""


class Awaits(StrEnum):
    """What the call waits for."""

    NOBODY = "nobody"  # there is no call
    PROMPT = "prompt"  # during which he will hang up
    KEYS = "keys"
    SOURCE = "source"
    VOICE = "voice"
    OUTSIDE = "outside"
    AGENT = "agent"
    TALK = "talk"


@dataclass(slots=True)
class TrialLine:
    """The caller's line: what it waits for, and until when; `asked` is the action that began the waiting.

    `listens`: while he waits for an agent, a key would bring him to the door.
    """

    call: cti.CallId
    node: cti.NodeId
    number: str
    called: str
    awaits: Awaits = Awaits.NOBODY
    asked: Any = None
    until: float | None = None
    last: bool = False
    listens: bool = False
    ring: cti.RingAgent | None = None
    answered_at: float | None = None
