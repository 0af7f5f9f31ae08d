"""kill -9 of server and watchdog with a caller in every state at once; what became of each is asked one by one.

While nobody is there, phones are answered, talks end, a caller gives up, one comes and one comes and goes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from crash_world import WRAP_UP, People, World, answer, world
from patience import PATIENCE, meanwhile, until

pytestmark = pytest.mark.live

FLOW, WAITS, RINGS, ANSWERED, TALKS, RETURNS, WRAPS, MISSED, LEAVES, COMES, PASSES = (
    f"1380000{place:04}" for place in range(11)
)
MOMENT = 0.05  # seconds by which two programs' clocks of one machine may differ: Asterisk tells milliseconds


@dataclass
class Story:
    """What the phones saw. `moments` are POSIX seconds by name; `rings` how often each agent's phone rang."""

    world: World
    moments: dict[str, float] = field(default_factory=dict)
    rings: dict[int, int] = field(default_factory=dict)

    def note(self, name: str) -> None:
        self.moments[name] = time.time()

    def between(self, first: str, at: float, then: str) -> bool:
        """Whether a moment of the journal's lies between two that were noted."""
        return self.moments[first] - MOMENT < at < self.moments[then] + MOMENT

    def row(self, number: str):
        row = self.world.row(number)
        assert row is not None, f"{number} is in no record"
        return row


@pytest.fixture(scope="module")
def story(package, tmp_path_factory) -> Iterator[Story]:
    with world(tmp_path_factory.mktemp("states"), package) as made:
        story = Story(made)
        asyncio.run(_play(story))
        yield story


async def _play(story: Story) -> None:
    made = story.world
    async with People(made) as people:
        agents = {line: await people.agent(line) for line in (1, 3, 4, 5, 6, 7, 8)}
        calls, rung = {}, {}
        calls[TALKS], rung[TALKS] = await people.talk(TALKS, 5, agents[5])
        calls[RETURNS], rung[RETURNS] = await people.talk(RETURNS, 6, agents[6])
        for number, line in ((WAITS, 2), (LEAVES, 9), (RINGS, 3), (ANSWERED, 4), (MISSED, 8)):
            story.note(f"{number} asks")
            calls[number] = await people.call_line(number, line)
            story.note(f"{number} asked")
        for number, line in ((RINGS, 3), (ANSWERED, 4), (MISSED, 8)):
            rung[number] = await agents[line].next_call(PATIENCE)
        calls[FLOW] = await people.call(FLOW)
        await made.at(FLOW, "first")
        await calls[FLOW].press("1")
        await made.at(FLOW, "second")
        calls[WRAPS], rung[WRAPS] = await people.talk(WRAPS, 7, agents[7])
        rung[WRAPS].hang_up()
        await made.over(WRAPS)

        story.note("killed")
        made.kill_both()
        heard = calls[TALKS].ear.packets
        await _while_away(story, people, calls, rung)
        await meanwhile(lambda: calls[TALKS].ear.packets > heard + 50, "a second of sound in a talk that nobody serves")
        story.note("starts")
        made.start()
        story.note("back")
        await _afterwards(story, people, calls, rung, agents)
        for line, phone in agents.items():
            story.rings[line] = 1 + phone._came.qsize()


async def _while_away(story, people, calls, rung) -> None:
    story.note("picks up")
    for number in (ANSWERED, MISSED):
        answer(rung[number])
        await meanwhile(lambda number=number: bridged(story, number), "the talk")
    story.note("picked up")
    story.note("agent leaves")
    rung[RETURNS].hang_up()
    story.note("gives up")
    calls[LEAVES].hang_up()
    calls[COMES] = await people.call(COMES)
    passing = await people.call(PASSES)
    await asyncio.sleep(1.0)  # a talk of some length
    story.note("hang up unseen")
    calls[MISSED].hang_up()
    passing.hang_up()
    for call in (calls[LEAVES], calls[MISSED], passing, rung[RETURNS]):
        await call.ended(PATIENCE)
    left = {story.row(number).call for number in (LEAVES, MISSED)}
    await meanwhile(lambda: not left & channels(story.world), "the ends of those who left")
    story.note("hung up unseen")


async def _afterwards(story, people, calls, rung, agents) -> None:
    made = story.world
    story.note("answers after")
    answer(rung[RINGS])
    await meanwhile(lambda: made.facts(RINGS, "AgentAnswered"), "the talk that rang through the restart")
    story.note("answered after")
    await meanwhile(lambda: made.arrivals(FLOW)[-1] > story.moments["killed"], "the question that was open")
    await calls[FLOW].press("1")
    first = await agents[1].next_call(PATIENCE)
    answer(first)
    agents[2] = await people.agent(2)
    second = await agents[2].next_call(PATIENCE)
    story.note("waited is answered")
    answer(second)
    await meanwhile(lambda: made.facts(WAITS, "AgentAnswered"), "the answer to who waited")
    story.note("waited was answered")
    await made.at(COMES, "first")
    await meanwhile(lambda: made.facts(FLOW, "AgentAnswered"), "the answer to who was in the flow")
    story.note("all hang up")
    for call in (rung[ANSWERED], rung[TALKS], rung[RINGS], first, second):
        assert call.end is None, "a talk was dropped"
        call.hang_up()
    for number in (ANSWERED, TALKS, RINGS, FLOW, WAITS, RETURNS):
        await calls[number].ended(PATIENCE)
        await made.over(number)
    story.note("all hung up")
    calls[COMES].hang_up()
    for number in (COMES, LEAVES, MISSED):
        await made.over(number)
    await meanwhile(lambda: after_wrap_up(made)[1:], "the end of the wrap-up")
    story.note("end")


