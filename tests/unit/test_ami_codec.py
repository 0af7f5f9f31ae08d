"""The AMI codec: the same messages however the bytes are cut, and nothing dangerous goes out."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.asterisk.actions import EncodeError, Originate
from cti.asterisk.codec import LONGEST_MESSAGE, Decoder, FramingLostError, encode

pytestmark = pytest.mark.unit

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
STREAM = (
    BANNER
    + b"Response: Success\r\nActionID: sr-1\r\nMessage: Authentication accepted\r\n\r\n"
    + b"Event: VarSet\r\nVariable: SECRET\r\nValue: 4711\r\n\r\n"
    + "Event: Newstate\r\nCallerIDName: 王小明 Müller\r\nUniqueid: a1-1.2\r\n\r\n".encode()
    + b"Event: OriginateResponse\r\nResponse: Failure\r\nReason: 5\r\nactionid: leg:a1-1.2.1\r\n\r\n"
    + b"Event: Hangup\r\nUNIQUEID: a1-1.2\r\nno colon here\r\nVariable: A=1\r\nVariable: B=2: c\r\nCause: 16\r\n\r\n"
)
WANTED = frozenset({"Newstate", "Hangup", "OriginateResponse"})


def read(chunks: list[bytes]) -> tuple[Decoder, list[tuple[str, ...]]]:
    decoder = Decoder(WANTED)
    found = [message for chunk in chunks for message in decoder.feed(chunk)]
    return decoder, [
        (m.event, m.get("actionid"), m.get("uniqueid"), m.get("calleridname"), m.get("cause"), *m.every("variable"))
        for m in found
    ]


EXPECTED = [
    ("", "sr-1", "", "", ""),
    ("Newstate", "", "a1-1.2", "王小明 Müller", ""),
    ("OriginateResponse", "leg:a1-1.2.1", "", "", ""),
    ("Hangup", "", "a1-1.2", "", "16", "A=1", "B=2: c"),
]


def test_every_single_cut_gives_the_same_messages() -> None:
    for cut in range(len(STREAM) + 1):
        decoder, found = read([STREAM[:cut], STREAM[cut:]])
        assert found == EXPECTED, cut
        assert (decoder.version, decoder.unwanted) == ("11.0.0", 1)


def test_byte_by_byte_gives_the_same_messages() -> None:
    assert read([STREAM[place : place + 1] for place in range(len(STREAM))])[1] == EXPECTED


def test_every_single_cut_of_bare_line_feeds_gives_the_same_messages() -> None:
    loose = STREAM.replace(b"\r\n", b"\n")
    for cut in range(len(loose) + 1):
        assert read([loose[:cut], loose[cut:]])[1] == EXPECTED, cut


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_any_cuts_give_the_same_messages(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    chunks = [STREAM[start:end] for start, end in pairwise(edges)]
    assert read(chunks)[1] == EXPECTED


def test_a_multi_byte_letter_cut_in_two_survives() -> None:
    """panoramisk decodes each read alone and loses such letters."""
    cut = STREAM.index("王".encode()) + 1
    assert read([STREAM[:cut], STREAM[cut:]])[1][1][3] == "王小明 Müller"


def test_bytes_that_are_no_utf8_stay_in_their_line() -> None:
    decoder = Decoder(WANTED)
    [message] = decoder.feed(BANNER + b"Event: Newstate\r\nCallerIDName: \xff\xe7\x8e\r\nUniqueid: u\r\n\r\n")
    assert message.get("uniqueid") == "u"
    assert "\ufffd" in message.get("calleridname")


def test_odd_line_separators_inside_a_value_are_no_new_headers() -> None:
    wire = "Event: Newstate\r\nCallerIDName: a\u2028Uniqueid: evil\x0bUniqueid: evil\r\nUniqueid: good\r\n\r\n".encode()
    [message] = Decoder(WANTED).feed(BANNER + wire)
    assert message.every("uniqueid") == ["good"]


def test_lines_without_a_colon_are_counted() -> None:
    decoder = Decoder(WANTED)
    [message] = decoder.feed(BANNER + b"Response: Success\r\nwhat is this\r\nActionID: 1\r\n\r\n")
    assert (message.get("actionid"), decoder.odd_lines) == ("1", 1)


def test_an_event_with_a_response_header_is_an_event() -> None:
    [message] = Decoder(WANTED).feed(BANNER + b"Event: OriginateResponse\r\nResponse: Success\r\n\r\n")
    assert message.event == "OriginateResponse"
    assert not message.succeeded


def test_an_event_header_in_any_case_and_place_is_found_and_filtered() -> None:
    decoder = Decoder(WANTED)
    wire = b"privilege: x\r\nEVENT: Hangup\r\n\r\n" + b"event: TestEvent\r\nState: x\r\n\r\n"
    assert [m.event for m in decoder.feed(BANNER + wire)] == ["Hangup"]
    assert decoder.unwanted == 1


def test_a_message_without_end_is_bounded() -> None:
    decoder = Decoder(WANTED)
    decoder.feed(BANNER)
    with pytest.raises(FramingLostError, match="no end of a message"):  # noqa: PT012 (some chunk, not which)
        for _ in range(LONGEST_MESSAGE // 50_000 + 2):
            decoder.feed(b"x" * 50_000)


@pytest.mark.parametrize("greeting", [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 400 Bad\r\n", b"\0" * 2000])
def test_another_service_is_recognised_by_its_greeting(greeting: bytes) -> None:
    with pytest.raises(FramingLostError, match="no Asterisk manager port"):
        Decoder(WANTED).feed(greeting)


def test_an_action_is_written_with_its_id_last() -> None:
    assert encode((("Action", "Hangup"), ("Channel", "a1-1.2")), "sr-7") == (
        b"Action: Hangup\r\nChannel: a1-1.2\r\nActionID: sr-7\r\n\r\n"
    )


@pytest.mark.parametrize("bad", ["a\r\nVariable: X=1", "a\nb", "a\rb", "a\0b"])
def test_line_breaks_and_nul_never_go_out(bad: str) -> None:
    """Asterisk obeys a line break inside a value as a new header."""
    with pytest.raises(EncodeError, match=r"CallerID.*CR, LF or NUL") as fault:
        encode((("Action", "Originate"), ("CallerID", bad)), "1")
    assert bad not in str(fault.value)
    with pytest.raises(EncodeError):
        encode((("Action", "Ping"),), bad)


def test_too_many_or_too_long_headers_are_refused() -> None:
    many = tuple(("Variable", f"A{n}=1") for n in range(127))
    assert encode(many, "1")
    with pytest.raises(EncodeError, match="129 headers"):
        encode((*many, ("Variable", "B=1")), "1")
    with pytest.raises(EncodeError, match="longer than"):
        encode((("Variable", "A=" + "王" * 400),), "1")
    with pytest.raises(EncodeError, match="half a character"):
        encode((("Variable", "A=\ud800"),), "1")


def originate(**changes: object) -> Originate:
    chosen: dict[str, object] = {
        "channel": "PJSIP/alice", "channel_id": "a1-1.2.1", "context": "switchroom-leg", "ring_for": 20.0,
        "caller_number": "+4930123", "caller_name": "Bob", "variables": (("SR_PEER", "a1-1.2"),),
    }  # fmt: skip
    return Originate(**(chosen | changes))  # type: ignore[arg-type]


def test_an_originate_names_what_asterisk_needs() -> None:
    headers = dict(originate().headers())
    assert headers["ChannelId"] == "a1-1.2.1"
    assert headers["Timeout"] == "20000"
    assert headers["Async"] == "true"
    assert headers["CallerID"] == '"Bob" <+4930123>'


def test_a_caller_name_cannot_break_out_of_its_quotes() -> None:
    assert dict(originate(caller_name='x" <666> "\\').headers())["CallerID"] == '"x 666 " <+4930123>'


def test_a_comma_in_a_variable_is_refused() -> None:
    with pytest.raises(EncodeError, match="comma"):
        originate(variables=(("SR_RECORDING", "a,SR_PEER=b"),)).headers()
