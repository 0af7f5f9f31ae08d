"""What the page is shown of the dialler as it runs, and what a day's facts count up to."""

from dataclasses import replace

import pytest
from dialler_world import StrictLaw, World, campaign, lead

import outbound.messages as out
from desk.campaign_view import AgentWork
from journal.attempt_views import OutcomeCount
from journal.facts import AgentAnswered, AgentChanged, AttemptBegun, AttemptEnded, DialRefused, ResultKept
from journal.outbound_facts import CustomerHeard
from outbound.campaign import Mode
from outbound.dialler import Dialler
from outbound.law.book import LawBook
from outbound.lead import Due, Outcome
from outbound.states import Stage
from outbound.trunk import House
from switchroom.campaign_counts import CampaignCounts, Day
from switchroom.campaign_desk import FloorCampaigns
from switchroom.projecting import learned_from, projected
from switchroom.projection_worker import Answer, Question, answered

pytestmark = pytest.mark.unit
DAY = 1_700_006_400.0  # a midnight


def counts() -> CampaignCounts:
    return CampaignCounts(lambda at: at - at % 86_400)


async def play(by: str, question: Question) -> Answer:
    assert by == "ann"
    return answered(question)


def shown(world: World, counted: CampaignCounts | None = None) -> FloorCampaigns:
    return FloorCampaigns(lambda: world.dialler, counted or counts(), lambda: {"l": 200}, lambda: world.now, play)


def test_the_page_shows_the_dialler_as_it_is_at_every_moment() -> None:
    law = StrictLaw()
    world = World(7, Dialler(House(40, 20), law), law)
    world.open(campaign(cap=0.02, lines=30), campaign("loans", Mode.RATIO, ratio=2.0))
    desk, seen = shown(world), set()
    for _ in range(200):
        world.run(1.0)
        for view in desk.views():
            run = world.dialler.campaigns[view.campaign]
            stages = [world.dialler.attempts[out.AttemptId(name)].stage for name in run.alive]
            assert (view.dialling, view.talking) == (stages.count(Stage.DIALLING), stages.count(Stage.TALKING))
            assert view.lines_used == run.air
            assert view.house_used == world.dialler.trunk.used <= view.house_most == 40
            crew = view.crew
            assert crew.free + crew.offered + crew.talking + crew.wrap_up == len(world.agents)
            seen |= {name for name in ("dialling", "listening", "talking") if getattr(view, name)}
    assert seen == {"dialling", "listening", "talking"}
    cards, loans = desk.views()
    assert (cards.campaign, cards.mode, cards.state, cards.by) == ("cards", "progressive", "running", "boss")
    assert (cards.cap, cards.lines_most, loans.ratio, cards.total) == (0.02, 30, 2.0, 200)
    [drop] = cards.drops
    assert drop.share == drop.abandoned / drop.persons


def test_every_laws_share_is_shown_its_own_first() -> None:
    law = StrictLaw()
    world = World(1, Dialler(House(40, 20), LawBook()), law)
    world.open(campaign(law="uk"))
    [view] = shown(world).views()
    assert [one.law for one in view.drops] == ["uk", "cn", "us"]
    assert (view.law_cap, view.drops[0].cap, view.drops[0].share) == (0.01, 0.01, None)


def test_a_paused_campaign_tells_who_paused_it_and_foresees_no_end() -> None:
    law = StrictLaw()
    world = World(3, Dialler(House(40, 20), law), law)
    world.open(campaign())
    world.run(60)
    world.tell(out.CampaignPaused("cards", "lin", "fire drill"))
    [view] = shown(world).views()
    assert (view.state, view.by, view.why, view.ends_at) == ("paused", "lin", "fire drill", 0.0)


