"""The carrier's own count of the campaign's customers, and whether the server tells the same of every single one.

It knows nothing of how they are dialled. A customer is matched by his number. What is judged is whether he was dialled,
how often, and whether anybody or anything answered there; who may have been told of nothing in a server's crash
(`disturbed`) has an attempt of which the server says that it does not know.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cti.asterisk.carrier import Account, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ANSWERED: Final = frozenset({"connected", "abandoned", "gone", "machine", "fax", "silent", "informed"})
CONNECTED: Final = "connected"
_PERHAPS: Final = frozenset({"congestion", "cancelled"})  # may never have come to the carrier
_UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Dial:
    """One attempt as the server recorded it. `outcome` "" while it is open."""

    attempt: str
    number: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Side:
    """What one side counted: dials, those that were answered, and talks with an agent."""

    dialled: int
    answered: int
    talked: int


@dataclass(frozen=True, slots=True)
class CampaignAgreement:
    """Both sides, and every difference as a sentence."""

    server: Side
    carrier: Side
    outcomes: Mapping[str, int]
    differences: tuple[str, ...]


def compare_campaign(
    dials: Iterable[Dial], accounts: Iterable[Account], *, disturbed: bool = False
) -> CampaignAgreement:
    """Hold every customer against the carrier's account of him."""
    ours, theirs = defaultdict[str, list[Dial]](list), defaultdict[str, list[Account]](list)
    for dial in dials:
        ours[dial.number].append(dial)
    for account in accounts:
        theirs[account.number].append(account)
    differences = [
        f"customer {number}: {differs}"
        for number in sorted(ours.keys() | theirs.keys())
        if (differs := _differs(ours[number], theirs[number], disturbed=disturbed))
    ]
    every, seen = [dial for some in ours.values() for dial in some], [one for some in theirs.values() for one in some]
    answered, talked = sum(map(_is_answered, seen)), sum(one.outcome is Outcome.TALKED for one in seen)
    outcomes = Counter(dial.outcome or "open" for dial in every)
    said = sum(count for outcome, count in outcomes.items() if outcome in ANSWERED)
    return CampaignAgreement(
        Side(len(every), said, outcomes[CONNECTED]), Side(len(seen), answered, talked),
        dict(sorted(outcomes.items())), tuple(differences),
    )  # fmt: skip


def _differs(dials: list[Dial], accounts: list[Account], *, disturbed: bool) -> str:
    """What does not fit, "" where all does."""
    open_ = [dial.attempt for dial in dials if not dial.outcome]
    if open_:
        return f"attempt {open_[0]} has no end"
    unsure = sum(dial.outcome in _PERHAPS or (disturbed and dial.outcome == _UNKNOWN) for dial in dials)
    if not len(dials) - unsure <= len(accounts) <= len(dials):
        return f"the carrier was called {len(accounts)} time(s), the server says {len(dials)}"
    said, heard = sum(dial.outcome in ANSWERED for dial in dials), sum(map(_is_answered, accounts))
    doubt = sum(dial.outcome == _UNKNOWN for dial in dials) if disturbed else 0
    if not said <= heard <= said + doubt:
        words = ", ".join(dial.outcome for dial in dials) or "nothing"
        return f"the carrier says that {heard} call(s) were answered, the server says {words}"
    return ""


def _is_answered(account: Account) -> bool:
    return account.answered_at is not None
