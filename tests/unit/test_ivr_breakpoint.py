"""Going on where an earlier call stopped: who is offered what, where he lands, what he has then, what nobody hears."""

from __future__ import annotations

import pytest
from resume_world import ALL_VERBS, CARD, KNOWN, Call, flow_of

from ivr import breakpoint as points
from ivr.flow import parse_flow
from ivr.known import Known
from ivr.messages import Collect, JoinQueue, Resumed
from ivr.resume_rules import told_to_anyone
from ivr.session import Caller, Session

pytestmark = pytest.mark.unit

ME, OTHER = "c-1", "c-2"
PIN_FIRST = (  # card, PIN, word, sum: the secret stands before an answer that is kept
    CARD.replace("next: ask-word", "next: A").replace("next: ask-pin", "next: B").replace("next: ask-sum", "next: C")
    .replace("next: A", "next: ask-pin").replace("next: B", "next: ask-sum").replace("next: C", "next: ask-word")
)


@pytest.fixture(scope="module")
def flow():
    return flow_of()


def test_a_caller_who_hung_up_is_told_where_he_was_and_lands_there(flow):
    kept = Call(flow).press("1", "1").hangs_up()
    again = Call(flow, kept=kept)
    assert again.heard == ["resume-offer", "at-card", "resume-choice"]
    again.press("1")
    assert again.step == "ask-card"
    assert again.heard[3:] == ["card"]
    assert again.ended()[0].answer == "yes"
    assert again.ended()[0].step == "ask-card"


def test_what_he_gave_and_his_language_are_there_again_and_are_not_asked_again(flow):
    kept = Call(flow).press("2", "1", "4242", "77", "135790").hangs_up()
    again = Call(flow, kept=kept)
    assert again.asking.language == "zh-CN"
    again.press("1")
    assert again.step == "ask-pin"  # the secret alone is asked again
    again.press("135790", "500")
    assert isinstance(again.asking, JoinQueue)
    assert again.asked_steps() == ["(resume)", "ask-pin", "ask-sum"]
    assert again.known == {"card": "4242", "word": "77", "sum": "500", "pin-known": "True"}
    assert again.session.state.language == "zh-CN"


def test_a_secret_that_comes_before_kept_answers_is_asked_and_they_are_not():
    early = flow_of(PIN_FIRST)
    kept = Call(early).press("1", "1", "4242", "135790", "77").hangs_up()
    again = Call(early, kept=kept).press("1")
    assert again.step == "ask-pin"
    again.press("135790")
    assert again.step == "ask-sum"
    assert again.known == {"card": "4242", "word": "77"}
    assert again.asked_steps() == ["(resume)", "ask-pin"]


def test_the_same_holds_when_our_process_dies():
    call = Call(flow_of(PIN_FIRST)).press("1", "1", "4242", "135790", "77").killed()
    assert call.step == "ask-pin"
    call.press("135790")
    assert call.step == "ask-sum"


@pytest.mark.parametrize(
    ("keys", "answer"), [(["2"], "no"), ([""], "silent"), (["7", "8"], "no"), (["7", ""], "silent")]
)
def test_no_silence_and_wrong_keys_start_over_as_if_there_had_been_nothing(flow, keys, answer):
    kept = Call(flow).press("2", "1").hangs_up()
    again = Call(flow, kept=kept).press(*keys)
    assert [fact.answer for fact in again.ended()] == [answer]
    assert (again.step, again.known, again.session.state.language) == ("language", {}, "en")
    assert again.session.state.offer is None


def test_a_wrong_key_is_forgiven_once(flow):
    kept = Call(flow).press("1", "1").hangs_up()
    assert Call(flow, kept=kept).press("5", "1").step == "ask-card"


def test_a_step_that_may_never_be_resumed_falls_back_to_the_last_one_that_may(flow):
    kept = Call(flow).press("1", "1", "4242").hangs_up()
    assert kept.step == "ask-card"
    again = Call(flow, kept=kept).press("1")
    assert (again.step, again.known, again.ended()[0].fallen_from) == ("ask-card", {"card": "4242"}, "")


