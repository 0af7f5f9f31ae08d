"""The carrier's own counts, and whether the server tells the same story of every single call.

It knows nothing of how calls are placed or where the server's contacts come from; it only compares.

A call is matched by the caller's number, calls of one number in the order of their coming. One thing cannot be settled
by anybody: a caller who gives up in the very moment in which an agent answers. He never heard the greeting, so the
carrier counts him as gone; two-way audio stood for a moment, so the server counts him as answered. Such calls are
counted as `crossed`, and only when the talk was shorter than `CROSSING`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cti.asterisk.carrier import Account, Outcome
from switchroom.outside.callers import Caller, Intent

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
    """A call as the server recorded it. `outcome` as in the journal, "" while it is open; `talked` in seconds."""

    contact: str
    number: str
    started_at: float
    outcome: str
    talked: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """`differences` are sentences; `crossed` calls gave up in the very moment of the answer."""

    agree: bool
    crossed: int
    differences: tuple[str, ...]


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


_SAME = {"talked": "answered", "gave_up": "abandoned", "ended_in_flow": "ended_in_flow"}


def compare(
    placed: Iterable[Caller],
    accounts: Mapping[str, Account],
    server: Iterable[ServerCall],
    *,
    disturbed: bool = False,
) -> Agreement:
    """Match every call and judge it.

    `disturbed`: the server was killed during the run, so a flow may have kept its caller longer than planned: one who
    gave up may then have been in the flow or in the queue. Nothing else is forgiven.
    """
    waiting = _by_number(server)
    crossed, differences = 0, []
    for caller in placed:
        account = accounts.get(caller.call)
        seen = _seen(caller, account)
        told = None if seen == "refused" else next(iter(waiting[caller.sender]), None)
        if told is not None:
            waiting[caller.sender].remove(told)
        verdict = _verdict(seen, told, disturbed=disturbed)
        crossed += verdict == "crossed"
        if verdict not in {"same", "crossed"}:
            differences.append(f"{caller.call} from {caller.sender}: {verdict}")
    for rest in waiting.values():
        differences += [
            f"contact {one.contact} from {one.number}: the carrier never placed it" for one in rest
        ]
    return Agreement(not differences, crossed, tuple(differences))


def _by_number(server: Iterable[ServerCall]) -> dict[str, list[ServerCall]]:
    found: dict[str, list[ServerCall]] = defaultdict(list)
    for call in sorted(server, key=lambda one: (one.started_at, one.contact)):
        found[call.number].append(call)
    return found


def _verdict(seen: str, told: ServerCall | None, *, disturbed: bool) -> str:
    """Answer `same`, `crossed`, or what differs."""
    if told is None:
        return "same" if seen == "refused" else f"the carrier saw it ({seen}), the server has no record"
    if told.outcome == _SAME.get(seen):
        return "same"
    if seen == "gave_up" and told.outcome == "answered" and told.talked < CROSSING:
        return "crossed"
    if disturbed and seen == "gave_up" and told.outcome == "ended_in_flow":
        return "same"
    return f"the carrier says {seen}, the server says {told.outcome or 'still open'} (talked {told.talked:.1f} s)"
