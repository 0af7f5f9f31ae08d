"""What may happen at one step of a flow, found out by running the step's own verb on every kind of answer.

It does not know flows: it is told a verb and what is known of the call, and says what the verb does next.

Nothing here looks into a verb. A name whose value is not known is looked up as several samples; what differs between
them is up to the data. So the proof is about the code that will run, not about a description of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ivr.expression import ATTRIBUTES
from ivr.messages import (
    Collect,
    DigitsCollected,
    JoinQueue,
    LookedUp,
    LookUp,
    MessageRecorded,
    Play,
    PromptEnded,
    QueueEnded,
    RecordMessage,
    Told,
    TransferCaller,
    TransferEnded,
)
from ivr.steps.queue import OTHERS
from ivr.steps.verb import Verb
from ivr.visit import Again, Leave, Outcome, Visit

NOON = 1781521200.0  # 2026-06-15 11:00 UTC: some moment at which days and times can be compared
KEYS = "0123456789*#"
KEY_SECONDS = 1.0  # that a caller takes to press one key
SPOKEN_SECONDS = 3.0  # of a message, when it is to be quick
FOUND_SECONDS = 1.0  # that a source takes when all is well
TALK = "answered"
LEVEL = "caller.level"
UNCERTAIN = frozenset(ATTRIBUTES) - {LEVEL, "language"}  # what is known of the caller and the customer
BY_CLOCK = frozenset({"hours"})  # verbs whose exit depends on the moment
_SAMPLES = ("", "1", "100.00", "2026-06-15", "10:30", "CNY", "yes")
_DAYS = ("20260615", "20260614", "20260616", "19800101")
_DATES = tuple(day[cut:] for cut in (0, 2, 4) for day in _DAYS)
_SOMEBODY = (("customer", "c-1"), ("name", "n"), ("segment", "s"))
_LOOKUPS = ("found", "not_found", "refused", "failed", "timed_out", "locked")

Waiting = Play | Collect | JoinQueue | LookUp | RecordMessage | TransferCaller


class Kind(StrEnum):
    """Who or what decides a move."""

    PASS = "pass"  # noqa: S105 - nobody decides: it happens
    KEY = "key"  # the caller presses a key that leads on
    ENTRY = "entry"  # the caller keys a number
    WRONG = "wrong"  # the caller presses what is not taken
    SILENCE = "silence"  # the caller does nothing
    SPEECH = "speech"  # the caller speaks
    OUTSIDE = "outside"  # the hour, a source, a queue or the data decides
    TALK = "talk"  # somebody talked with the caller


BY_CALLER = frozenset({Kind.KEY, Kind.ENTRY, Kind.WRONG, Kind.SILENCE, Kind.SPEECH})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a call at a step. `values` are variables, None when set to something that is not certain.

    A variable that is not among them is not set, which reads as "".
    """

    language: str
    values: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that may happen. `seconds` at most, `quick` when all goes well; `told` is what the verb is told.

    `certain`: what the outcome keeps does not depend on data.
    """

    kind: Kind
    outcome: Outcome
    seconds: float = 0.0
    quick: float = 0.0
    keys: str = ""
    told: Told | None = None
    certain: bool = False


def entering(verb: Verb, known: Known, tries: int) -> list[Move]:
    """What may follow when a caller comes to a step."""
    caller = _Caller(verb, known, tries)
    outcomes, tainted = caller.outcomes(None)
    if verb.VERB in BY_CLOCK or (tainted and all(isinstance(outcome, Leave) for outcome in outcomes)):
        seen = {outcome.exit: outcome for outcome in outcomes if isinstance(outcome, Leave)}
        return [Move(Kind.OUTSIDE, seen.get(way.name, Leave(way.name))) for way in verb.exits]
    kind = Kind.PASS if len(outcomes) == 1 else Kind.OUTSIDE
    return [Move(kind, outcome, certain=not tainted) for outcome in outcomes]


def following(verb: Verb, answer: Waiting, known: Known, tries: int, heard: float) -> list[Move]:
    """What may follow once `answer` was given; its prompts last `heard` seconds."""
    caller = _Caller(verb, known, tries)
    if isinstance(answer, Collect):
        return _collected(caller, answer, heard)
    moves: dict[tuple[Kind, str], Move] = {}
    for kind, told, seconds, quick in _told_after(answer, heard):
        outcomes, tainted = caller.outcomes(told)
        certain = not tainted and isinstance(answer, Play | JoinQueue | TransferCaller)
        for outcome in outcomes:
            move = Move(kind, outcome, seconds, quick, told=told, certain=certain)
            moves.setdefault((kind, _end_of(outcome)), move)
    return list(moves.values())


def _told_after(answer: Waiting, heard: float) -> Iterator[tuple[Kind, Told, float, float]]:
    if isinstance(answer, Play):
        yield Kind.PASS, PromptEnded(), heard, heard
    elif isinstance(answer, JoinQueue):
        yield from _told_after_queue(answer)
    elif isinstance(answer, LookUp):
        for outcome in _LOOKUPS:
            values = _SOMEBODY if outcome == "found" else ()
            yield Kind.OUTSIDE, LookedUp(outcome, values), answer.deadline, FOUND_SECONDS
        yield Kind.OUTSIDE, LookedUp("found"), answer.deadline, FOUND_SECONDS
    elif isinstance(answer, RecordMessage):
        spoken = heard + SPOKEN_SECONDS
        yield Kind.SPEECH, MessageRecorded("message.wav", SPOKEN_SECONDS), spoken, spoken
        yield Kind.SILENCE, MessageRecorded("", 0.0), heard + answer.silence, heard + answer.silence
    elif isinstance(answer, TransferCaller):
        yield Kind.TALK, TransferEnded(TALK), answer.ring_for, 0.0
        for why in ("busy", "no_answer", "failed"):
            yield Kind.OUTSIDE, TransferEnded(why), answer.ring_for, answer.ring_for


def _told_after_queue(answer: JoinQueue) -> Iterator[tuple[Kind, Told, float, float]]:
    yield Kind.TALK, QueueEnded(TALK), answer.limit, 0.0
    yield Kind.OUTSIDE, QueueEnded("limit"), answer.limit, answer.limit
    for why in OTHERS:  # at once, or when he has nearly waited to the limit
        yield Kind.OUTSIDE, QueueEnded(why), answer.limit, 0.0


def _collected(caller: _Caller, answer: Collect, heard: float) -> list[Move]:
    """One move for each end that keys come to: pressing 4 where only 1 leads on is like pressing 5."""
    single = answer.at_most == 1
    moves: dict[tuple[Kind, str], Move] = {}
    for keys in ("", *(KEYS if single else _entries(caller.verb, answer.at_most))):
        told = DigitsCollected(keys)
        outcomes, tainted = caller.outcomes(told)
        for outcome in outcomes:
            end = _end_of(outcome)
            kind = _pressed(keys, end, single=single)
            if (kind, end) not in moves:
                took = heard + KEY_SECONDS * len(keys) + (answer.wait if len(keys) < answer.at_most else 0.0)
                moves[kind, end] = Move(kind, outcome, took, took, keys, told, single and not tainted)
        if not single and {Kind.ENTRY, Kind.WRONG} <= {kind for kind, _ in moves}:
            break
    return list(moves.values())


def _pressed(keys: str, end: str, *, single: bool) -> Kind:
    if not keys:
        return Kind.SILENCE
    if end in {"again", "leave no_match"}:
        return Kind.WRONG
    return Kind.KEY if single else Kind.ENTRY


def _entries(verb: Verb, most: int) -> Iterator[str]:
    """Numbers that a caller may key: some of every length, with and without a right check digit, days, patterns."""
    for pattern in getattr(getattr(verb, "rules", None), "patterns", ()):
        places = [place[0] for place in pattern.places]
        yield "".join(places) + ("1" if pattern.more else "")
        yield from (_checked("".join(places[:-1])) for _ in range(1) if places)
    low, high = getattr(getattr(verb, "rules", None), "span", None) or (0, 0)
    yield from (str(low).zfill(most) if low else "", str(high)) if high else ()
    for length in range(1, most + 1):
        yield "1" * length
        yield "0" * length
        yield _checked("4" + "1" * (length - 2)) if length > 1 else "5"
    yield from (day for day in _DATES if len(day) <= most)
    yield "*" * most


def _checked(digits: str) -> str:
    """The digits with the check digit that bank cards have."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 * (value > 9)
    return digits + str(-total % 10)


class _Caller:
    """A caller at one step. Names that are not known are looked up as samples; `looked` tells that one was."""

    def __init__(self, verb: Verb, known: Known, tries: int) -> None:
        self.verb = verb
        self.known = known
        self.sample = ""
        self.looked = False
        self.visit = Visit(NOON, known.language, tries, self._lookup)

    def outcomes(self, told: Told | None) -> tuple[list[Outcome], bool]:
        """Everything that `told` (None: he comes to the step) may lead to, and whether that is up to the data."""
        self.looked = False
        found: list[Outcome] = []
        for sample in _SAMPLES:
            self.sample = sample
            outcome = self.verb.enter(self.visit) if told is None else self.verb.resume(self.visit, told)
            if outcome is not None and outcome not in found:
                found.append(outcome)
            if not self.looked:
                break
        return found, self.looked

    def _lookup(self, name: str) -> str:
        if name == "language":
            return self.known.language
        value = None if name in UNCERTAIN else self.known.values.get(name, "")
        if value is None:
            self.looked = True
            return self.sample
        return value


def _end_of(outcome: Outcome) -> str:
    if isinstance(outcome, Leave):
        return f"leave {outcome.exit}"
    return "again" if isinstance(outcome, Again) else repr(outcome)
