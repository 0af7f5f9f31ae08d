"""`laws.yaml`: what is read, and every fault at its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from outbound.campaign import Mode
from outbound.law.narrowing import breaches, widened
from outbound.law.profile import DAY, Formula, NumberKind
from outbound.law.profiles import BUILT_IN, STRICT, UK, US
from switchroom.lawfile import LAW_KEYS, load_laws, parse_laws

pytestmark = pytest.mark.unit

WHOLE = """\
debts-ohio:
  version: 2026-12-01
  based_on: us
  hours:
    mon-fri: 09:00-18:00
    sat: [14:00-16:00, 10:00-12:00]
  on_holidays: closed
  public_holidays: US-OH
  closed: [2026-12-24]
  code: +1
  zones: [America/New_York]
  tries_on_number: 1
  tries_on_person: 2
  gap: 2h
  lock: 96h
  contacts: 2
  contact_span: 14d
  consent_for: [predictive, message]
  refuses: all
  ring_for: 20s
  wait: 1s
  message: true
  cap: 2.5%
  window: 24h
  formula: strict
  false_machine: 0.4%
  machines_abandoned: 0%
"""


def faults(text: str) -> list[tuple[str, int]]:
    return [(fault.code, fault.line) for fault in parse_laws(text.encode(), "laws.yaml")[1].all()]


def test_without_the_file_there_are_the_laws_that_are_known(tmp_path):
    assert load_laws(tmp_path) == BUILT_IN
    (tmp_path / "laws.yaml").write_text(WHOLE)
    assert set(load_laws(tmp_path)) == {*BUILT_IN, "debts-ohio"}


def test_every_line_is_read():
    laws, found = parse_laws(WHOLE.encode(), "laws.yaml")
    law = laws["debts-ohio"]
    assert not found.all()
    assert law.rules == "debts-ohio@2026-12-01"
    assert law.week == (((540, 1080),),) * 5 + (((600, 720), (840, 960)), ())
    assert (law.closed, law.country, law.zones) == ({date(2026, 12, 24)}, "US-OH", ("America/New_York",))
    assert (law.number_tries, law.person_tries, law.gap, law.lock) == (1, 2, 7200.0, 96 * 3600.0)
    assert (law.contacts, law.contact_span) == (2, 14 * DAY)
    assert law.consent_for == {Mode.PREDICTIVE, Mode.MESSAGE}
    assert law.refuses == set(NumberKind)
    assert (law.ring_for, law.wait, law.message) == (20.0, 1.0, True)
    assert (law.cap, law.window, law.formula) == (0.025, DAY, Formula.STRICT)
    assert law.false_machine == pytest.approx(0.004)
    assert all(f"\n  {key}:" in WHOLE for key in LAW_KEYS)


def test_what_is_not_written_is_as_in_the_strictest_law():
    laws, found = parse_laws(b"own:\n  version: 1\n  zones: Asia/Tokyo\n", "laws.yaml")
    assert not found.all()
    assert laws["own"] == replace(STRICT, name="own", version="1", zones=("Asia/Tokyo",))


@pytest.mark.parametrize(
    ("lines", "code", "line"),
    [
        ("us:\n  version: 1\n", "law-known", 1),
        ("own: 5\n", "not-a-mapping", 1),
        ("own:\n  based_on: us\n", "missing-key", 1),
        ("own:\n  version: 1\n", "missing-key", 1),
        ("own:\n  version: a b\n  based_on: us\n", "bad-version", 2),
        ("own:\n  version: 1\n  based_on: mars\n", "bad-choice", 3),
        ("own:\n  version: 1\n  based_on: us\n  cap: 3\n", "bad-share", 4),
        ("own:\n  version: 1\n  based_on: us\n  cap: 9%\n", "bad-share", 4),
        ("own:\n  version: 1\n  based_on: us\n  window: 31d\n", "bad-duration", 4),
        ("own:\n  version: 1\n  based_on: us\n  window: 90m\n", "bad-duration", 4),
        ("own:\n  version: 1\n  based_on: us\n  tries_on_number: 0\n", "out-of-range", 4),
        ("own:\n  version: 1\n  based_on: us\n  wait: 9s\n", "out-of-range", 4),
        ("own:\n  version: 1\n  based_on: us\n  zones: Asia/Nowhere\n", "unknown-zone", 4),
        ("own:\n  version: 1\n  based_on: us\n  public_holidays: XX\n", "unknown-country", 4),
        ("own:\n  version: 1\n  based_on: us\n  hours:\n    mon: 9-18\n", "bad-hours", 5),
        ("own:\n  version: 1\n  based_on: us\n  hours:\n    moon: 09:00-18:00\n", "bad-day", 5),
        ("own:\n  version: 1\n  based_on: us\n  closed: [2026-02-30]\n", "bad-date", 4),
        ("own:\n  version: 1\n  based_on: us\n  code: 1\n", "bad-number", 4),
        ("own:\n  version: 1\n  based_on: us\n  consent_for: [predictve]\n", "bad-choice", 4),
        ("own:\n  version: 1\n  based_on: us\n  formula: mine\n", "bad-choice", 4),
        ("own:\n  version: 1\n  based_on: us\n  caps: 3%\n", "unknown-key", 4),
    ],
)
def test_each_fault_is_told_at_its_place(lines, code, line):
    assert faults(lines) == [(code, line)]


def test_a_campaign_may_narrow_its_law_and_no_more():
    from law_world import CARDS  # noqa: PLC0415 - the other tests need no campaign

    assert breaches(replace(CARDS, cap=0.01, window=(600, 700)), US) == ()
    wide = replace(CARDS, cap=0.04, ring_for=10.0, message="", window=(0, 300))
    assert [breach.key for breach in breaches(wide, US)] == ["cap", "ring_for", "message", "window"]
    assert breaches(replace(CARDS, message="", mode=Mode.PROGRESSIVE), US) == ()


def test_what_a_law_gives_more_than_before_is_named():
    assert widened(UK, UK) == ()
    strict = replace(UK, cap=0.005, gap=7200.0, week=((),) * 7, message=True, closed=frozenset({date(2026, 1, 1)}))
    assert widened(UK, strict) == ()
    assert widened(strict, UK) == ("cap", "closed", "gap", "week")
    assert "week" in widened(UK, US)
    for name in ("number_tries", "person_tries", "contacts", "wait", "cap"):
        assert widened(UK, replace(UK, **{name: getattr(UK, name) + 1})) == (name,)
    for name in ("gap", "lock", "contact_span", "ring_for"):
        assert widened(UK, replace(UK, **{name: getattr(UK, name) - 1})) == (name,)
    assert widened(UK, replace(UK, message=False, refuses=frozenset())) == ("message", "refuses")


def test_the_law_in_the_documentation_is_one():
    text = (Path(__file__).parents[2] / "docs" / "outbound-law.md").read_text(encoding="utf-8")
    written = text.split("```yaml laws.yaml\n")[1].split("```")[0]
    laws, found = parse_laws(written.encode(), "laws.yaml")
    assert not found.all()
    assert laws["debts-ohio"].rules == "debts-ohio@2026-12-01"
    assert all(f"`{key}`" in text for key in LAW_KEYS)
