"""kill -9 of server and watchdog with a caller in every state at once; what became of each is asked one by one.

While nobody is there, phones are answered, talks end, a caller gives up, one comes and one comes and goes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from crash_world import WRAP_UP, People, World, answer, meanwhile, world

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

FLOW, WAITS, RINGS, ANSWERED, TALKS, RETURNS, WRAPS, MISSED, LEAVES, COMES, PASSES = (
    f"1380000{place:04}" for place in range(11)
)
SAME = 0.4  # seconds between a phone's word for a moment and the journal's


@dataclass
class Story:
    """What the phones saw. `moments` are POSIX seconds by name; `rings` how often each agent's phone rang."""

    world: World
    moments: dict[str, float] = field(default_factory=dict)
    rings: dict[int, int] = field(default_factory=dict)
    packets: tuple[int, int] = (0, 0)

    def note(self, name: str) -> None:
        self.moments[name] = time.time()

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
            calls[number] = await people.call_line(number, line)
            story.note(f"{number} asked")
        for number, line in ((RINGS, 3), (ANSWERED, 4), (MISSED, 8)):
            rung[number] = await agents[line].next_call(10)
        calls[FLOW] = await people.call(FLOW)
        await made.at(FLOW, "first")
        await calls[FLOW].press("1")
        await made.at(FLOW, "second")
        calls[WRAPS], rung[WRAPS] = await people.talk(WRAPS, 7, agents[7])
        rung[WRAPS].hang_up()
        await made.over(WRAPS)

        story.note("killed")
        made.kill_both()
        before = calls[TALKS].ear.packets
        await _while_away(story, people, calls, rung)
        story.packets = (before, calls[TALKS].ear.packets)
        made.start()
        story.note("back")
        await _afterwards(story, people, calls, rung, agents)
        for line, phone in agents.items():
            story.rings[line] = 1 + phone._came.qsize()


async def _while_away(story, people, calls, rung) -> None:
    story.moments["picked up"] = answer(rung[ANSWERED])
    story.moments["missed picked up"] = answer(rung[MISSED])
    rung[RETURNS].hang_up()
    story.note("agent left")
    calls[LEAVES].hang_up()
    story.note("gave up")
    calls[COMES] = await people.call(COMES)
    passing = await people.call(PASSES)
    await asyncio.sleep(1.0)  # a talk of some length
    calls[MISSED].hang_up()
    passing.hang_up()
    story.note("hung up unseen")
    await calls[MISSED].ended(5)
    await passing.ended(5)


async def _afterwards(story, people, calls, rung, agents) -> None:
    made = story.world
    story.moments["answered after"] = answer(rung[RINGS])
    await meanwhile(lambda: made.facts(RINGS, "AgentAnswered"), "the talk that rang through the restart")
    await meanwhile(lambda: made.arrivals(FLOW)[-1] > story.moments["killed"], "the question that was open")
    await calls[FLOW].press("1")
    first = await agents[1].next_call(10)
    answer(first)
    agents[2] = await people.agent(2)
    story.note("agent 2 there")
    second = await agents[2].next_call(15)
    story.moments["waited answered"] = answer(second)
    await meanwhile(lambda: made.facts(WAITS, "AgentAnswered"), "the answer to who waited")
    await made.at(COMES, "first")
    await meanwhile(lambda: made.facts(FLOW, "AgentAnswered"), "the answer to who was in the flow")
    for call in (rung[ANSWERED], rung[TALKS], rung[RINGS], first, second):
        assert call.end is None, "a talk was dropped"
        call.hang_up()
    story.note("all hung up")
    for number in (ANSWERED, TALKS, RINGS, FLOW, WAITS, RETURNS):
        await calls[number].ended(10)
        await made.over(number)
    calls[COMES].hang_up()
    for number in (COMES, LEAVES, MISSED):
        await made.over(number)
    ready_again = story.row(WRAPS).ended_at + WRAP_UP + 1.0
    await asyncio.sleep(max(0.0, ready_again - time.time()))
    story.note("end")


def test_who_was_in_the_flow_is_asked_the_same_question_again_and_no_earlier_one(story):
    steps = [fact.step for fact in story.world.facts(FLOW, "StepEntered")]
    assert steps == ["first", "second", "line1", "thanks", "bye"]
    assert story.row(FLOW).outcome == "answered"


