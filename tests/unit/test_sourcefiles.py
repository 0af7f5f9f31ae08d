"""`sources.yaml` and its tables: what is read, every fault at its place, and no line of a table in any message."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchroom import sourcefiles
from switchroom.sourcefiles import SourcePlan, parse_sources, parse_table

pytestmark = pytest.mark.unit

CARDS = """\
cards:
  table: cards.csv
  keys: card
  secret: pin
  returns: [customer, name, balance]
  private: balance
  kept_for: 30s
  lock_after: 3
  lock_for: 1h
"""
BANK = """\
bank:
  http: https://core.bank.example:8443/cards/{card}
  method: POST
  keys: [card, day]
  timeout: 2s
  headers_from: bank-headers
  returns: state
"""
HASH = "$argon2id$v=19$m=19456,t=2,p=1$5letQXt72h1kIEEKNtr8Yg$Vgs3UaWxerU4FmZNkGx6ZYEw3BICegqn2R5GsqAd2mw"
PLAN = SourcePlan("cards", ("card",), ("customer", "balance"), frozenset({"balance"}), "pin", "cards.csv")
OPEN = SourcePlan("open", ("card", "day"), ("state",), table="open.csv")


def faults_of(text: str) -> list[tuple[str, int, int]]:
    return [(fault.code, fault.line, fault.column) for fault in parse_sources(text.encode(), "s.yaml")[1].all()]


def test_a_table_and_an_address() -> None:
    found, faults = parse_sources((CARDS + BANK).encode(), "s.yaml")
    assert not faults
    assert found["cards"] == SourcePlan(
        "cards", ("card",), ("customer", "name", "balance"), frozenset({"balance"}), "pin", "cards.csv",
        method="POST", kept_for=30.0, lock_after=3, lock_for=3600.0,
    )  # fmt: skip
    assert found["bank"] == SourcePlan(
        "bank", ("card", "day"), ("state",), url="https://core.bank.example:8443/cards/{card}", method="POST",
        timeout=2.0, headers_from="bank-headers",
    )  # fmt: skip


def test_flows_know_no_address_and_no_file() -> None:
    source = parse_sources((CARDS + BANK).encode(), "s.yaml")[0]["cards"].known()
    assert (source.keys, source.secret, source.private) == (("card",), "pin", {"balance"})
    assert "csv" not in repr(source)


@pytest.mark.parametrize(
    ("wrong", "right", "fault"),
    [
        ("table: ../x.csv", "table: cards.csv", ("bad-file", 2, 10)),
        ("table: a/b.csv", "table: cards.csv", ("bad-file", 2, 10)),
        ("table: /etc/passwd", "table: cards.csv", ("bad-file", 2, 10)),
        ("  http: http://x/\n  table: cards.csv", "  table: cards.csv", ("one-kind", 1, 1)),
        ("  # none", "  table: cards.csv", ("one-kind", 1, 1)),
        ("keys: []", "keys: card", ("empty", 3, 9)),
        ("keys: [card, card]", "keys: card", ("name-twice", 3, 16)),
        ("keys: Card", "keys: card", ("bad-name", 3, 9)),
        ("secret: card", "secret: pin", ("secret-shown", 4, 11)),
        ("secret: balance", "secret: pin", ("secret-shown", 4, 11)),
        ("private: saldo", "private: balance", ("unknown-return", 6, 12)),
        ("lock_after: 1", "lock_after: 3", ("out-of-range", 8, 15)),
        ("  timeout: 2s\n  lock_for: 1h", "  lock_for: 1h", ("not-here", 9, 12)),
        ("", "  secret: pin\n", ("not-here", 7, 15)),
        ("number:", "cards:", ("bad-name", 1, 1)),
        ("cards: x\nother:", "cards:", ("not-a-mapping", 1, 8)),
        ("colour: red\n  lock_for", "lock_for", ("unknown-key", 9, 3)),
    ],
)
def test_a_fault_of_a_table_stands_where_it_is(wrong: str, right: str, fault: tuple[str, int, int]) -> None:
    assert right in CARDS
    assert fault in faults_of(CARDS.replace(right, wrong, 1))


@pytest.mark.parametrize(
    ("wrong", "right", "fault"),
    [
        ("ftp://x/", "https://core.bank.example:8443/cards/{card}", ("bad-url", 2, 9)),
        ("https://user:pw@x/", "https://core.bank.example:8443/cards/{card}", ("bad-url", 2, 9)),
        ("https://{card}/", "https://core.bank.example:8443/cards/{card}", ("bad-url", 2, 9)),
        ("{kard}", "{card}", ("unknown-key", 2, 9)),
        ("method: PUT", "method: POST", ("bad-choice", 3, 11)),
        ("method: GET\n  secret: pin", "method: POST", ("secret-in-url", 3, 11)),
        ("headers_from: ../x", "headers_from: bank-headers", ("bad-name", 6, 17)),
        ("timeout: 31s", "timeout: 2s", ("out-of-range", 5, 12)),
    ],
)
def test_a_fault_of_an_address_stands_where_it_is(wrong: str, right: str, fault: tuple[str, int, int]) -> None:
    assert right in BANK
    assert fault in faults_of(BANK.replace(right, wrong, 1))


def test_a_table_is_read_by_its_keys() -> None:
    rows, faults = parse_table(b"\xef\xbb\xbfday,card,state,more\n1,a,open,x\n\n2, a ,shut,x\n", "open.csv", OPEN)
    assert not faults
    assert rows == {("a", "1"): {"state": "open"}, ("a", "2"): {"state": "shut"}}


def test_a_secret_is_a_hash() -> None:
    rows, faults = parse_table(f'card,customer,balance,pin\n1,c,7,"{HASH}"\n'.encode(), "cards.csv", PLAN)
    assert not faults
    assert rows["1",]["pin"] == HASH


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("card,customer,balance\n1,c,7\n", "missing-column", 1),
        ("", "missing-column", 1),
        ("card,customer,balance,pin,pin\n", "column-twice", 1),
        (f"card,customer,balance,pin\n1,c,7\n2,c,7,'{HASH}'\n", "bad-row", 2),
        (f'card,customer,balance,pin\n1,c,7,"{HASH}"\n1,c,8,"{HASH}"\n', "key-twice", 3),
        (f'card,customer,balance,pin\n,c,7,"{HASH}"\n', "bad-row", 2),
        (f'card,customer,balance,pin\n1,c\x01,7,"{HASH}"\n', "bad-row", 2),
        ("card,customer,balance,pin\n1,c,7,884422\n", "plain-secret", 2),
        ('card,customer,balance,pin\n1,"c,7,884422\n', "bad-csv", 2),
        ("card,customer,balance,pin\n1,c,7,\udcff\n", "bad-utf8", 2),
    ],
)
def test_a_fault_of_a_row_has_its_line_and_quotes_nothing(text: str, code: str, line: int) -> None:
    _, faults = parse_table(text.encode("utf-8", "surrogateescape"), "cards.csv", PLAN)
    assert (code, line) in [(fault.code, fault.line) for fault in faults.all()]
    assert "884422" not in "".join(str(fault) + fault.source for fault in faults.all())


def test_a_table_is_not_read_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sourcefiles, "LONGEST_TABLE", 10)
    assert [fault.code for fault in parse_table(b"x" * 11, "cards.csv", PLAN)[1].all()] == ["too-large"]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_reading_raise(raw: bytes) -> None:
    parse_table(raw, "cards.csv", PLAN)
    parse_table(b"card,customer,balance,pin\n" + raw, "cards.csv", PLAN)
    parse_sources(raw, "s.yaml")


def test_the_sources_of_the_page_for_integrators_are_sound() -> None:
    page = (Path(__file__).parents[2] / "docs" / "flows" / "sources.md").read_text(encoding="utf-8")
    [text] = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    found, faults = parse_sources(text.encode(), "sources.yaml")
    assert not faults
    assert set(found) == {"cards", "rates"}
