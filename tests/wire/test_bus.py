"""Facts reach the broker in order and without a gap, whatever happens to the broker; nobody waits for it."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import subprocess
from pathlib import Path

import aiomqtt
import pytest
from patience import PATIENCE, meanwhile
from ports import free_port

from cti.broker import LoopbackBroker
from cti.bus import Backoff, BrokerAddress, Bus, BusRecord, parse_broker_url, payload, topic

pytestmark = pytest.mark.wire

QUICK = Backoff(0.05, 0.2)


class Outbox:
    """Facts in memory, with a cursor that outlives the bus."""

    def __init__(self):
        self.records = []
        self.marked = 0
        self.broken = False

    def put(self, count=1, kind="CallEnded"):
        for _ in range(count):
            seq = len(self.records) + 1
            self.records.append(BusRecord(seq, kind, f"a1-{seq}.1", "", json.dumps({"at": 1.0 * seq, "name": "王"})))

    async def read(self, after):
        if self.broken:
            raise RuntimeError("the journal cannot be read")
        return self.records[after : after + 250]

    async def mark(self, seq):
        assert seq > self.marked
        self.marked = seq

    def bus(self, port, **more):
        return Bus(BrokerAddress("127.0.0.1", port, **more), self.read, self.mark, after=self.marked, backoff=QUICK)


class Listener:
    """Subscribes with a lasting session, comes back whenever the broker does, and keeps every number it hears."""

    def __init__(self, port, filter_="switchroom/facts/#", **more):
        self.port, self.filter, self.more = port, filter_, more
        self.heard, self.messages = [], []
        self.ready = asyncio.Event()

    async def run(self):
        while True:
            try:
                async with aiomqtt.Client(
                    "127.0.0.1", self.port, identifier="listener", clean_session=False, **self.more
                ) as client:
                    await client.subscribe(self.filter, qos=1)
                    self.ready.set()
                    async for message in client.messages:
                        self.messages.append((str(message.topic), message.payload))
                        self.heard.append(json.loads(message.payload)["seq"])
            except aiomqtt.MqttError:
                await asyncio.sleep(0.05)

    async def __aenter__(self):
        self.task = asyncio.create_task(self.run())
        await asyncio.wait_for(self.ready.wait(), PATIENCE)
        return self

    async def __aexit__(self, *_):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


def in_order_without_gap(heard, last):
    """Each number at least once, and at its first hearing every one below it was heard already."""
    high = 0
    for seq in heard:
        assert seq <= high + 1, f"{seq} came when only {high} had"
        high = max(high, seq)
    assert high == last


async def test_facts_arrive_in_order_with_their_number_and_body():
    outbox = Outbox()
    outbox.put(700)
    async with LoopbackBroker() as broker, Listener(broker.port) as listener:
        bus = outbox.bus(broker.port)
        await bus.start()
        await meanwhile(lambda: outbox.marked == 700)
        outbox.put(5, "AgentChanged")
        bus.wake()
        await meanwhile(lambda: len(listener.heard) >= 705)
        assert listener.heard == list(range(1, 706))
        assert bus.trouble() == ""
        assert bus.done == outbox.marked == 705
        where, what = listener.messages[0]
        assert where == "switchroom/facts/CallEnded/a1-1.1"
        assert json.loads(what) == {"seq": 1, "kind": "CallEnded", "fact": {"at": 1.0, "name": "王"}}
        await bus.stop()


async def test_a_consumer_may_follow_one_contact():
    outbox = Outbox()
    outbox.put(10)
    async with LoopbackBroker() as broker, Listener(broker.port, "switchroom/facts/+/a1-7.1") as listener:
        bus = outbox.bus(broker.port)
        await bus.start()
        await meanwhile(lambda: listener.heard == [7])
        await bus.stop()


async def test_a_new_server_goes_on_where_the_last_one_was():
    outbox = Outbox()
    outbox.put(3)
    async with LoopbackBroker() as broker, Listener(broker.port) as listener:
        for last in (3, 6):
            bus = outbox.bus(broker.port)
            await bus.start()
            await meanwhile(lambda last=last: outbox.marked == last)
            await bus.stop()
            outbox.put(3)
        await meanwhile(lambda: len(listener.heard) == 6)
        assert listener.heard == [1, 2, 3, 4, 5, 6]


async def test_without_a_broker_nobody_waits_and_the_trouble_is_told():
    outbox = Outbox()
    port = free_port()
    bus = outbox.bus(port)
    await bus.start()
    for _ in range(1000):
        outbox.put()
        bus.wake()
    await meanwhile(lambda: "127.0.0.1" in bus.trouble())
    async with LoopbackBroker(port), Listener(port) as listener:
        await meanwhile(lambda: outbox.marked == 1000)
        outbox.put()
        bus.wake()
        await meanwhile(lambda: listener.heard[-1:] == [1001])
        # Whoever subscribes after the broker came back may have missed the first ones, but never one in between.
        assert listener.heard == list(range(1002 - len(listener.heard), 1002))
        await bus.stop()


async def test_a_broker_that_accepts_and_says_nothing_disturbs_nobody(monkeypatch):
    async def silent(reader, writer):
        await reader.read(-1)
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    outbox = Outbox()
    outbox.put(5)
    bus = outbox.bus(server.sockets[0].getsockname()[1])
    await bus.start()
    await meanwhile(lambda: bus.trouble() != "", "word of the trouble")
    assert outbox.marked == 0
    await bus.stop()
    server.close()


async def test_an_outbox_that_cannot_be_read_is_tried_again():
    outbox = Outbox()
    outbox.put(3)
    outbox.broken = True
    async with LoopbackBroker() as broker:
        bus = outbox.bus(broker.port)
        await bus.start()
        await meanwhile(lambda: "cannot be read" in bus.trouble())
        outbox.broken = False
        await meanwhile(lambda: outbox.marked == 3)
        await meanwhile(lambda: bus.trouble() == "")
        await bus.stop()


# ── a real broker ─────────────────────────────────────────────────────────────────────────────────────────────────


def mosquitto():
    """The machine's own mosquitto, or Debian's unpacked into the user's cache folder; a clear failure without both."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if found:
        return (found,)
    from cti.debian import CannotUnpackError, unpack_program  # noqa: PLC0415 - only where there is none

    try:
        return unpack_program(("mosquitto",), "mosquitto").command
    except CannotUnpackError as fault:
        pytest.fail(f"this test needs mosquitto (apt-get install mosquitto): {fault}")


