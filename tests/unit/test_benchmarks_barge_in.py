"""Reading barge-in from packets: when a prompt stopped, what followed, how long a step took."""

from __future__ import annotations

import json
import math
import struct

import pytest

from benchmarks.barge_in.audio import Stop, read_stops, tone_of
from benchmarks.barge_in.floor import TONES
from benchmarks.barge_in.run import figures
from benchmarks.capture import Packet
from cti.sip.sound import to_mulaw

pytestmark = pytest.mark.unit

AUDIO = (12000, 13998)
PHONE, ASTERISK = 40000, 12010


def sound(name: str) -> bytes:
    if not name:
        return b"\xff" * 160
    hertz = TONES[name]
    return bytes(to_mulaw(round(4000 * math.sin(2 * math.pi * hertz * n / 8000))) for n in range(160))


def heard(at: float, name: str, ssrc: int = 1, phone: int = PHONE) -> Packet:
    head = struct.pack("!BBHII", 0x80, 0, 0, 0, ssrc)
    return Packet(at, ASTERISK, phone, head + sound(name))


def key(at: float, last: bool = False) -> Packet:
    head = struct.pack("!BBHII", 0x80, 101, 0, 0, 9)
    return Packet(at, PHONE, ASTERISK, head + struct.pack("!BBH", 1, 0x8A if last else 0x0A, 160))


def call(ssrc: int = 1, since: float = 0.0, pause: float = 0.003) -> list[Packet]:
    """0.2 s of the long prompt, a key of 100 ms from 0.1 s on, then three sounds with a pause between them."""
    packets = [heard(since + 0.02 * n, "long", ssrc) for n in range(10)]
    packets += [key(since + 0.1), key(since + 0.2, last=True)]
    at = since + 0.205
    for name in ("one", "two", "three"):
        for part in ("", name, name, ""):
            packets.append(heard(at, part, ssrc))
            at += 0.02
        at += pause
    return sorted(packets, key=lambda packet: packet.at)


def test_a_tone_is_told_from_its_packet_and_silence_from_both() -> None:
    assert {name: tone_of(sound(name)) for name in TONES} == {name: name for name in TONES}
    assert tone_of(sound("")) == tone_of(b"") == ""


def test_a_stop_is_measured_from_the_first_packet_of_the_key() -> None:
    (stop,) = read_stops(call(), AUDIO)
    assert stop.held == pytest.approx(0.1)
    assert stop.stopped == pytest.approx(0.18 + 0.02 - 0.1)
    assert stop.answered == pytest.approx(0.105)
    assert stop.steps == pytest.approx((0.003, 0.003))


def test_calls_that_follow_one_another_on_the_same_ports_are_told_apart() -> None:
    stops = read_stops([*call(1), *call(2, since=5.0)], AUDIO)
    assert [round(stop.answered, 3) for stop in stops] == [0.105, 0.105]


def test_a_call_without_a_key_or_whose_prompt_had_ended_is_no_stop() -> None:
    assert read_stops([packet for packet in call() if packet.source == ASTERISK], AUDIO) == []
    late = [heard(0.02 * n, "long") for n in range(4)] + [key(0.1), key(0.2, last=True), heard(0.3, "one")]
    assert read_stops(late, AUDIO) == []
    assert read_stops([Packet(0.0, ASTERISK, PHONE, b"short")], AUDIO) == []


def test_figures_are_milliseconds_and_plain_json() -> None:
    told = figures([Stop(0.1, 0.103, 0.104, (0.001, math.nan))] * 3, calls=4)
    assert (told["calls"], told["measured"], told["stop_p95"], told["answer_p50"]) == (4, 3, 103.0, 4.0)
    assert (told["stop_after_key_up_max"], told["step_max"]) == (3.0, 1.0)
    assert json.loads(json.dumps(figures([], calls=1)))["stop_p95"] is None
