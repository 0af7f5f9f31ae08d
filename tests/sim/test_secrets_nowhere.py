"""Days on which callers key secrets while everything breaks: a secret lies nowhere and is in no recording (I18)."""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from secret_floor import SecretFloor, places
from secret_flow import CORE, SECRETS, secret_plan

import cti.vocabulary as cti
import ivr.messages as ivr
import journal.facts as facts
from ivr.session import Session
from ivr.steps.authenticate import Authenticate
from ivr.steps.collect import Collect
from ivr.steps.lookup import Lookup
from ivr.visit import Again, Leave
from switchroom import loop, tape, way
from switchroom.centre import Centre
from switchroom.log import set_up
from switchroom.settings import LogFormat, LogLevel, LogSettings
from switchroom.simulated_switch import SimulatedSwitch

pytestmark = pytest.mark.sim

DAY = 300.0


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return secret_plan(tmp_path_factory.mktemp("floor"))


@pytest.fixture
def logged():
    root, level, handlers = logging.getLogger(), logging.getLogger().level, logging.getLogger().handlers[:]
    stream = io.StringIO()
    set_up(LogSettings(level=LogLevel.DEBUG, format=LogFormat.JSON), stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def day(plan, logged, tmp_path: Path):
    def day(seed: int, seconds: float = DAY) -> tuple[SecretFloor, list[str]]:
        floor = SecretFloor(plan, tmp_path, seed)
        floor.day(seconds)
        return floor, places(floor, tmp_path, logged.getvalue())

    return day


@pytest.mark.parametrize("seed", range(3))
def test_a_secret_lies_nowhere(day, seed):
    floor, found = day(seed)
    assert found == []
    assert floor.loop.faults == 0
    assert floor.keyed > 100
    assert min(floor.late, floor.deaths) > 5
    kinds = {type(fact) for fact in floor.facts}
    assert kinds >= {facts.BreakpointTaken, facts.AgentAnswered, facts.RecordingKept, facts.MessageLeft}
    assert any(leg for leg in floor.recorded.values())
    assert all(len(texts) > 10 for texts in floor.seen.values())


def test_what_a_failing_step_says_of_keys_is_not_logged(day, monkeypatch, logged):
    def resume(self, visit, told):
        if isinstance(told, ivr.DigitsCollected) and self.secret:
            raise ValueError(f"this is no card: {told.digits}")
        return real(self, visit, told)

    real = Collect.resume
    monkeypatch.setattr(Collect, "resume", resume)
    floor, found = day(7, 100.0)
    assert floor.loop.faults > 0
    assert '"event": "centre_fault"' in logged.getvalue()
    assert "ValueError" in logged.getvalue()
    assert found == []


# ── planted: each way in which the product could let a secret out ───────────────────────────────────────────────────


def _outcome(patch, verb, change):
    real = verb.resume

    def resume(self, visit, told):
        outcome = real(self, visit, told)
        return change(outcome, told) if isinstance(told, ivr.DigitsCollected) and outcome else outcome

    patch.setattr(verb, "resume", resume)


def a_verb_forgets_to_mask(patch):
    _outcome(patch, Collect, lambda out, told: replace(out, keys=told.digits, secret_keys=None))


def a_proof_forgets_to_mask(patch):
    _outcome(patch, Authenticate, lambda out, told: replace(out, keys=told.digits) if isinstance(out, Again) else out)


def a_secret_becomes_a_variable(patch):
    _outcome(patch, Collect, lambda out, _: replace(out, kept=out.secrets) if isinstance(out, Leave) else out)


def the_tape_is_not_masked(patch):
    patch.setattr(tape, "masked", lambda message, _taken=True: message)


def keys_of_one_who_is_gone_are_taped(patch):
    real = Centre.keying_secret

    def keying(self, message):
        keyed = isinstance(message, cti.DigitsCollected)
        return keyed and self.caller(message.call) is not None and real(self, message)

    patch.setattr(Centre, "keying_secret", keying)


def a_question_asks_with_the_secret(patch):
    def enter(self, visit):
        wait = real(self, visit)
        return replace(wait, answer=replace(wait.answer, keys=(*wait.answer.keys, *wait.answer.secrets)))

    real = Lookup.enter
    patch.setattr(Lookup, "enter", enter)


def the_saved_state_has_the_secrets(patch):
    real = Session.handle

    def handle(self, told, now):
        answers = real(self, told, now)
        pairs = (*self._state.variables, *self._secrets.items())
        self._state = replace(self._state, variables=pairs)
        return answers

    patch.setattr(Session, "handle", handle)


def the_agent_sees_what_was_keyed(patch):
    real = way.digits_collected

    def collected(centre, told, turn):
        contact = centre.caller(told.call)
        if contact is not None:
            contact.context = replace(contact.context, breakpoint=told.digits)
        real(centre, told, turn)

    patch.setitem(Centre.ROUTES, cti.DigitsCollected, collected)


def a_fault_tells_its_text(patch):
    def resume(self, visit, told):
        if isinstance(told, ivr.DigitsCollected) and self.secret:
            raise ValueError(f"this is no card: {told.digits}")
        return real(self, visit, told)

    real = Collect.resume
    patch.setattr(Collect, "resume", resume)
    patch.setattr(loop, "_tell_fault", lambda event, fault, _secret, **_: loop.log.error(event, exc_info=fault))


def the_talk_is_recorded_behind_its_end(patch):
    real = SimulatedSwitch._end_leg

    def end(self, leg, cause):
        it = self.legs.get(leg)
        real(self, leg, cause)
        if it is not None and it.state == "talk":
            self.legs[leg] = it  # as a recorder on the caller's own channel would go on

    patch.setattr(SimulatedSwitch, "_end_leg", end)


JOURNAL, ACTIONS, SCREENS, DESK, LOG = "the journal's file", "actions", "screens", "answers of the desk", "log"
PLANTED = {
    a_verb_forgets_to_mask: {JOURNAL, SCREENS, DESK},
    a_proof_forgets_to_mask: {JOURNAL, SCREENS},
    a_secret_becomes_a_variable: {JOURNAL, SCREENS, DESK},
    the_tape_is_not_masked: {JOURNAL},
    keys_of_one_who_is_gone_are_taped: {JOURNAL},
    a_question_asks_with_the_secret: {ACTIONS},
    the_saved_state_has_the_secrets: {JOURNAL},
    the_agent_sees_what_was_keyed: {SCREENS},
    a_fault_tells_its_text: {LOG},
    the_talk_is_recorded_behind_its_end: {"is recorded while its caller keys a secret"},
}


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.__name__)
def test_a_planted_leak_is_found_in_its_place(day, monkeypatch, bug):
    bug(monkeypatch)
    _, found = day(1, 150.0)
    missed = [place for place in PLANTED[bug] if not any(place in one for one in found)]
    assert not missed, found


def test_the_sentinel_is_in_every_secret():
    assert all(CORE in secret for secret in SECRETS.values())