def test_who_waited_for_a_person_goes_on_waiting(flow):
    call = Call(flow).press("1", "0")
    again = Call(flow, kept=call.hangs_up())
    assert again.heard[1] == "at-queue"
    assert isinstance(again.press("1").asking, JoinQueue)


def test_nothing_is_kept_of_who_only_came_in_or_was_finished_with(flow):
    assert Call(flow).hangs_up() is None
    assert Call(flow).press("1", "0").served().hangs_up() is None
    assert Call(flow_of(CARD, ("resume_for: 2h\n", "resume_for: 60s\n"))).press("1", "1").hangs_up()
    unsaid = flow_of("".join(x for x in CARD.splitlines(True) if "resume" not in x and "point:" not in x))
    assert Call(unsaid).press("1", "1").hangs_up() is None


def test_who_has_reached_a_goal_since_is_not_asked_whether_he_goes_on_before_it():
    done = flow_of(CARD, ("  ask-word:\n", "  ask-word:\n    goal: card-given\n"))
    assert Call(done).press("1", "1").hangs_up()
    assert Call(done).press("1", "1", "4242").hangs_up() is None
    assert Call(done).press("1", "1", "4242", "77", "135790").hangs_up().step == "ask-sum"  # begun after it


# ── proof ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def at_balance(flow, keys=("1", "2", "111111", "33"), customer=ME):
    return Call(flow, customer=customer).press(*keys).hangs_up()


def test_an_authenticated_point_is_not_told_before_the_proof_and_is_told_after(flow):
    again = Call(flow, customer=ME, kept=at_balance(flow))
    assert again.heard == ["resume-neutral", "resume-choice"]
    again.press("1")
    assert again.heard[2:] == ["pin"]
    again.press("111111")
    assert again.heard[3:] == ["resume-offer", "at-balance", "private"]
    assert again.step == "balance"
    assert again.known == {"account": "33"}
    assert again.ended()[0].answer == "yes"


@pytest.mark.parametrize(("pins", "step"), [(["000000", "000000"], "person"), (["222222"], "choose-account")])
def test_who_cannot_prove_it_or_is_another_hears_nothing_and_goes_where_the_flow_leads(flow, pins, step):
    again = Call(flow, customer=ME, kept=at_balance(flow)).press("1", *pins)
    assert again.step == step
    assert "at-balance" not in again.heard
    assert again.known == {}
    assert [(end.answer, end.step) for end in again.ended()] == [("refused", "")]
    assert again.session.state.offer is None


def test_a_free_step_reached_after_the_proof_counts_as_one_that_needs_it(flow):
    kept = at_balance(flow, ("1", "2", "111111", "33", "2"))
    assert kept.step == "open-again"
    assert Call(flow, customer=ME, kept=kept).heard == ["resume-neutral", "resume-choice"]


def test_without_a_way_to_prove_it_he_falls_back_to_what_he_did_before_the_proof(flow):
    plain = flow_of(CARD, ("prove_by: prove\n", ""), ("resume: authenticated", "resume: never"))
    kept = at_balance(plain, ("1", "2", "111111", "33", "2"))
    assert kept.step == "menu"
    again = Call(plain, customer=ME, kept=kept).press("1")
    assert (again.step, again.known, again.session.state.level) == ("menu", {}, "")


def test_a_step_seen_before_the_proof_and_again_after_it_stays_free_but_brings_nothing_private(flow):
    plain = flow_of(CARD, ("prove_by: prove\n", ""), ("resume: authenticated", "resume: never"))
    kept = at_balance(plain, ("1", "2", "111111", "33", "1"))
    again = Call(plain, customer=ME, kept=kept)
    assert again.heard == ["resume-offer", "at-menu", "resume-choice"]
    assert again.press("1").known == {}


