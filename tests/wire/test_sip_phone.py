"""Two phones of ours on loopback, and a raw peer for what no phone would do."""

import asyncio
import contextlib
import itertools
import re
import socket
import struct
import time

import pytest
from patience import PATIENCE

from cti.sip.call import PhoneError
from cti.sip.caller import CallPlan, place_call
from cti.sip.phone import Account, RobotPhone
from cti.sip.sound import speech

pytestmark = pytest.mark.wire


@contextlib.asynccontextmanager
async def pair():
    """A caller's phone whose server is the other phone, which answers back to it."""
    async with (
        RobotPhone(Account("127.0.0.1", 1, "agent")) as agent,
        RobotPhone(Account("127.0.0.1", agent.port, "caller")) as caller,
    ):
        agent._line.sip.port = caller.port
        yield caller, agent


async def test_a_call_with_sound_and_digits_both_ways():
    async with pair() as (caller, agent):
        out = caller.call("1001", "13800001111", "Zoë 李")
        call = await agent.next_call(within=PATIENCE)
        assert (call.number, call.name) == ("13800001111", "Zoë 李")
        call.answer()
        assert await out.answered(within=PATIENCE)
        assert out.rang_at is not None
        out.play(speech(), again=True)
        await out.press("42#D*")
        assert await call.heard_digit("*", within=PATIENCE)
        assert call.digits == "42#D*"
        await call.press("5")
        assert await out.heard_digit("5", within=PATIENCE)
        while call.ear.loud_seconds < 0.3:
            await call.over_within(0.1)
        call.hang_up()
        assert (await out.ended(within=PATIENCE)).by == "them"
        assert (await call.ended(within=PATIENCE)).by == "us"


async def test_a_caller_gives_up_while_it_rings():
    async with pair() as (caller, agent):
        out = caller.call("1001")
        call = await agent.next_call(within=PATIENCE)
        out.hang_up()
        assert (await call.ended(within=PATIENCE)).by == "them"
        assert (await out.ended(within=PATIENCE)).by == "us"
        call.answer()
        assert not call.talking


@pytest.mark.parametrize("code", [480, 486, 603])
async def test_a_refused_call_ends_with_its_code(code):
    async with pair() as (caller, agent):
        out = caller.call("1001")
        (await agent.next_call(within=PATIENCE)).refuse(code)
        end = await out.ended(within=PATIENCE)
        assert (end.by, end.code) == ("them", code)
        assert not await out.answered(within=PATIENCE)


async def test_a_phone_without_a_bell_can_still_answer():
    async with pair() as (caller, agent):
        agent.ring_silently()
        out = caller.call("1001")
        call = await agent.next_call(within=PATIENCE)
        call.answer()
        assert await out.answered(within=PATIENCE)
        assert out.rang_at is None


async def test_silenced_media_sends_nothing():
    async with pair() as (caller, agent):
        out = caller.call("1001")
        call = await agent.next_call(within=PATIENCE)
        call.answer()
        await out.answered(within=PATIENCE)
        out.silence_media()
        await call.over_within(0.3)  # what is under way arrives
        before = call.ear.packets
        await call.over_within(0.3)
        assert call.ear.packets == before


async def test_leaving_hangs_up_everything():
    async with RobotPhone(Account("127.0.0.1", 1, "agent")) as agent:
        async with RobotPhone(Account("127.0.0.1", agent.port, "caller")) as caller:
            agent._line.sip.port = caller.port
            out = caller.call("1001")
            call = await agent.next_call(within=PATIENCE)
            call.answer()
            await out.answered(within=PATIENCE)
        assert (await call.ended(within=PATIENCE)).by == "them"


async def test_what_cannot_be_sent_is_refused_before_a_byte_leaves():
    async with pair() as (caller, _):
        for number in ("1 2", "a@b", "1\r\nX: y", "", "1" * 65):
            with pytest.raises(PhoneError, match="cannot be dialled"):
                caller.call(number)
        for name in ('a"b', "a\r\nb", "<x>", "a\0"):
            with pytest.raises(PhoneError, match="cannot be sent"):
                caller.call("1001", name=name)
        out = caller.call("1001")
        with pytest.raises(PhoneError, match="not answered"):
            await out.press("1")


async def test_a_silent_exchange_ends_the_call_as_nobodys_and_the_report_says_so(monkeypatch):
    monkeypatch.setattr("cti.sip.signalling._GIVE_UP", 0.6)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind(("127.0.0.1", 0))
        report = await place_call(CallPlan("4008009", port=nobody.getsockname()[1], keys="1", talk=1))
    assert (report.answered, report.ended_by, report.refused_code, report.keys_pressed) == (
        False,
        "nobody",
        408,
        "",
    )