class Mosquitto:
    """A real broker on a free port that keeps its sessions on disk, so that a kill is the only thing lost."""

    def __init__(self, folder: Path, *lines: str):
        self.port = free_port()
        self.config = folder / "mosquitto.conf"
        defaults = (
            f"listener {self.port} 127.0.0.1",
            "persistence true",
            f"persistence_location {folder}/",
            "user root",
        )
        self.config.write_text("\n".join([*defaults, "autosave_interval 1", "autosave_on_changes true", *lines]) + "\n")
        self.command = mosquitto()
        self.process = None

    async def start(self):
        self.process = subprocess.Popen(  # noqa: ASYNC220, S603 - returns at once; our own configuration
            [*self.command, "-c", str(self.config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

        def answers():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0

        await meanwhile(answers)

    async def remembers(self, subscription):
        """Wait until the listener's session is on disk, so that a kill does not lose it."""
        file = self.config.parent / "mosquitto.db"
        await meanwhile(lambda: file.exists() and subscription.encode() in file.read_bytes())

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
async def broker(tmp_path):
    tmp_path.chmod(0o777)
    one = Mosquitto(tmp_path, "allow_anonymous true", "max_queued_messages 100000")
    await one.start()
    yield one
    one.kill()


async def test_a_real_broker_that_dies_again_and_again_misses_nothing(broker):
    """The bus's half of the promise: what the broker acknowledged, it has; after each death the rest comes again.

    A message that a killed broker had acknowledged and not yet passed on may be lost in the broker itself, so the
    listener's last number before each death is awaited first.
    """
    outbox = Outbox()
    bus = outbox.bus(broker.port)
    async with Listener(broker.port) as listener:
        await broker.remembers(listener.filter)
        await bus.start()
        for _ in range(4):
            outbox.put(200)
            bus.wake()
            await meanwhile(lambda: outbox.marked == len(outbox.records) and set(listener.heard) >= {outbox.marked})
            listener.ready.clear()
            broker.kill()
            outbox.put(300)  # while it is dead
            bus.wake()
            await meanwhile(lambda: bus.trouble() != "")
            await broker.start()
            await asyncio.wait_for(listener.ready.wait(), PATIENCE)
        await meanwhile(lambda: outbox.marked == 2000 and 2000 in listener.heard)
        in_order_without_gap(listener.heard, 2000)
        assert bus.trouble() == ""
        await bus.stop()


async def test_a_broker_killed_in_the_middle_of_publishing_gets_everything_it_did_not_acknowledge(broker):
    outbox = Outbox()
    outbox.put(4000)
    bus = outbox.bus(broker.port)
    async with Listener(broker.port) as listener:
        await broker.remembers(listener.filter)
        await bus.start()
        await meanwhile(lambda: outbox.marked >= 250 and listener.heard)
        broker.kill()
        await meanwhile(lambda: bus.trouble() != "")
        resumed_from, heard_before = outbox.marked, list(listener.heard)
        assert resumed_from < 4000, "the broker was killed too late to prove anything"
        in_order_without_gap(heard_before, max(heard_before))
        await broker.start()
        await meanwhile(lambda: outbox.marked == 4000 and 4000 in listener.heard)
        # What was acknowledged and not passed on died with the broker; from there on all of it comes again in order.
        # Before that the broker sends once more what the listener had not acknowledged.
        wanted = resumed_from + 1
        for seq in listener.heard[len(heard_before) :]:
            wanted += seq == wanted
        assert wanted == 4001
    await bus.stop()


async def test_user_and_password_are_used_and_never_shown(tmp_path):
    tmp_path.chmod(0o777)
    passwords = tmp_path / "passwords"
    passwords.write_text("floor:secret-9\n")
    tool = shutil.which("mosquitto_passwd") or str(Path(mosquitto()[-1]).parent.parent / "bin/mosquitto_passwd")
    tool_command = [*mosquitto()[:-1], tool]  # through the same loader where it was unpacked
    subprocess.run([*tool_command, "-U", str(passwords)], check=True)  # noqa: ASYNC221, S603 - a moment, our own file
    passwords.chmod(0o644)
    broker = Mosquitto(tmp_path, "allow_anonymous false", f"password_file {passwords}")
    await broker.start()
    outbox = Outbox()
    outbox.put(3)
    stranger = outbox.bus(broker.port, username="floor", password="wrong-7")
    await stranger.start()
    await meanwhile(lambda: "127.0.0.1" in stranger.trouble())
    assert "wrong-7" not in stranger.trouble()
    await stranger.stop()
    assert outbox.marked == 0
    bus = outbox.bus(broker.port, username="floor", password="secret-9")
    await bus.start()
    await meanwhile(lambda: outbox.marked == 3)
    await bus.stop()
    broker.kill()
    assert "secret-9" not in repr(BrokerAddress("h", 1, "floor", "secret-9"))


# ── texts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (BusRecord(1, "CallEnded", "a1-1.2", "ann", "{}"), "switchroom/facts/CallEnded/a1-1.2"),
        (BusRecord(1, "AgentChanged", "", "ann", "{}"), "switchroom/facts/AgentChanged/ann"),
        (BusRecord(1, "NodeChanged", "", "", "{}"), "switchroom/facts/NodeChanged/floor"),
        (BusRecord(1, "AgentChanged", "", "a/b+#%\n", "{}"), "switchroom/facts/AgentChanged/a%2Fb%2B%23%25%0A"),
        (BusRecord(1, "AgentChanged", "", "李雷", "{}"), "switchroom/facts/AgentChanged/李雷"),
    ],
)
def test_no_id_can_climb_out_of_its_topic_level(record, expected):
    assert topic("switchroom", record) == expected


def test_the_payload_is_json_whatever_the_body():
    assert json.loads(payload(BusRecord(7, "K", "", "", '{"a":[1,"\\""]}'))) == {
        "seq": 7,
        "kind": "K",
        "fact": {"a": [1, '"']},
    }


@pytest.mark.parametrize("bad", ["", "mqtt://", "http://h:1", "h:1883", "mqtts://h"])
def test_an_address_that_is_none_is_refused(bad):
    with pytest.raises(ValueError, match=r"mqtt"):
        parse_broker_url(bad)


def test_an_address_is_read():
    assert parse_broker_url("mqtt://broker", username="u") == BrokerAddress("broker", 1883, "u")
    assert parse_broker_url("mqtt://broker:99").port == 99
