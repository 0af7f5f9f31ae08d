"""What the dry run foresees of this campaign, and what came, measured by one rule.

It does not know telephones. The customers are described in `dry-runs/bench.yaml`, but for the share of persons: that is
the list's own, as a manager has it from a pilot. Agents' talk and wrap-up are counted while there was somebody who had
not been dialled yet: after that a list only fades out. Seconds without the killed server count for nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.campaign.account import Attempt
from benchmarks.campaign.crowd import PERSONS
from cti.asterisk.carrier import Who
from outbound import messages as m
from outbound.dialler import Dialler
from outbound.law.book import LawBook
from switchroom.campaign_day.dry_floor import DryFloor
from switchroom.campaign_day.dry_leads import made_leads
from switchroom.campaign_day.dry_list import DryList
from switchroom.campaign_day.dry_text import parse_dry_text
from switchroom.trial.floor import trial_plan

WRAP_UP = 2.0  # seconds, as the queue has it
MIDNIGHT = datetime(2026, 12, 1, tzinfo=UTC)
MINUTE = 60.0
WAITING = PERSONS - {Who.HASTY}
Spell = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Came:
    """`talking`: talk and wrap-up in each agent's time. `minutes`: the same from minute to minute."""

    talking: float
    persons: int
    abandoned: int
    minutes: tuple[float, ...]

    @property
    def share(self) -> float:
        """Abandoned of all persons who were heard."""
        return self.abandoned / self.persons if self.persons else 0.0


def on_the_telephone(attempts: Sequence[Attempt], killed_at: float, agents: int) -> Came:
    """What the server wrote down."""
    first: dict[str, float] = {}
    for attempt in attempts:
        first.setdefault(attempt.number, attempt.begun_at)
    dials = sorted(first.values())
    spells = [(dials[0], dials[-1])]
    if killed_at:
        lives_again = min((dial for dial in dials if dial > killed_at), default=dials[-1])
        spells = [(dials[0], killed_at), (lives_again, dials[-1])]
    talks = [(one.connected_at, one.connected_at + one.talked + WRAP_UP) for one in attempts if one.talked]
    words = [attempt.outcome for attempt in attempts]
    abandoned = words.count("abandoned")
    return _came(talks, spells, agents, words.count("connected") + abandoned, abandoned)


def share_of_persons(numbers: Sequence[str]) -> float:
    """Of these customers, those who wait to be spoken to."""
    return sum(Who(number[-6:-4]) in WAITING for number in numbers) / len(numbers)


def in_the_dry_run(dialplans: Path, name: str, numbers: Sequence[str], agents: int, seed: int) -> Came:
    """One draw of the dry run of the same text, with as many customers and agents."""
    plan = trial_plan(dialplans, "1")
    campaign = next(each for each in plan.campaigns() if each.name == name)
    file = dialplans / "dry-runs" / f"{name}.yaml"
    text, faults = parse_dry_text(file.read_bytes(), str(file))
    if faults:
        raise ValueError(f"{file} is at fault: {faults.all()[0]}")
    onlooker = Onlooker(Dialler(plan.house(), LawBook(plan.floor.laws, lambda _country, _day: False)))
    day = replace(text, agents=agents, answers=((0.0, share_of_persons(numbers)),)).day(name, MIDNIGHT, 1)
    told = DryFloor(onlooker, campaign, DryList(made_leads(len(numbers), "UTC")), day, seed).run()
    dials = sorted(onlooker.first.values())
    return _came(onlooker.talks, [(dials[0], dials[-1])], agents, told.count.persons, told.count.abandoned)


class Onlooker:
    """Stands before a dialler and sees who talks when, and when each lead was dialled first."""

    def __init__(self, dialler: Dialler) -> None:
        self.dialler = dialler
        self.talks: list[Spell] = []
        self.first: dict[str, float] = {}
        self._since: dict[str, float] = {}

    def handle(self, told: Any, now: float) -> list[Any]:
        if isinstance(told, m.AgentSeen) and told.doing == "talking":
            self._since[told.agent] = now
        elif isinstance(told, m.AgentSeen) and told.doing != "wrap_up" and told.agent in self._since:
            self.talks.append((self._since.pop(told.agent), now))
        answers = self.dialler.handle(told, now)
        for answer in answers:
            if isinstance(answer, m.AttemptBegun):
                self.first.setdefault(answer.lead.lead, now)
        return answers

    def next_deadline(self) -> float | None:
        return self.dialler.next_deadline()


def _came(talks: Sequence[Spell], spells: Sequence[Spell], agents: int, persons: int, abandoned: int) -> Came:
    began, over = spells[0][0], spells[-1][1]
    minutes = []
    for number in range(int((over - began) // MINUTE)):
        minute = (began + MINUTE * number, began + MINUTE * (number + 1))
        minutes.append(_share(talks, [_within(spell, minute) for spell in spells], agents))
    return Came(_share(talks, spells, agents), persons, abandoned, tuple(minutes))


def _share(talks: Sequence[Spell], spells: Sequence[Spell], agents: int) -> float:
    """The share of so many agents' time in these spells that lies within talks."""
    whole = agents * sum(until - since for since, until in spells if until > since)
    within = sum(max(0.0, min(until, end) - max(since, begin)) for begin, end in talks for since, until in spells)
    return within / whole if whole else 0.0


def _within(spell: Spell, other: Spell) -> Spell:
    since, until = max(spell[0], other[0]), min(spell[1], other[1])
    return since, max(since, until)
