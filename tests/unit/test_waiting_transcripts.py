"""What a waiting caller hears stands in transcripts: tried, simulated, and written down from a finished call."""

from __future__ import annotations

import pytest
from invariants import check_all
from typer.testing import CliRunner
from waiting_floor import waiting_plan, write_floor
from waiting_world import World

import cti.vocabulary as cti
from switchroom.cli import app
from switchroom.trial.again import walk_again
from switchroom.trial.diary import diary_of
from switchroom.trial.recorder import Recorder
from switchroom.trial.writing import line_text

pytestmark = pytest.mark.unit

OPENING = "call 4008001 from 13800000001 at 2025-12-01 12:00 Asia/Shanghai\n"
OFFER = "You need not wait on the line. Press one, and we will call you back when it is your turn."
AGREES = f"""{OPENING}> join queue cards
after 70s
> say "You are the next in line."
> play please-hold
> say "You are the next in line."
> play please-hold
> say "{OFFER}"
press 1
> say *
press 2
> say "Please key the number, and then the pound key."
press 13900000009#
> say *
press 1
> callback 13900000009
> say "Thank you. We will call you. Goodbye."
> outcome flowed_out
"""
WAITS_ON = f"""{OPENING}> join queue cards
after 30s
> say "You are the next in line."
> play please-hold
agent answers
agent hangs up
> outcome answered
"""


@pytest.fixture
def floor(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGUAGE", "en")
    write_floor(tmp_path / "dialplans")
    return tmp_path


def simulate(floor, text: str):
    (floor / "dialplans/tests").mkdir()
    (floor / "dialplans/tests/a.call").write_text(text)
    return CliRunner().invoke(app, ["simulate"])


@pytest.mark.parametrize("text", [AGREES, WAITS_ON], ids=["agrees", "waits on"])
def test_what_he_hears_and_keys_is_simulated(floor, text):
    done = simulate(floor, text)
    assert done.exit_code == 0, done.output


def test_an_announcement_that_is_not_written_is_a_difference(floor):
    done = simulate(floor, WAITS_ON.replace('> say "You are the next in line."\n', ""))
    assert done.exit_code == 1
    assert "You are the next in line." in done.output


def test_a_finished_call_is_walked_again_with_what_he_keyed(tmp_path):
    plan = waiting_plan(tmp_path)
    world = World(plan)
    world.arrives("a1-1.1")
    world.until(70.0)
    world.arrives("a1-1.1", key="1")
    for keys in ("2", "13900000009", "1"):
        world.presses("a1-1.1", keys)
    world.told(cti.PromptEnded(cti.CallId("a1-1.1")), after=3.0)
    world.hangs_up("a1-1.1")
    mine = [fact for fact in world.facts if getattr(fact, "contact", "") == "a1-1.1"]
    assert check_all(mine) is None
    walked = walk_again(diary_of(mine), plan, "Asia/Shanghai")
    assert not walked.stopped
    lines = _written(walked.recorder)
    assert [line for line in lines if not line.startswith(">")] == [
        "after 1m10s", "press 1", "press 2", "press 13900000009#", "press 1",
    ]  # fmt: skip
    assert "> callback 13900000009" in lines


def _written(recorder: Recorder) -> list[str]:
    return [line_text(line.what) for line in recorder.transcript("x.call").lines]
