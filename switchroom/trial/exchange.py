"""The exchange of a trial: one caller's line before a real centre, in virtual time.

It does not know transcripts. It is the switch, the telephones and the sources in one: prompts take no time, nobody
presses or answers by himself, and no agent is ready. Keys wait for the next question, as on a real line: a prompt that
no key can stop forgets them, and a question that finds keys waiting is not heard.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, get_args

import acd.messages as acd
import cti.vocabulary as cti
import customers.messages as customers
import ivr.messages as ivr
import journal.facts as facts
from switchroom.plan import Plan
from switchroom.trial import script as s
from switchroom.trial.caller_line import Awaits, CannotHappen, TrialLine
from switchroom.trial.sights import of_answer, of_fact
from switchroom.trial.tables import Answers, Tables
from switchroom.trial.watched import TrialPlan, WatchedCentre
from switchroom.turn import Effect, Turn

FACTS: Final = frozenset(get_args(facts.Fact))
NORMAL, NO_ANSWER = 16, 19  # Q.850
MOST_TURNS = 100_000  # of one move: a flow that never ends must end here


@dataclass
class Exchange:
    """`tell` the centre something; `pass_time`; `facts` is what the journal would hold.

    A source answers what the transcript says, else what its table holds; else it leaves the caller waiting.
    """

    plan: Plan
    opening: s.Opening
    facts: list[facts.Fact] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.now = self.opening.at
        self.centre = WatchedCentre(TrialPlan.of(self.plan, self.opening), self._watch)
        self.sources = Answers()
        self.tables: Tables | None = Tables(self.plan.floor)
        self.keys = ""
        self.hangs_up_during = ("", 0)  # a prompt, and at which time that it is played
        self.hangs_up_in = ("", 0)  # a step, and at which visit
        self.visits: Counter[str] = Counter()
        self.line: TrialLine | None = None
        self.contact = ""
        self.calls = 0
        self._seen: list[s.Sight] = []
        self._told: deque[Any] = deque()
        self._path: list[str] = []
        self._prompts: tuple[str, ...] = ()

    def dial(self, number: str | None = None) -> None:
        """The caller calls, from another `number` than the opening's when there is one."""
        self.calls += 1
        agents = self.plan.agents.values()
        node = cti.NodeId(next((agent.node for agent in agents), "a1"))
        call = cti.CallId(f"{node}-{self.opening.at:.0f}.{self.calls}")
        self.line = TrialLine(call, node, self.opening.number if number is None else number, self.opening.called)
        self.contact, self.keys, self._path = call, "", []
        self.arrive()

    @property
    def step(self) -> str:
        """The step at which the caller is; "" when there is no call."""
        contact = self.centre.contacts.get(self.contact)
        return contact.session.state.step if contact else ""

    @property
    def prompt(self) -> str:
        """The first prompt of what was played last."""
        return self._prompts[0] if self._prompts else ""

    # ── what the centre asks for ────────────────────────────────────────────────────────────────────────

    def tell(self, message: Any) -> None:
        self._told.append(message)
        self.run()

    def run(self) -> None:
        for _ in range(MOST_TURNS):
            if not self._told:
                return
            self._do(self.centre.handle(self._told.popleft(), self.now))
        raise CannotHappen("the flow goes on and on without waiting for anybody")

    def _do(self, effects: list[Effect]) -> None:
        for effect in effects:
            kind = type(effect)
            if kind in FACTS:
                self._record(effect)
            elif kind in self._ASKED:
                self._ASKED[kind](self, effect)

    def _watch(self, answer: Any) -> None:
        """A session's answer, before it is carried out. A question that finds keys waiting is not heard."""
        if isinstance(answer, ivr.Play):
            self._prompts = tuple(map(str, answer.prompts))
        if not (self.keys and isinstance(answer, ivr.Collect)):
            self._seen.extend(of_answer(answer))

    def _record(self, fact: Any) -> None:
        self.facts.append(fact)
        kind = type(fact)
        if kind is facts.StepEntered:  # a session's own answer has shown it
            self.visits[fact.step] += 1
            if fact.tries == 1:
                self._path.append(fact.step)
        elif kind is facts.CallerTold:
            self._prompts = fact.prompts
            if fact.in_talk and self.keys:
                return  # a question that finds keys waiting is not heard
        elif kind is facts.CallbackAsked and fact.contact in self.centre.contacts:
            self.centre.contacts[fact.contact].wish = None  # it is on record; on a trial nobody is called back
        elif kind is facts.CallEnded and fact.contact == self.contact:
            self._seen.append(s.Sight("end", (), (("path", ", ".join(self._path)),)))
        self._seen.extend(of_fact(fact))

    def _play(self, asked: cti.PlayPrompt) -> None:
        line = self._here(asked)
        if line is None:
            return
        self.keys = ""
        if self.pauses(self._prompts):
            line.awaits, line.until = Awaits.PROMPT, None
        else:
            self._told.append(cti.PromptEnded(asked.call))

    def pauses(self, prompts: tuple[str, ...]) -> bool:
        """Whether the caller is about to hang up during one of these prompts, so that it does not end."""
        step, visit = self.hangs_up_in
        prompt, times = self.hangs_up_during
        if prompt and prompt in prompts:
            self.hangs_up_during = (prompt, times - 1)
            return times <= 1
        return bool(step) and step == self.step and self.visits[step] == visit

    def _collect(self, asked: cti.CollectDigits) -> None:
        line = self._here(asked)
        if line:
            line.awaits, line.asked, line.until = Awaits.KEYS, asked, self.now + asked.wait
            self.feed()

    def feed(self) -> None:
        """Give the open question the keys that wait for it, when they are a whole answer."""
        line = self.line
        if line is not None and line.awaits is Awaits.AGENT and line.listens and self.keys:
            key, self.keys = self.keys[0], self.keys[1:]
            self.arrive(key=key)
        if line is None or line.awaits is not Awaits.KEYS or not self.keys:
            return
        most = line.asked.at_most
        ended = self.keys.find("#", 0, most + 1) if most > 1 else -1
        if 0 <= ended <= most and (ended < most or len(self.keys) <= most):
            self._collected(ended, ended + 1, complete=True)
        elif len(self.keys) >= most:
            self._collected(most, most, complete=True)
        else:
            line.until = self.now + line.asked.wait

    def _collected(self, keys: int, used: int, *, complete: bool) -> None:
        line = self.line
        if line is None:
            return
        digits, self.keys = self.keys[:keys], self.keys[used:]
        line.awaits, line.until = Awaits.NOBODY, None
        self._told.append(cti.DigitsCollected(line.call, digits, complete))

    def _record_voice(self, asked: cti.RecordCaller) -> None:
        line = self._here(asked)
        if line:
            self.keys = ""
            line.awaits, line.asked, line.until = Awaits.VOICE, asked, self.now + asked.at_most

    def _forward(self, asked: cti.ForwardCaller) -> None:
        line = self._here(asked)
        if line:
            line.awaits, line.asked, line.until = Awaits.OUTSIDE, asked, self.now + asked.ring_for

    def _look_up(self, asked: customers.LookUp) -> None:
        line = self.line
        if line is None or asked.contact != self.contact:
            return
        line.awaits, line.asked, line.until = Awaits.SOURCE, asked, self.now + asked.deadline
        written = self.sources.next(asked.source)
        if written is not None:
            self.answer_lookup(asked, written)
        elif self.tables is not None and (answer := self.tables.answer(asked, self.now)) is not None:
            line.awaits, line.until = Awaits.NOBODY, None
            self._told.append(answer)

    def answer_lookup(self, asked: customers.LookUp, answer: s.SourceAnswers) -> None:
        """The source that was asked says this."""
        line = self.line
        if line is None or answer.outcome == "timed_out":
            return  # it hangs: the deadline comes by `wait`, `after` or the next move
        line.awaits, line.until = Awaits.NOBODY, None
        self._told.append(
            customers.LookedUp(asked.question, asked.contact, asked.source, answer.outcome, answer.values)
        )

    def recorded(self, line: TrialLine, seconds: float) -> None:
        """The caller has spoken for so long, or not at all."""
        line.awaits, line.until = Awaits.NOBODY, None
        self._told.append(cti.CallerRecorded(line.call, line.asked.recording, seconds, line.asked.task))

    def forwarded(self, line: TrialLine, why: str) -> None:
        """The outside number is done with him."""
        line.awaits, line.until = Awaits.NOBODY, None
        self._told.append(cti.ForwardEnded(line.call, why, line.asked.number, line.asked.task))

    def _hold(self, asked: cti.HoldCaller) -> None:
        line = self._here(asked)
        if line:
            line.awaits, line.asked, line.until, line.last = Awaits.AGENT, asked, None, asked.last
            line.listens = False

    def _tell_caller(self, asked: cti.TellCaller) -> None:
        line = self._here(asked)
        if line:
            line.listens = asked.listen > 0

    def let_go(self, why: str) -> None:
        """The queue lets the waiting caller go, as if its rules wanted it."""
        contact, turn = self.centre.contacts[self.contact], Turn(self.now)
        self.centre.route(acd.ContactLeft(acd.ContactId(self.contact)), turn)
        answer = acd.ReleaseContact(acd.ContactId(self.contact), contact.context.queue, why)
        self.centre.ROUTER_ANSWERS[acd.ReleaseContact](self.centre, answer, turn)
        self._do(turn.effects)

    def _fetch(self, asked: cti.FetchCaller) -> None:
        if self._here(asked):
            self.arrive()

    def _end_call(self, asked: cti.EndCall) -> None:
        if self._here(asked):
            self.end(asked.cause)

    def _ring(self, asked: cti.RingAgent) -> None:
        line = self._here(asked)
        if line:
            line.ring = asked
            self._told.append(cti.LegRang(asked.leg))

    def _drop(self, asked: cti.DropLeg) -> None:
        line = self.line
        if line and line.ring and line.ring.leg == asked.leg:
            line.ring = None
            self._told.append(cti.LegEnded(line.node, asked.leg, NO_ANSWER))

    def _here(self, asked: Any) -> TrialLine | None:
        return self.line if self.line and asked.call == self.line.call else None

    def arrive(self, leg: cti.LegId | None = None, key: str = "") -> None:
        line = self.line
        if line is None:
            return
        line.awaits, line.until = Awaits.NOBODY, None
        answered_at = line.answered_at if leg else None
        self._told.append(
            cti.CallerArrived(
                line.node, line.call, line.number, self.opening.name, line.called, leg, answered_at, key=key
            )
        )
        self.run()

    def end(self, cause: int) -> None:
        line, self.line, self.keys = self.line, None, ""
        if line is None:
            return
        leg = line.ring.leg if line.ring and line.answered_at else None
        self._told.append(
            cti.CallEnded(line.node, line.call, cause, self.now, leg, line.answered_at if leg else None)
        )
        if line.ring is not None:
            self._told.append(cti.LegEnded(line.node, line.ring.leg, NORMAL))

    # ── the clock ───────────────────────────────────────────────────────────────────────────────────────────────────

    def pass_time(self, end: float) -> None:
        """Let time go by, with everything that falls due."""
        while (due := self.next_due()) is not None and due <= end:
            self.now = max(self.now, due)
            self._due()
        self.now = max(self.now, end)

    def next_due(self) -> float | None:
        dues = (self.centre.next_deadline(), self.line.until if self.line else None)
        return min((due for due in dues if due is not None), default=None)

    def _due(self) -> None:
        line = self.line
        if line is None or line.until is None or line.until > self.now:
            self.tell(acd.Tick())
            return
        line.until = None
        if line.awaits is Awaits.KEYS:
            self._collected(len(self.keys), len(self.keys), complete=False)
        elif line.awaits is Awaits.VOICE:
            self.recorded(line, line.asked.at_most)
        elif line.awaits is Awaits.OUTSIDE:
            self.forwarded(line, "no_answer")
        elif line.awaits is Awaits.SOURCE:
            self._timed_out(line.asked)
        self.run()

    def _timed_out(self, asked: customers.LookUp) -> None:
        self._told.append(
            customers.LookedUp(asked.question, asked.contact, asked.source, "timed_out", (), asked.deadline)
        )

    _ASKED: ClassVar[dict[type, Callable[..., None]]] = {
        cti.PlayPrompt: _play,
        cti.CollectDigits: _collect,
        cti.RecordCaller: _record_voice,
        cti.ForwardCaller: _forward,
        customers.LookUp: _look_up,
        cti.HoldCaller: _hold,
        cti.TellCaller: _tell_caller,
        cti.FetchCaller: _fetch,
        cti.EndCall: _end_call,
        cti.RingAgent: _ring,
        cti.DropLeg: _drop,
    }
