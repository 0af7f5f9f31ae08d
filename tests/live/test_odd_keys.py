"""Odd keys against the whole server: however a phone sends them, one press is one digit, in order, or it is nothing."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import math
import re
import socket
import struct
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from crash_world import People, world

from cti.asterisk.music import tone, write_wav
from cti.sip.rtp import DIGITS, FRAME, _Tick, _ticks_of
from cti.sip.sound import to_mulaw

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from pathlib import Path

    from cti.sip.call import RobotCall

pytestmark = pytest.mark.live

FLOW = """\
flow: keys
languages: [en]
start: number

steps:
  number:
    collect: beep
    digits: 1-19
    into: number
    wait: 4s
    tries: 1
    next: choice
    no_input: choice
    no_match: wrong

  wrong:
    play: beep
    next: choice

  choice:
    menu: beep
    keys:
      1: one
      2: two
    wait: 2s
    tries: 1
    no_input: bye
    no_match: unknown

  one:
    play: beep
    next: bye

  two:
    play: beep
    next: bye

  unknown:
    play: beep
    next: bye

  bye:
    hangup: normal
"""


def write_keys(folder: Path) -> None:
    """A number of up to 19 digits, then a menu of two keys; a short tone for each prompt."""
    files = {
        "numbers.yaml": "numbers:\n  700: keys\n\nfallback: keys\n",
        "calendars.yaml": "always:\n  zone: UTC\n  open:\n    daily: 00:00-24:00\n",
        "prompts/en.yaml": "beep: Beep.\n",
        "queues.yaml": "cards:\n  ring_for: 10s\n  wrap_up: 1s\n  misses: 2\n  record: false\n  target: 20s\n",
        "agents.yaml": "{}\n",
        "flows/keys.yaml": FLOW,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "recordings/en").mkdir(parents=True, exist_ok=True)
    write_wav(folder / "recordings/en/beep.wav", tone(440, 0.3))


# ── ways of sending a key as packets ────────────────────────────────────────────────────────────────────────────────


def packet(code: int, duration: int, *, end: bool = False) -> bytes:
    return struct.pack("!BBH", code, 0x8A if end else 0x0A, duration)


def quick(keys: str) -> list[_Tick]:
    """One key in each 20 ms, with nothing between: begin and three ends at once."""
    return [
        _Tick(((True, packet(DIGITS.index(key), FRAME)), *((False, packet(DIGITS.index(key), FRAME, end=True)),) * 3))
        for key in keys
    ]


def ends_again_and_again(key: str) -> list[_Tick]:
    """Twelve packets that end the same press, over a quarter of a second."""
    return [
        *_ticks_of(DIGITS.index(key))[:6],
        *[_Tick(((False, packet(DIGITS.index(key), 960, end=True)),))] * 12,
        *GAP,
    ]


def never_ends(key: str) -> list[_Tick]:
    """Its end packets are all lost."""
    return [*_ticks_of(DIGITS.index(key))[:5], *GAP]


def lasts(key: str, duration: int) -> list[_Tick]:
    code = DIGITS.index(key)
    begin, end = (True, packet(code, duration)), (False, packet(code, duration, end=True))
    return [_Tick((begin,)), _Tick(((False, packet(code, duration)),)), _Tick((end, end, end)), *GAP]


def only_ends(key: str) -> list[_Tick]:
    """Everything before the end packets is lost, with the packet that carries the marker."""
    code = DIGITS.index(key)
    return [_Tick(((True, packet(code, 960, end=True)), *((False, packet(code, 960, end=True)),) * 2)), *GAP]


def backwards(key: str) -> list[_Tick]:
    """The packets of one press in the wrong order."""
    ticks = _ticks_of(DIGITS.index(key))
    return [ticks[0], ticks[5], ticks[2], ticks[4], ticks[1], *GAP]


def code(number: int) -> list[_Tick]:
    """An event that is no key: flash, a fax's tone, a tone of the exchange."""
    return [_Tick(((True, packet(number, 160)),)), _Tick(((False, packet(number, 960, end=True)),) * 3), *GAP]


def stumps() -> list[_Tick]:
    """Packets too short to be an event, empty, and too long."""
    return [_Tick(((True, raw),)) for raw in (b"", b"\x01", b"\x01\x8a", b"\x01\x8a\x00", b"\x01\x8a" * 300)] + GAP


def normal(keys: str) -> list[_Tick]:
    return [tick for key in keys for tick in _ticks_of(DIGITS.index(key))]


def close(keys: str) -> list[_Tick]:
    """Presses of the usual length without any pause between them."""
    return [tick for key in keys for tick in _ticks_of(DIGITS.index(key))[:6]]


