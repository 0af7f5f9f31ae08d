"""The link to an Asterisk under faults. Each fault that panoramisk 1.4 has by itself is planted here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from fake_ami import FakeAmi, Session, give_list
from patience import PATIENCE, meanwhile

import cti.asterisk.link as link_module
from cti.asterisk import protocol
from cti.asterisk.actions import EncodeError, Hangup, ListChannels, Originate, Redirect
from cti.asterisk.codec import LONGEST_MESSAGE, Message
from cti.asterisk.link import AmiAccess, AmiLink, Answer, LinkState, Listener

pytestmark = pytest.mark.wire


class Peer:
    """A link and everything it told, in order: events by name, "up", "down"."""

    def __init__(self, port: int, secret: str = "right") -> None:  # noqa: S107 (a test's own)
        self.told: list[str] = []
        self.events: list[Message] = []
        listener = Listener(
            self._event, lambda uptime: self.told.append(f"up {uptime:.0f}"), lambda: self.told.append("down")
        )
        wanted = frozenset({"Newstate", "OriginateResponse", "Status", "StatusComplete"})
        self.link = AmiLink("a1", AmiAccess("127.0.0.1", port, "switchroom", secret), wanted, listener)

    def _event(self, event: Message) -> None:
        self.told.append(event.event)
        self.events.append(event)

    async def ask(self, action: Hangup | Originate | ListChannels | Redirect) -> Answer:
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        assert self.link.ask(action, future.set_result)
        return await asyncio.wait_for(future, PATIENCE)


@pytest.fixture
async def ami() -> AsyncIterator[FakeAmi]:
    async with FakeAmi() as fake:
        yield fake


@pytest.fixture
async def peer(ami: FakeAmi) -> AsyncIterator[Peer]:
    peer = Peer(ami.port)
    peer.link.start()
    assert await peer.link.settled(PATIENCE) is LinkState.UP
    yield peer
    peer.link.stop()


ORIGINATE = Originate("PJSIP/alice", "a1-1.2.1", "switchroom-leg", 20, "123", "Bob", (("SR_PEER", "a1-1.2"),))


async def test_it_logs_in_and_learns_the_uptime(ami: FakeAmi, peer: Peer) -> None:
    assert peer.told == ["up 100"]
    [login] = ami.received("login")
    assert login["username"] == ["switchroom"]
    assert login["events"] == ["system,call,user"]


async def test_an_answer_finds_its_question(peer: Peer, ami: FakeAmi) -> None:
    def refuse(session: Session, action: dict[str, list[str]]) -> None:
        session.send(("Response", "Error"), ("ActionID", action["actionid"][0]), ("Message", "No such channel"))

    ami.answers["hangup"] = refuse
    refused, granted = await asyncio.gather(peer.ask(Hangup("a1-1.2")), peer.ask(Redirect("a1-1.2", "x")))
    assert (refused.fault, refused.lost) == ("No such channel", False)
    assert granted == Answer()


async def test_a_login_before_asterisk_has_booted_waits_for_it(ami: FakeAmi) -> None:
    ami.booted = False
    peer = Peer(ami.port)
    peer.link.start()
    await ami.until(lambda: ami.received("login"))
    assert await peer.link.settled(0.2) is LinkState.DOWN
    assert not peer.link.ask(Hangup("x"))
    ami.boot(ami.session)
    assert await peer.link.settled(PATIENCE) is LinkState.UP
    peer.link.stop()


async def test_a_refused_login_is_a_clear_fault_without_the_secret(ami: FakeAmi) -> None:
    peer = Peer(ami.port, secret="wrong-secret")
    peer.link.start()
    assert await peer.link.settled(PATIENCE) is LinkState.REFUSED
    assert "'switchroom'" in peer.link.fault
    assert "Authentication failed" in peer.link.fault
    assert "wrong-secret" not in peer.link.fault + repr(peer.link._access)
    await asyncio.sleep(0.5)  # the pause after a refusal is long: no second try within it
    assert len(ami.received("login")) == 1
    peer.link.stop()


async def test_nobody_home_is_tried_again_until_somebody_is() -> None:
    fake = FakeAmi()
    async with fake:
        pass  # the port is known and closed now
    peer = Peer(fake.port)
    peer.link.start()
    assert await peer.link.settled(0.5) is LinkState.DOWN
    async with fake:
        assert await peer.link.settled(PATIENCE) is LinkState.UP
        peer.link.stop()


async def test_a_connection_closed_at_once_is_tried_again() -> None:
    doors = 0

    async def slam(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal doors
        doors += 1
        writer.transport.abort()

    server = await asyncio.start_server(slam, "127.0.0.1", 0)
    peer = Peer(server.sockets[0].getsockname()[1])
    peer.link.start()
    await meanwhile(lambda: doors >= 3, "the third try")
    peer.link.stop()
    server.close()


async def test_nothing_is_sent_again_after_a_reconnection(ami: FakeAmi, peer: Peer) -> None:
    """panoramisk repeats unanswered actions: an Originate twice is a customer dialled twice."""
    ami.answers["originate"] = lambda session, _action: session.break_off()
    answer = await peer.ask(ORIGINATE)
    assert answer.lost
    assert await peer.link.settled(PATIENCE) is LinkState.UP
    assert peer.told == ["up 100", "down", "up 100"]
    await peer.ask(Redirect("x", "y"))  # whatever was to be sent again would have been before this
    assert len(ami.received("originate")) == 1


async def test_every_pending_action_ends_when_the_connection_does(ami: FakeAmi, peer: Peer) -> None:
    ami.answers |= dict.fromkeys(("hangup", "originate", "status"), lambda _session, _action: None)
    waiting = [asyncio.create_task(peer.ask(each)) for each in (Hangup("x"), ORIGINATE, ListChannels(("A",)))]
    await ami.until(lambda: ami.received("status"))
    ami.session.break_off()
    assert [answer.lost for answer in await asyncio.gather(*waiting)] == [True] * 3


async def test_an_action_sent_while_the_link_is_down_is_not_sent_later(ami: FakeAmi, peer: Peer) -> None:
    ami.session.break_off()
    await ami.until(lambda: "down" in peer.told)
    assert not peer.link.ask(ORIGINATE)
    assert await peer.link.settled(PATIENCE) is LinkState.UP
    await peer.ask(Redirect("x", "y"))
    assert ami.received("originate") == []


async def test_no_answer_is_a_fault_after_its_deadline_and_a_late_one_is_ignored(ami: FakeAmi, peer: Peer) -> None:
    """panoramisk waits for ever."""
    late: list[dict[str, list[str]]] = []
    ami.answers["hangup"] = lambda _session, action: late.append(action)
    began = time.monotonic()
    answer = await peer.ask(Hangup("x"))
    assert answer.lost
    assert time.monotonic() - began >= 2.9
    ami.session.grant(late[0])
    assert await peer.ask(Redirect("x", "y")) == Answer()


async def test_a_list_without_end_is_a_fault_not_a_hang(
    ami: FakeAmi, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """panoramisk guesses from the words of an answer whether a list follows, and hangs when it guesses wrong."""
    monkeypatch.setattr(ListChannels, "within", 0.6)
    ami.answers["status"] = lambda session, action: session.grant(action)
    assert (await peer.ask(ListChannels(("A",)))).lost


async def test_a_single_answer_with_the_words_of_a_list_is_single(ami: FakeAmi, peer: Peer) -> None:
    ami.answers["redirect"] = lambda session, action: session.grant(
        action, ("Message", "Originate successfully queued, will follow")
    )
    assert await peer.ask(Redirect("x", "y")) == Answer()


async def test_a_list_is_gathered_and_other_events_stay_events(ami: FakeAmi, peer: Peer) -> None:
    def answer(session: Session, action: dict[str, list[str]]) -> None:
        session.event("Newstate", Uniqueid="other")
        give_list(session, action, "StatusComplete", [(("Event", "Status"), ("Uniqueid", str(n))) for n in range(50)])

    ami.answers["status"] = answer
    items = (await peer.ask(ListChannels(("A",)))).items
    assert [item.get("uniqueid") for item in items] == [str(n) for n in range(50)]
    assert peer.told == ["up 100", "Newstate"]


async def test_an_event_with_the_id_of_a_pending_action_is_told(ami: FakeAmi, peer: Peer) -> None:
    """panoramisk swallows it: the OriginateResponse that comes before its own answer."""

    def answer(session: Session, action: dict[str, list[str]]) -> None:
        name = action["actionid"][0]
        session.send(("Event", "OriginateResponse"), ("ActionID", name), ("Response", "Failure"), ("Reason", "5"))
        session.grant(action)

    ami.answers["originate"] = answer
    assert await peer.ask(ORIGINATE) == Answer()
    assert peer.told == ["up 100", "OriginateResponse"]


async def test_events_keep_their_order_and_letters_whatever_the_reads_are(ami: FakeAmi, peer: Peer) -> None:
    """panoramisk loses letters cut in two, and runs coroutine callbacks out of order."""
    wire = b"".join(f"Event: Newstate\r\nUniqueid: {n}\r\nCallerIDName: 王小明{n}\r\n\r\n".encode() for n in range(400))
    writer = ami.session.writer
    for start in range(0, len(wire), 101):  # 101 is no multiple of anything here: letters and lines are cut
        writer.write(wire[start : start + 101])
        await writer.drain()
        await asyncio.sleep(0)
    await ami.until(lambda: len(peer.events) == 400)
    assert [event.get("calleridname") for event in peer.events] == [f"王小明{n}" for n in range(400)]
    assert [event.get("uniqueid") for event in peer.events] == [str(n) for n in range(400)]


async def test_a_frozen_asterisk_is_noticed(ami: FakeAmi, peer: Peer) -> None:
    """panoramisk pings, and looks at no answer."""
    ami.silent = True
    await ami.until(lambda: "down" in peer.told)
    ami.silent = False
    assert await peer.link.settled(PATIENCE) is LinkState.UP


async def test_a_frozen_login_is_given_up_and_tried_again(ami: FakeAmi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "LOGIN_WITHIN", 0.3)
    ami.silent = True
    peer = Peer(ami.port)
    peer.link.start()
    await ami.until(lambda: len(ami.sessions) >= 2)
    monkeypatch.undo()
    ami.silent = False
    assert await peer.link.settled(PATIENCE) is LinkState.UP
    peer.link.stop()


async def test_pings_of_a_quiet_healthy_link_keep_it(ami: FakeAmi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "PING_EVERY", 0.1)
    peer = Peer(ami.port)
    peer.link.start()
    await peer.link.settled(PATIENCE)
    await ami.until(lambda: len(ami.received("ping")) >= 3)
    assert peer.told == ["up 100"]
    peer.link.stop()


async def test_line_breaks_are_refused_before_anything_is_sent(ami: FakeAmi, peer: Peer) -> None:
    with pytest.raises(EncodeError, match="CR, LF or NUL"):
        peer.link.ask(Hangup("x\r\nAction: Originate"))
    await peer.ask(Redirect("x", "y"))
    assert ami.received("hangup") == []


async def test_too_many_headers_are_refused_before_anything_is_sent(ami: FakeAmi, peer: Peer) -> None:
    """Asterisk drops the 129th and later silently, the ActionID with them."""
    many = tuple((f"V{n}", "1") for n in range(130))
    with pytest.raises(EncodeError, match="Asterisk drops"):
        peer.link.ask(Originate("PJSIP/a", "a1-1.2.9", "c", 1, "", "", many))
    await peer.ask(Redirect("x", "y"))
    assert ami.received("originate") == []


async def test_an_action_under_way_is_not_sent_a_second_time(ami: FakeAmi, peer: Peer) -> None:
    ami.answers["originate"] = lambda _session, _action: None
    assert peer.link.ask(ORIGINATE, None, "leg:1")
    with pytest.raises(EncodeError, match="must not be sent twice"):
        peer.link.ask(ORIGINATE, None, "leg:1")


async def test_a_flood_without_an_end_of_message_leads_to_a_new_connection(ami: FakeAmi, peer: Peer) -> None:
    ami.session.raw(b"X" * (LONGEST_MESSAGE + 200_000))
    await ami.until(lambda: peer.told == ["up 100", "down", "up 100"])


async def test_a_stalled_reader_loses_the_connection_and_comes_back(ami: FakeAmi, peer: Peer) -> None:
    """Asterisk closes a session whose reader is stalled; all that was not read is lost, so the login starts anew."""
    event = b"Event: Newstate\r\nUniqueid: 1\r\nPadding: " + b"x" * 1000 + b"\r\n\r\n"
    ami.session.raw(event * 7_000)  # over 6 MB: more than the kernel's buffers hide
    assert ami.session.writer.transport.get_write_buffer_size() > 1_000_000
    time.sleep(0.3)  # noqa: ASYNC251 (our own stall, planted)
    ami.session.break_off()
    await ami.until(lambda: peer.told.count("down") == 1 and peer.link.state is LinkState.UP)
    assert peer.told.count("Newstate") < 7_000
    assert await peer.ask(Redirect("x", "y")) == Answer()


async def test_a_listener_that_fails_disturbs_nobody_else(ami: FakeAmi, monkeypatch: pytest.MonkeyPatch) -> None:
    peer = Peer(ami.port)
    heard: list[str] = []

    def fragile(event: Message) -> None:
        heard.append(event.get("uniqueid"))
        raise RuntimeError("planted")

    peer.link._listener = Listener(fragile, lambda _uptime: None, lambda: None)
    peer.link.start()
    await peer.link.settled(PATIENCE)
    for n in range(3):
        ami.session.event("Newstate", Uniqueid=str(n))
    await ami.until(lambda: heard == ["0", "1", "2"])
    assert peer.link.state is LinkState.UP
    peer.link.stop()


async def test_after_stop_nothing_connects_any_more(ami: FakeAmi, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "FIRST_RETRY", 0.05)
    peer.link.stop()
    await asyncio.sleep(0.4)
    assert len(ami.sessions) == 1
    assert not peer.link.ask(Hangup("x"))
    assert peer.told == ["up 100"]
