"""The benchmark of events: its sample is clean and whole, its crowd true to it, and its arms can be told apart."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.events.arms import Arm, DictProtocol, Panoramisk, Readline, ToDecision, ToState
from benchmarks.events.compose import BANNER, OPENED, Crowd, Stream, gather, write_stream
from benchmarks.events.driver import Player
from benchmarks.events.floor import IDLE, Floor
from benchmarks.events.memory import agree, race, spread
from benchmarks.events.sample import EVERYTHING, FILTERED, STORY, STREAMS, SURVEY, Sample, blocks, read_sample, unpack
from benchmarks.events.sender import due_of
from benchmarks.events.weights import _end
from cti.asterisk.codec import Message
from cti.asterisk.survey import read_channels, read_ended
from cti.asterisk.translate import HEARD_EVENTS
from cti.vocabulary import NodeId

pytestmark = pytest.mark.unit

CALLS = 60
TABLES = (Panoramisk, Readline, DictProtocol, ToState)


@pytest.fixture(scope="module")
def sample() -> Sample:
    return read_sample()


@pytest.fixture(scope="module")
def crowd(sample: Sample) -> Crowd:
    return gather(sample, CALLS, seed=7)


@pytest.fixture(scope="module")
def streams(crowd: Crowd, tmp_path_factory) -> dict[str, Stream]:
    folder = tmp_path_factory.mktemp("streams")
    return {name: write_stream(crowd, name, folder) for name in STREAMS}


async def play(arm: Arm, stream: Stream, wire: bytes, size: int) -> str:
    player = Player(arm, stream)
    for at in range(0, len(wire), size):
        player.feed(wire[at : at + size])
        await arm.settle()
    await arm.close()
    return arm.digest()


# ── the sample ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", [EVERYTHING, FILTERED, SURVEY, STORY])
def test_the_sample_tells_nothing_of_the_machine_nor_a_secret(name):
    text = unpack(name).decode()
    assert not re.search(r"/(?:root|home|tmp|work|Users)/", text)
    assert set(re.findall(r"agi://[0-9.]+:\d+/(\w+)", text)) <= {"TOKEN"}
    assert not re.search(r"(?i)secret|(?<!using)password", text)


def test_the_sample_is_small_enough_to_be_kept():
    folder = Path(__file__).parents[2] / "benchmarks/events/recorded"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 200_000


def test_cutting_a_session_into_events_loses_no_byte():
    for name in STREAMS.values():
        wire = unpack(name)
        assert b"".join(blocks(wire)) == wire[wire.index(b"Event: ") :]


def test_the_sample_has_every_kind_of_call(sample: Sample):
    ends = Counter(call.outcome for call in sample.calls)
    assert set(ends) == {"answered", "abandoned", "ended_in_flow"}
    assert len(sample.calls) >= 30
    assert {len(call.legs) for call in sample.calls} >= {0, 1, 2}


def test_no_name_of_a_recorded_call_is_left_in_its_script(sample: Sample):
    for call in sample.calls:
        for events in (*call.streams.values(), call.seen):
            for event in events:
                assert not re.search(rb"a1-\d|PJSIP/[\w-]+-[0-9a-f]{8}|Timestamp: \d|139\d{8}", event.script)


def test_the_filter_keeps_only_what_the_translator_reads(sample: Sample):
    kept = {event.name.decode() for call in sample.calls for event in call.streams["filtered"]}
    assert kept <= HEARD_EVENTS


# ── the crowd ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_seed_makes_one_stream_and_another_seed_another(sample: Sample, streams, tmp_path):
    again = write_stream(gather(sample, CALLS, seed=7), "filtered", tmp_path)
    assert again.path.read_bytes() == streams["filtered"].path.read_bytes()
    other = write_stream(gather(sample, CALLS, seed=8), "filtered", tmp_path)
    assert other.path.read_bytes() != streams["filtered"].path.read_bytes()


@pytest.mark.parametrize("name", list(STREAMS))
def test_a_stream_holds_whole_events_in_the_order_of_time(streams, name):
    stream = streams[name]
    wire = stream.path.read_bytes()
    begins = [len(BANNER), *stream.ends[:-1]]
    assert stream.ends[-1] == stream.size == len(wire)
    found = [wire[begin:end] for begin, end in zip(begins, stream.ends, strict=True)]
    assert all(each.startswith(b"Event: ") and each.endswith(b"\r\n\r\n") for each in found)
    wanted = [n for n, each in enumerate(found) if each[7 : each.index(b"\r\n")].decode() in HEARD_EVENTS]
    assert wanted == list(stream.wanted)
    stamps = [float(stamp) for stamp in re.findall(rb"\r\nTimestamp: ([\d.]+)", wire)]
    assert max(early - late for early, late in pairwise(stamps)) < 0.01
    assert min(stamps) > OPENED - 1


async def test_all_calls_are_open_when_the_stream_is_full(streams):
    stream = streams["filtered"]
    arm = ToState()
    await play(arm, stream, stream.path.read_bytes()[: stream.full], 4096)
    assert arm.table is not None
    assert len(arm.table.calls) == CALLS
    assert not any(row.ended for row in arm.table.calls.values())
    assert any(row.talked for row in arm.table.legs.values())


def test_the_lists_of_a_survey_are_those_of_the_calls(sample: Sample, crowd: Crowd):
    part = next(part for part in crowd.parts if part.call.outcome == "answered")
    names = {**part.names, b"t0": b"1800000000.000"}
    lines = [Message((event.script % names).rstrip(b"\r\n")) for event in part.call.seen]
    calls, legs = read_channels(lines)
    assert [(call.call, call.place) for call in calls] == [(part.unique, "talk")]
    assert [(leg.call, leg.state) for leg in legs] == [(part.unique, "talk")]
    assert read_ended(NodeId("a1"), [Message(_end(3).rstrip(b"\r\n"))])[0].call == "a1-1799990000.3"


# ── the arms ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", list(STREAMS))
@pytest.mark.parametrize("size", [97, 1460, 65536])
async def test_all_arms_come_to_one_table_however_the_bytes_are_cut(streams, name, size):
    stream = streams[name]
    wire = stream.path.read_bytes()
    assert len({await play(arm(), stream, wire, size) for arm in TABLES}) == 1


async def test_both_streams_end_in_one_table(streams):
    found = {await play(ToState(), stream, stream.path.read_bytes(), 65536) for stream in streams.values()}
    assert len(found) == 1


@pytest.mark.parametrize("arm", TABLES)
@pytest.mark.parametrize("name", [b"BridgeEnter", b"UserEvent", b"Newstate"])
async def test_a_table_shows_when_one_event_is_missing(streams, arm, name):
    stream = streams["filtered"]
    wire = stream.path.read_bytes()
    begin = wire.index(b"Event: " + name)
    end = wire.index(b"\r\n\r\n", begin) + 4
    whole = await play(arm(), stream, wire, len(wire))
    # Something of equal length instead, so that what is told beside the stream stays in its place.
    spoilt = wire[:begin] + b"Event: Other\r\nX: ".ljust(end - begin - 4, b"x") + wire[end - 4 :]
    assert await play(arm(), stream, spoilt, len(wire)) != whole


async def test_the_centre_decides_as_it_did_when_the_calls_were_real(streams, crowd: Crowd):
    stream = streams["everything"]
    arm = ToDecision(Floor(CALLS + IDLE))
    await play(arm, stream, stream.path.read_bytes(), 4096)
    assert arm.outcomes == Counter(part.call.outcome for part in crowd.parts)
    assert len(arm.rung) == sum(len(part.call.legs) for part in crowd.parts)
    assert not arm.centre.contacts


async def test_a_race_times_every_slice_of_every_arm(streams):
    laps = await race(streams["filtered"])
    assert agree(laps)
    assert len({len(lap.seconds) for lap in laps}) == 1
    assert laps[0].against(laps[0]) == (1.0, 1.0, 1.0)
    laps[0].last_digest = "another"
    assert not agree(laps)
    await asyncio.sleep(0)


# ── figures ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_spread_of_ratios():
    assert spread([2.0]) == (2.0, 2.0, 2.0)
    middle, low, high = spread([float(number) for number in range(1, 100)])
    assert (middle, low, high) == (50.0, 10.0, 90.0)


def test_an_event_is_due_at_the_beginning_of_its_tick():
    assert due_of(0, 13_600) == 0.0
    assert due_of(13, 13_600) == 0.0
    assert due_of(14, 13_600) == 0.001
    assert due_of(13_600, 13_600) == pytest.approx(1.0)