PROVE_2 = "  prove-2:\n    authenticate: pin\n    tries: 1\n    next: bye\n    failed: bye\n\n"


def test_an_unknown_caller_is_offered_no_authenticated_point():
    text = CARD.replace("authenticate: pin", "collect: pin\n    digits: 6\n    into: some")
    text = text.replace("failed: person", "no_input: person\n    no_match: person")
    text = text.replace("prove_by: prove\n", "prove_by: prove-2\n")
    text = text.replace("      0: person", "      0: person\n      9: prove-2", 1)
    text = text.replace("  bye:\n", PROVE_2 + "  bye:\n")
    odd = flow_of(text)
    assert Call(odd, customer="").press("1", "2", "111111", "33").hangs_up().step == "menu"
    assert Call(odd, customer=ME).press("1", "2", "111111", "33").hangs_up().step == "balance"


def test_who_failed_to_prove_who_he_is_leaves_nothing_to_go_on_with(flow):
    assert Call(flow, customer=ME).press("1", "2", "000000", "000000").hangs_up() is None


def test_another_customer_on_the_number_is_offered_nothing(flow):
    kept = Call(flow, customer=ME).press("1", "1").hangs_up()
    assert points.land(flow, kept, Caller("1", customer=ME)).step == "ask-card"
    assert points.land(flow, kept, Caller("1", customer=OTHER)) is None
    assert points.land(flow, kept, Caller("1")) is None


# ── another version ─────────────────────────────────────────────────────────────────────────────────────────────────


def without(step: str, instead: str) -> list[tuple[str, str]]:
    start = CARD.index(f"  {step}:\n")
    body = CARD[start : CARD.index("\n\n", start) + 2]
    return [(body, ""), (f"next: {step}\n", f"next: {instead}\n"), (f": {step}\n", f": {instead}\n")]


def changed(step: str, instead: str):
    body, *ways = without(step, instead)
    text = CARD.replace(*body)
    for old, new in ways:
        text = text.replace(old, new)
    return flow_of(text)


def test_a_step_that_is_gone_falls_back_to_the_nearest_that_stands_and_says_so(flow):
    kept = Call(flow).press("1", "1", "42").hangs_up()
    assert kept.step == "ask-card"
    newer = changed("ask-card", "ask-word")
    again = Call(newer, kept=kept)
    assert again.heard == ["resume-changed", "resume-offer", "at-menu", "resume-choice"]
    again.press("1")
    assert again.step == "menu"
    assert again.ended()[0].fallen_from == "ask-card"


def test_where_nothing_stands_or_all_begins_at_the_start_nothing_is_offered(flow):
    kept = Call(flow).press("1", "1").hangs_up()
    stripped = CARD.replace("resume: freely", "resume: never")
    assert points.land(flow_of(stripped), kept, Caller()) is None
    restarted = flow_of(CARD, ("start: language", "start: ask-card"), (
        "next: ask-word\n    no_input: person", "next: ask-word\n    no_input: language"))
    assert points.land(restarted, kept, Caller()) is None


BRANCH = "  greet:\n    branch: ${kind}\n    cases:\n      a: ask-word\n    otherwise: ask-word\n\n"


def test_a_new_version_that_needs_what_was_never_asked_falls_back(flow):
    kept = Call(flow).press("1", "1").hangs_up()
    newer = flow_of(
        CARD,
        ("next: ask-word", "next: greet"),
        ("  ask-word:\n", BRANCH + "  ask-word:\n"),
        ("1: ask-card", "1: set-kind"),
        ("  ask-card:\n", "  set-kind:\n    set:\n      kind: a\n    next: ask-card\n\n  ask-card:\n"),
    )
    landing = points.land(newer, kept, Caller())
    assert (landing.step, landing.fallen_from) == ("menu", "ask-card")


