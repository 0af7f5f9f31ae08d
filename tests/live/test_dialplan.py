"""The dialplan and the carrier: real SIP calls between two Asterisks, a scripted server at the door."""

from __future__ import annotations

import math
import os
import subprocess
import time
from pathlib import Path

import pytest
from patience import PATIENCE
from stage import (
    Command,
    account,
    channels,
    hold_then_end,
    leave,
    place,
    read_wav,
    ring_leg,
    strength,
    until,
    waiting,
)

from cti.asterisk.carrier import Outcome
from cti.asterisk.probe import Probe
from cti.debian import find_or_unpack_program

pytestmark = pytest.mark.live

SECOND = 16_000  # bytes of sound
MOMENT = 0.05  # seconds by which two programs' clocks of one machine may differ: both tell milliseconds


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


# ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_at_the_door_the_caller_hears_music_until_somebody_opens(exchange, ami, outside, open_door, tmp_path):
    place(outside, "k1", keys="", record=str(tmp_path / "heard"))
    until(lambda: channels(ami, Context="switchroom-door", Application="MusicOnHold"), what="music at the door")
    until(lambda: exchange.layout.messages.read_text().count("FastAGI failed") >= 2, what="a second knock")
    door = open_door(hold_then_end)
    waiting(ami)
    until(lambda: size(tmp_path / "heard.wav") > 4 * SECOND, what="four seconds of what the caller hears")
    visit = door.visits[0]
    assert visit["agi_network_script"] == exchange.layout.secrets.agi_token
    assert visit["agi_arg_1"] == "800"
    assert visit["agi_arg_2"] == ""
    assert visit["agi_uniqueid"].startswith("exchange-")
    leave(outside)
    told = account(outside, "k1")
    assert (told.outcome, told.ended_by) == (Outcome.GAVE_UP, "caller")
    heard = read_wav(tmp_path / "heard.wav")
    level = math.sqrt(sum(sample * sample for sample in heard) / len(heard))
    assert len(heard) > 3 * 8000
    assert level > 300, "the caller heard music"


def test_keys_reach_the_door_and_the_callers_number_and_name_with_them(outside, open_door):
    keyed: list[str] = []

    def script(told: dict[str, str], command: Command) -> None:
        command('EXEC Read "KEYED,,5,,1,5"')
        keyed.append(command("GET VARIABLE KEYED"))
        command("SET VARIABLE SR_DONE end")

    door = open_door(script)
    place(outside, "k1", number="+8675588", keys="w4921*", caller_number="4711", caller_name="Änne O'Neil")
    told = account(outside, "k1")
    assert keyed == ["200 result=1 (4921*)"]
    assert door.visits[0]["agi_callerid"] == "4711"
    assert door.visits[0]["agi_calleridname"] == "Änne O'Neil"
    assert door.visits[0]["agi_arg_1"] == "+8675588"
    assert told.outcome is Outcome.CUT_OFF, "the exchange ended it before any greeting"


def test_a_talk_is_bridged_recorded_on_two_legs_and_returns_to_the_door(exchange, ami, outside, open_door):
    door = open_door(hold_then_end)
    place(outside, "k1", talk=2.0)
    call = waiting(ami)[0]["Uniqueid"]
    rung = time.time()
    leg = ring_leg(ami, call, recording="2026/11/k1")
    ami.await_event("BridgeEnter", within=PATIENCE, Uniqueid=call)
    told = account(outside, "k1")
    assert told.outcome is Outcome.TALKED
    assert told.ended_by == "caller"
    last = ami.await_event("UserEvent", within=PATIENCE, UserEvent="SwitchroomEnded")["Last"].split("|")
    assert last[0] == call
    assert last[2:4] == ["16", leg]
    answered, ended = float(last[4]), float(last[1])
    assert rung - MOMENT < answered < told.greeted_at + MOMENT, "the agent answered, and then he greeted"
    assert told.greeted_at + 2.0 - MOMENT < ended < time.time() + MOMENT, "the caller talked for two seconds"
    kept = ami.ask("DBGetTree", {"Family": "switchroom-ended"})[1:]
    assert [entry["Val"].split("|")[0] for entry in kept] == [call]
    assert len(door.visits) == 1, "the caller hung up: he does not come back"
    agent, caller = (read_wav(exchange.layout.recordings / f"2026/11/k1-{who}.wav") for who in ("agent", "caller"))
    assert len(agent) == len(caller), "the legs are aligned"
    assert len(agent) / 8000 == pytest.approx(ended - answered, abs=0.5)
    second = slice(len(agent) - 12000, len(agent) - 4000)
    assert strength(agent[second], 350) > 1000 > 10 * strength(agent[second], 440)
    assert strength(caller[second], 440) > 1000 > 10 * strength(caller[second], 350)


def test_after_the_agent_hangs_up_the_caller_stands_at_the_door_with_the_talk_told(ami, outside, open_door):
    door = open_door(hold_then_end)
    place(outside, "k1", talk=PATIENCE)
    call = waiting(ami)[0]["Uniqueid"]
    rung = time.time()
    leg = ring_leg(ami, call)
    ami.await_event("BridgeEnter", within=PATIENCE, Uniqueid=call)
    bridged = time.time()
    agent = channels(ami, Uniqueid=leg)[0]
    ami.ask("Hangup", {"Channel": agent["Channel"], "Cause": "16"})
    told = account(outside, "k1")
    assert told.ended_by == "exchange"
    assert [visit["agi_arg_2"] for visit in door.visits] == ["", leg]
    assert rung - MOMENT < float(door.visits[1]["agi_arg_3"]) < bridged + MOMENT, "when the talk began"


