"""What a simulated floor is made of: how its people behave, its callers' channels, its agents' legs.

It does not know what happens to them; `switchroom/simulator.py` does.
"""

from __future__ import annotations

from dataclasses import dataclass

import cti.vocabulary as cti

NODE = cti.NodeId("a1")


@dataclass(frozen=True, slots=True)
class Weather:
    """How the simulated people and machines behave. Times in seconds, chances from 0 to 1."""

    calls_per_second: float = 0.5
    patience: float = 90.0
    talk: float = 60.0
    no_answer: float = 0.05
    refuse: float = 0.03
    gives_up_in_flow: float = 0.05
    not_found: float = 0.2
    source_down: float = 0.05
    told_twice: float = 0.0
    death: float = 0.0
    takes_callback: float = 0.0
    numbers: tuple[str, ...] = ("4008001",)


@dataclass(slots=True)
class Line:
    """A caller's channel in the simulated switch."""

    number: str
    called: str
    node: cti.NodeId = NODE
    place: str = "flow"
    leg: cti.LegId | None = None
    answered_at: float | None = None
    key: str = ""  # with which he came to the door out of the music
    asked: int = 0  # what he was asked last; an answer to anything before is nobody's
    heard: str = ""  # of a customer whom we dialled
    greeted_at: float = 0.0
    opened_at: float = 0.0
    doing: cti.CallerRecorded | cti.ForwardEnded | None = None  # how what he does without us will have ended


@dataclass(slots=True)
class Leg:
    call: cti.CallId
    phone: str
    dials: str = ""
    node: cti.NodeId = NODE
    state: str = "ringing"
