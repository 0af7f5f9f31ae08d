"""What one law says of calls that are made, as numbers: hours, tries, gaps, consent, and how many may be abandoned.

It does not know any country's rules (`profiles.py`), nor how a profile is written (`switchroom/lawfile.py`). What each
number comes from, and what of it is our own strictness, is told in `docs/outbound-law.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from outbound.campaign import Mode

DAY = 86400.0
HOUR = 3600.0

Hours = tuple[tuple[int, int], ...]  # from, to in minutes of the day; `to` is not allowed any more
Week = tuple[Hours, ...]  # one entry a weekday, Monday first


class NumberKind(StrEnum):
    """What a number is for. SHORT has no country code or too few digits; UNKNOWN is no number of any plan."""

    ORDINARY = "ordinary"
    PREMIUM = "premium"
    SHARED_COST = "shared_cost"
    EMERGENCY = "emergency"
    SHORT = "short"
    UNKNOWN = "unknown"


class Formula(StrEnum):
    """How the share of abandoned calls is computed (`shares.py`).

    ANSWERED: of all calls that a person answered (US). PASSED: of those that got an agent or were abandoned, with the
    estimated errors of detection (UK). STRICT: the same without estimates.
    """

    ANSWERED = "answered"
    PASSED = "passed"
    STRICT = "strict"


@dataclass(frozen=True, slots=True)
class Profile:
    """One law. Times in seconds, shares from 0 to 1.

    `code` begins the country's numbers and `zones` are all in which one of unknown place may lie. `country` is
    whose public holidays count ("" for none), `closed` are days of its own without calls. One person is reached at
    most `contacts` times in `contact_span`, over all campaigns. After an abandoned call he is left alone for
    `lock`, unless an agent is held for him. A person waits at most `wait` after his greeting. At most the share
    `cap` of persons may be abandoned in any `window`. `false_machine` is the share of persons whom detection takes
    for machines, `machines_abandoned` the share of abandoned calls that were none: both are estimates that `PASSED`
    needs.
    """

    name: str
    version: str
    code: str
    country: str
    zones: tuple[str, ...]
    week: Week
    on_holidays: Hours = ()
    closed: frozenset[date] = frozenset()
    number_tries: int = 3
    person_tries: int = 3
    gap: float = 900.0
    lock: float = 72 * HOUR
    contacts: int = 1
    contact_span: float = 7 * DAY
    consent_for: frozenset[Mode] = frozenset(Mode)
    refuses: frozenset[NumberKind] = frozenset(NumberKind) - {NumberKind.ORDINARY}
    ring_for: float = 15.0
    wait: float = 2.0
    message: bool = True
    cap: float = 0.01
    window: float = DAY
    formula: Formula = Formula.STRICT
    false_machine: float = 0.0
    machines_abandoned: float = 0.0

    @property
    def rules(self) -> str:
        """The name and version, as it is kept with each dial."""
        return f"{self.name}@{self.version}"