def bridged(story: Story, number: str) -> bool:
    return story.row(number).call in channels(story.world, "BridgeID")


def channels(made: World, has: str = "Uniqueid") -> set[str]:
    """The unique ids of Asterisk's channels that have this."""
    with made.daemon.probe(patience=PATIENCE) as probe:
        return {channel["Uniqueid"] for channel in probe.ask("Status")[1:] if channel.get(has)}


def after_wrap_up(made: World):
    """What the agent of line 7 was, from his wrap-up on, but for the moment in which his phone is not known yet.

    A slow machine starts the next server after the wrap-up's end: it ends it before the first survey sees the phone.
    """
    told = [fact for fact in made.all_facts("AgentChanged") if fact.agent == "agent7"]
    changes = [fact for fact in told if (fact.state, fact.reason) != ("not_ready", "phone")]
    return changes[[fact.state for fact in changes].index("wrap_up") :]


def test_who_was_in_the_flow_is_asked_the_same_question_again_and_no_earlier_one(story):
    steps = [fact.step for fact in story.world.facts(FLOW, "StepEntered")]
    assert steps == ["first", "second", "line1", "thanks", "bye"]
    assert story.row(FLOW).outcome == "answered"


def test_who_waited_keeps_his_clock(story):
    row = story.row(WAITS)
    assert row.outcome == "answered"
    assert story.between(f"{WAITS} asks", row.asked_at, f"{WAITS} asked")
    assert story.between("waited is answered", row.answered_at, "waited was answered")
    (answered,) = story.world.facts(WAITS, "AgentAnswered")
    assert answered.waited == pytest.approx(row.answered_at - row.asked_at, abs=0.001)


def test_a_phone_that_rang_is_answered_by_the_same_ring(story):
    row, (offer,) = story.row(RINGS), story.world.offers(RINGS)
    assert (row.outcome, offer.outcome) == ("answered", "answered")
    assert story.between("answers after", row.answered_at, "answered after")


def test_a_phone_picked_up_while_nobody_was_there_counts_from_that_moment(story):
    row, (offer,) = story.row(ANSWERED), story.world.offers(ANSWERED)
    assert (row.outcome, offer.outcome) == ("answered", "answered")
    assert story.between("picks up", row.answered_at, "picked up")
    assert story.between("all hang up", row.talk_ended_at, "all hung up")
    assert row.talked == pytest.approx(row.talk_ended_at - row.answered_at, abs=0.001)


def test_a_talk_goes_on_with_its_sound(story):
    assert story.row(TALKS).outcome == "answered"
    (ended,) = story.world.facts(TALKS, "TalkEnded")
    assert ended.ended_by == "agent"
    assert story.between("all hang up", ended.at, "all hung up")


def test_who_came_back_to_the_door_is_led_out_by_the_flow(story):
    row = story.row(RETURNS)
    assert row.outcome == "answered"
    assert len(story.world.facts(RETURNS, "TalkEnded")) == 1
    assert [fact.step for fact in story.world.facts(RETURNS, "StepEntered")][-1] == "bye"
    assert story.between("agent leaves", row.talk_ended_at, "all hang up")


def test_wrap_up_ends_at_its_first_deadline(story):
    wraps, ready, *_ = after_wrap_up(story.world)
    assert (wraps.state, ready.state) == ("wrap_up", "ready")
    assert wraps.at < story.moments["killed"]
    assert wraps.until <= ready.at + MOMENT
    assert ready.at < story.moments["back"] + WRAP_UP, "it did not begin anew"


def test_a_talk_that_began_and_ended_while_nobody_was_there_is_answered_with_its_real_wait(story):
    row = story.row(MISSED)
    assert row.outcome == "answered"
    assert story.between(f"{MISSED} asks", row.asked_at, f"{MISSED} asked")
    assert story.between("picks up", row.answered_at, "picked up")
    assert story.between("hang up unseen", row.ended_at, "hung up unseen")
    assert row.talked == pytest.approx(row.ended_at - row.answered_at, abs=0.001)


def test_who_gave_up_while_nobody_was_there_is_abandoned_with_his_real_wait(story):
    row = story.row(LEAVES)
    assert row.outcome == "abandoned"
    assert story.between(f"{LEAVES} asks", row.asked_at, f"{LEAVES} asked")
    assert story.between("gives up", row.ended_at, "hung up unseen")


def test_who_came_while_nobody_was_there_is_served_afterwards(story):
    row = story.row(COMES)
    assert row.outcome == "ended_in_flow"
    assert row.breakpoint == "first"


def test_who_came_and_went_while_nobody_was_there_is_counted(story):
    row = story.row(PASSES)
    assert row.outcome == "ended_in_flow"
    assert story.between("hang up unseen", row.ended_at, "starts")


def test_no_phone_rang_twice_and_nobody_is_left(story):
    assert story.rings == dict.fromkeys(story.rings, 1)
    until(lambda: not channels(story.world), "the end of all channels")
    offers = story.world.all_facts("OfferMade")
    assert len(offers) == len({fact.contact for fact in offers}) == len(story.rings)