def test_an_agent_has_his_preview_then_his_talk_and_his_word() -> None:
    world = World(1, Dialler(House(40, 20)), StrictLaw(), agents=1)
    results = (("sold", True), ("no", False))
    one = campaign(mode=Mode.PREVIEW, results=results, script={"en": "Good day"}, label={"en": "Cards"})
    world.tell(out.CampaignPlanned(one), out.RoomSeen("cards", 9, "agents"))
    world.tell(out.AgentSeen("ann", frozenset({"cards"}), "ready", world.now), out.CampaignStarted("cards", "boss"))
    world.tell(out.LeadsFetched("cards", (Due(lead(7), 2, Outcome.BUSY),), 1))
    counted = counts()
    desk = shown(world, counted)
    work = desk.works()["ann"]
    assert (work.preview.name, work.preview.tries, work.preview.last) == ("Person 7", 2, "busy")
    world.tell(out.PreviewTaken("cards", "l.7", "ann", take=True))
    [attempt] = world.dialler.attempts
    world.tell(out.CustomerAnswered(attempt, world.now), out.CustomerHeard(attempt, "human", world.now))
    world.tell(out.AgentSeen("ann", frozenset({"cards"}), "talking", world.now, attempt))
    world.tell(out.CustomerConnected(attempt, "ann", world.now))
    assert desk.works() == {"ann": AgentWork("ann", "cards", {"en": "Cards"}, attempt, {"en": "Good day"}, results)}
    counted.heard(ResultKept(world.now, attempt, "cards", "l.7", "ann", "sold", True, 0.0, "", "", ""))
    assert desk.works()["ann"].given == "sold"


def test_an_agent_of_a_manual_campaign_may_dial_for_it() -> None:
    world = World(1, Dialler(House(40, 20)), StrictLaw(), agents=1)
    world.open(campaign(mode=Mode.MANUAL))
    assert shown(world).works() == {"a0": AgentWork("a0", dials=("cards",))}


async def test_a_slider_is_answered_once_the_day_has_taught_enough() -> None:
    world = World(1, Dialler(House(40, 20)), StrictLaw(), agents=3)
    world.open(campaign())
    counted = counts()
    desk = shown(world, counted)
    assert await desk.projected("ann", "none", "ratio", 2.0, 0.03) is None
    told = await desk.projected("ann", "cards", "ratio", 2.0, 0.03)
    assert (told.dropped, told.talking) == (None, None)
    for n in range(60):
        counted.heard(begun(n, DAY + n))
        counted.heard(replace(ended(n, DAY + n + 60, "no_answer" if n % 3 else "connected", 60.0), lines=9.0))
    counted.of("cards").talks = 20
    plain = await desk.projected("ann", "cards", "progressive", 1.0, 0.03)
    bold = await desk.projected("ann", "cards", "ratio", 3.0, 0.2)
    assert plain.dropped == 0.0
    assert plain.talking < bold.talking < 1.0
    assert bold.dropped > 0.03
    assert bold == await desk.projected("ann", "cards", "ratio", 3.0, 0.2)
    assert (await desk.projected("ann", "cards", "manual", 1.0, 0.03)).dropped is None


def test_the_laws_clock_runs_from_the_end_of_the_greeting_and_the_day_tells_how_much_of_it_is_gone() -> None:
    counted = counts()
    for n in range(60):
        counted.heard(begun(n, DAY + n))
        heard = "machine" if n % 5 == 4 else "human"  # a machine's ear is no person's
        answered, over = DAY + n + 9.0, DAY + n + 10.2
        known = over + (9.0 if heard == "machine" else 0.7)
        counted.heard(CustomerHeard(known, f"D{n}", heard, answered, over))
        counted.heard(replace(ended(n, DAY + n + 60, "no_answer" if n % 3 else "connected", 60.0), lines=9.0))
    counted.of("cards").talks = 20
    learned = learned_from(counted.of("cards"))
    assert (learned.ear, learned.spent) == (pytest.approx(1.9), pytest.approx(0.7))
    bold = campaign(mode=Mode.RATIO, ratio=2.5, cap=0.5)
    told, unspent = projected(bold, 8, 60, learned, 2.0), replace(learned, spent=0.0)
    assert told == pytest.approx(projected(bold, 8, 60, unspent, 1.3))
    assert told != projected(bold, 8, 60, unspent, 2.0)
    assert told != projected(bold, 8, 60, replace(learned, ear=0.0), 2.0)


