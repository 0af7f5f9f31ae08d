"""`campaigns.yaml`: what is written is what is meant, and every fault has its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from outbound.campaign import Mode, Retry
from outbound.lead import Outcome
from switchroom import campaign_diagram
from switchroom.campaignfile import parse_campaigns
from switchroom.floorplan import load_floor
from switchroom.queue_reference import CAMPAIGNS, page

pytestmark = pytest.mark.unit

TREE = Path(__file__).parents[2]
WHOLE = """house: {lines: 40, rate: 12}
cards:
  label: {en: Cards, zh-CN: 信用卡}
  mode: ratio
  queue: sales
  lists: [spring, autumn]
  law: cn
  message: sorry
  machine: leave-word
  numbers: ["4001", "4002"]
  window: 09:30-18:00
  cap: 2.5%
  ratio: 1.8
  lines: 12
  rate: 3
  ring_for: 30s
  detect: false
  tries: 4
  retry: {busy: 5m, machine: never}
  results: {sold: success, no: other}
  script: {en: Good day}
  department: loans
  pilot: 5
"""


def codes(text: str) -> list[tuple[str, int]]:
    return [(fault.code, fault.line) for fault in parse_campaigns(text, "campaigns.yaml")[1].all()]


def test_every_key_is_read() -> None:
    calling, faults = parse_campaigns(WHOLE, "campaigns.yaml")
    assert faults.all() == ()
    assert (calling.house.lines, calling.house.rate) == (40, 12.0)
    one = calling.campaigns["cards"].campaign
    assert (one.mode, one.queue, one.lists, one.law) == (Mode.RATIO, "sales", ("spring", "autumn"), "cn")
    assert (one.message, one.machine, one.numbers, one.window) == ("sorry", "leave-word", ("4001", "4002"), (570, 1080))
    assert (one.cap, one.ratio, one.lines, one.rate, one.ring_for, one.detect) == (0.025, 1.8, 12, 3.0, 30.0, False)
    assert (one.most_tries, one.results, one.pilot) == (4, (("sold", True), ("no", False)), 5)
    assert one.retries[Outcome.BUSY] == Retry(300.0, 20)
    assert Outcome.MACHINE not in one.retries
    assert one.retries[Outcome.NO_ANSWER].after == 7200.0
    assert (one.label["zh-CN"], one.script["en"], one.department) == ("信用卡", "Good day", "loans")


LEAST = "c:\n  mode: message\n  law: cn\n  message: sorry\n  numbers: 4001\n"


def test_little_is_enough_for_a_message() -> None:
    calling, faults = parse_campaigns(LEAST, "campaigns.yaml")
    assert faults.all() == ()
    assert calling.campaigns["c"].campaign.queue == ""


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("  cap: 30%", "bad-share"),
        ("  cap: 3", "bad-share"),
        ("  ratio: 20", "out-of-range"),
        ("  window: 18:00-09:00", "bad-hours"),
        ("  retry: {sold: 5m}", "bad-choice"),
        ("  results: {sold: yes}", "bad-choice"),
        ("  ring_for: 5s", "out-of-range"),
        ("  wait: 5s", "unknown-key"),
    ],
)
def test_a_fault_is_told_at_its_line(line: str, code: str) -> None:
    assert codes(f"{LEAST}{line}\n") == [(code, 6)]


def test_a_mode_with_agents_needs_a_queue_and_one_that_dials_a_message() -> None:
    text = "c:\n  mode: predictive\n  law: cn\n  numbers: 4001\n"
    assert [code for code, _ in codes(text)] == ["missing-key", "missing-key"]
    assert codes("c: {mode: preview, law: cn, queue: sales, numbers: 4001}\n") == []


def test_the_banks_campaigns_are_sound_and_name_what_is_there() -> None:
    plan, faults = load_floor(TREE / "dialplans")
    assert plan is not None, faults
    assert set(plan.calling.campaigns) == {"card-instalments", "card-ready"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("queue: instalments", "queue: instalment", "unknown-queue"),
        ("law: cn", "law: cm", "unknown-law"),
        ("message: sorry-we-called", "message: sorry", "unknown-flow"),
        ("message: sorry-we-called", "message: mortgage", "message-waits"),
        ("message: sorry-we-called", "message: after-talk", "subflow-number"),
    ],
)
def test_names_of_other_files_must_be_there(tmp_path: Path, old: str, new: str, code: str) -> None:
    floor = tmp_path / "dialplans"
    for file in (TREE / "dialplans").rglob("*"):
        if file.is_file():
            (floor / file.relative_to(TREE / "dialplans")).parent.mkdir(parents=True, exist_ok=True)
            (floor / file.relative_to(TREE / "dialplans")).write_bytes(file.read_bytes())
    text = (floor / "campaigns.yaml").read_text(encoding="utf-8")
    (floor / "campaigns.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    plan, faults = load_floor(floor)
    assert plan is None
    assert code in {fault.code for fault in faults}


def test_the_drawings_are_what_the_tables_say() -> None:
    text = (TREE / "docs" / "campaign-states.md").read_text(encoding="utf-8")
    assert text == campaign_diagram.page(), "stale: run `python docs/make_states.py`"


def test_the_page_is_not_stale_and_its_campaign_is_sound() -> None:
    text = CAMPAIGNS.read_text(encoding="utf-8")
    assert page(text) == text, "run: python -m switchroom.queue_reference"
    [written] = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert parse_campaigns(written, "docs/campaigns.md")[1].all() == ()