async def test_place_call_reports_keys_greeting_and_who_ended_it():
    async with RobotPhone(Account("127.0.0.1", 1, "agent")) as agent:
        calling = asyncio.create_task(
            place_call(CallPlan("4008009", port=agent.port, keys="wait 0.2; 12", talk=0.5, patience=PATIENCE))
        )
        call = await _answer_back(agent)
        call.answer()
        assert await call.heard_digit("2", within=PATIENCE)
        await call.press("D")
        report = await calling
    assert report.answered
    assert report.greeted
    assert (report.keys_pressed, report.digits_heard, report.ended_by) == ("12", "D", "caller")
    assert report.talked > 0.4
    assert report.lasted > report.greeted_after > report.answered_after


async def _answer_back(agent):
    """The agent's line answers to its account's server; aim it at whoever called."""
    sip = agent._line.sip
    taking = sip._take

    def take(raw):
        sip.port = int(re.search(rb"Via: SIP/2.0/UDP [\d.]+:(\d+)", raw)[1])
        taking(raw)

    sip._take = take
    return await agent.next_call(within=PATIENCE)


# ── a raw peer ──────────────────────────────────────────────────────────────────────────────────────────────────────


class Peer:
    """A socket that plays the exchange byte by byte."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]

    async def read(self, start, within=PATIENCE):
        """The next message that begins so; others are passed over."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(within):
            while True:
                text = (await loop.sock_recv(self.socket, 65535)).decode()
                if text.startswith(start):
                    return text

    def send(self, port, text):
        self.socket.sendto(text.replace("\n", "\r\n").encode(), ("127.0.0.1", port))

    def invite(self, number, branch="one", media=4000):
        body = (
            f"v=0\no=- 1 {number} IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\n"
            f"m=audio {media} RTP/AVP 0 8 101\na=rtpmap:101 telephone-event/8000\na=sendonly\n"
        )
        return self.request(
            "INVITE", number, branch, f"Content-Type: application/sdp\nContent-Length: {len(body)}\n\n{body}"
        )

    def request(self, method, number, branch="one", rest="Content-Length: 0\n\n"):
        return (
            f"{method} sip:agent@127.0.0.1 SIP/2.0\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{branch};rport\n"
            f"From: <sip:100@127.0.0.1>;tag=peer\nTo: <sip:agent@127.0.0.1>\nContact: <sip:100@127.0.0.1:{self.port}>\n"
            f"Call-ID: raw\nCSeq: {number} {method}\nMax-Forwards: 70\n{rest}"
        )


@contextlib.asynccontextmanager
async def raw():
    peer = Peer()
    async with RobotPhone(Account("127.0.0.1", peer.port, "agent")) as phone:
        yield peer, phone
    peer.socket.close()


async def test_options_is_answered_and_an_unknown_method_refused():
    async with raw() as (peer, phone):
        peer.send(phone.port, peer.request("OPTIONS", 1))
        assert await peer.read("SIP/2.0 200")
        peer.send(phone.port, peer.request("DANCE", 2))
        assert await peer.read("SIP/2.0 405")


async def test_noise_harms_nobody():
    async with raw() as (peer, phone):
        for noise in (
            "",
            "\n\n",
            "GET / HTTP/1.0\n\n",
            "INVITE\n\n",
            "SIP/2.0 200 OK\n\n",
            "INVITE x SIP/2.0\nVia: \n\n",
        ):
            peer.send(phone.port, noise)
        peer.send(phone.port, peer.request("OPTIONS", 1))
        assert await peer.read("SIP/2.0 200")


async def test_an_invite_sent_twice_is_one_call_and_its_answer_is_repeated_until_acknowledged():
    async with raw() as (peer, phone):
        peer.send(phone.port, peer.invite(1))
        peer.send(phone.port, peer.invite(1))
        call = await phone.next_call(within=PATIENCE)
        call.answer()
        assert await peer.read("SIP/2.0 200")
        assert await peer.read("SIP/2.0 200"), "not acknowledged: sent again"
        peer.send(phone.port, peer.request("ACK", 1))
        with pytest.raises(PhoneError):
            await phone.next_call(within=0.2)
        call.hang_up()
        bye = await peer.read("BYE")
        assert f"BYE sip:100@127.0.0.1:{peer.port} SIP/2.0" in bye
        assert f"Via: SIP/2.0/UDP 127.0.0.1:{phone.port};" in bye
        assert await peer.read("BYE"), "not answered: sent again"


async def test_a_reinvite_moves_the_sound_and_opens_no_second_socket():
    async with raw() as (peer, phone):
        media = Peer()
        peer.send(phone.port, peer.invite(1))
        call = await phone.next_call(within=PATIENCE)
        call.answer()
        await peer.read("SIP/2.0 200")
        peer.send(phone.port, peer.request("ACK", 1))
        peer.send(phone.port, peer.invite(2, branch="two", media=media.port))
        answer = await peer.read("SIP/2.0 200")
        assert "CSeq: 2 INVITE" in answer
        async with asyncio.timeout(PATIENCE):
            await asyncio.get_running_loop().sock_recv(media.socket, 2048)
        assert call.talking
        media.socket.close()


