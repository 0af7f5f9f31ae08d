"""Strict YAML: every unsafe thing is told at its true place, and nothing raises, whatever the text holds."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.faults import MAX_FAULTS, Fault, Faults, Place
from ivr.source import MAX_BYTES, MAX_DEPTH, read
from ivr.written import Items, Table, Text

pytestmark = pytest.mark.unit

MARK = "¶"  # stands right before the character at which a fault must be told

PLANTED = [
    ("duplicate-key", "a: 1\n¶a: 2\n"),
    ("duplicate-key", "a:\n  x: 1\n  y: 2\n  ¶x: 3\n"),
    ("anchor", "a: ¶&here 1\n"),
    ("alias", "a: ¶*here\n"),
    ("tag", "a: ¶!!str 1\n"),
    ("tag", "a: ¶!mine {x: 1}\n"),
    ("merge-key", "a:\n  ¶<<: {x: 1}\n"),
    ("star-key", "keys:\n  1: a\n  ¶*: b\n  2: c\n"),
    ("star-key", "keys:\n  ¶* : b\n"),
    ("pound-key", "keys:\n  1: a\n  ¶#: b\n"),
    ("pound-key", "keys:\n  1: a\n  ¶# : b\n"),
    ("second-document", "a: 1\n¶---\nb: 2\n"),
    ("directive", "¶%YAML 1.1\n---\na: 1\n"),
    ("bad-key", "¶[a, b]: 1\n"),
    ("syntax", "a: 1\n  b¶: 2\n"),
    ("syntax", "a:\n¶\tb: 2\n"),
    ("control-character", "a: 1\nb: x¶\x07y\n"),
    ("control-character", "a: 1\nb: x¶\x00y\n"),
    ("control-character", 'a: ¶"x\\u0000y"\n'),
    ("control-character", 'a: ¶"x\\r\\ny: 1"\n'),
    ("not-a-mapping", "¶- a\n- b\n"),
    ("not-a-mapping", "¶just words\n"),
    ("too-deep", "a: " + "[" * (MAX_DEPTH - 1) + "¶[" + "]" * MAX_DEPTH + "\n"),
]


def planted(text: str) -> tuple[str, int, int]:
    """The text without its mark, and the line and column of the mark."""
    before = text[: text.index(MARK)]
    return text.replace(MARK, ""), before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.mark.parametrize(("code", "text"), PLANTED)
def test_a_planted_fault_is_told_at_its_place(code: str, text: str) -> None:
    clean, line, column = planted(text)
    _, faults = read(clean, "x.yaml")
    assert (code, line, column) in [(fault.code, fault.line, fault.column) for fault in faults.all()]


def test_all_faults_of_a_text_are_told_at_once() -> None:
    text = "a: &x 1\na: 2\nkeys:\n  *: b\n  #: c\nz: !!int 3\n"
    _, faults = read(text, "x.yaml")
    assert [fault.code for fault in faults.all()] == ["anchor", "duplicate-key", "star-key", "pound-key", "tag"]


def test_every_scalar_stays_text() -> None:
    table, faults = read("no: yes\n0: 010\n1: 0201234567\non: ~\n2: 1e3\n3: 2026-10-01\n4: '5'\n", "x.yaml")
    assert not faults
    assert table is not None
    assert [(key.value, value.value) for key, value in table.entries if isinstance(value, Text)] == [
        ("no", "yes"), ("0", "010"), ("1", "0201234567"), ("on", "~"), ("2", "1e3"), ("3", "2026-10-01"), ("4", "5"),
    ]  # fmt: skip


def test_values_remember_their_places() -> None:
    table, _ = read("一:\n  - 李娜\n  - [x, yy]\n", "x.yaml")
    assert table is not None
    key, items = table.entries[0]
    assert key.place == Place(1, 1, 1)
    assert isinstance(items, Items)
    assert items.values[0].place == Place(2, 5, 2)
    assert isinstance(items.values[1], Items)
    assert items.values[1].values[1].place == Place(3, 9, 2)


def test_a_star_key_is_read_as_meant_so_that_the_rest_is_checked() -> None:
    table, faults = read("keys:\n  *: a\n  1: b\n", "x.yaml")
    assert [fault.hint for fault in faults.all()] == ["write the word: star"]
    assert table is not None
    keys = table.get("keys")
    assert isinstance(keys, Table)
    assert [key.value for key, _ in keys.entries] == ["star", "1"]


def test_a_star_key_inside_braces_comes_with_advice() -> None:
    _, faults = read("keys: {1: a, *: b}\n", "x.yaml")
    assert [(fault.code, fault.line) for fault in faults.all()] == [("syntax", 1)]
    assert "star" in faults.all()[0].hint


def test_a_comment_with_a_space_and_text_in_a_block_are_no_pound_keys() -> None:
    assert not read("# note: this\na: |\n  line\n  #: inside a text\n", "x.yaml")[1]


def test_bad_utf8_is_told_at_its_byte() -> None:
    _, faults = read("a: 1\nb: 李".encode() + b"\xff\n", "x.yaml")
    assert [(fault.code, fault.line, fault.column) for fault in faults.all()] == [("bad-utf8", 2, 5)]


def test_too_large_a_file_is_not_read() -> None:
    table, faults = read(b"a: 1\n" * MAX_BYTES, "x.yaml")
    assert table is None
    assert [fault.code for fault in faults.all()] == ["too-large"]


def test_a_bomb_of_aliases_is_refused_and_costs_nothing() -> None:
    text = "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(50))
    _, faults = read(text, "x.yaml")
    assert {fault.code for fault in faults.all()} == {"anchor", "alias"}


def test_the_number_of_told_faults_is_bounded() -> None:
    _, faults = read("a: 1\n" * 5000, "x.yaml")
    assert len(faults.all()) == MAX_FAULTS


def test_an_escape_beyond_unicode_is_a_fault() -> None:
    for escape in ('"\\UFFFFFFFF"', '"\\U00110000"', '"\\ud800"'):
        assert read(f"a: {escape}\n", "x.yaml")[1]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:*#-&!|>'\"[]{}%?,\n\t \\0x李\x00\ud800\x85<"), max_size=60))
def test_no_text_raises(text: str) -> None:
    table, faults = read(text, "x.yaml")
    assert table is not None or faults
    json.dumps([fault.record() for fault in faults.all()])
    assert all(str(fault) for fault in faults.all())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_raise(raw: bytes) -> None:
    table, faults = read(raw, "x.yaml")
    assert table is not None or faults


def test_a_fault_prints_like_a_compiler_does() -> None:
    faults = Faults("flows/x.yaml", "a: 1\nname: 李娜 suport\n")
    faults.add(
        Place(2, 10, 6),
        "unknown-step",
        "step 'a': key 2 leads to 'suport', which is not a step",
        "did you mean 'support'?",
    )
    assert str(faults.all()[0]).splitlines() == [
        "flows/x.yaml:2:10  step 'a': key 2 leads to 'suport', which is not a step  [unknown-step]",
        "     2 | name: 李娜 suport",
        "       |            ^^^^^^  did you mean 'support'?",
    ]


def test_a_fault_without_a_line_prints_its_hint_all_the_same() -> None:
    assert str(Fault("x.yaml", 1, 1, "unreadable", "cannot be read", "create it")).splitlines() == [
        "x.yaml:1:1  cannot be read  [unreadable]",
        "       create it",
    ]
