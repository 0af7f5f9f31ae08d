"""A session on a line: what it asks, and what it is told."""

from __future__ import annotations

import json
from pathlib import Path

from ivr.calendar import Calendar
from ivr.flow import Flow, parse_flow
from ivr.known import Known
from ivr.session import Caller, Session, SessionState, first_state
from ivr.steps import VERBS
from ivr.steps.verb import Verb
from ivr.visit import Leave
from switchroom.floorplan import load_floor

DIALPLANS = Path(__file__).parents[1] / "floors" / "hotline"
NOON = 1_795_233_600.0  # 2026-11-21 12:00 in Shanghai
NOBODY = Caller("13900000000")


def flow_of(text: str, verbs: dict[str, type[Verb]] | None = None) -> Flow:
    every = frozenset({"a", "b", "c"})
    day = ((540, 1020),)
    known = Known(
        {"en": every, "zh-CN": every},
        frozenset({"cards"}),
        frozenset({"cards"}),
        {"office": Calendar("office", "Asia/Shanghai", (day,) * 7)},
    )
    flow, faults = parse_flow("flow: t\nlanguages: [en, zh-CN]\n" + text, "t.yaml", known, verbs or VERBS)
    assert flow is not None, "\n".join(map(str, faults))
    return flow


def opened(flow: Flow, caller: Caller) -> Session:
    return Session(flow, first_state(flow, caller))


def saved_and_read(session: Session) -> Session:
    """The session as another process finds it: through JSON, without its memory."""
    record = json.loads(json.dumps(session.state.record()))
    return Session(session.flow, SessionState.from_record(record))


MENU = """\
start: m
steps:
  m: {menu: a, keys: {1: q, star: m, pound: zh}, tries: 3, no_input: x, no_match: q}
  zh: {set: {language: zh-CN, who: "${caller.number}/${language}"}, next: m}
  q: {queue: cards, limit: 1m, answered: x, timed_out: h}
  h: {hours: office, open: x, closed: busy}
  x: {hangup: normal}
  busy: {hangup: busy}
"""


class Compare(VERBS["play"]):  # type: ignore[misc, name-defined]
    """A verb that reads a secret, as a lookup at the bank would: added by its class alone."""

    VERB = "compare"
    FIELDS = tuple(type(doc)("compare", doc.takes, doc.means) for doc in VERBS["play"].FIELDS)
    seen: list[str] = []  # noqa: RUF012 - what the bank was asked, for the test to look at

    @classmethod
    def read(cls, fields):
        return cls(fields.script("compare"), fields.exit("next"))

    def secret_reads(self):
        return ("pin",)

    def enter(self, visit):
        self.seen.append(visit.lookup("pin"))
        return Leave("next")


PIN_FLOW = """\
start: pin
steps:
  pin: {collect: a, digits: 4, into: pin, secret: true, tries: 2, next: menu, no_input: x, no_match: x}
  menu: {menu: b, keys: {1: check, 2: pin}, tries: 1, no_input: x, no_match: x}
  check: {compare: a, next: after}
  after: {menu: c, keys: {1: x}, tries: 1, no_input: x, no_match: x}
  x: {hangup: normal}
"""


def secret_flow() -> Flow:
    Compare.seen.clear()
    return flow_of(PIN_FLOW, {**VERBS, "compare": Compare})


plan, _ = load_floor(DIALPLANS)
