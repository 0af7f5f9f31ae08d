"""A talk as it stands: with the caller, on hold, consulting, to and fro, three together. Its record and its moves.

It does not know how a talk is moved in the telephone switch, nor what an agent pressed.

How to read the table. A pair (standing, step) leads to a standing. A pair that leads to its own standing is a repeated
press: nothing happens. A pair that is not listed cannot be, and the agent is told why.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Standing(StrEnum):
    TOGETHER = "together"
    HELD = "held"
    ASKING = "asking"
    CONSULTING = "consulting"
    WITH_CALLER = "with_caller"  # who was asked waits meanwhile
    CONFERRING = "conferring"


class Step(StrEnum):
    """What can happen to a talk short of its end. The first seven are an agent's wishes."""

    HOLD = "hold"
    RETRIEVE = "retrieve"
    CANCEL = "cancel"
    COMPLETE = "complete"
    CONFERENCE = "conference"
    TO_CALLER = "to_caller"
    TO_ASKED = "to_asked"
    CONSULT = "consult"
    MET = "met"  # who was asked has answered
    PARTED = "parted"  # who was asked is gone, or never came


_TOGETHER, _HELD, _ASKING = Standing.TOGETHER, Standing.HELD, Standing.ASKING
_CONSULTING, _WITH_CALLER, _CONFERRING = Standing.CONSULTING, Standing.WITH_CALLER, Standing.CONFERRING

TABLE: dict[tuple[Standing, Step], Standing] = {
    (_TOGETHER, Step.HOLD): _HELD,
    (_TOGETHER, Step.RETRIEVE): _TOGETHER,
    (_TOGETHER, Step.CANCEL): _TOGETHER,
    (_TOGETHER, Step.CONSULT): _ASKING,
    (_HELD, Step.HOLD): _HELD,
    (_HELD, Step.RETRIEVE): _TOGETHER,
    (_HELD, Step.CANCEL): _HELD,
    (_HELD, Step.CONSULT): _ASKING,
    (_ASKING, Step.HOLD): _ASKING,
    (_ASKING, Step.CONSULT): _ASKING,
    (_ASKING, Step.CANCEL): _TOGETHER,
    (_ASKING, Step.MET): _CONSULTING,
    (_ASKING, Step.PARTED): _HELD,
    (_CONSULTING, Step.HOLD): _CONSULTING,
    (_CONSULTING, Step.CONSULT): _CONSULTING,
    (_CONSULTING, Step.CANCEL): _TOGETHER,
    (_CONSULTING, Step.PARTED): _HELD,
    (_CONSULTING, Step.COMPLETE): _TOGETHER,
    (_CONSULTING, Step.CONFERENCE): _CONFERRING,
    (_CONSULTING, Step.TO_CALLER): _WITH_CALLER,
    (_CONSULTING, Step.TO_ASKED): _CONSULTING,
    (_WITH_CALLER, Step.TO_CALLER): _WITH_CALLER,
    (_WITH_CALLER, Step.TO_ASKED): _CONSULTING,
    (_WITH_CALLER, Step.RETRIEVE): _WITH_CALLER,
    (_WITH_CALLER, Step.CONSULT): _WITH_CALLER,
    (_WITH_CALLER, Step.CANCEL): _TOGETHER,
    (_WITH_CALLER, Step.PARTED): _TOGETHER,
    (_WITH_CALLER, Step.COMPLETE): _TOGETHER,
    (_WITH_CALLER, Step.CONFERENCE): _CONFERRING,
    (_CONFERRING, Step.CONFERENCE): _CONFERRING,
    (_CONFERRING, Step.COMPLETE): _TOGETHER,
    (_CONFERRING, Step.CANCEL): _TOGETHER,
    (_CONFERRING, Step.PARTED): _TOGETHER,
}

APART = frozenset({_HELD, _ASKING, _CONSULTING})  # the caller hears music


class NotNow(Exception):
    """The talk does not stand so that this could be done; the text says what would help."""


_HELP = {
    (_ASKING, Step.RETRIEVE): "cancel the consult first: that leads back to the caller",
    (_ASKING, Step.COMPLETE): "nobody has answered yet: wait, or transfer without asking first",
    (_ASKING, Step.CONFERENCE): "nobody has answered yet",
    (_ASKING, Step.TO_CALLER): "nobody has answered yet: cancel, and you are with the caller",
    (_ASKING, Step.TO_ASKED): "nobody has answered yet",
    (_CONSULTING, Step.RETRIEVE): "cancel the consult, or turn to the caller for a moment",
    (_WITH_CALLER, Step.HOLD): "turn to who was asked: the caller is on hold meanwhile",
    (_CONFERRING, Step.HOLD): "three are talking: end the conference first",
    (_CONFERRING, Step.RETRIEVE): "three are talking: the caller hears you",
    (_CONFERRING, Step.CONSULT): "three are talking: end the conference first",
    (_CONFERRING, Step.TO_CALLER): "three are talking: the caller hears you",
    (_CONFERRING, Step.TO_ASKED): "three are talking: who was asked hears you",
}
_NOBODY_ASKED = "nobody is being consulted: consult somebody first"


def target(standing: Standing, step: Step) -> Standing:
    """Look up where the table leads; raises NotNow with a remedy when it does not list the pair."""
    try:
        return TABLE[standing, step]
    except KeyError:
        raise NotNow(_HELP.get((standing, step), _NOBODY_ASKED)) from None


@dataclass(slots=True)
class Consult:
    """Somebody who is asked, or was. `name` is what the router calls it; `leg` is "" until one rings.

    `kind`: agent, queue, outside. `began_at` is 0 until he has answered. `rung_at` is when the leg was asked for.
    """

    name: str
    kind: str
    target: str
    queue: str
    leg: str = ""
    agent: str = ""
    recording: str = ""
    rung_at: float = 0.0
    began_at: float = 0.0
    rang: bool = False


@dataclass(slots=True)
class Listener:
    """A supervisor at a talk's ear. `heard_at` is 0 until he has answered; `takes`: he will have the caller then."""

    by: str
    ear: str
    phone: str
    rung_at: float
    takes: bool = False
    heard_at: float = 0.0


@dataclass(slots=True)
class Stand:
    """How the talk of a contact stands. Of a contact that talks with nobody it is as at the beginning.

    `since` is when it was last moved, `held_at` when the caller was put on hold, 0 when he is not. `leg_since` is when
    the leg that has the caller was first bridged, where that was before it had him. `in_room`: the caller is in the
    bridge of a conference, though two are left in it. `consults` and `listeners_made` count for ever, `moves` the
    forwards to outside; `passed_on_by` is who passed the caller on last. `outside` is the number that he is at.
    """

    standing: Standing = Standing.TOGETHER
    since: float = 0.0
    held_at: float = 0.0
    leg_since: float = 0.0
    in_room: bool = False
    consult: Consult | None = None
    consults: int = 0
    listeners: dict[str, Listener] = field(default_factory=dict)
    listeners_made: int = 0
    moves: int = 0
    passed_on_by: str = ""
    outside: str = ""

    def step(self, step: Step, now: float) -> bool:
        """Take one listed step; False when nothing happens. Raises NotNow."""
        standing = target(self.standing, step)
        if standing is self.standing:
            return False
        self.standing, self.since = standing, now
        return True

    def reset(self, now: float) -> None:
        """Whoever has the caller next begins anew; what counts for ever stays."""
        self.standing, self.since, self.held_at, self.leg_since = Standing.TOGETHER, now, 0.0, 0.0
        self.in_room, self.consult, self.outside = False, None, ""
