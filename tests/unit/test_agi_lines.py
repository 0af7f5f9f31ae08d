"""The words of FastAGI: introductions, answers, commands, and what a caller may call himself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.asterisk.agi_lines import (
    Answer,
    BadLineError,
    clean_name,
    clean_number,
    read_answer,
    read_introduction,
    write_command,
)

pytestmark = pytest.mark.unit

LINES = (
    "agi_network: yes\nagi_network_script: TOKEN\nagi_request: agi://127.0.0.1:4573/TOKEN\n"
    "agi_channel: PJSIP/trunk-00000001\nagi_uniqueid: a1-1.2\nagi_callerid: +49 (30) 123-45\n"
    "agi_calleridname: Müller\nagi_arg_1: 100\nagi_arg_2: a1-1.2.3\nagi_arg_3: 1732220000.125"
)


def test_an_introduction_is_read() -> None:
    said = read_introduction(LINES.encode())
    assert (said.token, said.call, said.number, said.name) == ("TOKEN", "a1-1.2", "+493012345", "Müller")
    assert (said.called, said.leg, said.answered_at) == ("100", "a1-1.2.3", 1732220000.125)


@pytest.mark.parametrize(
    "block", [b"", b"GET / HTTP/1.1\r\nHost: x", b"agi_request: agi://h/T", b"agi_uniqueid: 1", b"\xff"]
)
def test_what_is_no_introduction_is_refused(block: bytes) -> None:
    with pytest.raises(BadLineError):
        read_introduction(block)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (b"200 result=0 endpos=8000", Answer(200, "0", timed_out=False, endpos=8000)),
        (b"200 result=12 (timeout)", Answer(200, "12", timed_out=True, endpos=None)),
        (b"200 result= (timeout)", Answer(200, "", timed_out=True, endpos=None)),
        (b"200 result=", Answer(200, "", timed_out=False, endpos=None)),
        (b"200 result=*12", Answer(200, "*12", timed_out=False, endpos=None)),
        (b"200 result=-1", Answer(200, "-1", timed_out=False, endpos=None)),
        (b"510 Invalid or unknown command", Answer(510, "", timed_out=False, endpos=None)),
        (
            b"511 Command Not Permitted on a dead channel or intercept routine",
            Answer(511, "", timed_out=False, endpos=None),
        ),
    ],
)
def test_answers_are_read(line: bytes, answer: Answer) -> None:
    assert read_answer(line) == answer


def test_what_is_no_answer_is_refused() -> None:
    with pytest.raises(BadLineError):
        read_answer(b"hello")


def test_words_are_quoted() -> None:
    assert write_command("STREAM", "FILE", 'a "b" \\c', "") == b'STREAM FILE "a \\"b\\" \\\\c" ""\n'


@pytest.mark.parametrize("bad", ["a\nHANGUP", "a\rb", "a\0b", "x" * 3000])
def test_dangerous_or_endless_words_are_refused(bad: str) -> None:
    with pytest.raises(BadLineError):
        write_command("STREAM", "FILE", bad, "")


@pytest.mark.parametrize(
    ("claimed", "number"),
    [
        ("+493012345", "+493012345"), ("030 123-45", "03012345"), ("anonymous", ""), ("unknown", ""), ("", ""),
        ("1-800-FLOWERS", ""),
        ("+", ""), ("++49", ""), ("49+", ""), ("1" * 21, ""), ("١٢٣", ""), ("123\r\nX: 1", ""), ("<script>", ""),
    ],
)  # fmt: skip
def test_a_number_is_digits_or_nothing(claimed: str, number: str) -> None:
    assert clean_number(claimed) == number


@pytest.mark.parametrize(
    ("claimed", "name"),
    [
        ("Bob", "Bob"), ("  Bob \t B ", "Bob B"), ("王小明", "王小明"), ("unknown", ""), ("Anonymous", ""),
        ("a\x00b\x1bc\u202ed\ufffde", "abcde"), ("\U0001f600", "\U0001f600"), ("x" * 500, "x" * 64),
    ],
)  # fmt: skip
def test_a_name_is_clean_and_short(claimed: str, name: str) -> None:
    assert clean_name(claimed) == name


@given(st.text(max_size=200))
def test_no_name_carries_control_characters(claimed: str) -> None:
    name = clean_name(claimed)
    assert len(name) <= 64
    assert name.isprintable() or all(letter.isprintable() or letter == " " or not letter.isascii() for letter in name)
    assert not any(ord(letter) < 32 for letter in name)
