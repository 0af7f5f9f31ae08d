"""What the facts of calls that we make change in the tables of attempts and refusals: pure.

It does not know SQL, nor the lists that the leads came from. `journal/projection.py` applies it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from journal.codec import clean
from journal.outbound_facts import AttemptBegun, AttemptEnded, CustomerHeard, DialRefused, ResultKept

TABLE: Final = "attempts"
REFUSALS: Final = "refusals"
QUARTER: Final = 900.0  # seconds for which refusals are one row: every zone's midnight begins one
Values = dict[str, Any]
Parts = tuple[tuple[str, str, Values, bool], ...]  # table, key, values, whether the row is new


def _text(value: str) -> str:
    return clean(value).replace("\0", "")


def _begun(fact: AttemptBegun) -> Parts:
    values: Values = {name: _text(getattr(fact, name)) for name in _KEPT}
    return ((TABLE, fact.contact, {**values, "begun_at": fact.at, "tries": fact.tries}, True),)


_KEPT: Final = (
    "campaign", "node", "lead", "person", "number", "shown", "why", "rules", "mode", "name", "segment", "consent",
)  # fmt: skip


def _heard(fact: CustomerHeard) -> Parts:
    return ((TABLE, fact.contact, {"heard": fact.heard, "answered_at": fact.answered_at}, False),)


def _ended(fact: AttemptEnded) -> Parts:
    values = {
        "ended_at": fact.at, "outcome": fact.outcome, "cause": fact.cause, "again": fact.again, "agent": fact.agent,
        "lines": fact.lines, "waited": fact.waited, "talked": fact.talked,
    }  # fmt: skip
    return ((TABLE, fact.contact, values, False),)


def _said(fact: ResultKept) -> Parts:
    values = {
        "said_at": fact.at, "said_by": fact.agent, "result": _text(fact.result), "success": int(fact.success),
        "promised": fact.again, "whom": fact.whom, "note": _text(fact.note), "amount": _text(fact.amount),
    }  # fmt: skip
    return ((TABLE, fact.contact, values, False),)


def _refused(fact: DialRefused) -> Parts:
    since = fact.at // QUARTER * QUARTER
    campaign, reason = _text(fact.campaign), _text(fact.reason)
    key = f"{campaign} {reason} {since:.0f}"
    row = {"campaign": campaign, "reason": reason, "since": since}
    return ((REFUSALS, key, row, True), (REFUSALS, key, {"count": 1}, False))


READERS: Final[dict[type, Callable[[Any], Parts]]] = {
    AttemptBegun: _begun,
    CustomerHeard: _heard,
    AttemptEnded: _ended,
    DialRefused: _refused,
    ResultKept: _said,
}
