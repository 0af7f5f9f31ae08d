"""Finished calls walked again: as transcripts that come true, and on edited flows, where some would end elsewhere."""

from __future__ import annotations

import json

import pytest
from trial_world import BANK_CALL, FLOW, MONDAY, TO_PERSON, read_plan, write_floor
from typer.testing import CliRunner

from journal import facts as f
from journal.store import Journal
from switchroom.cli import app
from switchroom.trial.again import walk_again
from switchroom.trial.diary import diary_of
from switchroom.trial.reading import read_transcripts
from switchroom.trial.rehearsal import End, Rehearsal, end_of
from switchroom.trial.verdict import judge
from switchroom.trial.walk import Walk
from switchroom.trial.writing import written

pytestmark = pytest.mark.unit

ZONE = "Asia/Shanghai"
CALLS = {
    "abandoned": f"{TO_PERSON}after 1m\nhang up\n",
    "answered": f"{TO_PERSON}after 10s\nagent answers amy\nafter 1m\nagent hangs up\n> play goodbye\n",
    "left-by-caller": f"{TO_PERSON}agent answers amy\nafter 1m\nhang up\n",
    "limit": f"{TO_PERSON}wait\n> play sorry\n",
    "secret": f"{MONDAY}> ...\npress 2\n> ...\npress 1\n> ...\npress 4242#\n> ...\npress secret 6\n> ...\nhang up\n",
    "secret-short": f"{MONDAY}> ...\npress 2\n> ...\npress 1\n> ...\npress 4242#\n> ...\npress secret 3\npress pound\n"
    "> ...\nsilence\n> ...\n",
    "in-a-prompt": f"{MONDAY}> play choose\npress 2\n> play welcome\nhang up during welcome\n",
    "at-a-question": f"{MONDAY}> play choose\nsilence\n> play choose\nhang up\n",
    "closed": "call 800 from withheld at 2026-03-02 20:00 Asia/Shanghai\n> play closed\n",
}

