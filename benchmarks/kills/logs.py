"""SIPp's own logs read back: what each caller did and saw, and what each ringing of an agent's phone came to.

It knows nothing of the server. Times are POSIX seconds of this machine's clock.

A line is `caller|NUMBER|WHAT|WHEN` or `agent|NAME|NUMBER|WHAT|WHEN|SIP-CALL`; other lines are SIPp's and are passed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Seen:
    """What one caller did and saw. None: it never happened.

    `left`: he hung up. `sent_away`: the exchange hung up on him.
    """

    number: str
    called: float | None = None
    connected: float | None = None
    pressed: float | None = None
    left: float | None = None
    sent_away: float | None = None

    @property
    def over(self) -> float | None:
        """When his call ended, by whomever."""
        ends = [end for end in (self.left, self.sent_away) if end is not None]
        return min(ends, default=None)


@dataclass(slots=True)
class Leg:
    """One ringing of an agent's phone for a caller.

    `hung_up`: the agent ended the talk. `cut`: the exchange did. `cancelled`: the exchange stopped the ringing.
    """

    agent: str
    number: str
    sip_call: str
    rung: float
    answered: float | None = None
    refused: float | None = None
    cancelled: float | None = None
    hung_up: float | None = None
    cut: float | None = None

    @property
    def over(self) -> float | None:
        """When it ended, by whomever."""
        ends = [end for end in (self.refused, self.cancelled, self.hung_up, self.cut) if end is not None]
        return min(ends, default=None)


@dataclass(slots=True)
class Truth:
    """Both logs together: callers by number, and for each number the ringings in their order."""

    callers: dict[str, Seen] = field(default_factory=dict)
    legs: dict[str, list[Leg]] = field(default_factory=dict)


CALLER_DEEDS = frozenset({"called", "connected", "pressed", "left", "sent_away"})
AGENT_DEEDS = frozenset({"answered", "refused", "cancelled", "hung_up", "cut"})


def read(lines: Iterable[str]) -> Truth:
    """Read the lines of both logs, in any order of the two. Raises ValueError at a line of ours that is broken."""
    truth = Truth()
    by_call: dict[str, Leg] = {}
    for line in lines:
        words = line.strip().split("|")
        if words[0].endswith("caller") and len(words) == 4:
            _, number, what, when = words
            if what not in CALLER_DEEDS:
                raise ValueError(f"no caller does {what!r}: {line.strip()}")
            setattr(truth.callers.setdefault(number, Seen(number)), what, float(when))
        elif words[0].endswith("agent") and len(words) == 6:
            _agent(truth, by_call, words)
    for legs in truth.legs.values():
        legs.sort(key=lambda leg: leg.rung)
    return truth


def _agent(truth: Truth, by_call: dict[str, Leg], words: list[str]) -> None:
    _, agent, number, what, when, sip_call = words
    if what == "rung":
        by_call[sip_call] = Leg(agent, number, sip_call, float(when))
        truth.legs.setdefault(number, []).append(by_call[sip_call])
    elif what in AGENT_DEEDS and sip_call in by_call:
        setattr(by_call[sip_call], what, float(when))
    else:
        raise ValueError(f"agent {agent}: {what!r} without a ringing")
