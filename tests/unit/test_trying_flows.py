"""`switchroom try`: what is typed, what is shown, and the transcript that it leaves behind."""

from __future__ import annotations

import json

import pytest
from trial_world import write_floor
from typer.testing import CliRunner

from switchroom.cli import app
from switchroom.trial.caller_line import Awaits
from switchroom.trial.script import (
    After,
    AgentAnswers,
    AgentHangsUp,
    CallAgain,
    Clock,
    HangUp,
    Press,
    Silence,
    SourceAnswers,
    Wait,
)
from switchroom.trial.spelling import Unfit
from switchroom.trial.typed import typed_moves

pytestmark = pytest.mark.unit

AT = ("--at", "2026-03-02T10:15:00+08:00")


@pytest.fixture(autouse=True)
def floor(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGUAGE", "en")
    write_floor(tmp_path / "dialplans")
    return tmp_path


def attempt(typed, *words):
    return CliRunner().invoke(app, ["try", *words, *AT], input=typed)


@pytest.mark.parametrize(
    ("typed", "awaits", "move"),
    [
        ("2", Awaits.KEYS, Press("2")),
        ("42 42#", Awaits.KEYS, Press("4242#")),
        ("pound", Awaits.KEYS, Press("#")),
        ("", Awaits.KEYS, Silence()),
        ("t", Awaits.VOICE, Silence()),
        ("t", Awaits.AGENT, Wait()),
        ("x", Awaits.KEYS, HangUp()),
        (":agent", Awaits.AGENT, AgentAnswers()),
        (":agent amy", Awaits.AGENT, AgentAnswers("amy")),
        (":agent hangs up", Awaits.TALK, AgentHangsUp()),
        (":after 4m", Awaits.AGENT, After(240.0)),
        ("after 4m", Awaits.AGENT, After(240.0)),
        (":clock 23:30", Awaits.KEYS, Clock("23:30")),
        (":source bank found amount=12.50", Awaits.SOURCE, SourceAnswers("bank", "found", (("amount", "12.50"),))),
        (":source balance hangs", Awaits.SOURCE, SourceAnswers("balance", "timed_out")),
        (":again", Awaits.NOBODY, CallAgain(60.0)),
        (":again 5m", Awaits.NOBODY, CallAgain(300.0)),
    ],
)
def test_what_is_typed(typed, awaits, move):
    assert typed_moves(typed, awaits) == (move,)


@pytest.mark.parametrize("typed", ["zz", ":agent wants tea", "> play welcome", "12a", ':source x found a="'])
def test_what_nobody_can_make_out(typed):
    with pytest.raises(Unfit):
        typed_moves(typed, Awaits.KEYS)


def test_a_walk_shows_texts_in_the_language_and_leaves_a_transcript_that_comes_true(floor):
    done = attempt("1\n1\n4242#\n123456\n:agent bo\n:after 2m\n:agent hangs up\n", "800", "--save", "x.call")
    assert done.exit_code == 0, done.output
    assert "“这是menu”" in done.output
    saved = (floor / "x.call").read_text(encoding="utf-8")
    assert "123456" not in saved + done.output
    assert "press secret 6 ask-pin\n" in saved
    assert "> play menu\n" in saved
    assert "> join queue cards  skills=cards:2,mandarin:1 priority=7 limit=5m\n" in saved
    assert "> outcome answered\n" in saved
    simulated = CliRunner().invoke(app, ["simulate", "x.call"])
    assert simulated.exit_code == 0, simulated.output


def test_a_flow_is_tried_by_its_name_and_called_by_its_number(floor):
    assert attempt("", "hotline", "--save", "x.call").exit_code == 0
    opening = (floor / "x.call").read_text().splitlines()[1]
    assert opening == "call 800 from 13800001111 at 2026-03-02 02:15 UTC"


def test_who_goes_without_hanging_up_has_hung_up(floor):
    attempt("2\n", "800", "--save", "x.call")
    saved = (floor / "x.call").read_text()
    assert "\nhang up\n> end  path: opening, language, welcome, menu\n> outcome ended_in_flow\n" in saved


def test_a_line_that_cannot_be_done_is_told_and_the_walk_goes_on():
    done = attempt("zz\n:agent\n2\n0\n:agent zoe\nx\n", "800")
    assert done.exit_code == 1
    assert done.output.count("  ! ") == 3
    assert "waits for keys" in done.output
    assert "outcome abandoned" in done.output


def test_the_clock_and_a_second_call():
    done = attempt("x\n:clock 23:30\n:again\n", "800")
    assert "play closed" in done.output


def test_events_are_json_lines():
    done = attempt("2\n0\n", "800", "--json")
    events = [json.loads(line) for line in done.output.splitlines()]
    assert events[0]["event"] == "call"
    assert {"event": "move", "text": "press 2"} in events
    assert [e["words"] for e in events if e["event"] == "seen" and e["name"] == "play"] == [
        ["choose"],
        ["welcome"],
        ["menu"],
    ]


@pytest.mark.parametrize("words", [("nosuch",), ("800", "--from", "me")])
def test_wrong_usage(words):
    assert type(attempt("", *words).exception).__name__ == "UsageError"


def test_help_says_what_can_be_typed():
    assert ":clock 23:30" in attempt("?\n", "800").output
