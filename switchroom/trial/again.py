"""A finished call walked again: at each question the caller does what he did there, as long as that is known.

It does not know what is made of it: `rehearsal.py` compares, `commands/transcript.py` writes it down.

He does at a step what he did at the step of that name, visit by visit. Where a flow asks what he was never asked,
nobody can know what he would have done: the walk ends there and says so. A queue in which he never waited is an end
too, a known one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import ClassVar
from zoneinfo import ZoneInfo

from ivr.steps.hours import Hours
from ivr.steps.queue import OTHERS
from journal import facts as f
from switchroom.plan import Plan
from switchroom.resume import from_taken
from switchroom.trial import script as s
from switchroom.trial.caller_line import Awaits, CannotHappen
from switchroom.trial.diary import Diary, Queueing, Stay
from switchroom.trial.recorder import Recorder
from switchroom.trial.remaining import Remaining, values_of
from switchroom.trial.tables import Tables
from switchroom.trial.walk import Walk
from switchroom.waiting import CALLED_BACK

MOST_MOVES = 5000
TENTH = 0.1  # seconds: as finely as a transcript tells time


class Strayed(Exception):
    """Nobody knows how the caller would go on; the text says why."""


@dataclass(frozen=True, slots=True)
class Walked:
    """How it went. `stopped` says why the walk ended before the call did, "" when it went on to its end.

    `queue` is the queue in which the walk ended, because the caller waited in no such queue; "" for none.
    """

    walk: Walk
    recorder: Recorder
    stopped: str = ""
    queue: str = ""


def walk_again(diaries: Diary | Sequence[Diary], plan: Plan, zone: str) -> Walked:
    """Walk the call of a diary on a plan, from the beginning; of several, one after the other, the earliest first.

    `zone` is the time zone that its times are written in.
    """
    calls = (diaries,) if isinstance(diaries, Diary) else tuple(diaries)
    again = _Again(calls[0], plan, zone)
    try:
        again.run()
        for before, diary in pairwise(calls):
            again.call_again(before, diary)
    except (Strayed, CannotHappen) as why:
        return Walked(again.walk, again.recorder, str(why))
    return Walked(again.walk, again.recorder, queue=again.left_in)


class _Again:
    """One walk; the diary is consumed on the way."""

    def __init__(self, diary: Diary, plan: Plan, zone: str) -> None:
        started = diary.started
        at = float(int(started.at))
        opening = s.Opening(started.called, started.number, at, zone, started.name, **_customer(started, plan))
        self.walk = Walk(plan, opening)
        self.walk.tables = None  # sources say again what they said
        self._tables = Tables(plan.floor)
        self.recorder = Recorder(opening)
        self.left_in = ""
        self._zone = ZoneInfo(zone)
        self._flow = self.walk.centre.plan.flow_for(started.called)
        self._times = any(isinstance(step.verb, Hours) for step in self._flow.steps.values())
        self._read(diary)
        if diary.taken is not None:
            self.walk.centre.breakpoints.keep(from_taken(diary.taken))

    def _read(self, diary: Diary) -> None:
        self._left = Remaining(diary)
        self.walk.visits.clear()
        self.walk.hangs_up_in = self._left.gone_in()

    def run(self) -> None:
        """Make the call, to its end or to where nobody knows how it goes on."""
        if self.walk.calls == 0:
            self.walk.dial()
        for _ in range(MOST_MOVES):
            if self.walk.line is None or self.left_in:
                break
            self._ON[self.walk.awaits](self)
        else:
            raise Strayed(f"more than {MOST_MOVES} moves")
        self.recorder.saw(self.walk.take())

    def call_again(self, before: Diary, diary: Diary) -> None:
        """The caller's next call."""
        if self.walk.line is not None:
            raise Strayed("the call before goes on")
        self._read(diary)
        ended = before.ended.at if before.ended else before.started.at
        same = diary.started.number == before.started.number
        tenths = max(1, round((diary.started.at - ended) / TENTH))
        self._do(s.CallAgain(tenths * TENTH, "" if same else diary.started.number))
        self.run()

    # ── what he does ────────────────────────────────────────────────────────────────────────────────────────────────

    def _do(self, move: s.Move, shown: s.Move | None = None) -> None:
        self.recorder.saw(self.walk.take())
        self.recorder.moved(shown or move)
        self.walk.do(move)

    def _until(self, at: float) -> None:
        """Let the clock show `at`, where the flow looks at a clock at all and the minute is another."""
        if not self._times:
            return
        now, then = (datetime.fromtimestamp(moment, self._zone) for moment in (self.walk.now, at))
        if at > self.walk.now and now.strftime("%F %R") != then.strftime("%F %R"):
            day = "" if now.date() == then.date() else then.strftime("%F")
            self._do(s.Clock(then.strftime("%H:%M:%S" if then.second else "%H:%M"), day))

    def _pass(self, seconds: float) -> None:
        tenths = int(seconds / TENTH)
        if tenths > 0:
            self._do(s.After(tenths * TENTH))

    def _stay(self) -> Stay:
        """His visit to the step at which the walk is. Raises `Strayed` when there was none."""
        step = self.walk.step
        stay = self._left.stay(step, self.walk.visits[step])
        if stay is None:
            raise Strayed(f"step '{step}' asks what he was not asked")
        return stay

    def _prompt(self) -> None:
        self._do(s.HangUp(self.walk.prompt))

    def _keys(self) -> None:
        stay = self._stay()
        if not stay.exit and not stay.asked:
            self._do(s.HangUp())
            return
        self._until(stay.left_at or stay.entered_at)
        count = self.walk.asked.at_most if stay.asked else stay.key_count  # who was asked about had keyed enough
        if (stay.secret or stay.asked) and count:
            self._press(s.PressSecret(count, stay.step), count)
        elif stay.keys:
            self._press(s.Press(stay.keys), len(stay.keys))
        else:
            self._do(s.Silence())

    def _press(self, move: s.Press | s.PressSecret, count: int) -> None:
        short = count < self.walk.asked.at_most
        if short and isinstance(move, s.Press):
            move = s.Press(f"{move.keys}#")
        self._do(move)
        if short and isinstance(move, s.PressSecret):
            self._do(s.Press("#"))

    def _queue(self) -> None:
        queue = self.walk.centre.contacts[self.walk.contact].context.queue
        wait = self._left.wait_in(queue, self.walk.step)
        if wait is None:
            self.left_in = queue
            return
        spent = self._talk_of_calling_back(wait)
        came_back = bool(self._left.stays[self.walk.step] and self._stay().exit)
        if wait.how != "answered":
            self._leave_queue(wait.how, wait.waited - spent)
            return
        self._pass(wait.waited - spent)
        self._answer(wait.agent)
        self._pass(wait.talked)
        stays_on = wait.ended_by != "caller" and (came_back or self.walk.is_last)
        self._do(s.AgentHangsUp() if stays_on else s.HangUp())

    def _leave_queue(self, how: str, seconds: float) -> None:
        """Nobody answered him: the queue let him go, he is called back, he waited to the end, or he hung up."""
        if how in OTHERS:
            self._pass(seconds)
            self._do(s.QueueLetsGo(how))
        elif how == CALLED_BACK and self.walk.line is None:
            return
        elif how:
            while self.walk.awaits is Awaits.AGENT and self.walk.next_due() is not None:
                self._do(s.Wait())
        else:
            self._pass(seconds)
            self._do(s.HangUp())

    def _talk_of_calling_back(self, wait: Queueing) -> float:
        """What he keyed when he was offered to be called back; returns how much of his wait that has taken."""
        spent = 0.0
        for at, keys in wait.keyed:
            if self.walk.line is None:
                break
            asked = self.walk.asked if self.walk.awaits is Awaits.KEYS else None
            if asked is None:
                self._pass(at - wait.at - spent)
                spent = max(spent, at - wait.at)
            ended = "#" if asked is not None and len(keys) < asked.at_most else ""
            self._do(s.Press(f"{keys}{ended}") if keys else s.Silence())
        return spent

    def _answer(self, agent: str) -> None:
        self.recorder.saw(self.walk.take())
        known = agent if agent in self.walk.plan.agents else ""
        try:
            self.walk.do(s.AgentAnswers(known))
        except CannotHappen:
            known = ""
            self.walk.do(s.AgentAnswers(known))
        self.recorder.moved(s.AgentAnswers(known))

    def _talk(self) -> None:
        raise Strayed("he talks longer than he did")

    def _source(self) -> None:
        source = self.walk.asked.source
        told = self._left.lookup(source)
        if told is None:
            self._not_asked(source)
            return
        answer = s.SourceAnswers(source, told.outcome, self._values() if told.outcome == "found" else ())
        self.recorder.saw(self.walk.take())
        self.recorder.told(answer)
        self.walk.do(answer)
        if told.outcome == "timed_out":
            self._do(s.Wait())

    def _not_asked(self, source: str) -> None:
        """A table can tell what the source would have answered; else he hung up meanwhile, or nobody knows."""
        answer = self._tables.answer(self.walk.asked, self.walk.now)
        if answer is None:
            self._gone_or(f"source '{source}' was not asked")
            return
        self.walk.do(s.SourceAnswers(source, answer.outcome, answer.values))

    def _values(self) -> tuple[tuple[str, str], ...]:
        """What the source said, as far as it is on record: the variables that the step set, and who he was."""
        if not self._left.stays[self.walk.step] and self._left.now is None:
            return ()
        return values_of(self._stay(), self._flow)

    def _voice(self) -> None:
        stay = self._stay()
        if stay.exit in {"silent", "failed"}:
            self._do(s.Silence())
        elif stay.exit:
            spoke = stay.spoke or min(self.walk.asked.at_most, stay.left_at - stay.entered_at)
            self._do(s.Speak(max(TENTH, round(spoke, 1))))
        else:
            self._do(s.HangUp())

    def _outside(self) -> None:
        transfer = self._left.transfer()
        if transfer is None:
            self._gone_or("no outside number was called")
            return
        why = transfer.why
        stay = self._stay() if self._left.stays[self.walk.step] or self._left.now else None
        talked = stay.left_at - stay.entered_at if stay and why == "answered" else 0.0
        self._do(s.OutsideEnds(why, max(0.0, round(talked, 1))))

    def _gone_or(self, why: str) -> None:
        """He hung up while it was waited for, or nobody knows."""
        if self._stay().exit:
            raise Strayed(why)
        self._do(s.HangUp())

    _ON: ClassVar[dict[Awaits, Callable[[_Again], None]]] = {
        Awaits.PROMPT: _prompt,
        Awaits.KEYS: _keys,
        Awaits.AGENT: _queue,
        Awaits.TALK: _talk,
        Awaits.SOURCE: _source,
        Awaits.VOICE: _voice,
        Awaits.OUTSIDE: _outside,
    }


def _customer(started: f.CallStarted, plan: Plan) -> dict[str, str]:
    """Whose number it was then, where the customer file says otherwise now."""
    now = plan.customer(started.number)
    then = {"customer": started.customer, "customer_name": started.customer_name, "segment": started.segment}
    today = {"customer": now.customer, "customer_name": now.name, "segment": now.segment}
    return {key: value for key, value in then.items() if value != today[key]}
