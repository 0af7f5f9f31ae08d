"""A flow with points of every kind, a verb that proves who calls, and a caller who talks in few words."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ivr import breakpoint as points
from ivr.flow import Flow, parse_flow
from ivr.known import Known
from ivr.messages import (
    CallerCame,
    CallerIdentified,
    Collect,
    DigitsCollected,
    JoinQueue,
    Play,
    PromptEnded,
    QueueEnded,
    Resumed,
    StepEntered,
    StepLeft,
)
from ivr.session import Caller, Session, SessionState, first_state, rebuild
from ivr.steps import VERBS
from ivr.steps.verb import Doc, Exit, Verb
from ivr.visit import Again, Leave, Wait

PROMPTS = frozenset({
    "hello", "which", "card", "pin", "sum", "word", "private", "bye", "resume-offer", "resume-choice", "resume-neutral",
    "resume-changed", "at-menu", "at-card", "at-sum", "at-balance", "at-queue",
})  # fmt: skip
KNOWN = Known({"en": PROMPTS, "zh-CN": PROMPTS}, frozenset({"cards"}), frozenset({"cards"}))

CARD = """\
flow: card
languages: [en, zh-CN]
start: language
resume_for: 2h
prove_by: prove

steps:
  language:
    menu: hello
    keys:
      1: menu
      2: chinese
    tries: 2
    no_input: menu
    no_match: menu

  chinese:
    set:
      language: zh-CN
    next: menu

  menu:
    menu: which
    resume: freely
    point: at-menu
    keys:
      1: ask-card
      2: prove
      0: person
    tries: 2
    no_input: person
    no_match: person

  ask-card:
    collect: card
    resume: freely
    point: at-card
    digits: 4
    into: card
    tries: 2
    next: ask-word
    no_input: person
    no_match: person

  ask-word:
    collect: word
    digits: 2
    into: word
    tries: 2
    next: ask-pin
    no_input: person
    no_match: person

  ask-pin:
    collect: pin
    digits: 6
    into: pin
    secret: true
    tries: 2
    next: ask-sum
    no_input: person
    no_match: person

  ask-sum:
    collect: sum
    resume: freely
    point: at-sum
    digits: 1-6
    into: sum
    tries: 2
    next: check
    no_input: person
    no_match: person

  check:
    reads-secret: pin
    next: person

  prove:
    authenticate: pin
    tries: 2
    next: choose-account
    failed: person

  choose-account:
    collect: private
    digits: 2
    into: account
    tries: 2
    next: balance
    no_input: person
    no_match: person

  balance:
    menu: private
    resume: authenticated
    point: at-balance
    keys:
      1: menu
      2: open-again
    tries: 2
    no_input: person
    no_match: person

  open-again:
    menu: private
    resume: freely
    point: at-balance
    keys:
      1: menu
    tries: 2
    no_input: person
    no_match: person

  person:
    queue: cards
    resume: freely
    point: at-queue
    limit: 5m
    answered: bye
    timed_out: bye

  bye:
    hangup: normal
