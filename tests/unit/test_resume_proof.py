"""The proof before going on, with the real verbs: identify, authenticate, a subflow, a source that answers."""

from __future__ import annotations

import pytest
from resume_world import PROMPTS

from ivr import breakpoint as points
from ivr.flow import parse_flow
from ivr.known import FlowText, Known
from ivr.messages import CallerCame, Collect, DigitsCollected, LookedUp, LookUp, Play, PromptEnded, Resumed
from ivr.session import Caller, Session, first_state
from ivr.sources import Source

pytestmark = pytest.mark.unit

CARDS = Source(("card",), ("customer", "name", "segment", "balance"), frozenset({"balance"}), "pin")
NAMELESS = Source(("card",), ("balance",), frozenset({"balance"}), "pin")
PART = """\
flow: proof
languages: [en]
start: ask
parameters: [card]
steps:
  ask:
    authenticate: cards
    with: {card: "${card}"}
    ask: pin
    digits: 4
    tries: 1
    into: {balance: balance}
    passed: yes
    refused: no
    locked: no
    failed: no
    no_input: no
  yes: {return: done}
  no: {return: given-up}
"""
MAIN = """\
flow: bank
languages: [en]
start: card
resume_for: 1h
prove_by: prove
steps:
  card: {collect: card, digits: 4, into: card, tries: 1, next: prove, no_input: bye, no_match: bye}
  prove:
    subflow: proof
    with: {card: "${card}"}
    returns: {done: choose, given-up: bye}
  choose:
    menu: which
    resume: authenticated
    point: at-balance
    keys: {1: tell}
    tries: 2
    no_input: bye
    no_match: bye
  tell: {play: [sum, {money: "${balance}"}], next: bye, failed: bye}
  bye: {hangup: normal}
"""
ME = (("customer", "c-1"), ("name", "Zhao"), ("segment", ""), ("balance", "12.50"))
OTHER = (("customer", "c-2"), ("name", "Qian"), ("segment", ""), ("balance", "9.00"))


def read(text: str = MAIN, source: Source = CARDS):
    known = Known(
        {"en": PROMPTS}, sources={"cards": source},
        flows={"proof": FlowText(PART.encode(), "proof.yaml"), "bank": FlowText(text.encode(), "bank.yaml")},
    )
    return parse_flow(text.encode(), "bank.yaml", known)


@pytest.fixture(scope="module")
def flow():
    flow, faults = read()
    assert flow is not None, "\n".join(map(str, faults))
    return flow


class Call:
    def __init__(self, flow, kept=None):
        state = first_state(flow, Caller("13800000001"))
        self.session = Session(flow, points.offered(flow, state, kept) if kept else state)
        self.said: list[str] = []
        self.ends: list[Resumed] = []
        self.tell(CallerCame())

    def tell(self, *told):
        for each in told:
            answers = self.session.handle(each, 0.0)
            self.ends += [answer for answer in answers if isinstance(answer, Resumed)]
            self.asked = answers[-1]
            self.said += getattr(self.asked, "prompts", ())
            if isinstance(self.asked, Play) and self.session.state.step.startswith("("):
                self.tell(PromptEnded())
        return self.asked


def at_choice(flow, who=ME):
    call = Call(flow)
    call.tell(DigitsCollected("4242"), DigitsCollected("1111"), LookedUp("found", who))
    assert call.session.state.step == "choose"
    return points.keep(flow, call.session.state)


def test_the_steps_of_a_subflow_belong_to_the_proof(flow):
    assert flow.prove_by[:2] == ("prove", "prove/ask")


def test_who_proves_it_goes_on_and_need_not_key_his_card_again(flow):
    call = Call(flow, at_choice(flow))
    assert call.said == ["resume-neutral", "resume-choice"]
    assert call.tell(DigitsCollected("1")) == Collect(("pin",), "en", 4, 5.0, secret=True)
    asked = call.tell(DigitsCollected("1111"))
    assert isinstance(asked, LookUp)
    assert asked.keys == (("card", "4242"),)
    call.tell(LookedUp("found", ME))
    assert call.session.state.step == "choose"
    assert call.said[-3:] == ["resume-offer", "at-balance", "which"]
    assert dict(call.session.state.variables) == {"card": "4242", "balance": "12.50"}
    assert [end.answer for end in call.ends] == ["yes"]


@pytest.mark.parametrize(
    ("answer", "step"),
    [
        (LookedUp("refused"), "bye"), (LookedUp("locked"), "bye"), (LookedUp("timed_out"), "bye"),
        (LookedUp("found", OTHER), "choose"), (LookedUp("found", (("balance", "9.00"),)), "choose"),
    ],
)
def test_without_that_proof_nothing_is_told_and_nothing_stays(flow, answer, step):
    call = Call(flow, at_choice(flow))
    call.tell(DigitsCollected("1"), DigitsCollected("1111"), answer)
    visited = call.session.state.trail[-1].step if call.session.state.trail else ""
    assert visited == step
    assert [end.answer for end in call.ends] == ["refused"]
    assert "at-balance" not in call.said
    assert "4242" not in dict(call.session.state.variables).values()
    assert "12.50" not in dict(call.session.state.variables).values()


def test_a_source_that_does_not_say_whose_the_secret_is_proves_nobody():
    assert "proves-nobody" in {fault.code for fault in read(source=NAMELESS)[1]}
