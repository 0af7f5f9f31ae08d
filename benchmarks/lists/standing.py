"""How long the store takes to say who is next, at the beginning of a list, in its middle, and when all were tried once.

It does not know how its figures are shown.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.figures import percentile
from journal.lead_filling import NewList
from journal.lead_rows import ListRow
from journal.lead_store import LeadStore
from journal.outbound_facts import AttemptBegun, AttemptEnded
from journal.rows import StoredFact

NOW = 1_800_000_000.0
CAMPAIGN = "cards"


class Told:
    """A journal that knows only what was dialled: made as it is read, so that it takes no room."""

    def __init__(self) -> None:
        self.facts_made: list[StoredFact] = []
        self.seq = 0

    def tell(self, facts: Sequence[AttemptBegun | AttemptEnded]) -> None:
        self.facts_made = [StoredFact(self.seq + place, fact) for place, fact in enumerate(facts, 1)]
        self.seq += len(facts)

    def last_seq(self) -> int:
        return self.seq

    def facts(self, after: int = 0, *, kinds: object = None) -> Iterator[StoredFact]:
        del kinds
        return (one for one in self.facts_made if one.seq > after)


def make(folder: Path, count: int, seed: int) -> None:
    """A list of `count` leads with three priorities, written straight into its file."""
    chance = Random(seed)  # noqa: S311 - drawn by seed
    with NewList(folder) as new:
        empty = [""] * 6
        rows = (
            (row, f"+861{30_000_0000 + row:010}", -chance.choice((0, 0, 0, 1, 2)), 0.0, f"C{row}", "王伟", *empty, "x")
            for row in range(2, count + 2)
        )
        new.add(rows, (), ())
        new.finish(ListRow("made", "bench", "", "", NOW, count, count, 0, 0, 0), ("field",))
        new.keep("made")


def measure(folder: Path, rounds: int, seed: int) -> dict[str, object]:
    """Milliseconds for 200 leads at each stage and after a restart, and how many facts are taken in a second."""
    chance, told = Random(seed), Told()  # noqa: S311 - drawn by seed
    with LeadStore(folder) as store:
        count = store.lists()[0].good
        figures: dict[str, object] = {"leads": count, "untouched": _asked(store, rounds)}
        begun, dialled = time.perf_counter(), 0
        for share in ("half", "all"):
            wanted = count // 2 if share == "half" else count
            while dialled < wanted and (
                some := store.due(CAMPAIGN, ("made",), min(5000, wanted - dialled), frozenset(), NOW)
            ):
                told.tell(_facts([f"made.{one.lead.row}" for one in some], dialled, chance))
                store.follow(told)  # type: ignore[arg-type]
                dialled += len(some)
            figures[f"{share}_tried"] = _asked(store, rounds)
        figures["facts_per_second"] = round(2 * dialled / (time.perf_counter() - begun))
    with LeadStore(folder) as store:
        figures["first_after_restart_ms"] = _once(store, NOW)
        figures["due_again"] = _asked(store, rounds, NOW + 90_000)
        begun = time.perf_counter()
        store.left(CAMPAIGN, ("made",))
        figures["left_ms"] = (time.perf_counter() - begun) * 1000
    return figures


def _facts(leads: Sequence[str], number: int, chance: Random) -> list[AttemptBegun | AttemptEnded]:
    made: list[AttemptBegun | AttemptEnded] = []
    for place, lead in enumerate(leads, number + 1):
        contact = f"D{place}"
        begun = AttemptBegun(NOW, contact, CAMPAIGN, "a", lead, lead, "+86", "+86", 0, "order", "cn-1", "predictive")
        ended = chance.random() < 0.3
        again = 0.0 if ended else NOW + chance.choice((3_600, 7_200, 86_400))
        outcome = "connected" if ended else "no_answer"
        made += [begun, AttemptEnded(NOW, contact, CAMPAIGN, lead, lead, "+86", outcome, 16, again)]
    return made


def _once(store: LeadStore, now: float) -> float:
    begun = time.perf_counter()
    store.due(CAMPAIGN, ("made",), 200, frozenset(), now)
    return (time.perf_counter() - begun) * 1000


def _asked(store: LeadStore, rounds: int, now: float = NOW) -> dict[str, float]:
    busy = time.process_time()
    times = [_once(store, now) for _ in range(rounds)]
    processor = (time.process_time() - busy) * 1000 / rounds
    return {"median_ms": median(times), "p95_ms": percentile(times, 95) or 0.0, "processor_ms": processor}
