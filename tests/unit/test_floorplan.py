"""A whole dialplans folder: the shipped ones are sound, and faults of all files are told at once, each in its file."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.faults import Fault
from switchroom.floorplan import FloorPlan, check_floor, load_floor

pytestmark = pytest.mark.unit

DIALPLANS = Path(__file__).parents[1] / "floors" / "hotline"
Change = Callable[[str, str, str], None]


@pytest.fixture
def floor(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DIALPLANS, tmp_path / "dialplans"))


@pytest.fixture
def change(floor: Path) -> Change:
    def replace(name: str, old: str, new: str) -> None:
        path = floor / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


def loaded(folder: Path = DIALPLANS) -> FloorPlan:
    plan, faults = load_floor(folder)
    assert plan is not None, "\n".join(map(str, faults))
    return plan


def codes(faults: list[Fault]) -> list[tuple[str, str]]:
    return [(Path(fault.file).name, fault.code) for fault in faults]


def test_the_catalogue_holds_what_the_flows_say_in_their_languages_alone(floor: Path, change: Change) -> None:
    said = 'play: [please-wait, {time: "${customer.segment}"}]\n    failed: bye'
    change("flows/card-hotline.yaml", "play: please-wait", said)
    plan = loaded(floor)
    assert plan.catalogue["say/hour-14", "zh-CN"] == "十四点"
    assert plan.catalogue["say/pm", "en"] == "p.m."
    assert ("say/month-1", "en") not in plan.catalogue
    assert set(plan.prompts) < set(plan.catalogue)


def test_the_shipped_floor_is_sound() -> None:
    plan = loaded()
    assert check_floor(DIALPLANS) == []
    assert plan.flow_for("4008001").name == "card-hotline"
    assert plan.flow_for("4008002").name == "loans"
    assert plan.flow_for("4008009").name == "front-desk"
    assert plan.flow_for("0000").name == "fallback"
    assert set(plan.queues) == {"cards", "loans"}
    assert len(plan.agents) == 8
    assert plan.queues["cards"].ring_for == 15.0
    assert plan.prompts["goodbye", "zh-CN"].endswith("再见。")


def test_the_shipped_floor_knows_its_customers_and_agents() -> None:
    plan = loaded()
    assert plan.customers["13800000001"].segment == "gold"
    assert plan.agents["li-na"].queues is None
    assert plan.agents["liu-yang"].queues == ("loans",)
    assert dict(plan.agents["li-na"].skills)["mandarin"] == 5
    assert plan.agents["grace-taylor"].screen == "none"
    assert plan.agents["li-na"].serves("loans", (("loans", 2), ("english", 3)))
    assert not plan.agents["li-na"].serves("loans", (("loans", 3),))
    assert not plan.agents["liu-yang"].serves("cards", ())


PLANTED = [
    ("numbers.yaml", "4008002: loans", "4008002: lones", "unknown-flow", 4),
    ("numbers.yaml", "fallback: fallback", "fallback: fallbak", "unknown-flow", 7),
    ("numbers.yaml", "4008002: loans", "40-08: loans", "bad-number", 4),
    ("numbers.yaml", "4008002: loans", "4008001: loans", "duplicate-key", 4),
    ("queues.yaml", "ring_for: 15s", "ring_for: 15", "bad-duration", 7),
    ("queues.yaml", "record: true", "record: yes", "bad-choice", 10),
    ("queues.yaml", "misses: 2", "mises: 2", "unknown-key", 9),
    ("agents.yaml", "queues: [cards]", "queues: [card]", "unknown-queue", 16),
    ("agents.yaml", "phone: agent2", "phone: agent1", "shared-phone", 12),
    ("agents.yaml", "phone: agent2", "phone: agent/2", "bad-phone", 14),
    ("agents.yaml", "mandarin: 5, english: 1", "mandarin: 50, english: 1", "out-of-range", 17),
    ("agents.yaml", "screen: web", "screen: wev", "bad-choice", 10),
    ("agents.yaml", "    name: 王伟 Wang Wei\n".strip(), "nam: x", "missing-key", 12),
    ("calendars.yaml", "Asia/Shanghai", "Asia/Nowhere", "unknown-zone", 3),
    ("prompts/en.yaml", "ask-pin: ", "Ask_Pin: ", "bad-name", 9),
    ("prompts/en.yaml", "ask-pin: ", "ask-pin: " + "x" * 1001, "too-long", 9),
    ("customers.csv", "13800000002,", "1380000000x,", "bad-number", 3),
    ("customers.csv", "13800000002,", "13800000001,", "number-twice", 3),
    ("customers.csv", ",c-1002,", ",", "bad-row", 3),
    ("customers.csv", ",c-1002,", ",,", "bad-row", 3),
    ("customers.csv", "number,customer", "number,client", "bad-header", 1),
    ("customers.csv", "孙志强", '"孙志强', "bad-csv", 8),
    ("flows/loans.yaml", "queue: loans", "queue: lones", "unknown-queue", 66),
    ("flows/loans.yaml", "skills: {loans: 2}", "skills: {loans: 9}", "nobody-fits", 65),
    ("flows/loans.yaml", "flow: loans", "flow: loan", "flow-name", 1),
]


@pytest.mark.parametrize(("name", "old", "new", "code", "line"), PLANTED)
def test_a_planted_fault_is_told_in_its_file(  # noqa: PLR0917 - the columns of the table
    floor: Path, change: Change, name: str, old: str, new: str, code: str, line: int
) -> None:
    change(name, old, new)
    faults = check_floor(floor)
    assert (str(floor / name), code, line) in [(fault.file, fault.code, fault.line) for fault in faults]
    json.dumps([fault.record() for fault in faults])


def test_faults_of_all_files_are_told_at_once(floor: Path, change: Change) -> None:
    change("queues.yaml", "ring_for: 15s", "ring_for: soon")
    change("agents.yaml", "screen: web", "screen: wev")
    change("flows/loans.yaml", "next: queue", "next: queu")
    change("customers.csv", "13800000002,", "x,")
    change("numbers.yaml", "4008009: front-desk", "4008009: frontdesk")
    assert {name for name, _ in codes(check_floor(floor))} == {
        "queues.yaml", "agents.yaml", "loans.yaml", "customers.csv", "numbers.yaml",
    }  # fmt: skip


def test_a_prompt_that_one_language_lacks_is_told_where_it_is_used(floor: Path, change: Change) -> None:
    change("prompts/zh-CN.yaml", "goodbye: ", "good-bye: ")
    faults = check_floor(floor)
    assert {fault.code for fault in faults} == {"unknown-prompt"}
    assert {Path(fault.file).name for fault in faults} == {"card-hotline.yaml", "loans.yaml"}
    assert "zh-CN" in faults[0].message


@pytest.mark.parametrize("name", ["queues.yaml", "agents.yaml", "calendars.yaml"])
def test_a_file_that_is_gone_is_told_once_and_drowns_nothing(floor: Path, name: str) -> None:
    (floor / name).unlink()
    gone = [fault for fault in check_floor(floor) if Path(fault.file).name == name]
    assert [fault.code for fault in gone] == ["unreadable"]
    flows = [fault for fault in check_floor(floor) if "flows" in fault.file]
    assert flows == []


def test_a_folder_that_is_not_there_is_faults_not_an_exception(tmp_path: Path) -> None:
    faults = check_floor(tmp_path / "nowhere")
    assert {fault.code for fault in faults} == {"unreadable"}
    assert all(fault.hint for fault in faults)


def test_a_folder_in_place_of_a_file_is_a_fault(floor: Path) -> None:
    (floor / "queues.yaml").unlink()
    (floor / "queues.yaml").mkdir()
    assert ("queues.yaml", "unreadable") in codes(check_floor(floor))


def test_a_pipe_in_place_of_a_file_does_not_hang_the_check(floor: Path) -> None:
    (floor / "queues.yaml").unlink()
    os.mkfifo(floor / "queues.yaml")
    assert ("queues.yaml", "unreadable") in codes(check_floor(floor))


def test_a_flow_with_another_ending_is_not_passed_over_in_silence(floor: Path) -> None:
    (floor / "flows" / "extra.yml").write_text("flow: extra\n", encoding="utf-8")
    assert codes(check_floor(floor)) == [("extra.yml", "not-read")]


def test_customers_are_optional_and_may_come_from_a_spreadsheet(floor: Path) -> None:
    path = floor / "customers.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert loaded(floor).customers["13800000003"].name == "Olivia Martin"
    path.unlink()
    assert loaded(floor).customers == {}


@pytest.mark.parametrize("name", ["numbers.yaml", "flows/loans.yaml", "prompts/en.yaml", "customers.csv"])
def test_bytes_that_are_no_text_are_a_fault(floor: Path, name: str) -> None:
    path = floor / name
    path.write_bytes(path.read_bytes() + b"\xff\xfe\x00")
    assert "bad-utf8" in [code for _, code in codes(check_floor(floor))]


# ── sources, and flows that call flows ──────────────────────────────────────────────────────────────────────────────

SOURCES = "desks:\n  table: desks.csv\n  keys: city\n  returns: [phone]\n"
LOOKUP = 'lookup: desks\n    with: {city: "1"}\n    found: bye\n    not_found: bye\n    failed: bye'


def with_source(floor: Path) -> Path:
    (floor / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    (floor / "sources").mkdir(exist_ok=True)
    (floor / "sources" / "desks.csv").write_text("city,phone\nbath,123\n", encoding="utf-8")
    return floor


def test_the_sources_of_a_floor_are_known_to_its_flows(floor: Path, change: Change) -> None:
    change("flows/fallback.yaml", "play: not-in-service\n    next: bye", LOOKUP)
    assert ("fallback.yaml", "unknown-source") in codes(check_floor(floor))
    plan = loaded(with_source(floor))
    assert plan.sources["desks"].returns == ("phone",)
    assert plan.tables["desks"] == {("bath",): {"phone": "123"}}


def test_a_table_that_is_not_there_is_told_once(floor: Path) -> None:
    (with_source(floor) / "sources" / "desks.csv").unlink()
    assert codes(check_floor(floor)) == [("desks.csv", "unreadable")]


def test_a_source_at_fault_is_told_and_not_again_in_every_flow(floor: Path, change: Change) -> None:
    change("flows/fallback.yaml", "play: not-in-service\n    next: bye", LOOKUP)
    with_source(floor)
    (floor / "sources.yaml").write_text("desks: nowhere\n", encoding="utf-8")
    assert codes(check_floor(floor)) == [("sources.yaml", "not-a-mapping")]


PART = "flow: part\nlanguages: [zh-CN, en]\nstart: x\nsteps:\n  x: {play: goodbye, next: y}\n  y: {return: done}\n"


def calling(floor: Path, change: Change, part: str = PART) -> None:
    (floor / "flows" / "part.yaml").write_text(part, encoding="utf-8")
    for flow in ("fallback", "loans"):
        change(f"flows/{flow}.yaml", "  bye:\n", "  part: {subflow: part, returns: {done: bye}}\n\n  bye:\n")
    change("flows/fallback.yaml", "next: bye", "next: part")
    change("flows/loans.yaml", "play: goodbye\n    next: bye", "play: goodbye\n    next: part")


def test_flows_of_a_floor_call_each_other(floor: Path, change: Change) -> None:
    calling(floor, change)
    plan = loaded(floor)
    assert plan.flows["part"].is_part
    assert "part/x" in plan.flows["loans"].steps


def test_a_fault_in_a_called_flow_is_told_once(floor: Path, change: Change) -> None:
    calling(floor, change, PART.replace("next: y", "next: z"))
    assert codes(check_floor(floor)) == [("part.yaml", "unknown-step")]


def test_no_number_leads_to_a_part(floor: Path, change: Change) -> None:
    calling(floor, change)
    change("numbers.yaml", "loans", "part")
    assert ("numbers.yaml", "subflow-number") in codes(check_floor(floor))
