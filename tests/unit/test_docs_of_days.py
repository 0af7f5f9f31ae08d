"""docs/autopilot.md and docs/simulate-day.md: files in them are sound, commands run and print what they say."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from acd.acts import Bounds, Kind
from switchroom.autopilotfile import BOUNDS, parse_autopilot
from switchroom.cli import app
from switchroom.day.dayfile import KEYS, KIND, parse_day

pytestmark = pytest.mark.unit

TREE = Path(__file__).parents[2]
FILE = re.compile(r"^```yaml (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PRINTED = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def page(name):
    return (TREE / "docs" / f"{name}.md").read_text(encoding="utf-8")


def test_the_bounds_in_the_documentation_are_sound_and_show_every_key():
    ((_, text),) = FILE.findall(page("autopilot"))
    plan, faults = parse_autopilot(text.encode(), "autopilot.yaml", {"cards", "loans"})
    assert not faults
    assert {step.kind for step in plan.bounds["cards"].steps} == set(Kind)
    assert plan.yielding.keys() == {"loans"}
    assert all(f"`{key}`" in page("autopilot") for key in (*BOUNDS, "yields"))


def test_the_defaults_in_the_documentation_are_the_defaults():
    plan, _ = parse_autopilot(b"cards:\n  steps: [reserve]\n", "autopilot.yaml", {"cards"})
    assert plan.bounds["cards"] == Bounds("cards", plan.bounds["cards"].steps)
    default = plan.bounds["cards"]
    told = page("autopilot")
    assert f"| {default.act_below * 100:.0f}, `{default.sure:.0f}s` |" in told
    assert f"| {default.undo_above * 100:.0f}, `3m` |" in told
    assert all(text in told for text in ("| `60s` |", "| 12 |", "| `30m` |"))
    assert (default.calm, default.hold, default.barred, default.most) == (180, 60, 1800, 12)


def test_the_day_in_the_documentation_is_sound_and_shows_every_key(tmp_path):
    ((name, text),) = FILE.findall(page("simulate-day"))
    agents = {"li-na", "wang-wei"}
    _, faults = parse_day(text.encode(), name, {"cards", "loans"}, agents)
    assert not faults
    assert all(f"`{key}`" in page("simulate-day") or f"{key}:" in text for key in (*KEYS, *KIND))
    (tmp_path / name).write_text(text, encoding="utf-8")
    asked = ["simulate", "day", str(tmp_path / name), "--dialplans", str(TREE / "dialplans"), "--seeds", "2"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output


def test_the_command_in_the_documentation_prints_what_it_says():
    command, recorded = SHELL.findall(page("simulate-day"))
    words = shlex.split(command)
    assert words[0] == "switchroom"
    result = CliRunner().invoke(app, [*words[1:], "--dialplans", str(TREE / "dialplans")])
    assert result.exit_code == 0, result.output
    for line in PRINTED.findall(page("simulate-day"))[0].splitlines():
        assert f"  {line} " in result.stdout
    assert shlex.split(recorded)[3] == "--recorded"


@pytest.mark.parametrize(
    "change",
    [
        ["--agents", "+2", "--like", "li-na"], ["--agents", "-1"], ["--agent", "wang-wei skills loans=4, cards=2"],
        ["--agent", "wang-wei queues cards, loans"], ["--agent", "wang-wei reserve"], ["--agent", "wang-wei off"],
        ["--target", "15"], ["--autopilot"], ["--surge", "14:00/15m/1.5"], ["--busier", "1.2"],
        ["--queues", str(TREE / "dialplans" / "queues.yaml")],
    ],
)  # fmt: skip
def test_every_change_that_the_documentation_names_can_be_made(change):
    asked = ["simulate", "day", "workday", "--dialplans", str(TREE / "dialplans"), "--seeds", "1", *change]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
