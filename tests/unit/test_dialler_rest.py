"""A campaign outside the hours: it looks at nobody, says until when, and goes on in the minute in which it may."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from law_world import at

import outbound.messages as out
from outbound import again
from outbound.campaign import Campaign, Mode
from outbound.dialler import Dialler
from outbound.law.book import LawBook
from outbound.lead import Due, Lead, Outcome
from outbound.states import CampaignState
from outbound.trunk import House

pytestmark = pytest.mark.unit

EAST, WEST, CHINA = ("America/New_York",), ("America/Los_Angeles",), ("Asia/Shanghai",)
CARDS = Campaign("cards", Mode.RATIO, "sales", ("l",), "us", message="sorry", numbers=("4001",), ratio=2.0)
EVENING, MORNING = at("2026-12-02 21:30"), at("2026-12-03 08:00")


def person(row: int, zones: tuple[str, ...]) -> Due:
    code = "+86138" if zones == CHINA else "+1212"
    return Due(Lead(f"l.{row}", f"p{row}", f"{code}{row:07d}", zones=zones, consent="form 1"))


class Floor:
    """A dialler under the real laws, and its clock."""

    def __init__(self, now: float, campaign: Campaign = CARDS) -> None:
        self.dialler, self.now = Dialler(House(50, 50.0), LawBook()), now
        self.told: list[Any] = []
        self.tell(out.CampaignPlanned(campaign), out.RoomSeen("cards", 9, "agents"))
        self.tell(*(out.AgentSeen(f"a{n}", frozenset({"cards"}), "ready", now) for n in range(9)))

    @property
    def run(self) -> Any:
        return self.dialler.campaigns["cards"]

    def tell(self, *told: Any) -> list[Any]:
        answers = [answer for one in told for answer in self.dialler.handle(one, self.now)]
        self.told += answers
        return answers

    def list(self, *due: Due, places: tuple[tuple[str, ...], ...]) -> list[Any]:
        return self.tell(out.LeadsFetched("cards", due, 1000, places))

    def until(self, then: float) -> list[Any]:
        """Every deadline up to that moment."""
        said: list[Any] = []
        while (due := self.dialler.next_deadline()) is not None and due <= then:
            self.now = max(self.now, due)
            said += self.tell(out.Tick())
        self.now = then
        return said


def of(kind: type, answers: list[Any]) -> list[Any]:
    return [one for one in answers if isinstance(one, kind)]


def started(now: float, *places: tuple[str, ...], campaign: Campaign = CARDS) -> Floor:
    floor = Floor(now, campaign)
    floor.tell(out.CampaignStarted("cards", "boss"))
    leads = [person(row, places[row % len(places)]) for row in range(1, 300)]
    floor.list(*leads, places=places)
    return floor


def test_outside_the_hours_nobody_is_looked_at_and_it_says_until_when() -> None:
    floor = started(EVENING, EAST)
    assert of(out.CampaignMoved, floor.told)[-1] == out.CampaignMoved("cards", "resting", "", "hours", 0, MORNING)
    floor.until(EVENING + 3600)
    assert not of(out.DialRefused, floor.told)
    assert not of(out.PlaceCall, floor.told)
    assert len(of(out.CampaignMoved, floor.told)) == 2  # said once


def test_it_goes_on_in_the_minute_in_which_the_first_place_opens() -> None:
    floor = started(EVENING, EAST)
    floor.until(MORNING - 0.5)
    floor.list(person(1, EAST), places=(EAST,))  # what the list gives meanwhile wakes nobody
    assert not of(out.PlaceCall, floor.told)
    answers = floor.until(MORNING + 1.0)
    assert of(out.CampaignMoved, answers)[0] == out.CampaignMoved("cards", "running", "", "hours")
    assert of(out.PlaceCall, answers)


def test_while_one_of_its_places_is_open_it_goes_on() -> None:
    floor = started(EVENING, EAST, WEST)  # half past six in the west
    assert floor.run.state is CampaignState.RUNNING
    dialled = {call.lead.zones for call in of(out.PlaceCall, floor.told)}
    assert dialled == {WEST}
    floor.until(at("2026-12-02 21:01", WEST[0]))
    assert (floor.run.state, floor.run.opens_at) == (CampaignState.RESTING, MORNING)


def test_hours_that_end_while_it_runs_take_the_previews_away() -> None:
    floor = started(at("2026-12-02 20:59:50"), EAST, campaign=replace(CARDS, mode=Mode.PREVIEW))
    assert floor.dialler.previews
    answers = floor.until(at("2026-12-02 21:00:01"))
    assert len(of(out.HidePreview, answers)) == 9
    assert (floor.run.state, floor.dialler.previews) == (CampaignState.RESTING, {})


def test_what_is_in_the_air_when_the_hours_end_is_served() -> None:
    floor = started(at("2026-12-02 20:59:58"), EAST)
    name = of(out.PlaceCall, floor.told)[0].attempt
    floor.until(at("2026-12-02 21:00:02"))
    assert floor.run.state is CampaignState.RESTING
    answers = floor.tell(out.CustomerAnswered(name, floor.now), out.CustomerHeard(name, "human", floor.now))
    assert of(out.FindAgent, answers)
    floor.tell(out.AttemptOver(name, floor.now))
    assert of(out.AttemptEnded, floor.told)[-1].outcome is Outcome.GONE


def test_other_hours_count_at_once() -> None:
    floor = started(EVENING, EAST)
    floor.tell(out.CampaignPlanned(replace(CARDS, window=(600, 900))))
    floor.until(EVENING + 1)
    assert floor.run.opens_at == at("2026-12-03 10:00")
    assert of(out.CampaignMoved, floor.told)[-1].until == at("2026-12-03 10:00")


def test_a_start_at_night_rests_again_without_a_look_at_anybody() -> None:
    floor = started(EVENING, EAST)
    floor.tell(out.CampaignPaused("cards", "boss"))
    floor.tell(out.CampaignStarted("cards", "boss"))
    assert floor.run.state is CampaignState.RESTING
    assert not of(out.DialRefused, floor.told)


def test_in_the_mode_manual_it_does_not_rest_for_a_list() -> None:
    floor = started(EVENING, EAST)
    floor.tell(out.CampaignTuned("cards", "boss", mode=Mode.MANUAL))
    assert (floor.run.state, floor.run.opens_at) == (CampaignState.RUNNING, 0.0)


def test_a_new_server_rests_on_before_its_list_has_told_anything() -> None:
    floor = Floor(EVENING)
    moved = of(out.CampaignMoved, started(EVENING, EAST).told)[-1]
    again.campaign_moved(floor.dialler, moved, EVENING)
    asked = floor.until(EVENING + 60)
    assert of(out.FetchLeads, asked)
    assert (floor.run.state, floor.run.opens_at) == (CampaignState.RESTING, MORNING)
    floor.list(person(1, EAST), places=(EAST,))
    assert floor.run.state is CampaignState.RESTING
    floor.until(MORNING + 1)
    assert floor.run.state is CampaignState.RUNNING


# ── the law's word ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_place_that_opens_counts_and_unknown_ones_are_the_laws_own() -> None:
    book = LawBook()
    assert book.opens(CARDS, (EAST, WEST), EVENING) == EVENING
    assert book.opens(CARDS, (EAST,), EVENING) == MORNING
    assert book.opens(CARDS, (EAST, CHINA), EVENING) == EVENING  # it is morning in China
    assert book.opens(CARDS, ((),), EVENING) > MORNING  # when it is morning in all zones of the country
    assert book.opens(CARDS, (("No/Where",),), EVENING) == EVENING  # nobody can tell: each is looked at
    assert book.opens(replace(CARDS, window=(0, 60)), (EAST,), EVENING) == EVENING  # never: refused one by one
