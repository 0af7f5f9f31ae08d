"""Who will call, when, and what he means to do: drawn by seeded lot, the same seed the same day.

It knows nothing of SIP or of what becomes of the calls; a caller knows how he got on only from his own end
of the line.

Times in seconds. Keys are in Asterisk's SendDTMF language: `w` waits half a second.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY_SECONDS = 0.22
_WAIT_SECONDS = 0.5
_LONGEST_TALK = 30.0  # without an upper end nobody could say when the last call will be over
_LONGEST_WAIT = 40.0
CARD, PIN = "62302649", "141421"  # of an invented customer, in dialplans/sources/
KNOWN = ("13800000001", "13800000002", "13800000003", "13800000004", "13800000005", "02088880006")


class Intent(StrEnum):
    """What a caller means to do: reach a person, or leave while the flow still speaks to him, or misdial."""

    PERSON = "person"
    LEAVES_FLOW = "leaves_flow"
    WRONG_NUMBER = "wrong_number"


@dataclass(frozen=True, slots=True)
class Route:
    """A way through a flow. `keys` start when the exchange answers; `speaks` is how long the flow may then speak.

    `from_anywhere`: callers whose number the bank knows may take it, too; who keys a card is none of them.
    """

    number: str
    keys: str
    intent: Intent
    speaks: float = 0.0
    from_anywhere: bool = True


# Each way to a person ends in its queue after at most `speaks` seconds; each other way is left while the flow waits
# for a key. Ways follow the shipped dialplans/.
ROUTES: tuple[tuple[int, Route], ...] = (
    (5, Route("4008009", "ww1", Intent.PERSON, 4.0)),
    (4, Route("4008001", "ww1www0", Intent.PERSON, 16.0)),
    (3, Route("4008001", "ww2www1www0", Intent.PERSON, 12.0)),  # a lost card
    (3, Route("4008001", f"ww1www3www{CARD}wwww{PIN}wwww0", Intent.PERSON, 16.0, from_anywhere=False)),  # a bill
    (2, Route("4008003", "ww1www1", Intent.PERSON, 12.0)),  # somebody is hurt
    (1, Route("4008003", "ww2www2www0", Intent.PERSON, 16.0)),
    (2, Route("4008001", "", Intent.LEAVES_FLOW)),
    (1, Route("4008001", f"ww1www2www{CARD}", Intent.LEAVES_FLOW, from_anywhere=False)),
    (1, Route("4008002", "w", Intent.LEAVES_FLOW)),  # whatever the hour: who wants an adviser comes to none at night
    (1, Route("4009999", "", Intent.WRONG_NUMBER)),
)


@dataclass(frozen=True, slots=True)
class Caller:
    """One call to come, `at` seconds after opening. `patience`: he hangs up unless greeted by then."""

    call: str
    at: float
    number: str
    sender: str
    keys: str
    intent: Intent
    patience: float
    talk: float


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many call in a minute, how patient they are (mean, after the flow), how long they talk (mean)."""

    per_minute: float = 12.0
    patience: float = 40.0
    talk: float = 14.0
    known: float = 0.3


def callers(crowd: Crowd, seed: int) -> Iterator[Caller]:
    """Endless callers, in the order of their coming; none when nobody calls in a minute."""
    chance = random.Random(f"{seed} callers")  # noqa: S311 - a demo's dice
    at, number = 0.0, 0
    weights = [weight for weight, _ in ROUTES]
    while crowd.per_minute > 0:
        number += 1
        # The first comes at once to the shortest way, so that a phone rings soon after opening.
        route = ROUTES[0][1] if number == 1 else chance.choices(ROUTES, weights)[0][1]
        yield _caller(route, crowd, chance, number, at)
        at += chance.expovariate(crowd.per_minute / 60)


def keying(keys: str) -> float:
    """How long it takes to press them."""
    return sum(_WAIT_SECONDS if key == "w" else _KEY_SECONDS for key in keys)


def _caller(route: Route, crowd: Crowd, chance: random.Random, number: int, at: float) -> Caller:
    talk = min(3.0 + chance.expovariate(1 / crowd.talk), _LONGEST_TALK)
    waits = min(5.0 + chance.expovariate(1 / crowd.patience), _LONGEST_WAIT)
    known = chance.random() < crowd.known and route.from_anywhere
    patience = (
        keying(route.keys)
        + {
            Intent.PERSON: route.speaks + waits,
            Intent.LEAVES_FLOW: 0.8 + chance.random(),
            Intent.WRONG_NUMBER: 60.0,
        }[route.intent]
    )
    return Caller(
        call=f"caller-{number}",
        at=at,
        number=route.number,
        sender=chance.choice(KNOWN) if known else f"139{number:08d}",
        keys=route.keys,
        intent=route.intent,
        patience=round(patience, 1),
        talk=round(talk, 1),
    )
