"""Facts of the laws that calls are made under, and of the ledger of dials. `journal/facts.py` says what holds for all.

It does not know any rule.
"""

from __future__ import annotations

from lean import dataclass

LAWS = "(laws)"  # what stands in `contact`, by which the journal finds them
LEDGER = "(ledger)"


@dataclass(frozen=True, slots=True)
class LawAgreed:
    """A person's word for a law of this house, as `rules` has it in JSON. `digest` is the SHA-256 of that.

    `widens` names the rules in which it gives more than the one that is in force; then two persons must agree, and
    `in_force` is true with the second one's word.
    """

    at: float
    law: str
    version: str
    digest: str
    by: str
    why: str
    widens: tuple[str, ...]
    in_force: bool
    rules: str
    contact: str = LAWS


@dataclass(frozen=True, slots=True)
class LedgerSealed:
    """The ledger of dials had so many records, and the chain this head. Kept outside of the ledger itself."""

    at: float
    records: int
    head: str
    contact: str = LEDGER


LawFact = LawAgreed | LedgerSealed
