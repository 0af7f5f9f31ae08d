"""What the calls benchmark reads from the wire, and how it judges: on small packets made by hand."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

import pytest

from benchmarks.calls.arms import DEFAULTS, OURS, TUNED, plain_dialplan, queues_conf
from benchmarks.calls.floor import Seats, write_floor
from benchmarks.calls.rounds import Figures, Screens, Spread, leads, spread
from benchmarks.calls.shows import Shown, read_shown
from benchmarks.calls.tables import Run, aims_table, busy_table, conditions_table, ramp_table, screens_table, write_json
from benchmarks.calls.traces import Ends, trace
from benchmarks.calls.verdict import judge, rate_held
from benchmarks.capture import Packet, cut_headers, read_packets, write_packet
from benchmarks.figures import percentile, ratio
from benchmarks.sip_wire import count_retransmissions, read_message, read_messages
from cti.asterisk.layout import write_layout
from cti.asterisk.package import Package
from cti.asterisk.settings import ExchangeSettings, Phone, SettingsError
from switchroom.floorplan import load_floor

pytestmark = pytest.mark.unit

SIP, CALLERS, PHONES, WEB = 5060, 6001, 6002, 8080
ENDS = Ends(SIP, (CALLERS,), PHONES)
WAYS = {"c>": (CALLERS, SIP), "<c": (SIP, CALLERS), "a>": (PHONES, SIP), "<a": (SIP, PHONES)}


def packet(at: float, way: str, first: str, call: str, cseq: str, caller: str = "71", *, branch: str = "z1") -> Packet:  # noqa: PLR0917 (a line of a call flow)
    source, target = WAYS[way]
    lines = (first, f"Via: SIP/2.0/UDP 127.0.0.1;branch={branch};rport", f'From: "x" <sip:{caller}@h>;tag=1',
             "To: <sip:y@h>", f"Call-ID: {call}", f"CSeq: {cseq}", "", "body")  # fmt: skip
    return Packet(at, source, target, "\r\n".join(lines).encode())


def talk(start: float, caller: str, agent: str, *, wait: float = 0.0, length: float = 3.0) -> list[Packet]:
    """A whole call: INVITE at `start`, key a second later, ring `wait` after it, BYE by the agent at the end."""
    leg, rung = f"leg-{caller}", start + 1.0 + wait
    over = rung + 0.2 + length
    return [
        packet(start, "c>", "INVITE sip:4000@h SIP/2.0", caller, "1 INVITE", caller),
        packet(start + 0.002, "<c", "SIP/2.0 200 OK", caller, "1 INVITE", caller),
        packet(start + 0.003, "c>", "ACK sip:4000@h SIP/2.0", caller, "1 ACK", caller),
        packet(start + 1.0, "c>", "INFO sip:4000@h SIP/2.0", caller, "2 INFO", caller),
        packet(rung, "<a", f"INVITE sip:{agent}@h SIP/2.0", leg, "7 INVITE", caller),
        packet(rung + 0.2, "a>", "SIP/2.0 200 OK", leg, "7 INVITE", caller),
        packet(over, "a>", "BYE sip:asterisk@h SIP/2.0", leg, "1 BYE", agent),
        packet(over + 0.001, "<a", "SIP/2.0 200 OK", leg, "1 BYE", agent),
        packet(over + 0.002, "<c", "BYE sip:71@h SIP/2.0", caller, "9 BYE", "4000"),
        packet(over + 0.003, "c>", "SIP/2.0 200 OK", caller, "9 BYE", "4000"),
    ]


def traced(*calls: list[Packet]):
    return trace(read_messages(sorted((each for call in calls for each in call), key=lambda each: each.at)), ENDS)


# ── the record ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_record_reads_back_and_a_cut_end_is_left_out():
    record = write_packet(1_500_000_000, 1, 2, b"one") + write_packet(2_000_000_000, 3, 4, b"two")
    assert list(read_packets(record)) == [Packet(1.5, 1, 2, b"one"), Packet(2.0, 3, 4, b"two")]
    for cut in range(1, len(b"two") + 14):
        assert [each.payload for each in read_packets(record[:-cut])] == [b"one"]


@pytest.mark.parametrize("options", [0, 8])
def test_headers_are_cut_off_whatever_their_length(options):
    ip = bytes([0x45 + options // 4, 0, 0, 0, 0, 0, 0, 0, 64]) + b"%c" + bytes(10 + options)
    udp = struct.pack("!HHHH", 5060, 6001, 11, 0) + b"sip"
    tcp = struct.pack("!HHIIBBHHH", 8080, 9, 0, 0, (5 + options // 4) << 4, 0, 0, 0, 0) + bytes(options) + b"web"
    assert cut_headers(ip % socket.IPPROTO_UDP + udp) == (5060, 6001, b"sip")
    assert cut_headers(ip % socket.IPPROTO_TCP + tcp) == (8080, 9, b"web")


# ── SIP ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_request_and_its_answer_are_read():
    asked = read_message(packet(1.0, "<a", "INVITE sip:agent-0007@127.0.0.1:6002 SIP/2.0", "id", "31 INVITE", "70001"))
    assert asked
    assert (asked.method, asked.status, asked.number, asked.asked, asked.caller) == (
        "INVITE", 0, 31, "agent-0007", "70001",
    )  # fmt: skip
    answer = read_message(packet(1.0, "a>", "SIP/2.0 180 Ringing", "id", "31 INVITE"))
    assert answer
    assert answer.is_answer("INVITE", 180)
    assert not answer.is_request("INVITE")


def test_short_header_names_are_the_same_headers():
    text = b"BYE sip:x@h SIP/2.0\r\nv: SIP/2.0/UDP h;branch=b1\r\nf: <sip:9@h>\r\ni: id\r\ncseq: 2 BYE\r\n\r\n"
    read = read_message(Packet(1.0, 1, 2, text))
    assert read
    assert (read.call_id, read.caller, read.branch) == ("id", "9", "b1")


@pytest.mark.parametrize(
    "junk", [b"", b"\r\n\r\n", b"\xff\xfe", b"INVITE sip:x SIP/2.0\r\n\r\n", b"a b c\r\nCSeq: x\r\n"]
)
def test_what_is_no_sip_message_is_left_out(junk):
    assert read_message(Packet(1.0, 1, 2, junk)) is None


def test_only_the_same_message_sent_again_is_a_retransmission():
    messages = list(read_messages(talk(0.0, "71", "agent-0001")))
    assert count_retransmissions(messages) == 0
    assert count_retransmissions([*messages, messages[0], messages[0], messages[3]]) == 3
    other = packet(5.0, "c>", "INVITE sip:4000@h SIP/2.0", "71", "1 INVITE", "71", branch="z2")
    assert count_retransmissions([*messages, *read_messages([other])]) == 0


# ── what became of the calls ────────────────────────────────────────────────────────────────────────────────────────


def test_a_whole_call_is_good_and_timed_from_the_key():
    found = traced(talk(0.0, "71", "agent-0001", wait=0.004))
    assert found.good() == 1
    assert found.setup() == pytest.approx([0.002])
    assert found.join_to_ring() == pytest.approx([0.004])
    assert found.freed_to_ring() == []


@pytest.mark.parametrize("missing", range(10))
def test_a_call_with_any_end_missing_is_not_good(missing):
    harmless = {1, 2, 3, 8}  # set-up, key, the exchange's BYE: later messages prove that they arrived
    call = talk(0.0, "71", "agent-0001")
    del call[missing]
    assert traced(call).good() == (missing in harmless)


def test_a_caller_who_was_answered_twice_is_not_good():
    second = [
        packet(1.3, "<a", "INVITE sip:agent-0002@h SIP/2.0", "leg-2", "7 INVITE", "71"),
        packet(1.4, "a>", "SIP/2.0 200 OK", "leg-2", "7 INVITE", "71"),
    ]
    assert traced(talk(0.0, "71", "agent-0001"), second).good() == 0


def test_freed_to_ring_counts_only_while_a_caller_waits():
    first = talk(0.0, "71", "agent-0001", length=3.0)  # over at 4.2
    waiting = talk(1.0, "72", "agent-0001", wait=2.71)  # keyed at 2.0, rung at 4.71
    later = talk(20.0, "73", "agent-0001")  # nobody waited when the second talk ended
    found = traced(first, waiting, later)
    assert found.freed_to_ring() == pytest.approx([0.51])
    assert found.good() == 3


# ── screens ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_screen_is_first_only_when_its_packet_came_before_the_invite():
    event = b'event: show\ndata: {"agent":"screen-0001","offer":"o","context":{"number":"%s"}}\n\n'
    packets = [
        Packet(0.9, WEB, 50000, b"1f\r\nevent: floor\ndata: {}\n\n" + event % b"71"),
        Packet(9.0, WEB, 50000, event % b"72"),
        Packet(0.1, 50000, WEB, event % b"73"),
    ]
    shown = list(read_shown(packets, WEB))
    assert shown == [Shown(0.9, "screen-0001", "71"), Shown(9.0, "screen-0001", "72")]
    calls = [talk(0.0, "71", "screen-0001"), talk(4.0, "72", "screen-0001"), talk(9.0, "73", "screen-0001")]
    found = leads(traced(*calls, talk(30.0, "74", "agent-0001")), shown, frozenset({"screen-0001"}))
    assert found == [pytest.approx(0.1), pytest.approx(-4.0), None]


# ── figures and the verdict ─────────────────────────────────────────────────────────────────────────────────────────


def test_percentiles_are_values_that_occurred():
    values = [float(each) for each in range(1, 101)]
    assert [percentile(values, share) for share in (50, 95, 99, 100)] == [50, 95, 99, 100]
    assert percentile([7.0], 1) == 7.0
    assert percentile([], 50) is None
    assert (ratio(1.0, 2.0), ratio(1.0, 0.0), ratio(None, 1.0), ratio(0.0, 2.0)) == (0.5, None, None, 0.0)


def figures(
    arm: str, rate: float, *, share: float = 100.0, again: int = 0, attempt: int = 1, ms: float = 5.0
) -> Figures:
    times = spread([ms / 1000])
    return Figures(arm, rate, attempt, 100, 100, share, again, 0, 100, times, times, times, 12.0, 2.4 * (arm == OURS))


def test_a_rate_is_held_only_above_held_rates_and_one_good_try_is_enough():
    steps = [
        figures(OURS, 25),
        figures(OURS, 50, again=1),
        figures(OURS, 50, attempt=2),
        figures(OURS, 75, share=99.8),
        figures(OURS, 75, share=99.89, attempt=2),
        figures(OURS, 100),
        figures(DEFAULTS, 25, again=3),
    ]
    assert rate_held(steps, OURS) == 50
    assert rate_held(steps, DEFAULTS) == 0


def test_ours_is_judged_against_the_better_of_the_others():
    ramp = [figures(DEFAULTS, 50, ms=9), figures(TUNED, 50, ms=4), figures(OURS, 50, ms=5), figures(TUNED, 75)]
    busy = [figures(DEFAULTS, 9, ms=500), figures(TUNED, 9, ms=400), figures(OURS, 9, ms=20)]
    shown = Screens(rings=10, popped_before=9, lead=Spread(1, 1, 1, 9), rate=50)
    rate, join, freed, cpu, pop = judge(ramp, busy, shown, 50)
    assert (rate.ours, rate.theirs, rate.met) == (50, 75, False)
    assert (join.ratio, join.met) == (1.25, False)
    assert (freed.ratio, freed.met) == (0.05, True)
    assert (cpu.ratio, cpu.met) == (pytest.approx(0.2), True)
    assert (pop.ours, pop.met) == (90, False)


def test_what_was_not_measured_is_not_judged():
    assert [aim.met for aim in judge([figures(OURS, 50)], [], None, 60)] == [None] * 5


def test_tables_and_json_show_every_step(tmp_path: Path):
    shown = Screens(1, 1, Spread(1, 2, 3, 1), 50)
    ramp, busy = (figures(OURS, 50), figures(DEFAULTS, 50)), (figures(OURS, 9),)
    run = Run({"cores": 2}, ramp, busy, shown, tuple(judge(ramp, busy, shown, 50)))
    assert conditions_table(run).row_count == 1
    assert [ramp_table(ramp).row_count, busy_table(busy).row_count, screens_table(shown).row_count] == [2, 1, 1]
    assert aims_table(run.aims).row_count == 5
    write_json(run, tmp_path / "new" / "calls.json")
    assert '"join_to_ring"' in (tmp_path / "new" / "calls.json").read_text(encoding="utf-8")


# ── what is written for the arms ────────────────────────────────────────────────────────────────────────────────────


def test_our_floor_is_sound(tmp_path: Path):
    plan, faults = load_floor(write_floor(tmp_path / "floor", Seats(agents=3, few=2, screens=1)))
    assert not faults
    assert plan
    assert plan.agents["agent-0003"].queues == ("calls", "recorded")
    assert plan.agents["few-0002"].screen == "none"
    assert plan.agents["screen-0001"].screen == "web"
    assert [plan.queues[name].record for name in ("calls", "few", "screens", "recorded")] == [False, False, False, True]


@pytest.mark.parametrize("arm", [DEFAULTS, TUNED])
def test_app_queue_serves_waiting_callers_side_by_side(arm):
    lines = queues_conf(arm, ["agent-0001", "agent-0002"]).splitlines()
    assert {"autofill = yes", "ringinuse = no", "member => PJSIP/agent-0002"} <= set(lines)
    assert "strategy = ringall" not in lines


def test_both_arms_hear_the_same_prompt():
    text = plain_dialplan("/sounds/welcome", Path("/recordings"))
    assert text.count("Read(KEY,/sounds/welcome,1,,2,5)") == 2


def test_a_phone_at_a_fixed_place_has_a_contact_and_is_not_asked(tmp_path: Path):
    documents = tmp_path / "share/documentation"
    documents.mkdir(parents=True)
    (documents / "core-en_US.xml").write_text("<docs></docs>")
    package = Package(("asterisk",), tmp_path, tmp_path, tmp_path / "share", (22, 10, 1))
    settings = ExchangeSettings("a1", tmp_path / "a1", 5060, 5038, phones=(Phone("desk", "s", "127.0.0.1:6002"),))
    text = (write_layout(settings, package).conf.parent / "pjsip.conf").read_text()
    assert "[desk](switchroom-place)\nqualify_frequency = 0\ncontact = sip:desk@127.0.0.1:6002\n" in text
    with pytest.raises(SettingsError, match="HOST:PORT"):
        write_layout(ExchangeSettings("a1", tmp_path, 5060, 5038, phones=(Phone("desk", "s", "x\ny"),)), package)
