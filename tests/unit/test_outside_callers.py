"""The demo's crowd, and the comparison of two stories about it."""

from dataclasses import replace
from itertools import islice

import pytest

from cti.asterisk.carrier import Account, Outcome
from switchroom.outside.callers import Caller, Crowd, Intent, callers, keying
from switchroom.outside.tally import Circumstances, ServerCall, compare, tally, with_counts

pytestmark = pytest.mark.unit


def test_the_same_seed_is_the_same_day():
    first = list(islice(callers(Crowd(), 7), 200))
    assert first == list(islice(callers(Crowd(), 7), 200))
    assert first != list(islice(callers(Crowd(), 8), 200))


def test_the_rate_is_kept_and_the_first_comes_at_once():
    crowd = list(islice(callers(Crowd(per_minute=30), 1), 2000))
    assert crowd[0].at == 0.0
    assert crowd[0].intent is Intent.PERSON
    assert crowd[-1].at == pytest.approx(2000 * 2.0, rel=0.1)
    assert len({one.call for one in crowd}) == 2000


def test_every_caller_keys_to_the_end_before_his_patience_ends():
    for one in islice(callers(Crowd(), 3), 500):
        assert one.patience > keying(one.keys)


def test_nobody_calls_at_rate_nought():
    assert list(callers(Crowd(per_minute=0), 1)) == []


CALLER = Caller("caller-1", 0.0, "4008009", "13900000001", "1", Intent.PERSON, 30.0, 5.0)
ACCOUNT = Account("caller-1", Outcome.TALKED, "caller", 1.0, 2.0, 9.0, 16)
CALM = Circumstances()
SERVER = ServerCall("a1-1.1", "13900000001", 100.0, "answered", 7.0)


def judge(account=ACCOUNT, server=SERVER, caller=CALLER, how=CALM):
    accounts = {} if account is None else {caller.call: account}
    return compare([caller], accounts, [] if server is None else [server], how)


def test_one_story_told_twice_agrees():
    assert judge().agree


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("talked", "abandoned"),
        ("talked", "ended_in_flow"),
        ("talked", ""),
        ("gave-up", "ended_in_flow"),
        ("cut-off", "answered"),
    ],
)
def test_two_stories_differ(outcome, said):
    verdict = judge(replace(ACCOUNT, outcome=Outcome(outcome)), replace(SERVER, outcome=said))
    assert not verdict.agree
    assert "caller-1" in verdict.differences[0]


def test_a_call_that_only_one_side_knows_is_a_difference():
    assert "no record" in judge(server=None).differences[0]
    assert "unknown" in judge(account=None).differences[0]
    twice = compare([CALLER], {"caller-1": ACCOUNT}, [SERVER, replace(SERVER, contact="b", started_at=200.0)])
    assert "never placed" in twice.differences[0]


def test_a_strangers_call_is_counted_apart():
    verdict = compare([CALLER], {"caller-1": ACCOUNT}, [SERVER, replace(SERVER, contact="b", number="555")])
    assert (verdict.agree, verdict.strangers) == (True, 1)


def test_a_call_that_ended_otherwise_than_the_figures_count_it_is_a_difference_though_both_sides_tell_one_story():
    assert judge(server=replace(SERVER, counted=True)).agree
    gave_up, left = replace(ACCOUNT, outcome=Outcome.GAVE_UP), replace(SERVER, outcome="abandoned", counted=True)
    assert judge(gave_up, replace(left, counted=False)).agree
    verdict = judge(gave_up, left)
    assert not verdict.agree
    assert "ended as abandoned, and the figures count it as answered" in verdict.differences[0]
    assert not judge(server=replace(SERVER, counted=False)).agree


def test_counts_of_the_server_that_disagree_are_differences():
    agreed = judge()
    assert with_counts(agreed, []) == agreed
    told = with_counts(agreed, ["contact c: counted twice"])
    assert (told.agree, told.differences) == (False, ("contact c: counted twice",))


def test_answered_strangers_are_told_for_the_figures_count_them():
    strange = replace(SERVER, contact="b", number="555", counted=True)
    assert compare([CALLER], {"caller-1": ACCOUNT}, [SERVER, strange]).strangers_answered == 1


def test_a_refused_call_has_no_record():
    refused = replace(ACCOUNT, outcome=Outcome.REFUSED)
    assert judge(refused, None).agree
    assert not judge(refused, SERVER).agree


def test_giving_up_in_the_moment_of_the_answer_is_crossed_and_no_longer_than_a_moment():
    gave_up = replace(ACCOUNT, outcome=Outcome.GAVE_UP)
    crossed = judge(gave_up, replace(SERVER, talked=0.4))
    assert (crossed.agree, crossed.crossed) == (True, 1)
    assert not judge(gave_up, replace(SERVER, talked=4.0)).agree


def test_only_a_disturbed_run_forgives_where_a_caller_gave_up():
    gave_up, in_flow = replace(ACCOUNT, outcome=Outcome.GAVE_UP), replace(SERVER, outcome="ended_in_flow")
    disturbed = Circumstances(disturbed=True)
    assert judge(gave_up, in_flow, how=disturbed).agree
    assert not judge(gave_up, replace(SERVER, outcome="lost"), how=disturbed).agree
    assert not judge(gave_up, how=disturbed).agree


def test_people_who_answer_send_no_greeting():
    gave_up = replace(ACCOUNT, outcome=Outcome.GAVE_UP)
    assert judge(gave_up, how=Circumstances(ungreeted=True)).agree
    assert not judge(gave_up).agree


def test_calls_of_one_number_are_matched_in_order():
    second = replace(CALLER, call="caller-2")
    accounts = {"caller-1": ACCOUNT, "caller-2": replace(ACCOUNT, call="caller-2", outcome=Outcome.GAVE_UP)}
    server = [replace(SERVER, contact="b", started_at=200.0, outcome="abandoned"), SERVER]
    assert compare([CALLER, second], accounts, server).agree
    assert not compare([CALLER, second], accounts, [replace(server[0], started_at=50.0), SERVER]).agree


def test_counts_are_the_carriers_own():
    leaver = replace(CALLER, call="c2", intent=Intent.LEAVES_FLOW)
    lost = replace(CALLER, call="c3", intent=Intent.WRONG_NUMBER)
    missing = replace(CALLER, call="c4")
    accounts = {
        "caller-1": ACCOUNT,
        "c2": replace(ACCOUNT, outcome=Outcome.GAVE_UP),
        "c3": replace(ACCOUNT, outcome=Outcome.CUT_OFF),
    }
    counted = tally([CALLER, leaver, lost, missing], accounts)
    assert (counted.placed, counted.talked, counted.ended_in_flow, counted.unknown) == (4, 1, 2, 1)
