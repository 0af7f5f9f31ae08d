"""What the journal tells of a run: each call, and each restart with the times that it took.

It does not know what the phones saw.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import cti.vocabulary as cti
from benchmarks.kills.checker import Outage, Told
from benchmarks.kills.logs import Truth
from journal.facts import OfferMade, ServerStarted, StepEntered, StepLeft
from journal.rows import ContactRow, StoredFact
from journal.views import JournalReader
from switchroom import tape

MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Restart:
    """One kill and what followed; seconds since the kill, None where it did not happen before the next kill.

    `took_floor`: the next server had the journal. `adopted`: it had compared itself with Asterisk's channel list.
    `routed`: an agent's phone rang for an offer that it made.
    """

    killed_at: float
    took_floor: float | None
    adopted: float | None
    routed: float | None


def read_calls(reader: JournalReader) -> list[Told]:
    """Every contact."""
    again = _asked_again(reader.facts(kinds=("StepEntered", "StepLeft")))
    return [_told(row, again.get(row.contact, ())) for row in reader.contacts(limit=MOST)]


def _told(row: ContactRow, again: tuple[str, ...]) -> Told:
    return Told(
        contact=row.contact,
        number=row.number,
        outcome=row.outcome,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        offers=row.offers,
        talked=row.talked,
        asked_again=again,
    )


def _asked_again(facts: Iterable[StoredFact]) -> dict[str, tuple[str, ...]]:
    """Steps that were entered once more after they had been left: this benchmark's flow never leads back."""
    left: dict[str, set[str]] = {}
    again: dict[str, tuple[str, ...]] = {}
    for stored in facts:
        fact = stored.fact
        if isinstance(fact, StepLeft) and fact.exit != "again":
            left.setdefault(fact.contact, set()).add(fact.step)
        elif isinstance(fact, StepEntered) and fact.step in left.get(fact.contact, ()):
            again[fact.contact] = (*again.get(fact.contact, ()), fact.step)
    return again


def read_restarts(reader: JournalReader, kills: Sequence[float], truth: Truth) -> list[Restart]:
    """One for each kill, in order."""
    starts = [s.fact.at for s in reader.facts(kinds=("ServerStarted",)) if isinstance(s.fact, ServerStarted)]
    surveys = list(_surveys(reader))
    rings = list(_rings(reader, truth))
    restarts = []
    for killed, until in zip(kills, [*kills[1:], float("inf")], strict=True):
        floor = _after(starts, killed, until)
        begin = floor if floor is not None else until
        routed = _after((rung for made, rung in rings if begin <= made), begin, until)
        times = (floor, _after(surveys, begin, until), routed)
        restarts.append(Restart(killed, *(None if at is None else round(at - killed, 3) for at in times)))
    return restarts


def _after(moments: Iterable[float], begin: float, end: float) -> float | None:
    return min((at for at in moments if begin <= at < end), default=None)


def _surveys(reader: JournalReader) -> Iterator[float]:
    for stored in reader.tape():
        for now, message in tape.read(stored.body):
            if isinstance(message, cti.NodeSurveyed):
                yield now


def _rings(reader: JournalReader, truth: Truth) -> Iterator[tuple[float, float]]:
    """When an offer was made, and when the phone rang for it by its own log."""
    numbers = {row.contact: row.number for row in reader.contacts(limit=MOST)}
    for stored in reader.facts(kinds=("OfferMade",)):
        fact = stored.fact
        if isinstance(fact, OfferMade):
            legs = truth.legs.get(numbers[fact.contact], ())
            rung = min((leg.rung for leg in legs if leg.rung >= fact.at - 0.01), default=None)
            if rung is not None:
                yield fact.at, rung


def outages(restarts: Iterable[Restart], tail: float = 1.5) -> list[Outage]:
    """When nobody listened. A caller at the door knocks once a second, so each ends a little later for him."""
    return [
        Outage(one.killed_at - 0.1, one.killed_at + (one.adopted if one.adopted is not None else 10.0) + tail)
        for one in restarts
    ]