async def test_an_invite_without_media_is_refused_and_leaves_nothing_behind():
    async with raw() as (peer, phone):
        peer.send(phone.port, peer.request("INVITE", 1))
        assert await peer.read("SIP/2.0 488")
        assert phone._line.reserved == {}


async def test_an_answer_that_crosses_our_cancel_is_hung_up():
    async with raw() as (peer, phone):
        call = phone.call("1001")
        invite = await peer.read("INVITE")
        call.hang_up()
        await peer.read("CANCEL")
        head = "\n".join(re.findall(r"(?m)^(?:Via|From|Call-ID|CSeq): .*?(?=\r)", invite))
        ok = f"SIP/2.0 200 OK\n{head}\nTo: <sip:1001@127.0.0.1>;tag=late\nContact: <sip:x@127.0.0.1:{peer.port}>\n\n"
        peer.send(phone.port, ok)
        await peer.read("ACK")
        assert "tag=late" in await peer.read("BYE")


async def test_registration_is_asked_again_when_nobody_answers_and_survives_a_call_in_between():
    async with raw() as (peer, phone):
        registering = asyncio.create_task(phone.register(within=PATIENCE))
        first = await peer.read("REGISTER")
        peer.send(phone.port, peer.invite(1))
        assert (await phone.next_call(within=PATIENCE)).number == "100"
        assert await peer.read("REGISTER") == first
        head = "\n".join(re.findall(r"(?m)^(?:Via|From|To|Call-ID|CSeq): .*?(?=\r)", first))
        peer.send(phone.port, f"SIP/2.0 200 OK\n{head}\n\n")
        await registering


async def test_a_wrong_password_is_told_at_once():
    async with raw() as (peer, phone):
        registering = asyncio.create_task(phone.register(within=PATIENCE))
        for _ in range(2):
            head = "\n".join(re.findall(r"(?m)^(?:Via|From|To|Call-ID|CSeq): .*?(?=\r)", await peer.read("REGISTER")))
            challenge = 'WWW-Authenticate: Digest realm="switchroom",nonce="n",qop="auth"'
            peer.send(phone.port, f"SIP/2.0 401 Unauthorized\n{head}\n{challenge}\n\n")
        with pytest.raises(PhoneError, match="check user and password"):
            await registering


async def test_digits_are_heard_once_also_when_the_marked_packet_is_lost_and_numbers_wrap():
    async with raw() as (peer, phone):
        media = Peer()
        peer.send(phone.port, peer.invite(1, media=media.port))
        call = await phone.next_call(within=PATIENCE)
        call.answer()
        await peer.read("SIP/2.0 200")
        stream = call._call.stream
        stream.outSequence, stream.outTimestamp = 0xFFFE, 0xFFFFFFFF - 200
        for stamp, digit, marker in ((1000, 5, False), (1000, 5, False), (3000, 7, True)):
            head = struct.pack("!BBHII", 0x80, 101 | marker << 7, 1, stamp, 9)
            media.socket.sendto(head + struct.pack("!BBH", digit, 0x8A, 800), ("127.0.0.1", stream.inPort))
        assert await call.heard_digit("7", within=PATIENCE)
        assert call.digits == "57"
        loop, seen = asyncio.get_running_loop(), []
        async with asyncio.timeout(PATIENCE):
            while len(seen) < 12:
                packet = await loop.sock_recv(media.socket, 2048)
                assert len(packet) == 172
                seen.append(struct.unpack("!HI", packet[2:8]))
        steps = {((b[0] - a[0]) & 0xFFFF, (b[1] - a[1]) & 0xFFFFFFFF) for a, b in itertools.pairwise(seen)}
        assert (1, 160) in steps
        assert all(stamp / 160 == sequence for sequence, stamp in steps if sequence < 1000)
        media.socket.close()


async def test_sent_digits_follow_rfc_4733():
    async with raw() as (peer, phone):
        media = Peer()
        peer.send(phone.port, peer.invite(1, media=media.port))
        call = await phone.next_call(within=PATIENCE)
        call.answer()
        await peer.read("SIP/2.0 200")
        await call.press("5")
        loop, events = asyncio.get_running_loop(), []
        deadline = time.monotonic() + PATIENCE
        while len(events) < 8 and time.monotonic() < deadline:
            packet = await loop.sock_recv(media.socket, 2048)
            if packet[1] & 0x7F == 101:
                events.append((packet[1] >> 7, packet[4:8], *struct.unpack("!BBH", packet[12:16])))
        assert [event[0] for event in events] == [1] + [0] * 7
        assert len({event[1] for event in events}) == 1, "one timestamp for the whole event"
        assert {event[2] for event in events} == {5}
        assert [event[4] for event in events] == [160, 320, 480, 640, 800, 960, 960, 960]
        assert [event[3] >> 7 for event in events] == [0, 0, 0, 0, 0, 1, 1, 1]
        media.socket.close()
