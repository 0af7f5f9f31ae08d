"""Which facts are recorded in the ledger, and what is counted with them. Pure: facts in, entries out.

It does not know files. The same facts give the same entries, whenever they are derived: after a crash the ledger goes
on behind its last record, and one that was lost comes out again byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from cti.ids import is_dialled
from journal.law_facts import LawAgreed
from journal.outbound_facts import (
    AttemptBegun,
    AttemptEnded,
    CampaignMoved,
    CampaignTuned,
    CustomerHeard,
    DialRefused,
    ListImported,
    NumberBlocked,
    PersonErased,
    ResultKept,
)
from journal.rows import RawFact
from outbound.law.profile import Profile
from outbound.law.profiles import BUILT_IN
from outbound.law.shares import Shares, counted, share
from outbound.lead import Outcome
from switchroom.dial_ledger.chain import Claims, Entry, fingerprint

_ANSWERED: Final = "AgentAnswered"
_SAID: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    CampaignMoved.__name__: lambda fact: f"{fact['state']} by {fact['by'] or 'the server'}",
    AttemptBegun.__name__: lambda fact: f"allowed by {fact['rules']}",
    CustomerHeard.__name__: lambda fact: str(fact["heard"]),
    AttemptEnded.__name__: lambda fact: str(fact["outcome"]),
    DialRefused.__name__: lambda fact: f"refused: {fact['reason']}",
    ResultKept.__name__: lambda fact: str(fact["result"]),
    NumberBlocked.__name__: lambda fact: "lifted" if fact["lifted"] else "blocked",
    ListImported.__name__: lambda fact: f"{fact['good']} of {fact['rows']}",
    CampaignTuned.__name__: lambda fact: f"tuned by {fact['by']}",
    LawAgreed.__name__: lambda fact: f"{fact['law']}@{fact['version']} agreed to by {fact['by']}",
    PersonErased.__name__: lambda fact: f"erased by {fact['by']}",
    _ANSWERED: lambda fact: str(fact["agent"]),
}
KINDS: Final = tuple(_SAID)


def is_recorded(raw: RawFact) -> bool:
    """Whether the fact belongs to the ledger. An agent's answer does when the call is one that we made."""
    return raw.kind in _SAID and (raw.kind != _ANSWERED or is_dialled(raw.contact))


def told(raw: RawFact) -> tuple[str, str, str]:
    """What an entry has of a fact in words: its campaign, what it is about, what it says."""
    fact = _said(raw)
    try:
        said = _SAID[raw.kind](fact)
    except KeyError:  # a damaged row is recorded as such
        said = "unreadable"
    return str(fact.get("campaign", "")), raw.contact or str(fact.get("lead", "")), said


def print_of(raw: RawFact) -> str:
    """The fact's fingerprint."""
    return fingerprint(raw.seq, raw.at, raw.kind, (raw.contact, raw.agent), raw.body)


class Entries:
    """Entries of facts in their order. `laws` are those by whose formulas abandoned calls are counted with them."""

    def __init__(self, laws: Mapping[str, Profile] = BUILT_IN) -> None:
        self._laws = laws
        self._shares = Shares()

    def remember(self, raw: RawFact) -> None:
        """Take in a fact that is recorded already."""
        if raw.kind == AttemptEnded.__name__:
            self._count(_said(raw))

    def entry(self, raw: RawFact) -> Entry | None:
        """The entry of a fact; None for one that is not recorded."""
        if not is_recorded(raw):
            return None
        claims = self._count(_said(raw)) if raw.kind == AttemptEnded.__name__ else {}
        return Entry(raw.seq, raw.at, raw.kind, *told(raw), print_of(raw), claims)

    def _count(self, fact: Mapping[str, Any]) -> Claims:
        """Count an end with those before it, where it is one of a person."""
        try:
            campaign, outcome, at = str(fact["campaign"]), Outcome(fact["outcome"]), float(fact["at"])
            waited = float(fact.get("waited", 0.0))
        except (KeyError, ValueError, TypeError):  # damaged, or of a newer version: nobody knows what it was
            return {}
        at = self._shares.ended(campaign, outcome, at, waited)
        if outcome not in {Outcome.CONNECTED, Outcome.ABANDONED, Outcome.GONE}:
            return {}
        claims = {}
        for law in self._laws.values():
            ends = self._shares.ends(campaign, law.window, at)
            claims[law.rules] = (*counted(law, ends), round(share(law, ends).rate, 9))
        return claims

    def forget(self) -> None:
        """Forget ends that no window has any more."""
        self._shares.forget(self._laws)


def _said(raw: RawFact) -> Mapping[str, Any]:
    try:
        found = json.loads(raw.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
