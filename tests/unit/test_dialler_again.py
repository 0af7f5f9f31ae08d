"""A dialler that is told its story again knows what is in the air, who talks and who is free; nobody talks for ever."""

from __future__ import annotations

from typing import Any

import pytest
from dialler_world import campaign, lead

import outbound.messages as out
from outbound import again
from outbound.dialler import Dialler
from outbound.lead import Due, Outcome
from outbound.pacing.air import Air
from outbound.pacing.crew import Crew
from outbound.pacing.predictive import Predictive
from outbound.pacing.sight import Bounds, Event, Happened
from outbound.trunk import House

pytestmark = pytest.mark.unit
T0 = 1000.0
CARDS = frozenset({"cards"})


class Learner:
    """A pacer that only learns, and keeps what it was told."""

    def __init__(self) -> None:
        self.air, self.crew = Air(), Crew()
        self.told: list[Happened] = []

    def happened(self, told: Happened) -> None:
        self.told.append(told)
        self.crew.happened(told)
        self.air.happened(told)

    def lines(self, bounds: Bounds, now: float) -> int:
        del now
        self.bounds = bounds
        return 0

    def why(self) -> str:
        return "learning"

    def risk(self) -> float:
        return 0.0


class Story:
    """Attempts of campaign `cards` told again, one after the other."""

    def __init__(self) -> None:
        self.pacer = Learner()
        self.dialler = Dialler(House(50, 50.0), new_pacer=lambda _campaign: self.pacer)
        self.dialler.handle(out.CampaignPlanned(campaign()), T0)

    @property
    def run(self) -> Any:
        return self.dialler.campaigns["cards"]

    def dialled(self, row: int, at: float) -> str:
        name = f"D{row:08d}"
        one = lead(row)
        again.attempt_begun(
            self.dialler,
            out.AttemptBegun(out.AttemptId(name), "cards", one, one.number, "4001", 0, "new", "", campaign().mode, ""),
            at,
        )
        return name

    def talked(self, row: int, agent: str, at: float, until: float = 0.0) -> str:
        name = self.dialled(row, at)
        again.heard(self.dialler, name, "human", (at + 5.0, at + 6.0))
        again.connected(self.dialler, name, agent, at + 6.5)
        if until:
            again.gone(self.dialler, name, until)
            self.ended(name, Outcome.CONNECTED, until)
        return name

    def ended(self, name: str, outcome: Outcome, at: float) -> None:
        one = lead(int(name[1:]))
        told = out.AttemptEnded(out.AttemptId(name), "cards", one.lead, one.person, one.number, outcome, 0.0)
        again.ended(self.dialler, told, at)

    def here(self, *seen: out.AgentSeen) -> None:
        again.agents_present(self.dialler, [*seen], T0 + 100.0)


def seen(agent: str, doing: str, attempt: str = "") -> out.AgentSeen:
    return out.AgentSeen(agent, CARDS, doing, T0 + 100.0, attempt)


def test_an_agent_whose_talk_is_over_is_free_again_if_he_is() -> None:
    story = Story()
    story.talked(1, "ann", T0, T0 + 30.0)
    story.here(seen("ann", "ready"))
    assert (story.pacer.crew.free, story.pacer.crew.ours) == (1, 0)


def test_the_length_of_a_talk_is_learned_from_the_story() -> None:
    story = Story()
    story.talked(1, "ann", T0, T0 + 30.0)
    (over,) = [told for told in story.pacer.told if told.event is Event.TALK_OVER]
    assert (over.agent, over.age) == ("ann", 23.5)


def test_who_talks_still_goes_on_talking_since_then() -> None:
    story = Story()
    name = story.talked(1, "ann", T0)
    story.here(seen("ann", "talking", name))
    assert story.pacer.crew._talk.since == {"ann": T0 + 6.5}
    assert story.run.talking == 1


def test_who_is_not_here_any_more_is_counted_on_no_longer() -> None:
    story = Story()
    story.talked(1, "ann", T0, T0 + 30.0)
    story.talked(2, "bob", T0, T0 + 30.0)
    story.here(seen("bob", "ready"))
    assert (story.pacer.crew.all, story.pacer.crew.free) == (1, 1)


def test_an_agent_who_comes_only_after_the_story_is_free() -> None:
    story = Story()
    story.talked(1, "ann", T0, T0 + 30.0)
    story.here()
    story.dialler.handle(seen("ann", "ready"), T0 + 101.0)
    assert story.pacer.crew.free == 1


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.NO_ANSWER, Outcome.CANCELLED, Outcome.ABANDONED])
def test_a_line_that_ended_before_anybody_was_heard_is_in_the_air_no_more(outcome: Outcome) -> None:
    story = Story()
    story.ended(story.dialled(1, T0), outcome, T0 + 4.0)
    assert story.pacer.air.lines == story.run.air == 0


def test_an_agent_may_still_say_his_word_on_a_talk_of_the_story() -> None:
    story = Story()
    name = story.talked(1, "ann", T0, T0 + 30.0)
    assert name in story.dialler.ended


def test_persons_who_talk_count_as_met_before_their_calls_end() -> None:
    story = Story()
    name = story.talked(1, "ann", T0)
    story.here(seen("ann", "talking", name))
    story.dialler.handle(out.CampaignStarted("cards", "boss"), T0 + 100.0)
    story.dialler.handle(out.RoomSeen("cards", 1, "agents"), T0 + 100.0)
    story.dialler.handle(out.LeadsFetched("cards", (Due(lead(9)),), 1), T0 + 101.0)
    assert (story.pacer.bounds.persons, story.pacer.bounds.abandoned) == (1, 0)
    story.dialler.handle(out.AttemptOver(out.AttemptId(name), T0 + 102.0), T0 + 102.0)
    assert (story.run.talking, story.dialler.law.promise(story.run.campaign, T0 + 102.0).persons) == (0, 1)


def test_a_pacer_is_told_how_long_a_person_has_left_when_he_is_known_to_be_one() -> None:
    story = Story()
    story.dialler.handle(out.CampaignStarted("cards", "boss"), T0)
    story.dialler.handle(out.RoomSeen("cards", 1, "agents"), T0)
    name = story.dialled(1, T0)
    story.dialler.handle(out.CustomerHeard(out.AttemptId(name), "human", T0 + 5.0), T0 + 5.6)
    story.dialler.handle(out.LeadsFetched("cards", (Due(lead(9)),), 1), T0 + 6.0)
    assert story.pacer.bounds.wait == 1.3


def test_a_story_costs_no_reckoning(monkeypatch: pytest.MonkeyPatch) -> None:
    def reckoned(*_: Any) -> None:
        raise AssertionError("nobody has asked for lines")

    for part in (Air, Crew):
        monkeypatch.setattr(part, "_foresee", reckoned)
    monkeypatch.setattr(Predictive, "_sight", reckoned)
    pacer = Predictive()
    for number in range(50):
        pacer.happened(Happened(Event.DIALLED, T0 + number, line=f"L{number}"))
        pacer.happened(Happened(Event.OTHER, T0 + number + 25.0, line=f"L{number}"))
    assert pacer._air.lines == 0
