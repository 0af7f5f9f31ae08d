"""One storm from its first call to its last: the weather, the healing, the going home; one integer says it all.

It does not know how many seasons are played.

Faults rage while callers come; then they stop, and everything must mend itself while callers still come: thirty seconds
later nobody waits beside a free agent. Then no more callers come, and everybody must get home.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from benchmarks.faults import calling_floor
from benchmarks.faults.broken import Broken
from benchmarks.faults.calling import LONGER, CallingStorm
from benchmarks.faults.climate import draw
from benchmarks.faults.floors import editions
from benchmarks.faults.talks import TalkStorm

HEALS = 60.0  # seconds of calm while callers still come
HOME = 2400.0  # seconds within which the last must be gone: two rests of a call-back, and a wait


@dataclass(frozen=True, slots=True)
class Season:
    """What came of one storm. `hash` is over every fact and every order; `broken` is "" or what broke."""

    seed: int
    calls: int
    turns: int
    facts: int
    hash: str
    outcomes: tuple[tuple[str, int], ...]
    seen: tuple[tuple[str, int], ...]
    faults: tuple[tuple[str, int], ...]
    broken: str = ""


def storm_of(seed: int) -> TalkStorm:
    """The storm of this integer, before it begins."""
    chance = Random(seed)  # noqa: S311 (weather, no secret)
    climate = draw(chance)
    calls = calling_floor.drawn(seed)
    floors = editions(chance, climate.agents, 4, calls)
    return CallingStorm(floors, climate, seed, calls[0]) if calls else TalkStorm(floors, climate, seed)


def play(seed: int, calls: int) -> Season:
    """Play a storm of about so many calls to its end, or to the first invariant that breaks."""
    storm, broken = storm_of(seed), ""
    try:
        rage(storm, calls)
    except Broken as fault:
        broken = " | ".join(str(each) for each in fault.args)
    except Exception as fault:  # noqa: BLE001 (whatever the product raises is a finding; the seed plays it again)
        broken = f"C1 the centre never fails | {type(fault).__name__}: {fault}"
    books = storm.watch.books
    return Season(
        seed, len(storm.created), storm.turns, storm.ledger.seq, storm.watch.hash.hexdigest(),
        tuple(sorted(books.outcomes.items())), tuple(sorted(books.seen.items())),
        tuple(sorted(storm.struck.items())), broken,
    )  # fmt: skip


def rage(storm: TalkStorm, calls: int) -> None:
    """Raises `Broken` with the first invariant that does not hold."""
    seconds = calls / storm.weather.calls_per_second
    storm.begin(seconds + HEALS)
    storm.run_until(seconds)
    storm.people.calm()
    if isinstance(storm, CallingStorm):
        storm.calm()
    storm.run_until(seconds + HEALS)
    if storm.alive:
        storm.watch.live.look_at_all()
    if isinstance(storm, CallingStorm):
        storm.run_until(seconds + HEALS + LONGER)
        storm.managers.go_home()
    storm.run_until(seconds + HEALS + HOME)
    storm.watch.end()
