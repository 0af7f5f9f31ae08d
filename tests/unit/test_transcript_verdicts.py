"""Transcripts played through the real centre: what comes true, what does not, and what is said of the difference."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from trial_world import FLOW, MONDAY, TO_PERSON, read_plan, write_floor
from typer.testing import CliRunner

from switchroom.cli import app
from switchroom.trial.coverage import Coverage
from switchroom.trial.junit import junit
from switchroom.trial.reading import read_transcripts
from switchroom.trial.together import play_all
from switchroom.trial.verdict import judge
from switchroom.trial.walk import Walk

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return read_plan(write_floor(tmp_path_factory.mktemp("floor")))


def verdicts(plan, text):
    found, faults = read_transcripts(text, "x.call")
    assert not faults, "\n".join(map(str, faults))
    return [judge(Walk(plan, transcript.opening), transcript) for transcript in found]


def verdict(plan, text):
    (one,) = verdicts(plan, text)
    return one


TRUE = {
    "the queue's limit": f"{TO_PERSON}wait\n> play sorry\n"
    "> end  path: opening, language, welcome, menu, person, sorry, bye\n"
    "> outcome flowed_out\n",
    "time that goes by": f"{TO_PERSON}after 4m59s\nafter 2s\n> play sorry\n",
    "hanging up in the queue": f"{TO_PERSON}after 1m\nhang up\n> outcome abandoned\n> breakpoint person\n",
    "an agent": f"{TO_PERSON}after 10s\nagent answers\n> agent amy\nafter 1m\nagent hangs up\n> play goodbye\n"
    "> outcome answered\n",
    "an agent by name who has nothing but a phone": f"{MONDAY}> ...\npress 11\n> ...\nsilence\n> ...\npress 0\n"
    "> join queue cards  skills=cards:2,mandarin\nagent answers bo\n> agent bo\nhang up\n> outcome answered\n",
    "agents who let him pass": f"{TO_PERSON}agent refuses\nagent ignores amy\nagent answers amy\nhang up\n"
    "> outcome answered\n",
    "silence": f"{MONDAY}> play choose\nsilence\n> play choose\nsilence\n> play welcome\n> play menu\nsilence\n"
    "> play wrong-key\n> play menu\nsilence\n> play wrong-key\n> play menu\nsilence\n> join queue cards\n",
    "time that runs out for keys": f"{MONDAY}> play choose\nafter 11s\n> play choose\n> play welcome\n> play menu\n",
    "a language": f"{MONDAY}> play choose  language=en\npress 1\n> language zh-CN\n"
    "> play welcome  language=zh-CN\n> play menu\n",
    "keys ahead of the question": f"{MONDAY}> play choose\npress 2\n> play welcome\n> play menu\n"
    "press 112345678\n> play ask-pin\n",
    "keys that a prompt forgets": f"{MONDAY}> play choose\npress 20\n> play welcome\n> play menu\npress 0\n"
    "> join queue cards\n",
    "a number ended by pound": f"{MONDAY}> ...\npress 2\n> ...\npress 1\n> play ask-card\npress 4242#\n"
    "> keep card 4242\n> play ask-pin\n",
    "a number ended by waiting": f"{MONDAY}> ...\npress 2\n> ...\npress 1\n> play ask-card\npress 42\npress 42\n"
    "> ...\nsilence\n> ...\n",
    "secret keys": f"{MONDAY}> ...\npress 2\n> ...\npress 1\n> ...\npress 4242#\n> play ask-pin\n"
    "press secret 6\n> join queue cards\n",
    "secret keys with a value": f"{MONDAY}secret pin = 123456\n> ...\npress 2\n> ...\npress 1\n> ...\n"
    "press 4242#\n> play ask-pin\n"
    "press secret 6 pin\n> join queue cards\n",
    "the clock": "call 800 from withheld at 2026-03-02 08:00 Asia/Shanghai\n> play closed\n"
    "> end  path: opening, closed, bye\n"
    "> outcome ended_in_flow\n",
    "another clock at the second call": f"{MONDAY}> play choose\nhang up\nclock 23:30\ncall again after 5m\n"
    "> play closed\n",
    "hanging up during a prompt": f"{MONDAY}> play choose\npress 2\n> play welcome\nhang up during welcome\n"
    "> end  path: opening, language, welcome\n> outcome ended_in_flow\n",
    "a flow by its name": MONDAY.replace("800", "hotline", 1) + "> play choose\n",
    "anything": f"{MONDAY}> ...\npress 2\n> ...\n> play menu\npress 0\n> ...\n",
    "any value": f"{MONDAY}> play *\npress 2\n> play welcome\n> play menu\npress 0\n> join queue *  priority=*\n",
}


@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_passes(plan, name):
    found = verdict(plan, TRUE[name])
    assert found.passed, found.difference


FALSE = {
    "another prompt": (TO_PERSON.replace("play menu", "play meun"), 5, "expected `play meun`, got `play menu`"),
    "a prompt too many": (TO_PERSON.replace("> play menu\n", "> play menu\n> play menu\n"), 6, "which never came"),
    "a prompt that is not written": (TO_PERSON.replace("> play menu\n"
    "", ""), 3, "came `play menu`, which is not written"),
    "another order": (f"{MONDAY}> ...\npress 2\n> play menu\n> play welcome\n", 5, "expected `play welcome`"),
    "another queue": (TO_PERSON.replace("queue cards", "queue loans"), 7, "got `join queue cards`"),
    "another skill": (TO_PERSON.replace("cards:2", "cards:3"), 7, "expected `join queue cards"),
    "another priority": (TO_PERSON.replace("priority=7", "priority=8"), 7, "expected `join queue cards"),
    "another language": (f"{MONDAY}> play choose  language=zh-CN\n", 2, "expected `play choose  language=zh-CN`"),
    "another path": (f"{TO_PERSON}hang up\n> end  path: opening, menu\n", 9, "expected `end  path: opening, menu`"),
    "another outcome": (f"{TO_PERSON}hang up\n> outcome answered\n", 9, "expected `outcome answered`"),
    "a variable": ((f"{MONDAY}> ...\npress 2\n> ...\npress 1\n> ...\npress 4242#\n> keep card 4243\n> ...\n"
    ""), 8, "keep card 4243"),
    "a key after the end": (f"{MONDAY}> ...\nhang up\npress 1\n", 4, "the call is over"),
    "silence in a queue": (f"{TO_PERSON}silence\n", 8, "he waits in a queue"),
    "an agent who does not fit": ((f"{TO_PERSON}agent answers bo\nagent hangs up\n> play welcome\n"
    ""), 10, "got `play goodbye`"),
    "an agent whom nobody knows": (f"{TO_PERSON}agent answers zoe\n", 8, "there is no agent 'zoe'"),
    "an agent before the queue": (f"{MONDAY}> ...\nagent answers\n", 3, "the flow waits for keys"),
    "a talk that nobody has": (f"{TO_PERSON}agent hangs up\n", 8, "he waits in a queue"),
    "a second call during the first": (f"{MONDAY}> ...\ncall again after 1m\n", 3, "still on the line"),
    "a question taken for a prompt": (f"{MONDAY}> play choose\nhang up during choose\n", 3, "it is a question"),
    "a secret of another length": (f"{MONDAY}secret pin = 12\n> ...\npress secret 6 pin\n", 4, "has 2 keys, not 6"),
    "words that nobody records": (f"{MONDAY}> ...\nspeak 4s\n", 3, "nobody records him"),
    "an outside number": (f"{MONDAY}> ...\noutside busy\n", 3, "no outside number is called"),
}


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_fails_at_its_line_and_says_why(plan, name):
    text, line, problem = FALSE[name]
    found = verdict(plan, text)
    assert found.difference is not None
    assert problem in found.difference.problem
    assert found.difference.place.line == line


def test_the_difference_shows_what_was_expected_and_what_came(plan):
    text = TO_PERSON.replace("> play welcome\n> play menu\n", "> play welcome\n> play meun\n> goal reached\n")
    found = verdict(plan, text).difference
    assert found.section == ("  > play welcome", "- > play meun", "+ > play menu  language=en", "- > goal reached")


def test_scenarios_know_nothing_of_each_other(plan):
    one, two = verdicts(plan, TRUE["an agent"] + TRUE["an agent"])
    assert one.passed
    assert two.passed
    assert len(one.facts) == len(two.facts)


def test_a_caller_may_be_somebody_else_for_one_scenario(plan):
    known = ' customer=c-9 customer-name="Li Na" segment=silver\n> ...\n'
    started = verdict(plan, MONDAY.replace("\n", known)).facts[0]
    assert (started.customer, started.customer_name, started.segment) == ("c-9", "Li Na", "silver")
    assert verdict(plan, f"{MONDAY}> ...\n").facts[0].customer == "c-1"


def test_no_secret_key_is_in_any_fact(plan):
    found = verdict(plan, TRUE["secret keys with a value"])
    assert found.passed
    assert "123456" not in repr(found.facts)


def test_coverage_names_what_no_scenario_met(plan):
    coverage = Coverage(plan.floor.flows)
    coverage.add(verdict(plan, TO_PERSON).facts)
    _, flow = coverage.flows()
    assert flow.untested_steps == ("chinese", "ask-card", "ask-pin", "goodbye", "sorry", "closed", "bye")
    assert ("menu", "0") not in flow.untaken_exits
    assert ("menu", "star") in flow.untaken_exits
    assert (flow.steps, flow.tested) == (12, True)


def test_the_junit_report_counts_and_shows_the_difference(plan):
    found = verdicts(plan, f"# well & good\n{TO_PERSON}\n# <ill>\n{FALSE['another queue'][0]}")
    suites = ET.fromstring(junit(found, 0.5))  # noqa: S314 - our own text
    assert (suites.get("tests"), suites.get("failures")) == ("2", "1")
    good, ill = suites.iter("testcase")
    assert good.get("name") == "well & good"
    assert good.find("failure") is None
    assert ill.get("name") == "<ill>"
    assert "- > join queue loans" in ill.find("failure").text


# ── the command ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def floor(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGUAGE", "en")
    write_floor(tmp_path / "dialplans")
    (tmp_path / "dialplans" / "tests").mkdir()
    return tmp_path


@pytest.mark.parametrize("processors", [1, 2, 3])
def test_many_transcripts_are_judged_alike_by_any_number_of_processors(plan, processors):
    texts = [TRUE["silence"], FALSE["another queue"][0], TO_PERSON] * 67
    heap = [read_transcripts(text, f"{at}.call")[0][0] for at, text in enumerate(texts)]
    found, coverage = play_all(plan, heap, processors)
    assert [verdict.transcript.file for verdict in found] == [one.file for one in heap]
    assert [verdict.passed for verdict in found] == [True, False, True] * 67
    alone = Coverage(plan.floor.flows)
    for one in heap[:3]:
        alone.add(judge(Walk(plan, one.opening), one).facts)
    assert coverage.flows() == alone.flows()


def simulate(*words):
    return CliRunner().invoke(app, ["simulate", *words])


def test_simulate_plays_all_transcripts_of_the_floor(floor):
    (floor / "dialplans" / "tests" / "one.call").write_text(TO_PERSON)
    (floor / "dialplans" / "tests" / "more").mkdir()
    (floor / "dialplans" / "tests" / "more" / "two.call").write_text(TRUE["silence"])
    done = simulate()
    assert done.exit_code == 0, done.output
    assert "2 scenario(s), 0 failed" in done.output
    assert "steps never tested: 7" in done.output


def test_simulate_tells_what_failed_where_and_how(floor):
    (floor / "bad.call").write_text(FALSE["another queue"][0])
    done = simulate("bad.call", "--junit", "report.xml")
    assert done.exit_code == 1
    assert "bad.call:7:3" in done.output
    assert "- > join queue loans" in done.output
    assert 'failures="1"' in (floor / "report.xml").read_text()
    answer = json.loads(simulate("bad.call", "--json").output)
    assert (answer["scenarios"], answer["failed"], answer["verdicts"][0]["line"]) == (1, 1, 7)


def test_simulate_tells_faults_of_transcripts_and_of_the_floor(floor):
    (floor / "bad.call").write_text(f"{MONDAY}pres 1\n")
    done = simulate("bad.call")
    assert done.exit_code == 1
    assert "bad.call:2:1" in done.output
    write_floor(floor / "dialplans", flow=FLOW.replace("next: menu", "next: meun"))
    done = simulate("bad.call")
    assert done.exit_code == 1
    assert "hotline.yaml" in done.output


def test_simulate_without_transcripts_is_wrong_usage(floor):
    assert type(simulate().exception).__name__ == "UsageError"