GAP = [_Tick()] * 5
PACKETS: dict[str, tuple[list[_Tick], str]] = {
    "as usual": (normal("120#"), "120"),
    "ends repeated": ([*ends_again_and_again("1"), *ends_again_and_again("1"), *normal("2#")], "112"),
    "end lost": ([*never_ends("1"), *never_ends("2"), *normal("3#")], "123"),
    "duration 0": ([*lasts("1", 0), *lasts("2", 0), *normal("#")], "12"),
    "duration 65535": ([*lasts("1", 65535), *lasts("2", 65535), *normal("#")], "12"),
    "back to back": ([*close("1122"), *GAP, *normal("#")], "1122"),
    "50 a second": (quick("1234567890123456789"), "1234567890123456789"),
    "only ends": ([*only_ends("1"), *only_ends("1"), *normal("#")], "11"),
    "backwards": ([*backwards("1"), *backwards("2"), *normal("#")], "12"),
    "no keys": ([*code(16), *code(36), *code(66), *code(255), *normal("7#")], "7"),
    "letters": (normal("1A2D#"), "1A2D"),
    "two hundred": (quick("12345678901234567892" * 10), "1234567890123456789"),
}


async def send(call: RobotCall, ticks: Iterable[_Tick]) -> None:
    """Let the packets go out from now on, 20 ms by 20 ms."""
    stream = call._call.stream
    assert stream is not None
    stream._digits.extend(ticks)


# ── ways of sending a key as INFO ───────────────────────────────────────────────────────────────────────────────────

RELAY = "application/dtmf-relay"
INFOS: dict[str, tuple[list[tuple[str, str]], str]] = {
    "as usual": ([(RELAY, f"Signal={key}\r\nDuration=160\r\n") for key in "12*#"], "12*"),
    "spaces": ([(RELAY, "Signal= 1\r\nDuration= 160\r\n"), (RELAY, "Signal=#\r\n")], "1"),
    "plain": ([("application/dtmf", "1"), ("application/dtmf", "2"), ("application/dtmf", "#")], "12"),
    "empty": ([(RELAY, ""), ("application/dtmf", ""), (RELAY, "Signal=7\r\n"), (RELAY, "Signal=#\r\n")], "7"),
    "huge": ([(RELAY, "Signal=1\r\n" + "X" * 30_000), (RELAY, "Signal=7\r\n"), (RELAY, "Signal=#\r\n")], "17"),
    "wrong signal": (
        [(RELAY, f"Signal={word}\r\nDuration=160\r\n") for word in ("x", "99", "%31", "é", "${EXTEN}", "", "-1", "17")],
        "",
    ),
    "no signal": ([(RELAY, "Duration=160\r\n"), (RELAY, "Signal\r\n"), (RELAY, "\r\n\r\n"), (RELAY, "=1\r\n")], ""),
    "wrong type": (
        [("text/plain", "Signal=1\r\n"), ("application/json", '{"Signal":1}'), ("", "Signal=1"), ("///", "Signal=1")],
        "",
    ),
    "two signals": ([(RELAY, "Signal=7\r\nSignal=8\r\nDuration=160\r\n"), (RELAY, "Signal=#\r\n")], "8"),
    "duration": (
        [(RELAY, f"Signal=7\r\nDuration={word}\r\n") for word in ("0", "-1", "99999999999", "x")]
        + [(RELAY, "Signal=#\r\n")],
        "7777",
    ),
}


def info(call: RobotCall, number: itertools.count[int], kind: str, body: str) -> None:
    line = call._call
    text = line.sip.gen_bye(line.request)
    turn = next(number)
    text = text.replace("BYE ", "INFO ", 1).replace("branch=", f"branch=z9hG4bK{line.session_id}x{turn}x", 1)
    text = re.sub(r"CSeq: \d+ BYE", f"CSeq: {turn} INFO", text)
    head = f"Content-Type: {kind}\r\n" if kind else ""
    line.sip.send(
        text.replace("Content-Length: 0\r\n\r\n", f"{head}Content-Length: {len(body.encode())}\r\n\r\n{body}")
    )


# ── tones, and packets of a call that is over ───────────────────────────────────────────────────────────────────────

TONES = {"1": (697, 1209)}


def dual_tone(key: str, seconds: float) -> bytes:
    """The sound of a key, mu-law."""
    low, high = TONES[key]
    return bytes(
        to_mulaw(round(8000 * (math.sin(math.tau * low * n / 8000) + math.sin(math.tau * high * n / 8000))))
        for n in range(round(8000 * seconds))
    )


class Late:
    """Sends key packets to where a call's sound went, after the call."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sent = 0

    def take_over(self, call: RobotCall) -> None:
        stream = call._call.stream
        assert stream is not None
        self._far = (stream.outIP, stream.outPort)
        self._kind, self._source = stream.event_type or 101, stream.outSSRC
        self._sequence, self._stamp = stream.outSequence, stream.outTimestamp

    def press(self) -> None:
        self._sent += 1
        head = struct.pack("!BBHII", 0x80, self._kind | 0x80, self._sequence + self._sent & 0xFFFF,
                           self._stamp + 800 * self._sent & 0xFFFFFFFF, self._source)  # fmt: skip
        with contextlib.suppress(OSError):  # the port is closed
            self._socket.sendto(head + packet(1, 960, end=True), self._far)

    def close(self) -> None:
        self._socket.close()


# ── the calls ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def floor(package, tmp_path_factory):
    with world(tmp_path_factory.mktemp("keys"), package, write_keys) as running:
        yield running


@dataclass
class Told:
    """What the journal says of one caller's keys, step by step, and how his call ended."""

    number: tuple[str, str]
    choice: tuple[str, str] | None
    outcome: str
    ends: int