def test_a_secret_whose_step_is_gone_cannot_be_asked_again_so_he_falls_back(flow):
    kept = Call(flow).press("1", "1", "4242", "77", "135790").hangs_up()
    assert kept.step == "ask-sum"
    newer = flow_of(CARD.replace("ask-pin", "ask-code"))
    assert points.land(newer, kept, Caller()).step == "ask-card"


# ── our death ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_at_every_message_of_an_offer_our_death_changes_nothing(flow):
    for keys in (["1"], ["7", "1"], ["2"], [""], ["1", "000000", "111111"], ["1", "000000", "000000"]):
        kept = at_balance(flow) if len(keys) > 2 else Call(flow).press("2", "1", "4242").hangs_up()
        customer = ME if len(keys) > 2 else ""
        plain, dying = Call(flow, customer=customer, kept=kept), Call(flow, customer=customer, kept=kept)
        dying.killed()
        for key in keys:
            plain.press(key)
            dying.press(key).killed()
        assert dying.session.state.step == plain.session.state.step
        assert dying.known == plain.known
        assert [end.answer for end in dying.ended()] == [end.answer for end in plain.ended()]


def test_an_offer_whose_flow_is_another_one_after_our_death_starts_over(flow):
    kept = Call(flow).press("1", "1").hangs_up()
    call = Call(flow, kept=kept)
    call.flow = flow_of(CARD.replace("resume: freely", "resume: never"))
    call.session = Session(call.flow, call.session.state)
    call.press("1")
    assert (call.step, call.session.state.offer) == ("language", None)


# ── what is written in a flow ───────────────────────────────────────────────────────────────────────────────────────


def faults_of(*changes: tuple[str, str], known=KNOWN) -> list[str]:
    text = CARD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return [fault.code for fault in parse_flow(text, "card.yaml", known, ALL_VERBS)[1]]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("prove_by: prove\n", "prove_by: proof\n"), "unknown-step"),
        (("prove_by: prove\n", "prove_by: menu\n"), "proves-nothing"),
        (("prove_by: prove\n", ""), "no-proof"),
        (("resume_for: 2h\n", ""), "no-resume-time"),
        (("resume_for: 2h", "resume_for: 8d"), "bad-duration"),
        (("resume_for: 2h", "resume_for: 169h"), "out-of-range"),
        (("    point: at-sum\n", ""), "missing-key"),
        (("point: at-sum", "point: at-some"), "unknown-prompt"),
    ],
)
def test_what_is_wrong_in_a_flow_is_told(change, code):
    assert code in faults_of(change)


def test_the_offer_needs_its_prompts_in_every_language():
    fewer = {"en": KNOWN.prompts["en"], "zh-CN": KNOWN.prompts["zh-CN"] - {"resume-choice", "resume-neutral"}}
    assert faults_of(known=Known(fewer, KNOWN.queues, KNOWN.skills)).count("unknown-prompt") == 2


def test_a_time_without_a_step_is_told():
    text = "".join(x for x in CARD.splitlines(True) if "resume:" not in x and "point:" not in x)
    assert "nothing-to-resume" in [f.code for f in parse_flow(text, "card.yaml", KNOWN, ALL_VERBS)[1]]


def test_the_prompts_of_the_offer_are_prompts_of_the_flow(flow):
    assert {"resume-offer", "resume-choice", "resume-neutral", "resume-changed", "at-sum"} <= flow.prompts


def test_what_anybody_may_hear_can_be_listed(flow):
    assert ("ask-card", "at-card") in told_to_anyone(flow)
    assert "balance" not in dict(told_to_anyone(flow))


def test_the_offer_is_one_key_and_never_secret(flow):
    again = Call(flow, kept=Call(flow).press("1", "1").hangs_up())
    assert again.asking == Collect(("resume-offer", "at-card", "resume-choice"), "en", 1, 5.0)
    assert not again.session.collecting_secret
    assert not any(isinstance(fact, Resumed) for fact in again.facts)