def test_who_waited_keeps_his_clock(story):
    row = story.row(WAITS)
    assert row.outcome == "answered"
    assert row.asked_at == pytest.approx(story.moments[f"{WAITS} asked"], abs=SAME)
    assert row.answered_at == pytest.approx(story.moments["waited answered"], abs=SAME)
    (answered,) = story.world.facts(WAITS, "AgentAnswered")
    assert answered.waited == pytest.approx(row.answered_at - row.asked_at, abs=0.001)


def test_a_phone_that_rang_is_answered_by_the_same_ring(story):
    row, (offer,) = story.row(RINGS), story.world.offers(RINGS)
    assert (row.outcome, offer.outcome) == ("answered", "answered")
    assert row.answered_at == pytest.approx(story.moments["answered after"], abs=SAME)


def test_a_phone_picked_up_while_nobody_was_there_counts_from_that_moment(story):
    row, (offer,) = story.row(ANSWERED), story.world.offers(ANSWERED)
    assert (row.outcome, offer.outcome) == ("answered", "answered")
    assert row.answered_at == pytest.approx(story.moments["picked up"], abs=SAME)
    assert row.talked == pytest.approx(story.moments["all hung up"] - story.moments["picked up"], abs=2 * SAME)


def test_a_talk_goes_on_with_its_sound(story):
    row = story.row(TALKS)
    assert row.outcome == "answered"
    before, after = story.packets
    away = story.moments["hung up unseen"] - story.moments["killed"]
    assert after - before > 40 * away, "fifty packets a second were due"
    (ended,) = story.world.facts(TALKS, "TalkEnded")
    assert ended.ended_by == "agent"
    assert ended.at == pytest.approx(story.moments["all hung up"], abs=SAME)


def test_who_came_back_to_the_door_is_led_out_by_the_flow(story):
    row = story.row(RETURNS)
    assert row.outcome == "answered"
    assert len(story.world.facts(RETURNS, "TalkEnded")) == 1
    assert [fact.step for fact in story.world.facts(RETURNS, "StepEntered")][-1] == "bye"
    assert story.moments["agent left"] - SAME < row.talk_ended_at < story.moments["back"] + 2.0


def test_wrap_up_ends_at_its_first_deadline(story):
    everybody = story.world.all_facts("AgentChanged")
    changes = [fact for fact in everybody if fact.agent == "agent7" and fact.at < story.moments["end"]]
    assert [fact.state for fact in changes[-2:]] == ["wrap_up", "ready"]
    assert changes[-2].at < story.moments["killed"]
    assert changes[-1].at == pytest.approx(changes[-2].until, abs=SAME)


def test_a_talk_that_began_and_ended_while_nobody_was_there_is_answered_with_its_real_wait(story):
    row = story.row(MISSED)
    assert row.outcome == "answered"
    assert row.asked_at == pytest.approx(story.moments[f"{MISSED} asked"], abs=SAME)
    assert row.answered_at == pytest.approx(story.moments["missed picked up"], abs=SAME)
    assert row.ended_at == pytest.approx(story.moments["hung up unseen"], abs=SAME)
    assert row.talked == pytest.approx(row.ended_at - row.answered_at, abs=0.001)


def test_who_gave_up_while_nobody_was_there_is_abandoned_with_his_real_wait(story):
    row = story.row(LEAVES)
    assert row.outcome == "abandoned"
    assert row.asked_at == pytest.approx(story.moments[f"{LEAVES} asked"], abs=SAME)
    assert row.ended_at == pytest.approx(story.moments["gave up"], abs=SAME)


def test_who_came_while_nobody_was_there_is_served_afterwards(story):
    row = story.row(COMES)
    assert row.outcome == "ended_in_flow"
    assert row.breakpoint == "first"


def test_who_came_and_went_while_nobody_was_there_is_counted(story):
    row = story.row(PASSES)
    assert row.outcome == "ended_in_flow"
    assert row.ended_at == pytest.approx(story.moments["hung up unseen"], abs=SAME)


def test_no_phone_rang_twice_and_nobody_is_left(story):
    assert story.rings == dict.fromkeys(story.rings, 1)
    assert story.world.daemon.find_channels() == []
    offers = story.world.all_facts("OfferMade")
    assert len(offers) == len({fact.contact for fact in offers}) == len(story.rings)
