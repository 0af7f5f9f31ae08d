"""The proof: the chain holds, the facts are those that were recorded, and the server's counts are those of the facts.

It does not know files or databases: it is given the ledger's lines and the journal's facts, each in order, once. It
uses none of the counters that it judges (`recount.py` counts anew).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from journal.rows import RawFact
from switchroom.dial_ledger import tries_read
from switchroom.dial_ledger.chain import BrokenChain, Record, fingerprint, records
from switchroom.dial_ledger.entries import told
from switchroom.dial_ledger.recount import MEASURES, Recount, of_the_house
from switchroom.dial_ledger.tries_read import LIMITS, Breach, Limits, Touches, Zones

RECORDED: Final = (
    "CampaignMoved", "AttemptBegun", "CustomerHeard", "AttemptEnded", "DialRefused", "ResultKept", "NumberBlocked",
    "ListImported", "AgentAnswered", "CampaignTuned", "LawAgreed", "PersonErased",
)  # fmt: skip
SEALED: Final = "LedgerSealed"
MOST_FAULTS: Final = 50
_DIALLED: Final = re.compile(r"D[0-9]+\Z", re.ASCII)
_CLOSE: Final = 0.000_000_002  # rates are kept with nine places


@dataclass(frozen=True, slots=True)
class End:
    """How an attempt ended, and what the server claimed then, by law."""

    seq: int
    at: float
    attempt: str
    outcome: str
    waited: float
    claims: dict[str, tuple[int, int, float]]


@dataclass(slots=True)
class Trail:
    """What the facts say of one campaign. `answered` are attempts with an agent, `rules` those it was dialled under."""

    ends: list[End] = field(default_factory=list)
    begun: list[tuple[float, str, tuple[str, ...], str]] = field(default_factory=list)  # at, rules, zones, number
    refused: dict[str, int] = field(default_factory=dict)
    blocked: list[tuple[float, str]] = field(default_factory=list)  # dials of numbers that were blocked then
    breaches: list[Breach] = field(default_factory=list)  # dials that another rule about him or his number forbade
    answered: set[str] = field(default_factory=set)


def nowhere(number: str) -> tuple[str, ...]:
    """A plan that places no number."""
    del number
    return ()


class Blocked:
    """Which numbers are blocked at this place of the facts; `outbound/law/blocks.py` is what this judges."""

    def __init__(self) -> None:
        self._known: set[tuple[str, str, bool]] = set()  # scope, number, whether it is how numbers begin

    def take(self, said: dict[str, Any]) -> None:
        """A block, or its end."""
        one = str(said.get("scope")), str(said.get("number")), bool(said.get("prefix"))
        (self._known.discard if said.get("lifted") else self._known.add)(one)

    def has(self, number: str, campaign: str) -> bool:
        """Whether the number is blocked for this campaign, by itself or by how it begins."""
        scopes = ("", campaign)
        if any((scope, number, False) in self._known for scope in scopes):
            return True
        return any((scope, number[:end], True) in self._known for scope in scopes for end in range(1, len(number) + 1))


@dataclass(slots=True)
class Proof:
    """What came out. `faults` are sentences, at most `MOST_FAULTS`; `behind` facts are not recorded yet."""

    campaign: str
    touches: Touches
    trail: Trail = field(default_factory=Trail)
    blocks: Blocked = field(default_factory=Blocked)
    faults: list[str] = field(default_factory=list)
    recorded: int = 0
    head: str = ""
    seals: int = 0
    behind: int = 0
    claims: int = 0
    altered: list[tuple[Record, RawFact]] = field(default_factory=list)  # facts that are not what was recorded
    erased: dict[int, str] = field(default_factory=dict)  # the fingerprints that persons' erasures left, by fact
    erasures: int = 0
    house: dict[str, dict[str, Any]] = field(default_factory=dict)  # laws that people agreed to, by name and version
    limits: dict[str, Limits] = field(default_factory=lambda: dict(LIMITS))

    @property
    def is_sound(self) -> bool:
        return not self.faults

    def agree(self, rules: str) -> None:
        """A law of the house is in force, as its text says."""
        try:
            law = json.loads(rules)
            name = of_the_house(law).rules
            self.house[name], self.limits[name] = law, tries_read.of_the_house(law)
        except (ValueError, KeyError, TypeError):
            self.fault("a law that is on record as agreed to cannot be read")

    def fault(self, sentence: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(sentence)


def prove(
    campaign: str,
    lines: Iterable[bytes],
    facts: Iterable[RawFact],
    seals: Iterable[RawFact],
    plan: Zones = nowhere,
) -> Proof:
    """Read both to their ends, side by side. `facts` are those of the kinds `RECORDED`, `seals` of `SEALED`.

    `plan` gives the zones in which a number may be.
    """
    proof = Proof(campaign, Touches(plan))
    sealed = _Seals(seals, proof)
    waiting = _recorded(facts)
    fact = next(waiting, None)
    for record in _chain(lines, proof):
        proof.recorded, proof.head = record.number, record.hash
        sealed.look_at(record)
        while fact is not None and fact.seq < record.entry.seq:
            proof.fault(f"fact {fact.seq} ({fact.kind}) stands in the journal and was never recorded")
            fact = next(waiting, None)
        if fact is None or fact.seq > record.entry.seq:
            proof.fault(f"fact {record.entry.seq} ({record.entry.kind}) was recorded and is gone from the journal")
            continue
        _compare(record, fact, proof)
        fact = next(waiting, None)
    while fact is not None:
        proof.behind += 1
        _take(fact, {}, proof)
        fact = next(waiting, None)
    sealed.look_for_the_rest()
    _check_altered(proof)
    _check_claims(proof)
    _check_outcomes(proof)
    return proof


def _recorded(facts: Iterable[RawFact]) -> Iterator[RawFact]:
    return (fact for fact in facts if fact.kind != "AgentAnswered" or _DIALLED.match(fact.contact))


def _chain(lines: Iterable[bytes], proof: Proof) -> Iterator[Record]:
    try:
        yield from records(lines)
    except BrokenChain as broken:
        proof.fault(f"the chain breaks at {broken}")


def _compare(record: Record, fact: RawFact, proof: Proof) -> None:
    found = fingerprint(fact.seq, fact.at, fact.kind, (fact.contact, fact.agent), fact.body)
    if found != record.entry.fact:
        proof.altered.append((record, fact))
    _take(fact, dict(record.entry.claims), proof)


def _take(fact: RawFact, claims: dict[str, tuple[int, int, float]], proof: Proof) -> None:
    """Note what the fact says of the campaign."""
    said, trail = _body(fact), proof.trail
    _take_of_the_house(fact, said, proof)
    _take_touch(fact, said, proof)
    if said.get("campaign") != proof.campaign:
        return
    if fact.kind == "AttemptBegun":
        zones = tuple(str(zone) for zone in said.get("zones") or ())
        number = str(said.get("number"))
        trail.begun.append((fact.at, str(said.get("rules")), zones, number))
        if proof.blocks.has(number, proof.campaign):
            trail.blocked.append((fact.at, number))
    elif fact.kind == "DialRefused":
        reason = str(said.get("reason"))
        trail.refused[reason] = trail.refused.get(reason, 0) + 1
    elif fact.kind == "AttemptEnded":
        waited = float(said.get("waited") or 0.0)
        trail.ends.append(End(fact.seq, float(said["at"]), fact.contact, str(said.get("outcome")), waited, claims))


def _take_touch(fact: RawFact, said: dict[str, Any], proof: Proof) -> None:
    """Note what was done to a person, by whichever campaign; trial calls are of none."""
    if not said.get("campaign"):
        return
    try:
        if fact.kind == "AttemptBegun":
            limits = proof.limits.get(str(said["rules"])) if said["campaign"] == proof.campaign else None
            proof.trail.breaches += proof.touches.begun(fact.contact, said, limits)
        elif fact.kind == "AttemptEnded":
            proof.touches.ended(fact.contact, said)
        elif fact.kind == "ResultKept":
            proof.touches.said(fact.contact, said)
    except (KeyError, ValueError, TypeError):
        proof.fault(f"fact {fact.seq} ({fact.kind}) cannot be read")


def _take_of_the_house(fact: RawFact, said: dict[str, Any], proof: Proof) -> None:
    """Note what belongs to no campaign."""
    if fact.kind == "AgentAnswered":
        proof.trail.answered.add(fact.contact)
    elif fact.kind == "NumberBlocked":
        proof.blocks.take(said)
    elif fact.kind == "PersonErased":
        proof.erasures += 1
        proof.erased |= {int(seq): str(left) for seq, left in said.get("facts") or ()}
    elif fact.kind == "LawAgreed" and said.get("in_force"):
        proof.agree(str(said.get("rules")))


def _body(fact: RawFact) -> dict[str, Any]:
    try:
        found = json.loads(fact.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


class _Seals:
    """The heads that the journal has on record, each held against the record that it names."""

    def __init__(self, facts: Iterable[RawFact], proof: Proof) -> None:
        self._proof = proof
        self._wanted: dict[object, list[tuple[int, object]]] = {}
        for seal in facts:
            said = _body(seal)
            proof.seals += 1
            self._wanted.setdefault(said.get("records"), []).append((seal.seq, said.get("head")))

    def look_at(self, record: Record) -> None:
        for seq, head in self._wanted.pop(record.number, ()):
            if head != record.hash:
                self._proof.fault(f"record {record.number} is not the one that the journal's fact {seq} sealed")

    def look_for_the_rest(self) -> None:
        """Seals of records that nobody has any more."""
        for count, seals in self._wanted.items():
            for seq, _ in seals:
                there = self._proof.recorded
                self._proof.fault(f"the journal's fact {seq} seals {count} records, and there are {there}")


def _check_altered(proof: Proof) -> None:
    """A fact may have been rewritten to take a person out of it, as is on record, and must say the same but for him."""
    for record, fact in proof.altered:
        entry = record.entry
        found = fingerprint(fact.seq, fact.at, fact.kind, (fact.contact, fact.agent), fact.body)
        same = (entry.at, entry.kind, entry.campaign, entry.about, entry.said) == (fact.at, fact.kind, *told(fact))
        if proof.erased.get(fact.seq) != found or not same:
            proof.fault(f"fact {fact.seq} ({fact.kind}) is not what was recorded")


def _check_claims(proof: Proof) -> None:
    """The server's counts beside those of the facts, end by end."""
    ends = proof.trail.ends
    recount = Recount([(end.at, end.outcome, end.waited) for end in ends])
    for place, end in enumerate(ends):
        for measure in MEASURES:
            claim = end.claims.get(measure.rules)
            if claim is None:
                continue
            proof.claims += 1
            tally = recount.at(measure, place)
            same = (tally.persons, tally.abandoned) == claim[:2] and abs(tally.rate - claim[2]) < _CLOSE
            if not same:
                proof.fault(
                    f"fact {end.seq}: by {measure.rules} the server counted {claim[1]} abandoned of {claim[0]}, "
                    f"the facts give {tally.abandoned} of {tally.persons}"
                )


def _check_outcomes(proof: Proof) -> None:
    """Nobody is said to have had an agent whom none answered, nor to have been abandoned with one."""
    for end in proof.trail.ends:
        had = end.attempt in proof.trail.answered
        if (end.outcome == "connected") != had and end.outcome in {"connected", "abandoned"}:
            seen = "an agent answered" if had else "no agent ever answered"
            proof.fault(f"fact {end.seq}: attempt {end.attempt} is on record as {end.outcome}, and {seen}")
