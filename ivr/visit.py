"""What a verb of a flow may know of a call, and what it can want next.

It does not know any verb, nor who carries out what is wanted.
"""

from __future__ import annotations

from collections.abc import Callable

from ivr.messages import Aside, Collect, JoinQueue, LookUp, Play, RecordMessage, TransferCaller
from lean import dataclass


def _anybody(_number: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Visit:
    """What a verb may know of the call. `tries` counts attempts at this step from 1; `lookup` is name to text.

    `may_call` says of a number whether anybody may be called there.
    """

    now: float
    language: str
    tries: int
    lookup: Callable[[str], str]
    may_call: Callable[[str], bool] = _anybody


@dataclass(frozen=True, slots=True)
class Wait:
    """Do this, and wait for what comes of it."""

    answer: Play | Collect | JoinQueue | LookUp | RecordMessage | TransferCaller


@dataclass(frozen=True, slots=True)
class Leave:
    """Go on by an exit. `kept` are variables for the record; `secrets` are never recorded, only counted.

    `aside` is to be done on the way out.
    """

    exit: str
    keys: str = ""
    kept: tuple[tuple[str, str], ...] = ()
    secrets: tuple[tuple[str, str], ...] = ()
    secret_keys: int | None = None
    aside: tuple[Aside, ...] = ()


@dataclass(frozen=True, slots=True)
class Again:
    """The same step once more, one try later. `secret_keys` counts keys that may not be shown."""

    keys: str = ""
    secret_keys: int | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The flow has finished with the caller."""

    cause: int


Outcome = Wait | Leave | Again | Finish
