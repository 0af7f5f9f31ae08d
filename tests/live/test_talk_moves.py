"""Talks that are held, moved, shared and listened to, on a real Asterisk: by tones, who hears whom."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from patience import PATIENCE
from stage import read_wav, strength
from talk_world import HEARD, NODE, PIECE, TONES, TalkWorld, talk_world

from cti.asterisk.settings import Phone, Trunk
from cti.moves import Alternate, ChangeEar, Confer, Connect, Ear, Keep, ListenIn, PutOnHold
from cti.vocabulary import (
    CallEnded,
    CallerArrived,
    CallId,
    DropLeg,
    LegAnswered,
    LegEnded,
    LegId,
    RingAgent,
    TalkBegan,
)

pytestmark = pytest.mark.live


@pytest.fixture
async def talks(start_asterisk, tmp_path) -> AsyncIterator[TalkWorld]:
    exchange = start_asterisk(
        name="exchange", phones=(Phone("alice"), Phone("bob"), Phone("carol")), trunks=(Trunk("carrier", "127.0.0.1"),)
    )
    async with talk_world(exchange, tmp_path) as made:
        yield made


async def talking(talks: TalkWorld, recording: str = "") -> tuple[str, LegId]:
    """A caller with alice."""
    call = await talks.caller()
    leg = LegId(f"{call}.1")
    await talks.ring("alice", leg, call, recording)
    await talks.until(lambda: talks.of(TalkBegan), "the talk")
    await talks.hears("caller", {"alice"})
    await talks.hears("alice", {"caller"})
    return call, leg


async def test_a_held_caller_hears_music_and_the_agent_nobody_until_they_are_connected_again(talks):
    call, leg = await talking(talks)
    for _ in range(2):
        talks.switch.perform(PutOnHold(NODE, call, leg))
        await talks.seen(lambda seen: seen.calls[0].place == "hold" and seen.legs[0].state == "answered", "hold")
        await talks.hears("alice", set())
        await talks.until(lambda: "alice" not in talks.voices["caller"].hears(), "the caller's silence")
        assert max(talks.voices["caller"].heard[-800:]) > 100, "the caller hears music"
        talks.switch.perform(Connect(NODE, call, leg))
        await talks.hears("caller", {"alice"})
        await talks.hears("alice", {"caller"})
    assert len(talks.of(CallerArrived)) == 1


async def test_a_consult_is_apart_from_the_caller_and_moves_him_when_it_is_completed(talks):
    call, leg = await talking(talks)
    talks.switch.perform(PutOnHold(NODE, call, leg, ringing=True))
    third = LegId(f"Q1-{call}.1")
    await talks.ring("bob", third, leg)
    await talks.until(lambda: len(talks.of(TalkBegan)) == 2, "the consult")
    assert talks.of(TalkBegan)[1] == TalkBegan(leg, third)
    await talks.hears("alice", {"bob"})
    await talks.hears("bob", {"alice"})
    await talks.until(lambda: not talks.voices["caller"].hears() & {"alice", "bob"}, "the caller's silence")
    talks.switch.perform(Connect(NODE, call, third))
    talks.switch.perform(DropLeg(NODE, leg))
    await talks.hears("bob", {"caller"})
    await talks.hears("caller", {"bob"})
    await talks.until(lambda: LegEnded(NODE, leg, 16) in talks.told, "alice's end")
    await talks.until(lambda: len(talks.of(TalkBegan)) == 3, "the talk with bob")
    assert talks.of(TalkBegan)[2] == TalkBegan(call, third)
    seen = await talks.survey()
    assert [(c.place, c.leg) for c in seen.calls] == [("talk", third)]
    assert [(each.leg, each.call) for each in seen.legs] == [(third, call)]
    talks.voices["bob"].call.hang_up()
    await talks.until(lambda: len(talks.of(CallerArrived)) == 2, "the caller at the door")


async def test_a_consult_that_is_left_leads_back_to_the_caller(talks):
    call, leg = await talking(talks)
    for number in (1, 2):
        talks.switch.perform(PutOnHold(NODE, call, leg, ringing=True))
        third = LegId(f"Q{number}-{call}.1")
        await talks.ring("bob", third, leg)
        await talks.hears("alice", {"bob"})
        if number == 1:
            talks.switch.perform(Connect(NODE, call, leg))
            talks.switch.perform(DropLeg(NODE, third))
        else:
            talks.voices["bob"].call.hang_up()
            await talks.hears("alice", set())
            await talks.seen(lambda seen: [each.state for each in seen.legs] == ["answered"], "alice alone")
            talks.switch.perform(Connect(NODE, call, leg))
        await talks.hears("caller", {"alice"})
        await talks.hears("alice", {"caller"})
        await talks.until(lambda n=third: any(end.leg == n for end in talks.of(LegEnded)), "bob's end")


async def test_an_agent_goes_to_and_fro_between_the_caller_and_who_was_asked(talks):
    call, leg = await talking(talks)
    talks.switch.perform(PutOnHold(NODE, call, leg, ringing=True))
    third = LegId(f"Q1-{call}.1")
    await talks.ring("bob", third, leg, lock=1)
    await talks.hears("alice", {"bob"})
    for _ in range(2):
        talks.switch.perform(Alternate(NODE, call, leg, third))
        await talks.hears("caller", {"alice"})
        await talks.hears("alice", {"caller"})
        await talks.until(lambda: not talks.voices["bob"].hears(), "bob's silence")
        assert max(talks.voices["bob"].heard[-800:]) > 100, "who waits hears music"
        talks.switch.perform(PutOnHold(NODE, call, leg))
        talks.switch.perform(Connect(NODE, CallId(leg), third))
        await talks.hears("alice", {"bob"})
        await talks.hears("bob", {"alice"})
        await talks.until(lambda: "alice" not in talks.voices["caller"].hears(), "the caller's silence")
    talks.switch.perform(Alternate(NODE, call, leg, third))
    await talks.hears("alice", {"caller"})
    talks.switch.perform(PutOnHold(NODE, call, leg))
    talks.switch.perform(Connect(NODE, call, third))
    talks.switch.perform(DropLeg(NODE, leg))
    await talks.hears("caller", {"bob"})
    assert len(talks.of(CallerArrived)) == 1
    assert not [end for end in talks.of(LegEnded) if end.leg == third]


@pytest.mark.parametrize("leaves", ["alice", "bob"])
async def test_three_hear_each_other_and_one_may_leave(talks, leaves):
    call, leg = await talking(talks)
    talks.switch.perform(PutOnHold(NODE, call, leg, ringing=True))
    third = LegId(f"Q1-{call}.1")
    await talks.ring("bob", third, leg)
    await talks.hears("alice", {"bob"})
    talks.switch.perform(Confer(NODE, call, (leg, third), "room"))
    await talks.hears("caller", {"alice", "bob"})
    await talks.hears("alice", {"caller", "bob"})
    await talks.hears("bob", {"caller", "alice"})
    talks.voices[leaves].call.hang_up()
    stays = "bob" if leaves == "alice" else "alice"
    await talks.hears("caller", {stays})
    await talks.hears(stays, {"caller"})
    talks.voices[stays].call.hang_up()
    await talks.until(lambda: not talks.voices["caller"].hears(), "the caller alone")
    seen = await talks.seen(lambda seen: not seen.legs, "no leg")
    assert seen.calls[0].place == "room"
    talks.voices["caller"].call.hang_up()
    await talks.until(lambda: talks.of(CallEnded), "the end")


async def test_a_supervisor_listens_whispers_barges_in_and_takes_over(talks):
    call, leg = await talking(talks)
    ear = LegId(f"S1-{call}.1")
    talks.switch.perform(ListenIn(NODE, ear, call, "carol", PATIENCE, leg, Ear.LISTEN, "Listen"))
    await talks.answers("carol")
    await talks.until(lambda: LegAnswered(ear) in talks.told, "the supervisor's answer")
    await talks.hears("carol", {"alice", "caller"})
    await talks.hears("alice", {"caller"})
    await talks.hears("caller", {"alice"})
    talks.switch.perform(ChangeEar(NODE, ear, leg, Ear.WHISPER))
    await talks.hears("alice", {"caller", "carol"})
    await talks.hears("caller", {"alice"})
    talks.switch.perform(ChangeEar(NODE, ear, leg, Ear.BARGE))
    await talks.hears("caller", {"alice", "carol"})
    await talks.hears("alice", {"caller", "carol"})
    await talks.hears("carol", {"alice", "caller"})
    talks.switch.perform(ChangeEar(NODE, ear, leg, Ear.LISTEN))
    await talks.hears("caller", {"alice"})
    talks.switch.perform(PutOnHold(NODE, call, leg))
    talks.switch.perform(Connect(NODE, call, ear))
    talks.switch.perform(DropLeg(NODE, leg))
    await talks.hears("caller", {"carol"})
    await talks.hears("carol", {"caller"})
    assert TalkBegan(call, ear) in talks.told


async def test_of_two_who_are_rung_for_one_caller_the_first_to_answer_has_him(talks):
    call = await talks.caller()
    legs = [LegId(f"{call}.{n}") for n in (1, 2)]
    await asyncio.gather(*(talks.ring(who, leg, call, lock=1) for who, leg in zip(("alice", "bob"), legs, strict=True)))
    await talks.until(lambda: talks.of(TalkBegan) and talks.of(LegEnded), "one talk and one end")
    began, ended = talks.of(TalkBegan)[0], talks.of(LegEnded)[0]
    assert {began.leg, ended.leg} == set(legs)
    assert ended.cause == 26
    has = "alice" if began.leg == legs[0] else "bob"
    await talks.hears("caller", {has})
    assert len(talks.of(TalkBegan)) == 1


async def test_a_number_outside_is_asked_and_then_has_the_caller(start_asterisk, ports, carrier, tmp_path):
    exchange = start_asterisk(
        name="exchange", sip_port=ports["exchange"], phones=(Phone("alice"),),
        trunks=(Trunk("carrier", "127.0.0.1", ports["carrier"]),),
    )  # fmt: skip
    async with talk_world(exchange, tmp_path) as talks:
        call, leg = await talking(talks)
        talks.switch.perform(PutOnHold(NODE, call, leg, ringing=True))
        third = LegId(f"Q1-{call}.1")
        ring = RingAgent(NODE, third, CallId(leg), "95501111", PATIENCE, "800", "", round=1, outside=True)
        talks.switch.perform(ring)
        await talks.until(lambda: TalkBegan(CallId(leg), third) in talks.told, "the consult")
        await talks.until(lambda: talks.strengths("alice")["caller"] > HEARD, "the voice of the one outside")
        talks.switch.perform(Connect(NODE, call, third))
        talks.switch.perform(DropLeg(NODE, leg))
        await talks.until(lambda: TalkBegan(call, third) in talks.told, "the talk with outside")
        await talks.until(lambda: talks.strengths("caller")["caller"] > HEARD, "the voice of the one outside")
        talks.voices["caller"].call.hang_up()
        await talks.until(lambda: any(end.leg == third for end in talks.of(LegEnded)), "the end outside")


async def test_a_number_outside_that_is_busy_or_not_allowed_ends_the_consult_with_its_cause(
    start_asterisk, ports, carrier, tmp_path
):
    exchange = start_asterisk(
        name="exchange", sip_port=ports["exchange"], phones=(Phone("alice"),),
        trunks=(Trunk("carrier", "127.0.0.1", ports["carrier"]),),
    )  # fmt: skip
    async with talk_world(exchange, tmp_path) as talks:
        call, leg = await talking(talks)
        talks.switch.perform(PutOnHold(NODE, call, leg, ringing=True))
        for number, phone, cause in ((1, "95502111", 17), (2, "85501111", 28)):
            third = LegId(f"Q{number}-{call}.1")
            ring = RingAgent(NODE, third, CallId(leg), phone, PATIENCE, "800", "", round=number, outside=True)
            talks.switch.perform(ring)
            await talks.until(lambda n=third, c=cause: LegEnded(NODE, n, c) in talks.told, f"the end of {phone}")
        talks.switch.perform(Keep(NODE, leg))
        await talks.hears("alice", set())
        talks.switch.perform(Connect(NODE, call, leg))
        await talks.hears("caller", {"alice"})


async def test_a_recording_runs_on_through_hold_and_consult_and_each_leg_has_its_own(talks):
    call, leg = await talking(talks, "2026/11/first")
    await sound(talks, "alice", 50)  # something to be heard in the recording
    talks.switch.perform(PutOnHold(NODE, call, leg))
    await talks.hears("alice", set())
    third = LegId(f"Q1-{call}.1")
    await talks.ring("bob", third, leg, "2026/11/second")
    await talks.hears("alice", {"bob"})
    await sound(talks, "bob", 50)
    talks.switch.perform(Connect(NODE, call, third))
    talks.switch.perform(DropLeg(NODE, leg))
    await talks.hears("bob", {"caller"})
    await sound(talks, "bob", 100)
    talks.voices["bob"].call.hang_up()
    first, second = (
        {who: read_wav(talks.recordings / f"2026/11/{name}-{who}.wav") for who in ("agent", "caller")}
        for name in ("first", "second")
    )
    assert {name for name in TONES if pieces(first["caller"], name)} == {"caller", "bob"}, "whom alice heard"
    assert {name for name in TONES if pieces(second["caller"], name)} == {"alice", "caller"}, "whom bob heard"
    assert pieces(second["caller"], "caller") >= 8, "nothing of the new caller is left out"
    assert pieces(first["agent"], "alice") > 8, "in the talk and in the consult"
    assert pieces(second["agent"], "bob") > 8, "in the consult and in the talk"
    assert len(first["agent"]) == len(first["caller"])
    assert len(second["agent"]) == len(second["caller"])


async def sound(talks: TalkWorld, who: str, packets: int) -> None:
    """Wait until so much more has come to somebody's ear, fifty a second."""
    ear = talks.voices[who].call.ear
    wanted = ear.packets + packets
    await talks.until(lambda: ear.packets >= wanted, "sound")


def pieces(samples, name: str) -> int:
    """In how many fifths of a second this tone is heard."""
    cuts = range(0, len(samples) - PIECE, PIECE)
    return sum(strength(samples[at : at + PIECE], TONES[name]) > HEARD for at in cuts)
