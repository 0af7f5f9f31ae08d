"""A chain of records, each a line of text whose hash covers the line and the hash of the line before.

It does not know what is recorded, nor where lines are kept. A line is JSON in one form only, so that a changed byte is
a changed hash, and a line that reads the same but is written otherwise is none of ours.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

GENESIS: Final = hashlib.sha256(b"Switchroom: ledger of dials, 1").hexdigest()
_MARK: Final = ',"hash":"'
_KEYS: Final = ("n", "seq", "at", "kind", "campaign", "about", "said", "fact", "claims")

Claims = Mapping[str, tuple[int, int, float]]  # by law: persons, abandoned, the law's rate


@dataclass(frozen=True, slots=True)
class Entry:
    """What is recorded of one fact of the journal. `fact` is its fingerprint, `claims` what was counted with it."""

    seq: int
    at: float
    kind: str
    campaign: str
    about: str
    said: str
    fact: str
    claims: Claims


@dataclass(frozen=True, slots=True)
class Record:
    """An entry in its place; `hash` is that of the chain up to here."""

    number: int
    entry: Entry
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """How far a chain has come."""

    number: int = 0
    hash: str = GENESIS
    seq: int = 0
    fact: str = ""  # the fingerprint of the last record's


class BrokenChain(Exception):
    """The chain does not hold. `number` is the record that should have come."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"record {number}: {why}")
        self.number = number
        self.why = why


def fingerprint(seq: int, at: float, kind: str, of: tuple[str, str], body: str) -> str:
    """SHA-256 of a fact as it lies in the journal; `of` are its contact and its agent."""
    whole = json.dumps([seq, at, kind, *of, body], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(whole.encode()).hexdigest()


def line_of(head: Head, entry: Entry) -> tuple[str, Head]:
    """The next line of the chain, without its end, and the head that it makes."""
    values = (
        head.number + 1, entry.seq, entry.at, entry.kind, entry.campaign, entry.about, entry.said, entry.fact,
        {law: list(claim) for law, claim in sorted(entry.claims.items())},
    )  # fmt: skip
    text = json.dumps(dict(zip(_KEYS, values, strict=True)), ensure_ascii=True, separators=(",", ":"))[:-1]
    hashed = hashlib.sha256(f"{head.hash}{text}".encode()).hexdigest()
    return f'{text}{_MARK}{hashed}"}}', Head(head.number + 1, hashed, entry.seq, entry.fact)


def records(lines: Iterable[bytes], head: Head | None = None) -> Iterator[Record]:
    """Read lines behind `head` (None: from the beginning), each checked. Raises `BrokenChain` at the first fault."""
    head = head or Head()
    for raw in lines:
        entry = _read(raw, head.number + 1)
        line, following = line_of(head, entry)
        if raw != f"{line}\n".encode():
            raise BrokenChain(head.number + 1, "it is not what was written: the hash does not fit")
        if entry.seq <= head.seq:
            raise BrokenChain(head.number + 1, "its fact stands before that of the record before")
        head = following
        yield Record(head.number, entry, head.hash)


def _read(raw: bytes, number: int) -> Entry:
    try:
        found = json.loads(raw)
        claims = {law: (int(one[0]), int(one[1]), float(one[2])) for law, one in found["claims"].items()}
        kind, campaign, about, said, fact = (str(found[key]) for key in ("kind", "campaign", "about", "said", "fact"))
        entry = Entry(int(found["seq"]), float(found["at"]), kind, campaign, about, said, fact, claims)
        written = int(found["n"])
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as fault:
        raise BrokenChain(number, "it cannot be read") from fault
    if written != number:
        raise BrokenChain(number, f"record {written} stands in its place")
    return entry


def head_in(raw: bytes) -> Head:
    """The head that this line, taken as it is, has made. Raises `BrokenChain`."""
    try:
        found = json.loads(raw)
        return Head(int(found["n"]), str(found["hash"]), int(found["seq"]), str(found["fact"]))
    except (ValueError, TypeError, KeyError) as fault:
        raise BrokenChain(0, "the last record cannot be read") from fault
