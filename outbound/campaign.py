"""A campaign as its text says it: whom, how, when, how often, and under which law.

It does not know how the text is written (`switchroom/campaignfile.py` reads it), nor what has become of it so far.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from outbound.lead import Outcome


class Mode(StrEnum):
    """MANUAL: agents dial. PREVIEW: agents see the lead and dial it. PROGRESSIVE: one line for each free agent.

    RATIO: `ratio` lines for each free agent. PREDICTIVE: as many as will be served. MESSAGE: no agents, a flow speaks.
    """

    MANUAL = "manual"
    PREVIEW = "preview"
    PROGRESSIVE = "progressive"
    RATIO = "ratio"
    PREDICTIVE = "predictive"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Retry:
    """After this outcome: again after `after` seconds, `times` times in all; 0 times is never."""

    after: float
    times: int


NO_RETRY = Retry(0.0, 0)


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign. Times in seconds, shares from 0 to 1.

    `lists` are the names of imported lists. `law` is the name of a law profile. `window` narrows the law's hours, in
    minutes of the day at the called place. `cap` is the share of persons who may be abandoned, at most the law's.
    `numbers` are ours, of which one is shown. `lines` are the most that ring at once, `rate` the most dials a second.
    `message` is the flow heard when no agent is free in time, `machine` the one left on machines ("" hangs up).
    `results` are what agents may say of a talk, with whether it is a success. `script` is shown to the agent.
    """

    name: str
    mode: Mode
    queue: str
    lists: tuple[str, ...]
    law: str
    message: str = ""
    machine: str = ""
    numbers: tuple[str, ...] = ()
    cap: float = 0.03
    ratio: float = 1.0
    lines: int = 0  # 0: as many as the house has
    rate: float = 0.0  # 0: as the house
    ring_for: float = 25.0
    detect: bool = True
    window: tuple[int, int] | None = None
    retries: Mapping[Outcome, Retry] = field(default_factory=dict)
    most_tries: int = 3
    results: tuple[tuple[str, bool], ...] = ()
    script: Mapping[str, str] = field(default_factory=dict)  # by language
    department: str = ""
    label: Mapping[str, str] = field(default_factory=dict)  # by language
    pilot: int = 0  # pauses by itself after so many contacts; 0: not
    waits_for_own: bool = False  # a promised call waits for its own agent, also when he is busy beyond the minute