def test_nothing_is_learned_from_too_few_or_from_persons_alone() -> None:
    few, many = Day(), Day()
    few.outcomes.update({"connected": 5, "no_answer": 20})
    many.outcomes.update({"connected": 100})
    few.talks, many.talks = 5, 100
    assert (learned_from(few), learned_from(many)) == (None, None)


# ── the day ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def begun(n: int, at: float) -> AttemptBegun:
    return AttemptBegun(at, f"D{n}", "cards", "a1", f"l.{n}", f"p{n}", "+86", "+86", 0, "new", "cn", "predictive")


def ended(n: int, at: float, outcome: str = "connected", talked: float = 0.0) -> AttemptEnded:
    number = "+86"
    return AttemptEnded(at, f"D{n}", "cards", f"l.{n}", f"p{n}", number, outcome, 16, 0.0, "ann", 5.0, 0.5, talked)


def test_a_day_counts_outcomes_words_refusals_and_the_agents_time() -> None:
    day = counts()
    said = ResultKept(DAY + 90, "D1", "cards", "l.1", "ann", "later", False, 0.0, "", "", "")
    for fact in (
        AgentChanged(DAY + 1, "ann", "ready"),
        begun(1, DAY + 10), begun(2, DAY + 11), begun(3, DAY + 12),
        AgentChanged(DAY + 21, "ann", "offered"), AgentAnswered(DAY + 22, "D1", "D1.1", "ann", 0.5),
        AgentChanged(DAY + 22, "ann", "talking"), AgentChanged(DAY + 82, "ann", "wrap_up"),
        ended(1, DAY + 82, talked=60.0), ended(2, DAY + 30, "busy"),
        DialRefused(DAY + 31, "cards", "l.9", "+86", "hours", DAY + 99),
        said, replace(said, at=DAY + 95, result="sold", success=True),
        AgentChanged(DAY + 102, "ann", "ready"),
    ):  # fmt: skip
        day.heard(fact)
    one = day.of("cards")
    assert (one.dialled, one.outcomes, one.refused) == (3, {"connected": 1, "busy": 1}, {"hours": 1})
    assert (+one.results, one.successes) == ({"sold": 1}, 1)
    assert (one.talks, one.idle, one.talked, one.wrapped) == (1, 20.0, 60.0, 20.0)
    assert day.of("loans") == Day()


def test_a_new_day_begins_from_nothing_and_a_new_server_from_what_was_counted() -> None:
    day = counts()
    day.heard(begun(1, DAY + 10))
    day.heard(begun(2, DAY + 86_399))
    assert day.of("cards").dialled == 2
    day.heard(begun(3, DAY + 86_401))
    assert day.of("cards").dialled == 1
    fresh = counts()
    fresh.begin("cards", [OutcomeCount("busy", "", False, 4, 0.0), OutcomeCount("connected", "sold", True, 2, 60.0),
                          OutcomeCount("", "", False, 1, 0.0)], [("hours", 5)], DAY)  # fmt: skip
    fresh.heard(DialRefused(DAY + 31, "cards", "l.9", "+86", "hours", DAY + 99))
    assert fresh.of("cards").refused == {"hours": 6}
    assert (fresh.of("cards").dialled, fresh.of("cards").successes) == (7, 2)
    assert fresh.of("cards").outcomes == {"busy": 4, "connected": 2}


def test_the_end_is_foreseen_from_the_speed_of_the_leads() -> None:
    day = Day()
    assert day.ends_at(-1, DAY) == 0.0
    assert day.ends_at(1000, DAY) == 0.0
    assert day.ends_at(1000, DAY + 30) == 0.0  # nothing has moved yet
    assert day.ends_at(900, DAY + 60) == pytest.approx(DAY + 60 + 900 * 60 / 100)


def test_dials_a_minute_are_those_of_the_last_minute() -> None:
    day = counts()
    for n in range(30):
        day.heard(begun(n, DAY + n * 4))
    assert day.of("cards").a_minute(DAY + 116) == 15