GOES_ON = f"""{BANK_CALL}press 7
> play ask-card
press 4242
> play menu
hang up
call again after 5m
> ...
press 1
> play menu
hang up
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return read_plan(write_floor(tmp_path_factory.mktemp("floor")))


@pytest.fixture(scope="module")
def facts(plan):
    """Each call's facts, as the journal would hold them, under a contact of the call's name."""
    found = {}
    for name, text in CALLS.items():
        (transcript,), faults = read_transcripts(text, name)
        assert not faults, "\n".join(map(str, faults))
        verdict = judge(Walk(plan, transcript.opening), transcript)
        assert verdict.passed, (name, verdict.difference)
        found[name] = [_renamed(fact, name) for fact in verdict.facts if getattr(fact, "contact", "")]
    return found


def _renamed(fact, name):
    body = {field: getattr(fact, field) for field in fact.__dataclass_fields__}
    return type(fact)(**{**body, "contact": name})


@pytest.mark.parametrize("name", CALLS)
def test_a_finished_call_becomes_a_transcript_that_comes_true(plan, facts, name):
    diary = diary_of(facts[name])
    walked = walk_again(diary, plan, ZONE)
    assert (walked.stopped, walked.queue) == ("", "")
    text = written([walked.recorder.transcript("x")])
    (transcript,), faults = read_transcripts(text, "x")
    assert not faults
    verdict = judge(Walk(plan, transcript.opening), transcript)
    assert verdict.passed, text
    again = diary_of(verdict.facts)
    assert (again.path, again.ended.outcome) == (diary.path, diary.ended.outcome)


def test_a_transcript_of_a_call_holds_no_secret(plan, facts):
    text = written([walk_again(diary_of(facts["secret"]), plan, ZONE).recorder.transcript("x")])
    assert "press secret 6 ask-pin\n" in text
    assert "•" not in text


def test_on_the_same_flow_everybody_ends_where_he_ended(plan, facts):
    rehearsal = Rehearsal()
    for told in facts.values():
        rehearsal.add(told, plan, ZONE)
    assert (rehearsal.calls, rehearsal.same, rehearsal.moved, rehearsal.unknown) == (len(CALLS), len(CALLS), 0, {})


def rehearsed(folder, flow, facts, *names):
    plan = read_plan(write_floor(folder, flow=flow))
    rehearsal = Rehearsal()
    for name in names or CALLS:
        rehearsal.add(facts[name], plan, ZONE)
    return rehearsal


def test_another_queue_is_elsewhere(tmp_path, facts):
    found = rehearsed(tmp_path, FLOW.replace("queue: cards", "queue: loans"), facts)
    assert list(found.elsewhere) == [(End("queue", "cards", 7), End("queue", "loans", 7))]
    assert found.moved == 5
    assert found.elsewhere[End("queue", "cards", 7), End("queue", "loans", 7)].examples[0] == "abandoned"


def test_another_target_of_a_key_is_elsewhere(tmp_path, facts):
    found = rehearsed(tmp_path, FLOW.replace("      0: person", "      0: sorry"), facts, "abandoned", "closed")
    assert list(found.elsewhere) == [(End("queue", "cards", 7), End("flow", "bye"))]
    assert (found.moved, found.same) == (1, 1)


def test_a_question_that_he_was_never_asked_is_unknown(tmp_path, facts):
    flow = FLOW.replace("      0: person", "      0: ask-pin")
    found = rehearsed(tmp_path, flow, facts, "abandoned")
    assert found.moved == 0
    assert list(found.unknown) == ["step 'ask-pin' asks what he was not asked"]


def test_another_way_to_the_same_end(tmp_path, facts):
    flow = FLOW.replace("      0: person", "      0: thanks") + "  thanks:\n    play: goodbye\n    next: person\n"
    found = rehearsed(tmp_path, flow, facts, "abandoned", "answered")
    assert (found.moved, found.other_way.count) == (0, 2)


def test_a_call_that_goes_on_is_passed_over(plan, facts):
    rehearsal = Rehearsal()
    rehearsal.add([fact for fact in facts["answered"] if not isinstance(fact, f.CallEnded)], plan, ZONE)
    rehearsal.add([], plan, ZONE)
    assert rehearsal.calls == 0


def test_where_calls_end(facts):
    ends = {name: end_of(diary_of(told)) for name, told in facts.items()}
    assert ends["limit"] == End("queue", "cards", 7)
    assert ends["closed"] == End("flow", "bye")
    assert ends["in-a-prompt"] == End("hung_up", "welcome")
    assert ends["at-a-question"] == End("hung_up", "language")


# ── the commands ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def site(tmp_path, monkeypatch, facts):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGUAGE", "en")
    write_floor(tmp_path / "dialplans")
    (tmp_path / "switchroom.toml").write_text('[server]\ntimezone = "Asia/Shanghai"\n')
    (tmp_path / "var").mkdir()
    journal = Journal.open(f"sqlite:///{tmp_path / 'var' / 'journal.db'}", holder="test", now=0.0)
    for told in facts.values():
        journal.append(told, None)
    journal.close()
    return tmp_path


def run(*words):
    return CliRunner().invoke(app, list(words))


def test_transcript_writes_a_call_that_simulate_plays(site):
    assert run("transcript", "answered", "--save", "x.call").exit_code == 0
    assert run("simulate", "x.call").exit_code == 0
    done = run("transcript", "secret")
    assert "press secret 6 ask-pin" in done.stdout
    assert json.loads(run("transcript", "secret", "--json").stdout)["trouble"] == []


def test_transcript_says_when_the_flow_leads_elsewhere_now(site):
    write_floor(site / "dialplans", flow=FLOW.replace("      0: person", "      0: ask-pin"))
    done = run("transcript", "answered")
    assert done.exit_code == 1
    assert "does not tell that call" in done.output
    assert "ask-pin" in done.output


def test_a_transcript_begins_with_the_call_that_it_goes_on_from(site):
    (one,), _ = read_transcripts(GOES_ON, "x")
    verdict = judge(Walk(read_plan(site / "dialplans"), one.opening), one)
    assert verdict.passed, verdict.difference
    journal = Journal.open(f"sqlite:///{site / 'var' / 'journal.db'}", holder="again", now=1.0)
    journal.append([fact for fact in verdict.facts if getattr(fact, "contact", "")], None)
    journal.close()
    assert run("transcript", "a1-1772417700.2", "--save", "x.call").exit_code == 0
    assert "call again after 5m\n> play resume-offer" in (site / "x.call").read_text()
    assert run("simulate", "x.call").exit_code == 0


def test_transcript_of_nobody_is_wrong_usage(site):
    assert type(run("transcript", "nobody").exception).__name__ == "UsageError"


def test_rehearse_tells_how_many_would_end_elsewhere(site):
    span = ("--since", "2026-03-02", "--until", "2026-03-03")
    done = run("rehearse", *span)
    assert done.exit_code == 0, done.output
    assert "0 caller(s) would end elsewhere" in done.output
    write_floor(site / "edited", flow=FLOW.replace("queue: cards", "queue: loans"))
    done = run("rehearse", *span, "--dialplans", "edited")
    assert done.exit_code == 1
    assert "5 caller(s) would end elsewhere" in done.output
    assert "queue loans, priority 7" in done.output
    answer = json.loads(run("rehearse", *span, "--dialplans", "edited", "--json").output)
    assert (answer["calls"], answer["elsewhere"][0]["count"]) == (len(CALLS), 5)
    assert json.loads(run("rehearse", "--since", "2026-03-03", "--until", "now", "--json").output)["calls"] == 0
