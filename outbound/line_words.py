"""What the dialler is told of the line: how far a dialled customer has come, and how it ended.

It does not know how a number is dialled, nor how what answered is told apart. `outbound/messages.py` names all words.
"""

from __future__ import annotations

from lean import dataclass
from outbound.answers import AttemptId
from outbound.lead import Outcome


@dataclass(frozen=True, slots=True)
class CustomerRang:
    """His telephone rings (or his network says so)."""

    attempt: AttemptId


@dataclass(frozen=True, slots=True)
class CustomerAnswered:
    """Somebody or something answered at `at`; what it is is still to be heard."""

    attempt: AttemptId
    at: float


@dataclass(frozen=True, slots=True)
class CustomerHeard:
    """What answered: human, machine, fax, silent or unsure (treated as human). `greeted_at`: the greeting was over."""

    attempt: AttemptId
    heard: str
    greeted_at: float


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """It was never answered, or the network says that it never will be."""

    attempt: AttemptId
    outcome: Outcome
    cause: int = 0


@dataclass(frozen=True, slots=True)
class CustomerConnected:
    attempt: AttemptId
    agent: str
    at: float


@dataclass(frozen=True, slots=True)
class MessageGiven:
    """He has heard the law's message or the campaign's, whole or till he hung up."""

    attempt: AttemptId


@dataclass(frozen=True, slots=True)
class AttemptOver:
    """His channel is gone, after an answer."""

    attempt: AttemptId
    at: float


@dataclass(frozen=True, slots=True)
class AttemptOutOfSight:
    """Its node is away: whatever comes of it, no agent can have it now. It is still a line, and a person in contact."""

    attempt: AttemptId


@dataclass(frozen=True, slots=True)
class AttemptInSight:
    """Its node is back; what came of it is told next."""

    attempt: AttemptId


@dataclass(frozen=True, slots=True)
class AttemptUnknown:
    """A survey of its node shows neither it nor its end: it will never be known."""

    attempt: AttemptId