async def one(floor, people, caller: str, act: Callable[[RobotCall], Awaitable[None]]) -> Told:
    call = await people.call(caller)
    call.play(b"")
    await floor.at(caller, "number")
    await act(call)
    row = await floor.over(caller)
    left: dict[str, Any] = {fact.step: (fact.keys, fact.exit) for fact in floor.facts(caller, "StepLeft")}
    return Told(left.get("number", ("", "")), left.get("choice"), row.outcome, len(floor.facts(caller, "CallEnded")))


async def together(floor, first: int, acts: Iterable[Callable[[RobotCall], Awaitable[None]]]) -> list[Told]:
    """One call for each act, all at once; each is one record with one end, and nobody died of it."""
    pids = (*floor.pids(), floor.daemon.running())
    async with People(floor) as people:
        told = await asyncio.gather(*(one(floor, people, str(first + n), act) for n, act in enumerate(acts)))
    assert {(one.outcome, one.ends) for one in told} == {("ended_in_flow", 1)}
    assert (*floor.pids(), floor.daemon.running()) == pids
    return told


@pytest.mark.parametrize("group", [0, 1])
async def test_one_press_is_one_digit_whatever_packets_carry_it(floor, group):
    names = [*PACKETS][group::2]
    told = await together(floor, 13810000000 + 100 * group, [partial(send, ticks=PACKETS[name][0]) for name in names])
    keyed = {name: one.number[0] for name, one in zip(names, told, strict=True)}
    assert keyed == {name: PACKETS[name][1] for name in names}
    if "two hundred" in names:
        (flooded,) = [one for name, one in zip(names, told, strict=True) if name == "two hundred"]
        assert flooded.choice == ("2", "2"), "the twentieth key answers the next question"


async def test_one_info_is_one_digit_or_nothing(floor):
    async def press(call: RobotCall, infos: list[tuple[str, str]]) -> None:
        number = itertools.count(100)
        for kind, body in infos:
            info(call, number, kind, body)
            await asyncio.sleep(0.15)

    told = await together(floor, 13820000000, [partial(press, infos=infos) for infos, _ in INFOS.values()])
    keyed = {name: one.number[0] for name, one in zip(INFOS, told, strict=True)}
    assert keyed == {name: keys for name, (_, keys) in INFOS.items()}


async def test_a_key_that_no_telephone_has_is_no_match(floor):
    """In a number it breaks the rules; in a menu it is a key without a line, also when it comes ahead."""
    told = await together(floor, 13830000000, [partial(send, ticks=normal(keys)) for keys in ("1A2D#", "12#B", "12#1")])
    assert [one.number for one in told] == [("1A2D", "no_match"), ("12", "next"), ("12", "next")]
    assert [one.choice for one in told[1:]] == [("B", "no_match"), ("1", "1")]


async def test_packets_that_are_no_events_end_nothing(floor):
    """Asterisk reads such a stump as it finds it, as one key at most; what follows is right."""
    (told,) = await together(floor, 13840000000, [partial(send, ticks=[*stumps(), *normal("7#")])])
    assert re.fullmatch(r"[0-9*A-D]{0,5}7", told.number[0])


async def test_a_tone_beside_the_packets_is_not_a_second_key_and_alone_it_is_none(floor):
    async def both(call: RobotCall) -> None:
        call.play(dual_tone("1", 3.0))
        await send(call, normal("1#"))

    async def alone(call: RobotCall) -> None:
        call.play(dual_tone("1", 3.0))

    told = await together(floor, 13850000000, [both, alone])
    assert [one.number for one in told] == [("1", "next"), ("", "no_input")]


async def test_keys_after_the_bye_reach_nobody(floor):
    late = Late()

    async def leave(call: RobotCall) -> None:
        late.take_over(call)
        call.hang_up()
        for _ in range(40):
            late.press()
            await asyncio.sleep(0.02)

    try:
        told = await together(floor, 13860000000, [leave, partial(send, ticks=normal("12#"))])
    finally:
        late.close()
    assert [one.number for one in told] == [("", ""), ("12", "next")]


async def test_a_phone_that_sends_a_key_in_both_ways_presses_it_twice(floor):
    """Asterisk takes each for a press, and nobody can tell them from two: docs/lab.md says what to do."""

    async def both(call: RobotCall) -> None:
        info(call, itertools.count(100), RELAY, "Signal=1\r\nDuration=160\r\n")
        await send(call, normal("1#"))

    (told,) = await together(floor, 13870000000, [both])
    assert told.number == ("11", "next")
