"""Our phones against a real Asterisk: registering, being refused, calling, pressing keys, hearing."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time

import pytest
from patience import PATIENCE, meanwhile, until

from cti.sip.call import PhoneError
from cti.sip.caller import CallPlan, place_call
from cti.sip.phone import Account, RobotPhone
from cti.sip.signalling import Registration
from cti.sip.sound import speech

pytestmark = pytest.mark.live

GREETER, BUSY, CONGESTION, UNKNOWN = "6001", "2001", "4001", "nobody"


def account(running, name, password=None):
    secret = running.layout.secrets.phones[name] if password is None else password
    return Account("127.0.0.1", running.settings.sip_port, name, secret)


def contacts(running):
    return running.daemon.command("pjsip show contacts")


async def test_a_phone_registers_stays_and_leaves(exchange):
    async with RobotPhone(account(exchange, "alice")) as phone:
        await phone.register(PATIENCE)
        assert phone.registration == Registration.REGISTERED
        assert f"alice/sip:alice@127.0.0.1:{phone.port}" in contacts(exchange)
        # Asterisk qualifies its phones: one that does not answer OPTIONS is taken for dead.
        await asyncio.to_thread(until, lambda: "Avail" in contacts(exchange), what="qualifying")
    assert "alice/sip" not in contacts(exchange)


async def test_a_wrong_password_is_refused(exchange):
    async with RobotPhone(account(exchange, "alice", "wrong")) as phone:
        with pytest.raises(PhoneError, match="check user and password"):
            await phone.register()
    assert "alice/sip" not in contacts(exchange)


async def test_a_phone_that_returns_takes_the_place_of_the_old_one(exchange):
    async with RobotPhone(account(exchange, "alice")) as first, RobotPhone(account(exchange, "alice")) as second:
        await first.register(PATIENCE)
        await second.register(PATIENCE)
        assert f":{second.port}" in contacts(exchange)
        assert f":{first.port}" not in contacts(exchange)


async def test_a_call_is_greeted_heard_and_ended_by_the_caller(carrier):
    report = await place_call(
        CallPlan(GREETER, port=carrier.settings.sip_port, keys="wait 0.5; 12", talk=1.5, patience=PATIENCE)
    )
    assert report.answered
    assert report.greeted
    assert (report.digits_heard, report.keys_pressed, report.ended_by) == ("D", "12", "caller")
    assert report.loud > 1
    assert max(report.levels) > 0.02
    assert report.talked > 1.4
    assert report.packets > 50, "a second of sound"


@pytest.mark.parametrize(("number", "code"), [(BUSY, 486), (CONGESTION, 503), (UNKNOWN, 404)])
async def test_a_call_that_is_not_taken_says_why(carrier, number, code):
    report = await place_call(CallPlan(number, port=carrier.settings.sip_port))
    assert (report.answered, report.refused_code, report.ended_by) == (False, code, "exchange")


async def test_keys_arrive_at_a_real_asterisk_each_once(exchange, open_door):
    heard = []

    def script(_told, command):
        heard.append(command("GET DATA silence/1 60000 16"))
        command("SET VARIABLE SR_DONE end")

    open_door(script)
    report = await place_call(CallPlan("800", port=exchange.settings.sip_port, keys="wait 1; 1234567890*; 55#", talk=1))
    assert heard == ["200 result=1234567890*55"]
    assert report.ended_by == "exchange"


async def test_eight_talking_phones_cost_little(carrier):
    """Measured: 0.04 s of processor for two seconds of eight talks; a busy loop takes two, or a thread a direction."""
    threads = threading.active_count()
    async with RobotPhone(Account("127.0.0.1", carrier.settings.sip_port, "crowd")) as phone:
        calls = [phone.call(GREETER) for _ in range(8)]
        for call in calls:
            assert await call.heard_digit("D", within=PATIENCE)
            call.play(speech(), again=True)
        assert threading.active_count() <= threads + 2, "one for the signals, one for all sound"
        before, cpu = [call.ear.packets for call in calls], time.process_time()
        await meanwhile(lambda: all(call.ear.packets >= n + 100 for call, n in zip(calls, before, strict=True)))
        heard = sum(call.ear.packets for call in calls) - sum(before)
        assert (time.process_time() - cpu) / heard < 0.001, "a thousandth of a second for each packet"


def test_the_command_line_places_the_call_and_answers_in_json(carrier):
    start = [sys.executable, "-c", "from switchroom.cli import main; main()"]
    words = [*start, "call", GREETER, "--to", f"127.0.0.1:{carrier.settings.sip_port}", "--talk", "1", "--json"]
    done = subprocess.run(  # noqa: S603 - our own program
        words, capture_output=True, text=True, timeout=2 * PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["greeted"] is True
