"""Reading and writing transcripts: every line there and back, every fault at its place, and nothing that raises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchroom.trial.reading import read_moves, read_transcripts
from switchroom.trial.reading_moves import MOVES
from switchroom.trial.script import SIGHTS, Press, PressSecret, Sight
from switchroom.trial.spelling import Unfit, seconds_of, span_of, words_of
from switchroom.trial.writing import written

pytestmark = pytest.mark.unit

CALL = "call 800 from 13800000001 at 2026-03-02 10:15 Asia/Shanghai"
EVERY_LINE = f"""# One of each
{CALL} name="Li Na" customer=c-1 customer-name="李 \\"Na\\"" segment=gold
> play welcome  language=en
> say money 12.50
press 2
press secret 6 pin
press pound
secret pin = 123456
silence
wait
after 4m
after 1h30m0.5s
clock 23:30
clock 2026-03-03 08:00:10
speak 12s
> record
> join queue cards  skills=cards:2,english:1 priority=5 limit=10m
agent answers
agent answers li-na
agent refuses
agent ignores li-na
agent hangs up
source balance answers found amount=12.50 name="Li Na"
source balance answers not_found
source balance hangs
outside answers 2m
outside busy
outside ignores
outside fails
> transfer +8610
> message sms  to=138 text="your card"
> callback 138  queue=cards
> voicemail cards
> lookup balance
> agent li-na
> enter menu
> goal reported
> keep topic lost
> language en
> identified authenticated  customer=c-1
> survey again 5
> resume yes
> breakpoint menu
> ...
hang up during welcome
call again after 5m
hang up
call again after 1m from 139
> end  path: a, b, a
> outcome abandoned
"""


def test_every_line_is_written_as_it_is_read():
    found, faults = read_transcripts(EVERY_LINE, "all.call")
    assert not faults, "\n".join(map(str, faults))
    assert written(found) == EVERY_LINE
    assert read_transcripts(written(found), "all.call")[0] == found


def test_short_forms_mean_the_same():
    short = f"{CALL}\n>play a b\n> queue cards skills=english,cards:2\npress 1 2 # so\npress ••\nwait 4m\n\n# end\n"
    (found,), faults = read_transcripts(short, "x")
    assert not faults
    whats = [line.what for line in found.lines]
    assert [what.sight for what in whats[:3]] == [
        Sight("play", ("a",)),
        Sight("play", ("b",)),
        Sight("join queue", ("cards",), (("skills", "cards:2,english:1"),)),
    ]
    assert whats[3:5] == [Press("12"), PressSecret(2)]
    assert written([found]).endswith("after 4m\n")


def test_a_file_holds_several_scenarios_each_with_the_comment_above_it():
    found, _ = read_transcripts(f"# first\n{CALL}\nhang up\n\n# second\n{CALL}\n", "x")
    assert [(one.title, one.place.line, len(one.lines)) for one in found] == [("first", 2, 1), ("second", 6, 0)]


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        ("pres 2", 1, "unknown-line"),
        ("press 12a4", 9, "bad-key"),
        ("press", 1, "too-few-words"),
        ("press 12••", 7, "bad-key"),
        ("press secret many", 14, "not-a-number"),
        ("press secret 6 My-Pin", 16, "bad-name"),
        ("> plai welcome", 3, "unknown-sight"),
        ("> play welcome speed=2", 16, "unknown-key"),
        ("> say", 3, "wrong-words"),
        ("> join queue cards  colour=red", 21, "unknown-key"),
        ("> join queue cards  limit=1m limit=2m", 30, "key-twice"),
        ("> end path a", 7, "wrong-words"),
        ("> end path: a,,b", 7, "too-few-words"),
        (">", 1, "too-few-words"),
        ("after 4", 7, "bad-duration"),
        ("after 900h", 7, "out-of-range"),
        ("clock 24:00", 7, "bad-time"),
        ("clock 2026-02-30 10:00", 7, "bad-date"),
        ("agent dances", 7, "unknown-line"),
        ("agent answers li na", 18, "too-many-words"),
        ("source x answers maybe", 18, "bad-answer"),
        ("source x answers found amount", 24, "bad-setting"),
        ("source x answers refused a=1", 26, "too-many-words"),
        ("call again soon", 1, "bad-call"),
        ("call again after 5m from me", 26, "bad-number"),
        ("hang out", 1, "unknown-line"),
        ('> message sms text="open', 20, "open-quote"),
        ("press 1\x00", 8, "control-character"),
        ("call 800 from 138 at 2026-03-02 10:15 Europe/Nowhere", 39, "unknown-zone"),
        ("call 800 from 138 at 2026-13-02 10:15 UTC", 22, "bad-date"),
        ("call 800 from me at 2026-03-02 10:15 UTC", 15, "bad-number"),
        ("call 800 to 138", 1, "bad-call"),
        ("call 800 from 138 at 2026-03-02 10:15 UTC age=3", 43, "unknown-key"),
    ],
)
def test_each_fault_is_told_at_its_place(line, column, code):
    _, faults = read_transcripts(f"{CALL}\n{line}\nhang up\n", "x.call")
    assert [(fault.file, fault.line, fault.column, fault.code) for fault in faults] == [("x.call", 2, column, code)]


def test_all_faults_are_told_at_once():
    _, faults = read_transcripts(f"hang up\n{CALL}\npres 1\nafter 4\n", "x")
    assert [(fault.line, fault.code) for fault in faults] == [(1, "no-call"), (3, "unknown-line"), (4, "bad-duration")]


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"\n\n# nothing\n", b"x" * 2_000_000, b"a" * 5000])
def test_what_is_no_transcript_is_a_fault_and_nothing_raises(raw):
    found, faults = read_transcripts(raw, "x")
    assert not found
    assert faults


WORDS = st.sampled_from(
    [
        *("call", "press", "secret", ">", "play", "end", "path:", "...", "after", "clock", "agent", "answers", "hangs"),
        *("source", "found", "a=1", '"', "#", "•", "from", "at", "again", "2026-03-02", "10:15", "UTC", "Europe", "..",
          "6", "4m", "join", "queue", "skills=a:1,b", "hang", "up", "during", "\\", "=", "outside", "x" * 100, "\n"),
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=400), st.lists(WORDS, max_size=40).map(" ".join), st.binary(max_size=200)))
def test_no_text_makes_the_reader_raise(text):
    for body in (text, f"{CALL}\n{text}" if isinstance(text, str) else CALL.encode() + b"\n" + text):
        found, faults = read_transcripts(body, "x")
        assert not (found and faults)
        for fault in faults:
            assert fault.line >= 1
            assert fault.column >= 1
            assert str(fault)


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_what_is_read_is_written_and_read_again_the_same(text):
    found, _ = read_transcripts(f"{CALL}\n{text}", "x")
    again, faults = read_transcripts(written(found), "x") if found else ((), ())
    assert not faults
    assert [[line.what for line in one.lines] for one in again] == [[line.what for line in one.lines] for one in found]


@given(st.floats(0, 2_000_000))
def test_a_length_of_time_is_read_as_it_was_written(seconds):
    (word,) = words_of(span_of(seconds), 1)
    assert seconds_of(word) == pytest.approx(seconds, abs=0.051)


def test_a_typed_line_that_nobody_can_read_says_what_to_write():
    with pytest.raises(Unfit, match="begins no line") as wrong:
        read_moves("pres 1")
    assert "press" in wrong.value.hint


def test_the_documentations_transcripts_can_be_read():
    page = (Path(__file__).parents[2] / "docs" / "flows" / "transcripts.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```call\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        found, faults = read_transcripts(block, "transcripts.md")
        assert not faults, "\n".join(map(str, faults))
        assert written(found) == block


def test_the_documentation_names_every_move_and_every_sight():
    page = (Path(__file__).parents[2] / "docs" / "flows" / "transcripts.md").read_text(encoding="utf-8")
    for name in SIGHTS:
        assert f"`> {name}" in page, name
    for word in MOVES:
        assert re.search(rf"`{word}\b", page), word
