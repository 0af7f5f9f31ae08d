"""Whom we want to reach: one person of a list, with what is known of him, and what every attempt on him came to.

It does not know where lists are kept, nor whether he may be called now.
"""

from __future__ import annotations

from enum import StrEnum

from lean import dataclass


class Outcome(StrEnum):
    """What an attempt came to, for ever.

    CONNECTED: a person, with an agent. ABANDONED: a person whom no agent reached in time, message or not; the law's
    number. MACHINE, FAX and SILENT were answered, but by nobody. BUSY, NO_ANSWER, CONGESTION (ours or the trunk's
    fault: not charged to the customer), BAD_NUMBER, REJECTED (he or his network refused) were not answered. INFORMED:
    a person who heard the message of a campaign without agents. GONE: a person who hung up before the agent's time was
    over. CANCELLED: we hung up before an answer. UNKNOWN: never found out; counted as an attempt.
    """

    CONNECTED = "connected"
    ABANDONED = "abandoned"
    INFORMED = "informed"
    GONE = "gone"
    MACHINE = "machine"
    FAX = "fax"
    SILENT = "silent"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    CONGESTION = "congestion"
    BAD_NUMBER = "bad_number"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


PERSON = frozenset({Outcome.CONNECTED, Outcome.ABANDONED, Outcome.INFORMED, Outcome.GONE})
ANSWERED = PERSON | {Outcome.MACHINE, Outcome.FAX, Outcome.SILENT}
NOT_HIS = frozenset({Outcome.CONGESTION, Outcome.CANCELLED})  # no attempt of his daily number is used up


@dataclass(frozen=True, slots=True)
class Lead:
    """One person of a list. `lead` is `<list>.<row>`, rows from 1.

    `person` is the same for one person in all lists: his customer id, else his number. `number` is E.164 with `+`,
    `others` are further ones in the order in which they are tried. `zones` are the IANA zones in which the number may
    be, () for unknown. `fields` are shown to the agent and never routed by. `owner` is the agent who alone shall call
    him, "" for any. `consent` names the evidence that he agreed, "" for none. `priority`: more is sooner.
    """

    lead: str
    person: str
    number: str
    name: str = ""
    others: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    language: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    owner: str = ""
    consent: str = ""
    priority: int = 0
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A lead that a list gives out: how often it was tried in this campaign, and how the last time ended.

    `promised` is the POSIX time at which he was promised a call, 0 for none; `whom` is the agent who will call him
    then, "" for any.
    """

    lead: Lead
    tries: int = 0
    last: Outcome | None = None
    promised: float = 0.0
    whom: str = ""
