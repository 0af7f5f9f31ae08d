"""Reading SIP as it comes, where pyVoIP alone loses the message."""

import pytest

from cti.sip.message import Message, acknowledge, answer_plainly, cancel
from cti.sip.pyvoip import SIPParseError

pytestmark = pytest.mark.unit

INVITE = (
    "INVITE sip:agent1@127.0.0.1:5062 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bKone\r\n"
    "{sender}\r\n"
    "To: <sip:agent1@127.0.0.1>\r\n"
    "Contact: <sip:asterisk@127.0.0.1:5060>\r\n"
    "Call-ID: abc@host\r\n"
    "CSeq: 7 INVITE\r\n"
    "Content-Length: 0\r\n\r\n"
)


def invite(sender='From: "Li Na" <sip:1380@127.0.0.1>;tag=as1'):
    return Message(INVITE.format(sender=sender).encode("utf8", "surrogateescape"))


@pytest.mark.parametrize(
    ("sender", "name", "number"),
    [
        ('From: "Li Na" <sip:1380@h>;tag=t', "Li Na", "1380"),
        ("From: <sip:1380@h>;tag=t", "", "1380"),
        ("From: sip:1380@h;tag=t", "", "1380"),
        ("From:Bob<sip:1380@h>;tag=t", "Bob", "1380"),
        ("f: Bob <sip:1380@h>;tag=t", "Bob", "1380"),
        ('From: "a: b" <sip:1380@h>;tag=t', "a: b", "1380"),
        ('From: "<sip:x@y>;tag=evil" <sip:1380@h>;tag=t', "<sip:x@y>;tag=evil", "1380"),
        (r'From: "say \"hi\" \\o/" <sip:1380@h>;x=1;tag=t', r'say "hi" \o/', "1380"),
        ('From: "李娜 📞" <sip:1380@h>;tag=t', "李娜 📞", "1380"),
        ("From: <sip:h>;tag=t", "", None),
        ("From: <tel:1380>;tag=t", "", None),
    ],
)
def test_whoever_calls_is_read_right(sender, name, number):
    party = invite(sender).headers["From"]
    assert (party["caller"], party["number"], party["tag"]) == (name, number, "t")


def test_bytes_that_are_no_utf8_survive_the_round_trip():
    message = invite('From: "Zo\udceb" <sip:1380@h>;tag=t')
    assert b'"Zo\xeb" <sip:1380@h>' in answer_plainly(message, 180, "Ringing", "us").encode(
        "utf8", "surrogateescape"
    )


def test_unnamed_methods_and_codes_are_read():
    assert (
        Message(INVITE.format(sender="From: <sip:a@h>;tag=t").replace("INVITE", "OPTIONS").encode()).method
        == "OPTIONS"
    )
    response = Message(
        b"SIP/2.0 499 Odd\r\nVia: SIP/2.0/UDP h;branch=b\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>;tag=2\r\n"
        b"Call-ID: x\r\nCSeq: 3 INVITE\r\n\r\n"
    )
    assert (response.code, response.method, response.sequence) == (499, "", "3 INVITE")


@pytest.mark.parametrize(
    "noise",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff\xfe",
        b"SIP/2.0 200 OK\r\n\r\n",
        b"INVITE sip:a@b SIP/2.0\r\nVia: x\r\n\r\n",
    ],
)
def test_noise_is_refused(noise):
    with pytest.raises(SIPParseError):
        Message(noise)


def test_a_response_repeats_every_via_in_order_and_names_our_end():
    request = Message(
        INVITE.format(sender="From: <sip:a@h>;tag=t")
        .replace("Via:", "Via: SIP/2.0/UDP proxy;branch=p\r\nVia:")
        .encode()
    )
    lines = answer_plainly(request, 486, "Busy Here", "us").split("\r\n")
    assert lines[0] == "SIP/2.0 486 Busy Here"
    assert [line.split("=")[-1] for line in lines if line.startswith("Via")] == ["p", "z9hG4bKone"]
    assert "To: <sip:agent1@127.0.0.1>;tag=us" in lines


def answered(code):
    return Message(
        f"SIP/2.0 {code} Word\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bKone\r\n"
        "From: <sip:a@h>;tag=t\r\nTo: <sip:agent1@127.0.0.1>;tag=far\r\nContact: <sip:far@10.0.0.9:5070;ob>\r\n"
        "Call-ID: abc@host\r\nCSeq: 7 INVITE\r\n\r\n".encode()
    )


def test_an_acceptance_is_acknowledged_at_the_contact_in_its_own_transaction():
    text = acknowledge(invite(), answered(200), "z9hG4bKtwo")
    assert text.startswith("ACK sip:far@10.0.0.9:5070;ob SIP/2.0\r\n")
    assert "branch=z9hG4bKtwo" in text
    assert "To: <sip:agent1@127.0.0.1>;tag=far" in text
    assert "CSeq: 7 ACK" in text


def test_a_refusal_is_acknowledged_in_the_transaction_of_the_invite():
    text = acknowledge(invite(), answered(486), "z9hG4bKtwo")
    assert text.startswith("ACK sip:agent1@127.0.0.1:5062 SIP/2.0\r\n")
    assert "branch=z9hG4bKone" in text


def test_a_cancel_repeats_the_invite_and_has_no_far_tag():
    text = cancel(invite())
    assert text.startswith("CANCEL sip:agent1@127.0.0.1:5062 SIP/2.0\r\n")
    assert "branch=z9hG4bKone" in text
    assert "To: <sip:agent1@127.0.0.1>\r\n" in text
    assert "CSeq: 7 CANCEL" in text
