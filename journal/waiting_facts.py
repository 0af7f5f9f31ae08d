"""The part of the permanent vocabulary that waiting has made: what callers were told, and what they were promised.

It does not know why anything was said. `journal/facts.py` says what holds for every fact, and names them all.
"""

from __future__ import annotations

from lean import dataclass


@dataclass(frozen=True, slots=True)
class CallerTold:
    """A caller who waits was told something: `prompts` and fragments of values, in his `language`.

    `offered`: it ended with the offer to call him back. `sorry`: it said that the wait is longer than he was told.
    `in_talk`: it was no announcement, but a part of the talk about calling him back.
    """

    at: float
    contact: str
    queue: str
    prompts: tuple[str, ...]
    language: str
    offered: bool = False
    sorry: bool = False
    in_talk: bool = False


@dataclass(frozen=True, slots=True)
class EstimateTold:
    """With the `CallerTold` before it he was told his place in line, or that his wait will end in `low` to `high` s.

    `high` is 0 when no wait was told, `position` 0 when no place was.
    """

    at: float
    contact: str
    queue: str
    low: float
    high: float
    position: int = 0


@dataclass(frozen=True, slots=True)
class CallbackTalked:
    """A caller who waits talks about being called back. `stage` is where this has come to, after his `keys`.

    Stages: agree, number, time; waiting (he waits on) and agreed end it. `number` is whom to call, `due` when, 0 for as
    soon as it is his turn. `tries` counts failures at the stage, `problem` is what he is told first.
    """

    at: float
    contact: str
    stage: str
    keys: str
    number: str
    due: float = 0.0
    tries: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class CallbackDeferred:
    """A call-back does not wait in the queue before `until`. `why`: chosen (his own time), closed, full, no_agent."""

    at: float
    contact: str
    until: float
    why: str
