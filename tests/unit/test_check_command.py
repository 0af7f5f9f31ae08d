"""`switchroom check`, `prove` and `schema` at the terminal: exit codes, shapes of the answer, both languages."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.codes import CODES
from switchroom.cli import app
from switchroom.commands.answers import Code, UsageError, told

pytestmark = pytest.mark.unit

GOLDEN = Path(__file__).parents[1] / "golden" / "floor"


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")


@pytest.fixture
def floor(tmp_path: Path) -> Path:
    return Path(shutil.copytree(GOLDEN, tmp_path / "floor"))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def faulty(floor: Path) -> Path:
    change(floor / "flows" / "02-front-desk.yaml", "      0: person\n", "      0: persn\n")
    return floor


@pytest.fixture
def warned(floor: Path) -> Path:
    change(floor / "queues.yaml", "vip:", "gold: {ring_for: 10s}\nvip:")
    return floor


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout


def test_a_sound_floor_is_0_a_fault_1() -> None:
    assert run("check", str(GOLDEN))[0] == 0


def test_a_fault_is_shown_with_place_code_caret_and_suggestion(faulty: Path) -> None:
    code, shown = run("check", str(faulty))
    assert code == 1
    lines = shown.splitlines()
    assert lines[0].startswith(f"{faulty}/flows/02-front-desk.yaml:11:10  ")
    assert lines[0].endswith("[unknown-step]")
    assert lines[1] == "    11 |       0: persn"
    assert lines[2] == "       |          ^^^^^  did you mean 'person'?"


def test_no_such_folder_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        run("check", str(tmp_path / "nowhere"))
    assert told(error.value) is Code.USAGE


def test_a_warning_fails_only_when_strict(warned: Path) -> None:
    assert run("check", str(warned))[0] == 0
    code, shown = run("check", str(warned), "--strict")
    assert code == 1
    assert "warning: no flow uses queue 'gold'" in shown


def test_json_has_every_fault_with_its_place(faulty: Path) -> None:
    code, shown = run("check", str(faulty), "--json")
    assert code == 1
    answer = json.loads(shown)
    assert answer["sound"] is False
    assert answer["warnings"] == []
    (fault,) = answer["faults"]
    assert (fault["line"], fault["column"], fault["code"], fault["severity"]) == (11, 10, "unknown-step", "fault")


def test_sarif_names_rules_places_and_levels(faulty: Path) -> None:
    code, shown = run("check", str(faulty), "--format", "sarif")
    assert code == 1
    (found,) = json.loads(shown)["runs"]
    (rule,) = found["tool"]["driver"]["rules"]
    assert rule["help"]["text"] == CODES["unknown-step"].remedy
    (result,) = found["results"]
    assert (result["ruleId"], result["level"]) == ("unknown-step", "error")
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 11, "startColumn": 10, "endColumn": 15}


def test_github_marks_lines_and_nothing_in_a_file_can_break_out(floor: Path) -> None:
    change(floor / "flows" / "02-front-desk.yaml", "      0: person\n", '      0: "a%0A::error::b"\n')
    code, shown = run("check", str(floor), "--format", "github")
    assert code == 1
    (line,) = shown.splitlines()
    assert line.startswith("::error file=")
    assert ",line=11,col=10,title=bad-name::" in line
    assert "%250A" in line


def test_the_old_option_and_the_new_one_say_the_same(faulty: Path) -> None:
    assert run("check", str(faulty), "--json") == run("check", str(faulty), "--format", "json")


# ── prove ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_prove_says_what_holds() -> None:
    code, shown = run("prove", "20-everything", "--dialplans", str(GOLDEN))
    assert code == 0
    assert "20-everything: holds on every way" in shown
    assert "every promised goal is reached in time, by keys alone" in shown
    assert "told: reached within" in shown


def test_prove_shows_the_way_to_what_does_not_hold_and_a_transcript(floor: Path) -> None:
    change(floor / "flows" / "04-balance.yaml", "refused: person", "refused: ask-card")
    code, shown = run("prove", "04-balance", "--dialplans", str(floor))
    assert code == 1
    assert "a caller whose numbers are refused goes round for ever: ask-card -> prove" in shown
    assert "prove     the caller presses ******" in shown
    assert "source bank: not_found" in shown
    assert "call 4008004 from 13800001111 at 2026-06-15" in shown
    assert "  source bank answers not_found" in shown


def test_prove_as_json_tells_keys_way_and_call_and_masks_secrets(floor: Path) -> None:
    change(floor / "flows" / "04-balance.yaml", "refused: person", "refused: ask-card")
    code, shown = run("prove", "04-balance", "--dialplans", str(floor), "--json")
    assert code == 1
    answer = json.loads(shown)
    assert answer["holds"] is False
    (flow,) = answer["flows"]
    (failure,) = flow["failures"]
    assert (failure["claim"], failure["line"]) == ("ends", 9)
    at_pin = [passage for passage in failure["then"] if (passage["step"], passage["kind"]) == ("prove", "entry")]
    assert {passage["keys"] for passage in at_pin} == {""}
    assert failure["call"].startswith("# a caller whose numbers are refused")


def test_prove_all_and_an_unknown_flow() -> None:
    code, shown = run("prove", "--dialplans", str(GOLDEN), "--json")
    assert (code, len(json.loads(shown)["flows"])) == (0, 22)
    with pytest.raises(UsageError, match="front-desk"):
        run("prove", "frontdesk", "--dialplans", str(GOLDEN))


def test_prove_on_a_faulty_floor_tells_the_faults(faulty: Path) -> None:
    code, shown = run("prove", "--dialplans", str(faulty))
    assert code == 1
    assert "[unknown-step]" in shown


def test_prove_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    assert "每条路都成立" in run("prove", "02-front-desk", "--dialplans", str(GOLDEN))[1]


# ── schema ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_schema_is_written_with_the_floors_names(tmp_path: Path) -> None:
    assert run("schema", "--dialplans", str(GOLDEN), "--out", str(tmp_path))[0] == 0
    schema = json.loads((tmp_path / "flow.schema.json").read_text(encoding="utf-8"))
    assert schema["definitions"]["queue-name"]["anyOf"][0] == {"enum": ["cards", "claims", "loans", "vip"]}
    assert schema["definitions"]["source-name"]["anyOf"][0] == {"enum": ["bank", "claims", "directory"]}
    assert "20-everything" in schema["definitions"]["flow-name"]["anyOf"][0]["enum"]


def test_the_schema_goes_to_standard_output_and_without_names_when_the_floor_is_at_fault(faulty: Path) -> None:
    code, shown = run("schema", "--dialplans", str(faulty))
    assert code == 0
    assert "anyOf" not in json.loads(shown)["definitions"]["queue-name"]
