"""A small floor for the tests of single verbs: names, flows from a few lines, one caller who can be restarted."""

from __future__ import annotations

import json

from ivr.calendar import parse_calendars
from ivr.flow import Flow, parse_flow
from ivr.known import FlowText, Known
from ivr.messages import Answer, CallerCame, End, StepEntered, StepLeft, Told
from ivr.session import Caller, Recorded, Session, SessionState, first_state, rebuild
from ivr.sources import Source

PROMPTS = frozenset({"ask", "again", "filler", "bye"})
CARDS = Source(("card",), ("customer", "name", "segment", "state", "balance"), frozenset({"balance"}), "pin")
CALENDARS, _ = parse_calendars("office:\n  zone: Asia/Shanghai\n  open: {daily: 09:00-18:00}\n", "calendars.yaml")
HEAD = "flow: t\nlanguages: [en, zh-CN]\nstart: a\nsteps:\n"
BYES = "  yes: {hangup: normal}\n  no: {hangup: busy}\n  bad: {hangup: congestion}\n"
SAY_SO = {16: "yes", 17: "no", 34: "bad"}
NOW = 1_795_233_600.0
CALLER = Caller("13800000001", "Zhao", "4008001", "c-1", "Zhao Lihua", "gold")


def known(**flows: str) -> Known:
    texts = {name.replace("_", "-"): text for name, text in flows.items()}
    return Known(
        {"en": PROMPTS, "zh-CN": PROMPTS},
        frozenset({"cards"}),
        frozenset({"cards", "english", "mandarin"}),
        CALENDARS,
        sources={"cards": CARDS, "rates": Source(("currency",), ("rate",)), "open": Source(("card",), ("state",))},
        flows={name: FlowText(text.encode(), f"{name}.yaml") for name, text in texts.items()},
    )


def read(steps: str, **flows: str) -> tuple[Flow | None, list[tuple[str, int, int]]]:
    """The flow, and its faults as (code, line, column); the first of the steps stands in line 5."""
    flow, faults = parse_flow(HEAD + steps, "t.yaml", known(**flows))
    return flow, [(fault.code, fault.line, fault.column) for fault in faults]


def codes(steps: str, **flows: str) -> set[str]:
    return {code for code, _, _ in read(steps, **flows)[1]}


def flow_of(steps: str, **flows: str) -> Flow:
    flow, faults = parse_flow(HEAD + steps, "t.yaml", known(**flows))
    assert flow is not None, "\n".join(map(str, faults))
    return flow


class Call:
    """One caller in one flow. Whatever is recorded of him is in `facts`; `restart` forgets all but that."""

    def __init__(self, flow: Flow, caller: Caller = CALLER) -> None:
        self.flow, self.caller = flow, caller
        self.session = Session(flow, first_state(flow, caller))
        self.facts: list[Answer] = []
        self.last: list[Answer] = []

    def tell(self, told: Told) -> Answer:
        """What is asked for in the end."""
        self.last = self.session.handle(told, NOW)
        self.facts += self.last[:-1]
        return self.last[-1]

    def came(self) -> Answer:
        return self.tell(CallerCame())

    def restart(self) -> Answer:
        """Another process: the state from the facts, which must also survive a trip through JSON."""
        state = first_state(self.flow, self.caller)
        for fact in self.facts:
            if isinstance(fact, Recorded):
                state = rebuild(self.flow, state, fact)
        assert state == self.session.state
        self.session = Session(self.flow, SessionState.from_record(json.loads(json.dumps(state.record()))))
        return self.came()

    @property
    def exits(self) -> list[str]:
        return [f"{fact.step}:{fact.exit}" for fact in self.facts if isinstance(fact, StepLeft)]

    @property
    def steps(self) -> list[str]:
        return [fact.step for fact in self.facts if isinstance(fact, StepEntered)]

    @property
    def variables(self) -> dict[str, str]:
        return dict(self.session.state.variables)


def ending(answer: Answer) -> str:
    """Which of the ends `yes`, `no`, `bad` was reached."""
    assert isinstance(answer, End)
    return "failed" if answer.failed else SAY_SO[answer.cause]
