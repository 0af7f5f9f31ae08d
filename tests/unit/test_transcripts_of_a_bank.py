"""Transcripts of flows that ask sources, record, forward, send, survey, and let a caller go on after a hang-up."""

from __future__ import annotations

import contextlib
import random

import pytest
from trial_world import BANK_CALL, read_plan, write_floor

from journal import facts
from switchroom.trial import script as s
from switchroom.trial.again import walk_again
from switchroom.trial.caller_line import CannotHappen
from switchroom.trial.diary import diary_of
from switchroom.trial.reading import read_transcripts
from switchroom.trial.rehearsal import Rehearsal
from switchroom.trial.verdict import judge
from switchroom.trial.walk import Walk
from switchroom.trial.writing import written

pytestmark = pytest.mark.unit

ZONE = "Asia/Shanghai"
NOON = BANK_CALL.splitlines()[0]
PASSED = f"""{BANK_CALL}press 1
> play ask-pin
press secret 6
> identified authenticated
> lookup core
"""
CALLS = {
    "a mocked source": f"{NOON}\nsource core answers found balance=12.50\n> play menu\npress 1\n> play ask-pin\n"
    "press secret 6\n> keep card 4242\n> play balance-is\n> say *\n> message sms  to=13800000001\n> goal balance-told\n"
    "> end  path: menu, prove, fetch, amount, confirm, bye\n",
    "a source that is waited for": f"{PASSED}source core answers found balance=12.50\n> play balance-is\n"
    '> say "twelve US dollars and fifty cents"\n> message sms  text="Thank you."\n',
    "a source that hangs": f"{PASSED}source core hangs\nwait\n> play sorry\n",
    "a source that hangs from the start": f"{NOON}\nsource core hangs\n> ...\npress 1\n> ...\npress secret 6\n"
    "after 3s\n> play sorry\n",
    "a source that finds nothing": f"{PASSED}source core answers not_found\n> play sorry\n",
    "a source that finds what cannot be said": f"{PASSED}source core answers found balance=lots\n> play sorry\n",
    "the right secret": f"{NOON}\nsecret pin = 123456\n> play menu\npress 1\n> play ask-pin\npress secret 6 pin\n"
    "> identified authenticated  customer=c-1\n> lookup core\nsource core answers failed\n> play sorry\n",
    "the wrong secret": f"{NOON}\nsecret pin = 111111\n> play menu\npress 1\n> play ask-pin\npress secret 6 pin\n"
    "> play wrong-key\n> play ask-pin\npress secret 6 pin\n> identified failed\n> play sorry\n",
    "a locked secret": f"{NOON}\nsource cards answers locked\n> ...\npress 1\n> ...\npress secret 6\n> play sorry\n",
    "a secret that is too short": f"{BANK_CALL}press 1\n> play ask-pin\npress secret 4\npress pound\n> play wrong-key\n"
    "> play ask-pin\nsilence\n> end\n",
    "a recording": f"{BANK_CALL}press 2\n> play speak\n> record\nspeak 10s\n> play menu\nhang up\n",
    "no word": f"{BANK_CALL}press 2\n> play speak\n> record\nsilence\n> end\n",
    "a hang-up while he is recorded": f"{BANK_CALL}press 2\n> play speak\n> record\nhang up\n",
    "an outside number": f"{BANK_CALL}press 3\n> transfer +862187654321\noutside answers 2m\n> play goodbye\n",
    "a busy outside number": f"{BANK_CALL}press 3\n> transfer +862187654321\noutside busy\n> play sorry\n",
    "an outside number that nobody answers": f"{BANK_CALL}press 3\n> transfer +862187654321\nwait\n> play sorry\n",
    "a voicemail": f"{BANK_CALL}press 4\n> play speak\n> record\nspeak 12s\n> voicemail cards\n> play goodbye\n",
    "a survey": f"{BANK_CALL}press 5\n> play rate-us\npress 5\n> survey rate 5\n> keep score 5\n> end\n",
    "a call-back": f"{BANK_CALL}press 6\n> callback 13800000001  queue=cards skills=cards\n> play goodbye\n",
}
AGAIN = f"""{BANK_CALL}press 7
> play ask-card
press 4242
> play menu
hang up
> breakpoint claim-menu
call again after 5m
> play resume-offer
> play claim-point
> play resume-choice
press 1
> resume yes  step=claim-menu
> play menu
press 1
> play goodbye
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return read_plan(write_floor(tmp_path_factory.mktemp("floor")))


def verdict(plan, text):
    (transcript,), faults = read_transcripts(text, "x.call")
    assert not faults, "\n".join(map(str, faults))
    return judge(Walk(plan, transcript.opening), transcript)


@pytest.mark.parametrize("name", CALLS)
def test_it_comes_true(plan, name):
    found = verdict(plan, CALLS[name])
    assert found.passed, found.difference


def test_a_caller_goes_on_where_his_earlier_call_stopped(plan):
    found = verdict(plan, AGAIN)
    assert found.passed, found.difference
    assert verdict(plan, AGAIN.replace("after 5m", "after 2h")).difference.place.line == 10


def test_a_source_of_which_nothing_is_written_is_named(plan):
    found = verdict(plan, f"{PASSED}> play balance-is\n").difference
    assert "nothing is written of source 'core'" in found.problem


def test_no_secret_is_on_record(plan):
    found = verdict(plan, CALLS["the right secret"])
    assert found.passed
    assert "123456" not in repr(found.facts)


def finished(plan, text):
    """The facts of each call of a transcript, by contact."""
    found = {}
    for fact in verdict(plan, text).facts:
        if getattr(fact, "contact", ""):
            found.setdefault(fact.contact, []).append(fact)
    return found


def played_again(plan, walked):
    text = written([walked.recorder.transcript("x")])
    again = verdict(plan, text)
    assert again.passed, (text, again.difference)
    return [diary_of(facts).way for facts in finished(plan, text).values()], text


@pytest.mark.parametrize("name", CALLS)
def test_it_is_written_from_its_facts_and_comes_true_again(plan, name):
    (facts,) = finished(plan, CALLS[name]).values()
    diary = diary_of(facts)
    walked = walk_again(diary, plan, ZONE)
    assert (walked.stopped, walked.queue) == ("", "")
    ways, text = played_again(plan, walked)
    assert ways == [diary.way]
    assert "•" not in text
    assert "123456" not in text
    rehearsal = Rehearsal()
    rehearsal.add(facts, plan, ZONE)
    assert rehearsal.moved == 0
    assert not rehearsal.unknown


def test_a_call_that_went_on_is_written_with_the_call_before(plan):
    first, second = map(diary_of, finished(plan, AGAIN).values())
    ways, text = played_again(plan, walk_again([first, second], plan, ZONE))
    assert ways == [first.way, second.way]
    assert "call again after 5m\n" in text


def test_a_call_that_went_on_is_rehearsed_alone(plan):
    _, facts = finished(plan, AGAIN).values()
    rehearsal = Rehearsal()
    rehearsal.add(facts, plan, ZONE)
    assert (rehearsal.same, rehearsal.unknown) == (1, {})


MOVES = (
    *(s.Press(keys) for keys in ("1", "2", "0", "*", "#", "7", "4242#", "123456", "99", "5")),
    *(s.PressSecret(6), s.PressSecret(3, "pin"), s.SecretIs("pin", "123"), s.Silence(), s.Wait(), s.Speak(10)),
    *(s.After(1), s.After(400), s.After(9000), s.Clock("03:00"), s.Clock("23:59")),
    *(s.HangUp(), s.HangUp("welcome"), s.CallAgain(10), s.CallAgain(5000)),
    *(s.AgentAnswers(name) for name in ("", "amy", "bo")),
    *(s.AgentLetsPass(how, name) for how in ("refuses", "ignores") for name in ("", "amy", "bo")),
    s.AgentHangsUp(),
    *(s.SourceAnswers(name, said) for name in ("core", "cards") for said in ("found", "refused", "timed_out")),
    *(s.OutsideEnds(why, 5) for why in ("answered", "busy", "no_answer", "failed")),
)


@pytest.mark.parametrize("seed", range(100))
def test_no_mixture_of_moves_breaks_the_walk(plan, seed):
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    number = chance.choice(("13800000001", "", "999"))
    walk = Walk(plan, s.Opening(chance.choice(("800", "801", "bank")), number, 1772417700.0, ZONE))
    walk.dial()
    for _ in range(40):
        with contextlib.suppress(CannotHappen):
            walk.do(chance.choice(MOVES))
    if walk.line is not None:
        walk.do(s.HangUp())
    started = [fact.contact for fact in walk.facts if isinstance(fact, facts.CallStarted)]
    assert sorted(started) == sorted(fact.contact for fact in walk.facts if isinstance(fact, facts.CallEnded))
    assert len(started) == walk.calls