"""

CUSTOMERS = {"111111": ("c-1", "Zhao"), "222222": ("c-2", "Qian")}


@dataclass(frozen=True, slots=True)
class Authenticate(Verb):
    """Proves who calls by a PIN that belongs to one customer."""

    VERB = "authenticate"
    SUMMARY, FIELDS, EXITS, EXAMPLE = "", (), (), ""
    ASKS = True
    prompts: tuple[str, ...]
    tries: int
    next: Exit
    failed: Exit

    @classmethod
    def read(cls, fields):
        return cls(
            fields.prompts("authenticate"), fields.number("tries", 1, 9), fields.exit("next"), fields.exit("failed")
        )

    @property
    def exits(self):
        return (self.next, self.failed)

    def enter(self, visit):
        return Wait(Collect(self.prompts, visit.language, 6, 5.0, secret=True))

    def resume(self, visit, told):
        if not isinstance(told, DigitsCollected):
            return None
        customer, name = CUSTOMERS.get(told.digits, ("", ""))
        if customer:
            proved = CallerIdentified("authenticated", customer, name, "")
            return Leave("next", secret_keys=len(told.digits), aside=(proved,))
        if visit.tries < self.tries:
            return Again(secret_keys=len(told.digits))
        return Leave("failed", secret_keys=len(told.digits), aside=(CallerIdentified("failed"),))


@dataclass(frozen=True, slots=True)
class ReadsSecret(Verb):
    """Uses a secret and asks nothing."""

    VERB = "reads-secret"
    SUMMARY, FIELDS, EXITS, EXAMPLE = "", (), (), ""
    name: str
    next: Exit

    @classmethod
    def read(cls, fields):
        return cls(fields.name("reads-secret"), fields.exit("next"))

    @property
    def exits(self):
        return (self.next,)

    def enter(self, visit):
        return Leave("next", kept=(("pin-known", str(bool(visit.lookup(self.name)))),))

    def writes(self):
        return ("pin-known",)

    def secret_reads(self):
        return (self.name,)


def _docs(*keys):
    return tuple(Doc(key, "", "") for key in keys)


Authenticate.FIELDS, Authenticate.EXITS = _docs("authenticate", "tries"), _docs("next", "failed")
ReadsSecret.FIELDS, ReadsSecret.EXITS = _docs("reads-secret"), _docs("next")
ALL_VERBS = {**VERBS, "authenticate": Authenticate, "reads-secret": ReadsSecret}


def flow_of(text: str = CARD, *changes: tuple[str, str]) -> Flow:
    for old, new in changes:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    flow, faults = parse_flow(text, "card.yaml", KNOWN, ALL_VERBS)
    assert flow is not None, "\n".join(map(str, faults))
    return flow


class Call:
    """One call: `press` answers what is asked; `heard` are the prompts in order; facts are folded beside."""

    def __init__(self, flow: Flow, number: str = "13800000001", customer: str = "", kept: SessionState | None = None):
        self.flow = flow
        state = first_state(flow, Caller(number, customer=customer))
        self.first = points.offered(flow, state, kept) if kept else state
        self.session = Session(flow, self.first)
        self.heard: list[str] = []
        self.facts: list = []
        self.asking = None
        self.told(CallerCame())

    def told(self, message) -> None:
        for answer in self.session.handle(message, 0.0):
            if isinstance(answer, StepEntered | StepLeft | CallerIdentified | Resumed):
                self.facts.append(answer)
            else:
                self.asking = answer
            self.heard += getattr(answer, "prompts", ())
        if isinstance(self.asking, Play):
            self.told(PromptEnded())

    def press(self, *keys: str) -> Call:
        for key in keys:
            assert isinstance(self.asking, Collect), self.asking
            self.told(DigitsCollected(key, complete=bool(key)))
        return self

    def served(self) -> Call:
        assert isinstance(self.asking, JoinQueue)
        self.told(QueueEnded("answered"))
        return self

    def killed(self) -> Call:
        """Our process dies; the next one knows the facts alone."""
        state = self.first
        for fact in self.facts:
            state = rebuild(self.flow, state, fact)
        assert state == self.session.state
        self.session = Session(self.flow, SessionState.from_record(json.loads(json.dumps(state.record()))))
        self.heard = []
        self.told(CallerCame())
        return self

    def hangs_up(self) -> SessionState | None:
        """What is kept, after a trip through JSON."""
        kept = points.keep(self.flow, self.session.state)
        return None if kept is None else SessionState.from_record(json.loads(json.dumps(kept.record())))

    @property
    def step(self) -> str:
        return self.session.state.step

    @property
    def known(self) -> dict[str, str]:
        return dict(self.session.state.variables)

    def ended(self) -> list[Resumed]:
        return [fact for fact in self.facts if isinstance(fact, Resumed)]

    def asked_steps(self) -> list[str]:
        """The steps at which he was really asked, in order."""
        return [fact.step for fact in self.facts if isinstance(fact, StepLeft) and (fact.keys or fact.secret)]
