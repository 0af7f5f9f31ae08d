"""The law's answer about one dial, and the contract of whoever gives it.

It does not know where a number lies nor what was dialled before; the book of law (`outbound/law/`) does.
"""

from __future__ import annotations

from enum import StrEnum

from lean import dataclass


class Reason(StrEnum):
    """Why a dial is refused. Each has words for people in English and Chinese."""

    BLOCKED = "blocked"  # do-not-call: house, campaign or prefix
    HOURS = "hours"  # it is not a time for calls there
    HOLIDAY = "holiday"
    UNKNOWN_ZONE = "unknown_zone"  # nowhere that it may be would it be allowed now
    NUMBER_TRIES = "number_tries"  # attempts on this number today
    PERSON_TRIES = "person_tries"
    TOO_SOON = "too_soon"  # the gap between two attempts
    FREQUENCY = "frequency"  # contacts of all departments with this person
    ABANDONED_LATELY = "abandoned_lately"  # locked after an abandoned call
    NO_CONSENT = "no_consent"
    NUMBER_KIND = "number_kind"  # premium, emergency, short
    IN_CONTACT = "in_contact"  # he is in another attempt, or on the line himself
    REFUSED_CALLS = "refused_calls"  # he said no
    CAP = "cap"  # one more abandoned call would break the campaign's limit


@dataclass(frozen=True, slots=True)
class Allowed:
    """`rules` is the profile with its version, kept with the dial as evidence."""

    rules: str


@dataclass(frozen=True, slots=True)
class Refused:
    """`until` is when it may be asked again (POSIX seconds), 0 for never. `told` is the detail, in figures only."""

    reason: Reason
    until: float
    rules: str
    told: str = ""


Verdict = Allowed | Refused
