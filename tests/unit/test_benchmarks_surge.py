"""What the surge benchmark draws, writes and reads, without an Asterisk."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace

import pytest

from acd.tally import How
from benchmarks.arena import HOST, free_ports
from benchmarks.surge.arms import Stage
from benchmarks.surge.day import ours, rates, scene, theirs
from benchmarks.surge.phones import JOINS, RING, Exchange, Person, read
from benchmarks.surge.run import _came, _gains
from switchroom.floorplan import load_floor

pytestmark = pytest.mark.unit

CUT = (20.0, 300.0, 120.0)


def test_all_times_are_divided_and_the_people_stay_the_same():
    slow, fast = scene(1.0, *CUT[1:], 7), scene(20.0, *CUT[1:], 7)
    assert len(slow.crowd.callers) == len(fast.crowd.callers) > 200
    one, same = slow.crowd.callers[50], fast.crowd.callers[50]
    assert (same.at, same.patience, same.talk) == (one.at / 20, one.patience / 20, one.talk / 20)
    assert one.kind == same.kind


def test_the_surging_class_calls_more_while_it_surges():
    drawn = scene(1.0, 900.0, 0.0, 7)
    first = [one for one in drawn.crowd.callers if one.kind == 0]
    surging = sum(one.at >= 900.0 for one in first)
    assert surging > 1.2 * (len(first) - surging)


def test_both_arms_are_simulated_on_the_same_people():
    drawn = scene(*CUT, 7)
    mine, other = ours(drawn), theirs(drawn, "rrmemory", "home first")
    assert [(one.kind, one.at) for one in mine] == [(one.kind, one.at) for one in other]
    assert rates(mine, 20.0).counts.asked == len(drawn.crowd.callers)
    assert mine == ours(drawn)


def test_nobody_is_answered_before_he_has_joined_and_a_phone_has_rung_and_no_agent_is_lost_meanwhile():
    drawn = scene(*CUT, 7)
    hasty = tuple(replace(one, patience=0.2) for one in drawn.crowd.callers[:150])
    drawn = replace(drawn, crowd=replace(drawn.crowd, callers=hasty + drawn.crowd.callers[150:]))
    for came in (ours(drawn), theirs(drawn, "rrmemory", "none")):
        assert not any(one.answered for one in came[:150])
        waited = [one.waited for one in came[150:] if one.answered]
        assert min(waited) == pytest.approx(JOINS + RING)
        assert sum(wait < JOINS + RING + 0.01 for wait in waited[:40]) > 30, "all agents are still there"


def test_the_floor_that_is_written_is_sound_and_app_queue_has_the_same_seats(tmp_path):
    drawn = scene(*CUT, 7)
    stage = Stage(tmp_path, None, drawn)
    floor, faults = load_floor(stage._write_floor())
    assert not faults
    assert {queue.order for queue in floor.queues.values()} == {"deadline"}
    conf = stage._queues_conf("rrmemory", "home first")
    for queue in drawn.day.queues():
        members = conf.partition(f"[{queue}]")[2].partition("\n[")[0]
        serving = {seat.agent for seat in drawn.day.seats if queue in seat.profile.queues}
        seated = [line for line in members.splitlines() if line.startswith("member =>")]
        assert {line.split("/")[1].split(",")[0] for line in seated} == serving
    assert "member => PJSIP/a000,0" in conf


def test_a_message_is_read_with_all_its_vias():
    first, headers = read("SIP/2.0 200 OK\r\nVia: a\r\nVia: b\r\nf: x\r\nCSeq: 1 BYE\r\n\r\nbody: no")
    assert first == "SIP/2.0 200 OK"
    assert headers == {"via": "a\r\nVia: b", "from": "x", "cseq": "1 BYE"}


class FakeExchange(asyncio.DatagramProtocol):
    """Takes a call, rings an agent for it, and hangs the caller up when the agent has."""

    def __init__(self, phones, answers):
        self.phones, self.answers, self.caller = phones, answers, None

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        first, headers = read(data.decode())
        if first.startswith("INVITE"):
            self.caller, self.asked = addr, headers
            self._reply(headers, addr, "200 OK")
            if self.answers:
                self._send(self.phones, f"INVITE sip:a001@{HOST}", headers["from"], "leg@x", "7 INVITE")
        elif first.startswith("BYE") and addr[1] == self.phones:
            self._reply(headers, addr, "200 OK")
            self._send(self.caller[1], "BYE sip:x@y", "<sip:z@y>", self.asked["call-id"], "9 BYE")
        elif first.startswith("BYE"):
            self._reply(headers, addr, "200 OK")

    def _reply(self, headers, addr, status):
        lines = (
            f"SIP/2.0 {status}", f"Via: {headers['via']}", f"From: {headers['from']}", f"To: {headers['to']};tag=e",
            f"Call-ID: {headers['call-id']}", f"CSeq: {headers['cseq']}", f"Contact: <sip:{HOST}:1>",
        )  # fmt: skip
        self.transport.sendto("\r\n".join([*lines, "", ""]).encode(), addr)

    def _send(self, port, line, who, call, cseq):
        lines = (f"{line} SIP/2.0", "Via: SIP/2.0/UDP e;branch=z", f"From: {who}", "To: <sip:a001@h>",
                 f"Call-ID: {call}", f"CSeq: {cseq}", f"Contact: <sip:{HOST}:1>")  # fmt: skip
        self.transport.sendto("\r\n".join([*lines, "", ""]).encode(), (HOST, port))


@pytest.mark.parametrize("answers", [True, False])
async def test_patience_stops_when_somebody_answers(answers):
    sip, callers, phones = free_ports(3, socket.SOCK_DGRAM)
    loop = asyncio.get_running_loop()
    fake, _ = await loop.create_datagram_endpoint(lambda: FakeExchange(phones, answers), (HOST, sip))
    async with Exchange(sip, callers, phones, {}) as exchange:
        (call,) = await exchange.play([Person(0.0, "4000", 0.8, 1.0)], 20.0)
    fake.close()
    assert call.gave_up is not answers
    assert (call.answered_at is not None) is answers
    assert call.gone_at - call.asked_at >= (1.2 if answers else 0.8) - 0.01
    assert call.agent == ("a001" if answers else "")


def test_who_was_neither_answered_nor_gave_up_is_a_failure():
    drawn = scene(*CUT, 7)

    class Silent:
        asked_at = answered_at = gone_at = None
        gave_up = False

    came, failed = _came(drawn, [Silent()] * len(drawn.crowd.callers))
    assert not came
    assert failed == len(drawn.crowd.callers)
    assert How.ABANDONED not in {one.answered for one in came}


def test_gains_are_told_by_day_and_beside_what_was_simulated():
    said = {"simulated switchroom": (90.0, 60.0), "simulated app_queue": (86.0, 50.0)}
    said |= {"telephone switchroom": (89.5, 58.0), "telephone app_queue": (90.0, 50.5)}
    rows = [{"arm": arm, "round": n + 1, "sl6": rate} for arm, rates_ in said.items() for n, rate in enumerate(rates_)]
    assert _gains(rows) == [
        "simulated: +4.0, +10.0; mean +7.0",
        "telephone: -0.5, +7.5; mean +3.5",
        "the telephone's part of the simulation's: 0.50",
    ]