def test_a_talk_goes_on_when_the_server_dies_and_the_next_one_hears_of_it(ami, outside, open_door):
    door = open_door(hold_then_end)
    place(outside, "k1", talk=PATIENCE)
    call = waiting(ami)[0]["Uniqueid"]
    door.close()
    leg = ring_leg(ami, call)
    ami.await_event("BridgeEnter", within=PATIENCE, Uniqueid=call)
    agent = channels(ami, Uniqueid=leg)[0]
    ami.ask("Hangup", {"Channel": agent["Channel"]})
    until(
        lambda: channels(ami, Uniqueid=call, Context="switchroom-door", Application="MusicOnHold"),
        what="knocking",
    )
    again = open_door(hold_then_end)
    assert account(outside, "k1").ended_by == "exchange"
    assert again.visits[0]["agi_arg_2"] == leg


def test_a_dead_callers_leg_bridges_nobody_else(ami, outside, open_door):
    """`Bridge(node-17.1)` would take node-17.10: the dialplan must ask for the whole channel name."""
    open_door(hold_then_end)
    for number in range(11):
        place(outside, f"k{number}")
    by_id = {channel["Uniqueid"]: channel for channel in waiting(ami, 11)}
    dead = max(by_id, key=len)[:-1]
    if dead in by_id:  # not when it came in another second
        ami.ask("Hangup", {"Channel": by_id[dead]["Channel"]})
        ami.await_event("Hangup", within=PATIENCE, Uniqueid=dead)
    leg = ring_leg(ami, dead)
    ami.await_event("Hangup", within=PATIENCE, Uniqueid=leg)
    left = len(by_id) - (dead in by_id)
    assert len(waiting(ami, left)) == left
    assert not [event for event in ami.events if event.get("Event") == "BridgeEnter"]


@pytest.mark.parametrize("number", ["abc", "", "s", "switchroom-leg", "*98", "%0d%0aX"])
def test_what_is_no_number_is_refused(carrier, outside, ami, open_door, number):
    door = open_door(hold_then_end)
    place(outside, "odd", number=number)
    assert account(outside, "odd").outcome is Outcome.REFUSED
    assert not channels(ami)
    assert not door.visits


def test_a_number_with_dirt_in_it_reaches_the_door_clean(outside, open_door):
    door = open_door(hold_then_end)
    place(outside, "dirt", number="800;x=y&$(id)")
    until(lambda: door.visits, what="a visit")
    assert door.visits[0]["agi_arg_1"] == "800"


def dial_out(ami: Probe, number: str, patience: float = PATIENCE) -> str:
    headers = {"Channel": f"PJSIP/{number}@carrier", "ChannelId": f"out.{number}", "Context": "switchroom-leg"}
    headers |= {"Exten": "s", "Priority": "1", "Async": "true", "Timeout": f"{patience * 1000:.0f}"}
    ami.ask("Originate", headers)
    return headers["ChannelId"]


@pytest.mark.parametrize(("number", "cause"), [("1001", "16"), ("2001", "17"), ("4001", "34"), ("9001", "21")])
def test_customers_answer_are_busy_or_congested(ami, carrier, number, cause):
    leg = dial_out(ami, number)
    assert ami.await_event("Hangup", within=PATIENCE, Uniqueid=leg)["Cause"] == cause


def test_a_customer_who_does_not_answer_rings_until_we_give_up(ami, carrier):
    leg = dial_out(ami, "3001", patience=3.0)
    ami.await_event("Newstate", within=PATIENCE, Uniqueid=leg, ChannelStateDesc="Ringing")
    assert ami.await_event("OriginateResponse", within=PATIENCE, Uniqueid=leg)["Response"] == "Failure"


# ── a phone may dial nothing ──────────────────────────────────────────────────────────────────────────────

SCENARIO = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="an agent's phone dials">
  <send><![CDATA[
INVITE sip:{number}@127.0.0.1:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:alice@127.0.0.1>;tag=[call_number]
To: <sip:{number}@127.0.0.1>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:alice@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv response="401" auth="true"/>
  <send><![CDATA[
ACK sip:{number}@127.0.0.1:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:alice@127.0.0.1>;tag=[call_number]
To: <sip:{number}@127.0.0.1>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
  <send><![CDATA[
INVITE sip:{number}@127.0.0.1:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:alice@127.0.0.1>;tag=[call_number]
To: <sip:{number}@127.0.0.1>
Call-ID: [call_id]
CSeq: 2 INVITE
Contact: <sip:alice@[local_ip]:[local_port]>
[authentication username=alice password={secret}]
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv response="100" optional="true"/>
  <recv response="404"/>
  <send><![CDATA[
ACK sip:{number}@127.0.0.1:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:alice@127.0.0.1>;tag=[call_number]
To: <sip:{number}@127.0.0.1>[peer_tag_param]
Call-ID: [call_id]
CSeq: 2 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
</scenario>
"""


@pytest.mark.parametrize("number", ["s", "800", "switchroom-leg"])
def test_an_agents_phone_reaches_nothing_by_dialling(exchange, tmp_path, number):
    sipp = find_or_unpack_program(("sip-tester",), "sipp")
    scenario = tmp_path / "dial.xml"
    scenario.write_text(SCENARIO.format(number=number, secret=exchange.layout.secrets.phones["alice"]))
    words = [*sipp.command, "-sf", str(scenario), "-m", "1", "-i", "127.0.0.1", "-timeout", "60s", "-timeout_error"]
    done = subprocess.run(  # noqa: S603 (our own words)
        [*words, "-nostdin", f"127.0.0.1:{exchange.settings.sip_port}"],
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        cwd=tmp_path,
        env={**os.environ, "TERM": "dumb"},
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-1000:]
