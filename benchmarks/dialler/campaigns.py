"""Many campaigns, each with shifts of its own in answer rate, agents and lines: how often the cap is broken.

It does not know what a pacer does about them.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from random import Random

from benchmarks.dialler.arms import OURS
from benchmarks.dialler.verdict import share_of
from benchmarks.dialler.worlds import Cell
from switchroom.campaign_day.described import CampaignDay, People, Place, Share
from switchroom.campaign_day.engine import run_day
from switchroom.day.described import Spell
from switchroom.day.laws import LogNormal

CAP = 0.03


@dataclass(frozen=True, slots=True)
class Campaigns:
    """How many there were, and in how many the share was over the cap, or over 3.5 %, at the end of the day.

    `proved` counts with the law of `verdict.share_of`: below 200 answers only what is proved.
    """

    many: int
    broken: int
    proved: int
    far: int
    mean: float
    worst: float
    utilisation: float

    @property
    def said(self) -> str:
        return (
            f"{self.many} campaigns with shifts: the cap of {CAP:.0%} broken in {self.broken} = "
            f"{self.broken / self.many:.2%} ({self.proved} where few answers must prove it), over 3.5 % in {self.far}; "
            f"mean {self.mean:.2%}, worst {self.worst:.2%}, utilisation {self.utilisation:.3f}"
        )


def described(seed: int) -> CampaignDay:
    """A campaign of 3 to 60 agents over 4 to 9 hours, with one to four shifts of each kind."""
    draw = Random(f"{seed}:campaign")  # noqa: S311 - a simulation wants repeatable chance
    seconds = draw.uniform(4, 9) * 3600
    agents = draw.choice((3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60))
    answers = [Share(0.0, draw.uniform(0.08, 0.5))]
    for at in sorted(draw.uniform(0.1, 0.9) * seconds for _ in range(draw.randint(1, 4))):
        answers.append(Share(at, min(0.7, max(0.05, answers[-1].share * draw.choice((0.4, 0.6, 1.5, 2.5))))))
    lines = [(0.0, 10 * agents)]
    moments = sorted(draw.uniform(0.1, 0.9) * seconds for _ in range(draw.randint(0, 3)))
    lines.extend((at, max(agents, int(agents * draw.uniform(1.0, 6.0)))) for at in moments)
    places = tuple(_place(number, seconds, draw) for number in range(agents))
    talk = LogNormal(draw.uniform(40, 240), draw.uniform(0.5, 1.5))
    return CampaignDay(
        f"campaign {seed}", seconds, People(tuple(answers), talk=talk), places, most=tuple(lines), cap=CAP
    )


def _place(number: int, seconds: float, draw: Random) -> Place:
    """Who comes late, goes early, or is away for a while in between."""
    since = 0.0 if draw.random() < 0.7 else draw.uniform(0, 0.4) * seconds
    until = seconds if draw.random() < 0.7 else draw.uniform(0.6, 1.0) * seconds
    if draw.random() < 0.5:
        return Place(f"a{number:03d}", (Spell(since, until),))
    away = draw.uniform(0.42, 0.55) * seconds
    return Place(f"a{number:03d}", (Spell(since, away), Spell(away + draw.uniform(300, 1500), until)))


def _one(seed: int) -> tuple[int, int, float]:
    day = described(seed)
    done = run_day(day, OURS.pacer(Cell("campaign", len(day.places), 0.3), seed), seed)
    return done.count.persons, done.count.abandoned, done.utilisation


def thousand(seed: int, many: int, processes: int) -> Campaigns:
    """Run them all with the product's pacer."""
    with ProcessPoolExecutor(processes, initializer=os.nice, initargs=(10,)) as pool:
        ends = list(pool.map(_one, range(seed + 10_000, seed + 10_000 + many), chunksize=4))
    shares = [abandoned / persons if persons else 0.0 for persons, abandoned, _ in ends]
    return Campaigns(
        many,
        sum(share > CAP for share in shares),
        sum(share_of(abandoned, persons) > CAP for persons, abandoned, _ in ends),
        sum(share > 0.035 for share in shares),
        sum(shares) / many,
        max(shares),
        sum(used for _, _, used in ends) / many,
    )
