"""The carrier's own counts, and whether the server tells the same story of every single call.

It knows nothing of how calls are placed or where the server's contacts come from; it only compares.

A call is matched by the caller's number, calls of one number in the order of their coming. One thing cannot
be settled by anybody: a caller who gives up in the very moment in which an agent answers. He never heard
the greeting, so the carrier counts him as gone; two-way audio stood for a moment, so the server counts him
as answered. Such calls are counted as `crossed`, and only when the talk was shorter than `CROSSING`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cti.asterisk.carrier import Account, Outcome
from switchroom.outside.callers import Caller, Intent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CROSSING = 1.5  # seconds from the bridge to a greeting heard and understood


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the calls that the carrier placed, by its own accounts.

    `cut_off`: the exchange hung up before a greeting. `unknown`: there is no account.
    """

    placed: int
    talked: int
    gave_up: int
    ended_in_flow: int
    refused: int
    cut_off: int
    unknown: int


@dataclass(frozen=True, slots=True)
class ServerCall:
    """A call as the server recorded it. `outcome` as in the journal, "" while it is open; `talked` in seconds.

    `counted`: the figures count it as answered. None where nobody asked them.
    """

    contact: str
    number: str
    started_at: float
    outcome: str
    talked: float
    counted: bool | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """`differences` are sentences; `crossed` calls gave up in the very moment of the answer.

    `strangers`: calls from numbers that the carrier never showed. Somebody used the open trunk; not ours to
    judge, but the figures count them: `strangers_answered` of them as answered.
    """

    agree: bool
    crossed: int
    strangers: int
    differences: tuple[str, ...]
    strangers_answered: int = 0


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What may excuse a difference. Nothing else is forgiven.

    `disturbed`: the server was killed during the run, so a flow may have kept its caller longer than
    planned: one who gave up may have been in the flow as well as in the queue. `ungreeted`: people answer,
    and they send no greeting: a caller who heard none may have talked all the same.
    """

    disturbed: bool = False
    ungreeted: bool = False


def tally(placed: Iterable[Caller], accounts: Mapping[str, Account]) -> Tally:
    """Count the placed calls."""
    seen = [_seen(caller, accounts.get(caller.call)) for caller in placed]
    return Tally(
        placed=len(seen),
        talked=seen.count("talked"),
        gave_up=seen.count("gave_up"),
        ended_in_flow=seen.count("ended_in_flow"),
        refused=seen.count("refused"),
        cut_off=seen.count("cut_off"),
        unknown=seen.count("unknown"),
    )


def _seen(caller: Caller, account: Account | None) -> str:
    if account is None:
        return "unknown"
    if account.outcome is Outcome.GAVE_UP:
        return "ended_in_flow" if caller.intent is Intent.LEAVES_FLOW else "gave_up"
    if account.outcome is Outcome.CUT_OFF and caller.intent is Intent.WRONG_NUMBER:
        return "ended_in_flow"
    return {Outcome.TALKED: "talked", Outcome.REFUSED: "refused", Outcome.CUT_OFF: "cut_off"}[account.outcome]


_SAME: Mapping[str, str] = {"talked": "answered", "gave_up": "abandoned", "ended_in_flow": "ended_in_flow"}


def compare(
    placed: Iterable[Caller],
    accounts: Mapping[str, Account],
    server: Iterable[ServerCall],
    circumstances: Circumstances = Circumstances(),
) -> Agreement:
    """Match every call and judge it."""
    calls = list(server)
    waiting = _by_number(calls)
    crossed, differences, senders = 0, [], set()
    for caller in placed:
        senders.add(caller.sender)
        seen = _seen(caller, accounts.get(caller.call))
        told = None if seen == "refused" else next(iter(waiting[caller.sender]), None)
        if told is not None:
            waiting[caller.sender].remove(told)
        verdict = _verdict(seen, told, circumstances)
        crossed += verdict == "crossed"
        if verdict not in {"same", "crossed"}:
            differences.append(f"{caller.call} from {caller.sender}: {verdict}")
    rest = [call for calls in waiting.values() for call in calls]
    phantoms = [call for call in rest if call.number in senders]
    differences += [f"contact {call.contact} from {call.number}: the carrier never placed it" for call in phantoms]
    differences += _miscounted(calls)
    strangers = [call for call in rest if call.number not in senders]
    answered = sum(call.outcome == "answered" for call in strangers)
    return Agreement(not differences, crossed, len(strangers), tuple(differences), answered)


def with_counts(agreement: Agreement, disagreeing: Iterable[str]) -> Agreement:
    """The same, with the server's own counts that disagree, of which it tells the causes."""
    differences = (*agreement.differences, *disagreeing)
    return replace(agreement, agree=not differences, differences=differences)


def _miscounted(calls: Iterable[ServerCall]) -> list[str]:
    """Calls that ended otherwise than the figures count them: what the sums would hide when each call agrees."""
    return [
        f"contact {call.contact} from {call.number}: ended as {call.outcome or 'still open'}, and the figures count it "
        f"as {'answered' if call.counted else 'not answered'}"
        for call in calls
        if call.counted is not None and call.counted != (call.outcome == "answered")
    ]


def _by_number(server: Iterable[ServerCall]) -> dict[str, list[ServerCall]]:
    found: dict[str, list[ServerCall]] = defaultdict(list)
    for call in sorted(server, key=lambda one: (one.started_at, one.contact)):
        found[call.number].append(call)
    return found


def _verdict(seen: str, told: ServerCall | None, circumstances: Circumstances) -> str:
    """Answer `same`, `crossed`, or what differs."""
    if told is None:
        return "same" if seen == "refused" else f"the carrier saw it ({seen}), the server has no record"
    if told.outcome == _SAME.get(seen) or (seen == "gave_up" and told.outcome in _excused(circumstances)):
        return "same"
    if seen == "gave_up" and told.outcome == "answered" and told.talked < CROSSING:
        return "crossed"
    return f"the carrier says {seen}, the server says {told.outcome or 'still open'} (talked {told.talked:.1f} s)"


def _excused(circumstances: Circumstances) -> set[str]:
    excused = {"ended_in_flow"} if circumstances.disturbed else set()
    return excused | ({"answered"} if circumstances.ungreeted else set())
