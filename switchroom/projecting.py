"""What other settings of a campaign would come to: some hours of it in virtual time, with what its own day has taught.

It does not know who asks. The product's own pacer runs against customers and agents as they were today (share of
persons, ring, talk, wrap-up), always the same ones, so that two settings differ by the settings alone. The law's clock
runs from the end of a person's greeting; when it is known that he is a person a part of it is gone, as much as today. A
large floor is answered for by a smaller one, which leaves more persons without an agent: the answer errs on the safe
side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from outbound.calls import HEADROOM
from outbound.campaign import Campaign, Mode
from outbound.law.shares import LONGEST_WAIT
from outbound.pacing.choosing import pacer_for
from switchroom.campaign_day.described import CampaignDay, Ear, People, Share, Silence, everybody
from switchroom.campaign_day.engine import run_day
from switchroom.campaign_day.rings import gamma
from switchroom.day.laws import Exponential, Fixed

if TYPE_CHECKING:
    from switchroom.campaign_counts import Day

LEAST_ENDED, LEAST_TALKS = 40, 15  # of today, before anything is said
PERSONS: Final = frozenset({"connected", "abandoned", "gone"})
NOT_THEIRS: Final = frozenset({"cancelled", "congestion", "unknown"})
PACED: Final = frozenset({Mode.PROGRESSIVE, Mode.RATIO, Mode.PREDICTIVE})
WORK: Final = 20 * 3600.0  # agents' seconds that are played: a second or two of ours
FEWEST_SECONDS, MOST_SECONDS, MOST_AGENTS = 5400.0, 9000.0, 20
WARM: Final = 1800.0  # in which a pacer learns, and nothing is counted
BUSY_TONE: Final = Fixed(3.0)


@dataclass(frozen=True, slots=True)
class Learned:
    """What a day has taught. `share` of dials are answered by a person; lengths are means in seconds.

    It takes `ear` from a person's answer until it is known that he is one; of that, `spent` is after his greeting.
    """

    share: float
    unanswered: float  # of the other dials, the share that rings to its end
    ring: float
    talk: float
    wrap_up: float
    ear: float = 0.0
    spent: float = 0.0


def learned_from(day: Day) -> Learned | None:
    """What the day's counts say; None while they are too few."""
    ended = {name: count for name, count in day.outcomes.items() if name not in NOT_THEIRS}
    persons = sum(count for name, count in ended.items() if name in PERSONS)
    dials = sum(ended.values())
    if dials < LEAST_ENDED or day.talks < LEAST_TALKS or not 0 < persons < dials:
        return None
    unanswered = ended.get("no_answer", 0) / (dials - persons)
    ring = day.rang / day.answered if day.answered else 10.0
    ear, spent = (day.ear / day.heard, day.spent / day.heard) if day.heard else (0.0, 0.0)
    talk, wrap_up = day.talked / day.talks, day.wrapped / day.talks
    return Learned(persons / dials, unanswered, max(1.0, ring), talk, wrap_up, ear, spent)


def projected(
    campaign: Campaign, agents: int, most: int, learned: Learned, wait: float = LONGEST_WAIT
) -> tuple[float, float] | None:
    """The shares of persons abandoned and of agents' time talked; None where nobody paces, or nobody works.

    `wait` is the law's, from the end of a greeting.
    """
    if campaign.mode not in PACED or agents < 1 or not learned.talk:
        return None
    seats = min(agents, MOST_AGENTS)
    seconds = min(MOST_SECONDS, max(FEWEST_SECONDS, WORK / seats))
    nobody = (
        Silence(learned.unanswered, "no_answer", None),
        Silence(1.0 - learned.unanswered, "busy", BUSY_TONE),
    )
    people = People(
        (Share(0.0, min(0.99, learned.share)),), gamma(learned.ring, 4), nobody, Exponential(learned.talk),
        Fixed(learned.wrap_up), Ear(learned.ear),
    )  # fmt: skip
    left = max(0.0, wait - HEADROOM - learned.spent)
    lines = max(1, most * seats // agents) if most else 1_000_000
    day = CampaignDay(
        campaign.name, seconds, people, everybody(seats, seconds), campaign.ring_for, ((0.0, lines),), left, left,
        campaign.cap, WARM,
    )  # fmt: skip
    outcome = run_day(day, pacer_for(campaign), seed=1)
    talking = outcome.utilisation * learned.talk / (learned.talk + learned.wrap_up)
    counted = [both for minute, both in outcome.count.by_minute.items() if minute * 60.0 >= WARM]
    persons, abandoned = sum(both[0] for both in counted), sum(both[1] for both in counted)
    return (abandoned / persons, talking) if persons else None
