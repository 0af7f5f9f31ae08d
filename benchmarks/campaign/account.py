"""Holds what the server wrote down of each customer against what the carrier saw of him.

It does not know how either came to be. An *attempt* is what the server says of a number, an *account* the carrier's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.campaign.crowd import MACHINES, PERSONS
from cti.asterisk.carrier import Account, Outcome, Who

SPOKEN_TO = frozenset({Outcome.TALKED, Outcome.TOLD})
AGAIN = frozenset({"congestion", "cancelled"})  # not the customer's doing: he may be dialled again
PERSON_WORDS = frozenset({"connected", "abandoned", "gone"})
WORDS: Mapping[Who, frozenset[str]] = {
    **dict.fromkeys(PERSONS, PERSON_WORDS),
    **dict.fromkeys(MACHINES, frozenset({"machine"})),
    Who.NOBODY: frozenset({"no_answer"}),
    Who.BUSY: frozenset({"busy"}),
    Who.ENGAGED: frozenset({"busy"}),
    Who.CONGESTED: frozenset({"congestion"}),
    Who.NO_SUCH_NUMBER: frozenset({"bad_number"}),
    Who.UNKNOWN_NUMBER: frozenset({"bad_number"}),
    Who.REJECTS: frozenset({"rejected"}),
    Who.FAX: frozenset({"fax"}),
    Who.SILENT: frozenset({"silent"}),
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the server says of one dial. `outcome` is "" while it is open. Times are POSIX seconds, 0 for never.

    `greeted_at` is the end of his greeting as it was heard, `connected_at` two-way audio with an agent, for `talked`
    seconds.
    """

    attempt: str
    number: str
    outcome: str
    greeted_at: float = 0.0
    connected_at: float = 0.0
    begun_at: float = 0.0
    ended_at: float = 0.0
    talked: float = 0.0


@dataclass(slots=True)
class Judged:
    """`silent` are persons who had said hello and heard neither an agent nor a message before we hung up on them."""

    dialled: int = 0
    never_dialled: int = 0
    called_twice: list[str] = field(default_factory=list)
    open_attempts: list[str] = field(default_factory=list)
    unknown_to_server: list[str] = field(default_factory=list)
    unknown_to_carrier: list[str] = field(default_factory=list)
    wrong_word: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    words: Counter[tuple[str, str]] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)  # greeting's end to agent, by the server's facts
    heard_after: list[float] = field(default_factory=list)  # his last word to the agent's greeting, by his own ear
    told_after: list[float] = field(default_factory=list)  # his last word to the message's first, by his own ear

    @property
    def persons(self) -> int:
        """Persons for whom an agent was due, or had one."""
        return sum(count for (_, word), count in self.words.items() if word in {"connected", "abandoned"})

    @property
    def abandoned(self) -> int:
        """Those for whom none was there in time."""
        return sum(count for (_, word), count in self.words.items() if word == "abandoned")


def judge(numbers: Sequence[str], attempts: Iterable[Attempt], accounts: Iterable[Account]) -> Judged:
    """Compare. `called_twice` is who was dialled again, but not after congestion, or oftener than the server knows."""
    judged = Judged()
    by_number: dict[str, list[Account]] = {}
    for account in accounts:
        if account.who is not None:
            by_number.setdefault(account.number, []).append(account)
    tried: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        tried.setdefault(attempt.number, []).append(attempt)
    judged.dialled = sum(map(len, tried.values()))
    judged.never_dialled = sum(number not in tried for number in numbers)
    judged.called_twice = sorted(
        number
        for number in by_number.keys() | tried.keys()
        if len(by_number.get(number, ())) > len(tried.get(number, ())) > 0
        or any(attempt.outcome not in AGAIN for attempt in tried.get(number, ())[:-1])
    )
    judged.unknown_to_server = sorted(by_number.keys() - tried.keys())
    for number, of_him in tried.items():
        _judge_one(judged, number, of_him[-1], by_number.get(number, []))
    return judged


def _judge_one(judged: Judged, number: str, attempt: Attempt, seen: Sequence[Account]) -> None:
    who = Who(number[-6:-4])
    if not attempt.outcome:
        judged.open_attempts.append(attempt.attempt)
        return
    judged.words[who.name.lower(), attempt.outcome] += 1
    if not seen:
        if attempt.outcome not in {*AGAIN, "unknown"}:
            judged.unknown_to_carrier.append(attempt.attempt)
        return
    if attempt.outcome not in WORDS[who]:
        judged.wrong_word.append(f"{attempt.attempt} {who.name.lower()}: {attempt.outcome}")
    if attempt.connected_at and attempt.greeted_at:
        judged.waits.append(attempt.connected_at - attempt.greeted_at)
    if who in PERSONS:
        _judge_person(judged, attempt, seen[-1])


def _judge_person(judged: Judged, attempt: Attempt, account: Account) -> None:
    if account.spoken_at is None:
        return
    if account.greeted_at is not None:
        judged.heard_after.append(account.greeted_at - account.spoken_at)
    if account.told_at is not None:
        judged.told_after.append(account.told_at - account.spoken_at)
    if account.outcome not in SPOKEN_TO and account.ended_by == "exchange":
        judged.silent.append(f"{attempt.attempt}: {attempt.outcome}")
