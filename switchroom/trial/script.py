"""A transcript as frozen records: who calls, what happens, and what is expected to be seen.

It does not know how a transcript is written (`reading.py`, `writing.py`), nor how it is played (`verdict.py`).

A *move* is something that the caller, an agent, a source or the clock does. A *sight* is something that follows:
a prompt, a queue, a message. What the caller notices is in order and complete (`Kind.STRICT`); what goes on beside it
(a step entered, a goal, the path at the end) is written only where it matters (`Kind.ASIDE`).
"""

from __future__ import annotations

from enum import StrEnum

from ivr.faults import Place
from lean import dataclass

ANYTHING = "*"  # in a sight: whatever it is
WITHHELD = "withheld"
KEYS = "0123456789*#"
MASK = "•"
NOWHERE = Place()


class Kind(StrEnum):
    """Whether a sight must be written."""

    STRICT = "strict"
    ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class Shape:
    """How a sight is written: how many plain words follow its name (least, most), and which `key=value` may."""

    least: int
    most: int
    details: tuple[str, ...] = ()
    kind: Kind = Kind.STRICT


SIGHTS: dict[str, Shape] = {
    "play": Shape(1, 1, ("language",)),
    "say": Shape(1, 2, ("language",)),
    "join queue": Shape(1, 1, ("skills", "priority", "limit")),
    "record": Shape(0, 1),
    "transfer": Shape(1, 1),
    "message": Shape(1, 1, ("to", "text")),
    "callback": Shape(1, 1, ("queue", "skills", "priority")),
    "voicemail": Shape(1, 1),
    "lookup": Shape(1, 1, (), Kind.ASIDE),
    "agent": Shape(1, 1, (), Kind.ASIDE),
    "enter": Shape(1, 1, (), Kind.ASIDE),
    "goal": Shape(1, 1, (), Kind.ASIDE),
    "keep": Shape(2, 2, (), Kind.ASIDE),
    "language": Shape(1, 1, (), Kind.ASIDE),
    "identified": Shape(1, 1, ("customer",), Kind.ASIDE),
    "survey": Shape(2, 2, (), Kind.ASIDE),
    "breakpoint": Shape(1, 1, (), Kind.ASIDE),
    "resume": Shape(1, 1, ("step",), Kind.ASIDE),
    "end": Shape(0, 0, ("path",), Kind.ASIDE),
    "outcome": Shape(1, 1, (), Kind.ASIDE),
}


@dataclass(frozen=True, slots=True)
class Sight:
    """Something seen, or expected: `name` is a key of `SIGHTS`, `words` its plain words, `details` its `key=value`."""

    name: str
    words: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()

    @property
    def strict(self) -> bool:
        return SIGHTS[self.name].kind is Kind.STRICT

    def fits(self, seen: Sight) -> bool:
        """Whether what was `seen` is what this one expects: every word and detail written here, or `*`."""
        if self.name != seen.name or len(self.words) > len(seen.words):
            return False
        if any(want not in {got, ANYTHING} for want, got in zip(self.words, seen.words, strict=False)):
            return False
        shown = dict(seen.details)
        return all(value in {shown.get(key), ANYTHING} for key, value in self.details)


@dataclass(frozen=True, slots=True)
class Expected:
    """A line that begins with `>`."""

    sight: Sight


@dataclass(frozen=True, slots=True)
class Skip:
    """`> ...`: whatever else is seen here is well."""


# ── moves ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Press:
    """Keys as they are pressed."""

    keys: str


@dataclass(frozen=True, slots=True)
class PressSecret:
    """So many keys that no record shows; `name` is where their values may be declared (`SecretIs`)."""

    count: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class SecretIs:
    """What the secret of this name is: made-up keys for a test, never a customer's."""

    name: str
    keys: str


@dataclass(frozen=True, slots=True)
class Silence:
    """The caller presses or says nothing until that is noticed."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is done until something happens by itself."""


@dataclass(frozen=True, slots=True)
class After:
    """So many seconds go by."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock shows another time, and nobody has waited for it. `day` is "" for the same day."""

    time: str
    day: str = ""


@dataclass(frozen=True, slots=True)
class Speak:
    """The caller speaks for so many seconds while he is recorded."""

    seconds: float


@dataclass(frozen=True, slots=True)
class HangUp:
    """The caller hangs up: now, or while he hears the prompt `during`, which he was hearing all along."""

    during: str = ""


@dataclass(frozen=True, slots=True)
class CallAgain:
    """The same caller calls the same number again, so many seconds after; `number` when from another telephone."""

    seconds: float
    number: str = ""


@dataclass(frozen=True, slots=True)
class AgentAnswers:
    """The agent of this name, or "" for any who fits, is rung and answers."""

    agent: str = ""


@dataclass(frozen=True, slots=True)
class AgentLetsPass:
    """The agent is rung and refuses, or does not answer (`how`: refuses, ignores)."""

    how: str
    agent: str = ""


@dataclass(frozen=True, slots=True)
class AgentHangsUp:
    """The agent ends the talk."""


@dataclass(frozen=True, slots=True)
class QueueLetsGo:
    """The queue in which the caller waits lets him go (`why`: full, closed, no_agent)."""

    why: str


@dataclass(frozen=True, slots=True)
class SourceAnswers:
    """What a source says: to the question that waits for it, else to every one from here on.

    `outcome`: found, not_found, refused, locked, failed, timed_out (it hangs).
    """

    source: str
    outcome: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OutsideEnds:
    """The outside number of a transfer. `why`: answered (for `seconds`), busy, no_answer, failed."""

    why: str
    seconds: float = 0.0


Move = (
    Press
    | PressSecret
    | SecretIs
    | Silence
    | Wait
    | After
    | Clock
    | Speak
    | HangUp
    | CallAgain
    | AgentAnswers
    | AgentLetsPass
    | AgentHangsUp
    | QueueLetsGo
    | SourceAnswers
    | OutsideEnds
)


SETTINGS = SecretIs | SourceAnswers  # moves that nobody notices, unless somebody waits for that source


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transcript and where it stands."""

    what: Move | Expected | Skip
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Opening:
    """The first line: `called` is a number, or the name of a flow; `number` is "" when withheld.

    `at` is POSIX seconds, shown in the time zone `zone`. `name`, `customer`, `customer_name` and `segment` stand in
    for what the network and the customer file would tell; None leaves it to them.
    """

    called: str
    number: str
    at: float
    zone: str
    name: str = ""
    customer: str | None = None
    customer_name: str | None = None
    segment: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """One call, or several of one caller, with everything that is done and expected. `title` is the comment above."""

    file: str
    title: str
    opening: Opening
    lines: tuple[Line, ...]
    place: Place = NOWHERE
