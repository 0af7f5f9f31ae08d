"""What agents made of the calls that they were offered, and how long it took them.

It does not know whose offers they are, nor which of them belong to an interval.

Times are whole milliseconds, so that sums of parts equal the sum of the whole. A talk's length is from two-way audio to
its end and holds the time on hold, which is told apart; the wrap-up is that of this talk; ringing is in none of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum

from acd.service_level import percent


class Came(StrEnum):
    """What an offer came to; `ringing` while it is open. `missed`: the agent let it ring to its end.

    `withdrawn`: the caller or another agent was quicker; `failed`: the phone could not be reached; `not_reached`: the
    agent took it, and the customer to be called back did not; `unknown`: nobody listened. `consulted`: the agent was
    asked about a caller whom another one has; whoever gets the caller from him has accepted.
    """

    ACCEPTED = "answered"
    REFUSED = "refused"
    MISSED = "timed_out"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"
    NOT_REACHED = "not_reached"
    CONSULTED = "consulted"
    UNKNOWN = "unknown"
    RINGING = ""


@dataclass(frozen=True, slots=True)
class Handling:
    """Offers by what they came to, and the milliseconds of their talks, holds and wrap-ups.

    `passed_on` are those accepted after which the agent transferred the caller.
    """

    made: int = 0
    accepted: int = 0
    refused: int = 0
    missed: int = 0
    withdrawn: int = 0
    failed: int = 0
    not_reached: int = 0
    unknown: int = 0
    ringing: int = 0
    talk: int = 0
    hold: int = 0
    wrap_up: int = 0
    consulted: int = 0
    passed_on: int = 0

    @property
    def handled(self) -> int:
        """Talks that there were, call-backs and talks after a transfer among them."""
        return self.accepted


def aht(h: Handling) -> float | None:
    """Average handling time in seconds: (talk + hold + wrap-up) / handled. Ringing is in none of them."""
    return (h.talk + h.hold + h.wrap_up) / 1000 / h.handled if h.handled else None


def average_talk(h: Handling) -> float | None:
    """Average talk in seconds, without the time on hold: talk / handled."""
    return h.talk / 1000 / h.handled if h.handled else None


def average_hold(h: Handling) -> float | None:
    """Average time on hold in seconds: hold / handled."""
    return h.hold / 1000 / h.handled if h.handled else None


def average_wrap_up(h: Handling) -> float | None:
    """Average wrap-up in seconds: wrap-up / handled."""
    return h.wrap_up / 1000 / h.handled if h.handled else None


def acceptance(h: Handling) -> float | None:
    """Accepted / (accepted + refused + missed): what the agents could have taken."""
    return percent(h.accepted, h.accepted + h.refused + h.missed)


class Work:
    """The same kept up offer by offer, or many alike at once."""

    def __init__(self) -> None:
        self._came: dict[Came, int] = dict.fromkeys(Came, 0)
        self._talked = self._held = self._wrap_up = self._passed_on = 0

    def add(  # noqa: PLR0913 - each by its own name
        self, came: Came, *, talked: int = 0, held: int = 0, wrap_up: int = 0, count: int = 1, passed_on: int = 0
    ) -> None:
        """Count `count` offers; `talked` holds the time on hold, as a talk's length does. Milliseconds."""
        self._came[came] += count
        self._talked += talked
        self._held += held
        self._wrap_up += wrap_up
        self._passed_on += passed_on

    def handling(self) -> Handling:
        came = self._came
        return Handling(
            made=sum(came.values()),
            accepted=came[Came.ACCEPTED],
            refused=came[Came.REFUSED],
            missed=came[Came.MISSED],
            withdrawn=came[Came.WITHDRAWN],
            failed=came[Came.FAILED],
            not_reached=came[Came.NOT_REACHED],
            unknown=came[Came.UNKNOWN],
            ringing=came[Came.RINGING],
            talk=self._talked - self._held,
            hold=self._held,
            wrap_up=self._wrap_up,
            consulted=came[Came.CONSULTED],
            passed_on=self._passed_on,
        )


def came_of(outcome: str) -> Came:
    """What an offer came to, by its text; one that this version does not know is unknown."""
    return _CAME.get(outcome, Came.UNKNOWN)


_CAME = {came.value: came for came in Came}


def total(parts: Iterable[Handling]) -> Handling:
    """All of them together."""
    every = list(parts)
    return Handling(**{one.name: sum(getattr(part, one.name) for part in every) for one in fields(Handling)})
