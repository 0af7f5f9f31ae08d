"""Facts of the calls that we make. `journal/facts.py` says what holds for all facts.

It does not know the rules by which anybody was chosen; the version of the rules is written down with each dial.

What campaigns do as a whole stands under one contact, `CAMPAIGNS`, blocked numbers under `BLOCKS` and lists under
`LISTS`; these are nobody's: so they are found together at a start, however long the journal is.
"""

from __future__ import annotations

from typing import Final

from journal.law_facts import LawFact
from lean import dataclass

CAMPAIGNS: Final = "(campaigns)"
BLOCKS: Final = "(blocks)"
LISTS: Final = "(lists)"
ERASURES: Final = "(erasures)"


@dataclass(frozen=True, slots=True)
class CampaignMoved:
    """A campaign runs, is paused, stopped, rests or is done. `by` is a user or "" for the server itself.

    `pilot`: it pauses by itself after so many more contacts, 0: it does not. `until`: it rests because it is no time
    for calls anywhere on its lists, and then it will be; 0 for any other reason.
    """

    at: float
    campaign: str
    state: str
    by: str
    why: str
    pilot: int = 0
    contact: str = CAMPAIGNS
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class CampaignTuned:
    """A manager changed how a campaign runs. "" or 0, and -1 for `lines`, where he left something as it was."""

    at: float
    campaign: str
    by: str
    why: str
    mode: str = ""
    ratio: float = 0.0
    cap: float = 0.0
    lines: int = -1
    contact: str = CAMPAIGNS


@dataclass(frozen=True, slots=True)
class AttemptBegun:
    """A number is dialled. Written before it is. `rules` is the version of the law profile that allowed it.

    A trial call is of no campaign, so it is in no figure; `tries_out` names the one that it lets somebody hear.
    """

    at: float
    contact: str
    campaign: str
    node: str
    lead: str
    person: str
    number: str
    shown: str
    tries: int
    why: str
    rules: str
    mode: str
    name: str = ""
    language: str = ""
    segment: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    zones: tuple[str, ...] = ()
    consent: str = ""
    agent: str = ""
    others: tuple[str, ...] = ()
    owner: str = ""
    tries_out: str = ""


@dataclass(frozen=True, slots=True)
class CustomerHeard:
    """What answered, and when its greeting was over (POSIX seconds)."""

    at: float
    contact: str
    heard: str
    answered_at: float
    greeted_at: float


@dataclass(frozen=True, slots=True)
class RangBack:
    """A caller has rung back a number that a campaign showed him in `attempt`, and goes to its agents."""

    at: float
    contact: str
    attempt: str
    campaign: str
    lead: str
    tries: int
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """The one end of an attempt (`outbound/lead.py` lists them). `again`: when the lead is due next, 0 for never."""

    at: float
    contact: str
    campaign: str
    lead: str
    person: str
    number: str
    outcome: str
    cause: int
    again: float
    agent: str = ""
    lines: float = 0.0
    waited: float = 0.0
    talked: float = 0.0


@dataclass(frozen=True, slots=True)
class DialRefused:
    """This dial is forbidden now, and why. `until`: when it may be asked again, 0 for never."""

    at: float
    campaign: str
    lead: str
    number: str
    reason: str
    until: float
    rules: str = ""


@dataclass(frozen=True, slots=True)
class ResultKept:
    """What the agent said of a talk. `amount` is decimal text, "" for none."""

    at: float
    contact: str
    campaign: str
    lead: str
    agent: str
    result: str
    success: bool
    again: float
    whom: str
    note: str
    amount: str


@dataclass(frozen=True, slots=True)
class PaceSet:
    """How many lines were allowed in the air, and what bounded them."""

    at: float
    campaign: str
    lines: int
    why: str
    risk: float


@dataclass(frozen=True, slots=True)
class NumberBlocked:
    """Never to be called, or (`lifted`) no longer so. `scope` is "" for the house, else a campaign."""

    at: float
    number: str
    by: str
    why: str
    scope: str
    prefix: bool
    lifted: bool
    contact: str = BLOCKS


@dataclass(frozen=True, slots=True)
class ListImported:
    """A list is whole in the store. Counts of rows."""

    at: float
    name: str
    by: str
    source: str
    sha256: str
    rows: int
    good: int
    bad: int
    double: int
    blocked: int
    contact: str = LISTS


@dataclass(frozen=True, slots=True)
class PersonErased:
    """A person was taken out of lists and facts, at his own request. `word` stands where he stood.

    `facts` are the numbers of the facts that were rewritten, each with the fingerprint that it has since; said before
    they are, so that whoever finds one changed knows why.
    """

    at: float
    word: str
    by: str
    why: str
    rows: int
    facts: tuple[tuple[int, str], ...]
    contact: str = ERASURES


OutboundFact = (
    CampaignMoved
    | CampaignTuned
    | AttemptBegun
    | CustomerHeard
    | AttemptEnded
    | RangBack
    | DialRefused
    | ResultKept
    | PaceSet
    | NumberBlocked
    | ListImported
    | PersonErased
    | LawFact
)
