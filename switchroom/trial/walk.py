"""One caller on trial: moves go in, sights come out.

It does not know what was expected, nor how moves and sights are written. A queue has no ready agent but the one whom a
move names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import acd.messages as acd
import cti.vocabulary as cti
import desk.vocabulary as desk
from acd.needs import ANYBODY
from switchroom.floorplan import AgentPlan
from switchroom.queue_checks import needs_of
from switchroom.trial import script as s
from switchroom.trial.caller_line import Awaits, CannotHappen, TrialLine
from switchroom.trial.exchange import NO_ANSWER, NORMAL, Exchange
from switchroom.trial.spelling import moved_clock

BUSY = 17  # Q.850
NEVER = ("", 0)


class Walk(Exchange):
    """`dial`, then `do` each move in turn; `take` what was seen since."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.secrets: dict[str, str] = {}

    # ── looking ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def take(self) -> list[s.Sight]:
        """What was seen since the last time."""
        seen, self._seen = self._seen, []
        return seen

    @property
    def awaits(self) -> Awaits:
        return self.line.awaits if self.line else Awaits.NOBODY

    @property
    def asks_for_secret(self) -> bool:
        """Whether the next keys are ones that no record may show."""
        contact = self.centre.contacts.get(self.contact)
        return contact is not None and self.awaits is Awaits.KEYS and contact.session.collecting_secret

    @property
    def is_last(self) -> bool:
        """Whether nothing follows the talk: the call ends with it."""
        return self.line is not None and self.line.last

    @property
    def asked(self) -> Any:
        """The action that the call waits for, for example `CollectDigits`."""
        return self.line.asked if self.line else None

    def is_setting(self, move: s.Move) -> bool:
        """Whether nobody notices this move: a source says what it will answer, a secret is told."""
        if isinstance(move, s.SourceAnswers):
            return self.awaits is not Awaits.SOURCE or self.asked.source != move.source
        return isinstance(move, s.SecretIs)

    # ── moving ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def do(self, move: s.Move) -> None:
        """Make a move, and everything that follows until the call waits again. Raises `CannotHappen`."""
        self._settle_keys(move)
        self._MOVES[type(move)](self, move)
        self.run()

    def finish(self) -> None:
        """What was keyed is all there is: let the last question know."""
        self._settle_keys(None)
        self.run()

    def _settle_keys(self, move: s.Move | None) -> None:
        """Keys that are not a whole answer yet become one when the caller does not go on pressing."""
        pressing = isinstance(move, s.Press | s.PressSecret | s.SecretIs | s.SourceAnswers)
        if self.keys and not pressing and self.awaits is Awaits.KEYS and self.line and self.line.until is not None:
            self.pass_time(self.line.until)

    def _press(self, move: s.Press) -> None:
        self._on_the_line("press keys")
        self.keys += move.keys
        self.feed()

    def _press_secret(self, move: s.PressSecret) -> None:
        self._on_the_line("press keys")
        keys = self.secrets.get(move.name, s.MASK * move.count)
        if len(keys) != move.count:
            raise CannotHappen(f"the secret '{move.name}' has {len(keys)} keys, not {move.count}")
        self.keys += keys
        self.feed()

    def _secret_is(self, move: s.SecretIs) -> None:
        self.secrets[move.name] = move.keys

    def _silence(self, _: s.Silence) -> None:
        line = self._on_the_line("be silent")
        if line.awaits is Awaits.VOICE:
            self.recorded(line, 0.0)
        elif line.awaits is Awaits.KEYS and line.until is not None:
            self.pass_time(line.until)
        else:
            raise CannotHappen(f"nobody waits for keys or words: {self._where()}")

    def _wait(self, _: s.Wait) -> None:
        due = self.next_due()
        if due is None:
            raise CannotHappen(f"nothing will happen by itself: {self._where()}")
        self.pass_time(due)

    def _after(self, move: s.After) -> None:
        self.pass_time(self.now + move.seconds)

    def _clock(self, move: s.Clock) -> None:
        self.now = moved_clock(self.now, ZoneInfo(self.opening.zone), move.day, move.time)

    def _speak(self, move: s.Speak) -> None:
        line = self._on_the_line("speak")
        if line.awaits is not Awaits.VOICE:
            raise CannotHappen(f"nobody records him: {self._where()}")
        seconds = min(move.seconds, line.asked.at_most)
        line.until = None
        self.pass_time(self.now + seconds)
        self.recorded(line, seconds)

    def _hang_up(self, move: s.HangUp) -> None:
        line = self._on_the_line("hang up")
        if move.during and line.awaits is not Awaits.PROMPT:
            raise CannotHappen(f"'{move.during}' is not played, or it is a question; write: hang up")
        self.hangs_up_during = NEVER
        self.end(NORMAL)

    def _call_again(self, move: s.CallAgain) -> None:
        if self.line is not None:
            raise CannotHappen("he is still on the line: hang up first")
        self.pass_time(self.now + move.seconds)
        self.dial(move.number or None)

    def _agent_answers(self, move: s.AgentAnswers) -> None:
        line, ring = self._rung(move.agent)
        line.awaits, line.answered_at = Awaits.TALK, self.now
        self.tell(cti.TalkBegan(line.call, ring.leg))

    def _agent_lets_pass(self, move: s.AgentLetsPass) -> None:
        line, ring = self._rung(move.agent)
        if move.how == "ignores":
            self.pass_time(self.now + ring.ring_for)
        if line.ring is not None:
            line.ring = None
            self.tell(cti.LegEnded(line.node, ring.leg, BUSY if move.how == "refuses" else NO_ANSWER))
        self.run()
        self._go_home(ring)

    def _agent_hangs_up(self, _: s.AgentHangsUp) -> None:
        line = self._on_the_line("be left by an agent")
        if line.awaits is not Awaits.TALK or line.ring is None:
            raise CannotHappen(f"he talks with no agent: {self._where()}")
        ring, line.ring = line.ring, None
        self.tell(cti.LegEnded(line.node, ring.leg, NORMAL))
        self.run()
        self._go_home(ring)
        if line.last:
            self.end(NORMAL)
        else:
            self.arrive(cti.LegId(ring.leg))

    def _queue_lets_go(self, move: s.QueueLetsGo) -> None:
        line = self._on_the_line("be let go")
        if line.awaits is not Awaits.AGENT:
            raise CannotHappen(f"he waits in no queue: {self._where()}")
        self.let_go(move.why)

    def _source_answers(self, move: s.SourceAnswers) -> None:
        if self.is_setting(move):
            self.sources.add(move)
        else:
            self.answer_lookup(self.asked, move)

    def _outside_ends(self, move: s.OutsideEnds) -> None:
        line = self._on_the_line("be connected")
        if line.awaits is not Awaits.OUTSIDE:
            raise CannotHappen(f"no outside number is called: {self._where()}")
        line.until = None
        self.pass_time(self.now + move.seconds)
        self.forwarded(line, move.why)

    # ── the agents ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _rung(self, name: str) -> tuple[TrialLine, cti.RingAgent]:
        """Bring an agent to his desk, so that he is offered the caller."""
        line = self._on_the_line("be answered")
        if line.awaits is not Awaits.AGENT:
            raise CannotHappen(f"he waits for no agent: {self._where()}")
        if line.ring is None:
            self._come(self._fit(name))
        ring = line.ring
        if ring is None or (name and ring.phone != self._agent(name).phone):
            raise CannotHappen(f"agent '{name}' is not rung for this caller: his queue and skills do not fit")
        return line, ring

    def _agent(self, name: str) -> AgentPlan:
        if name not in self.plan.agents:
            raise CannotHappen(f"there is no agent '{name}'")
        return self.plan.agents[name]

    def _fit(self, name: str) -> AgentPlan:
        if name:
            return self._agent(name)
        waiting = self.centre.router.contacts()[acd.ContactId(self.contact)]
        queue = self.plan.queues.get(waiting.queue)
        for need in needs_of(queue) if queue else (ANYBODY,):
            for agent in self.plan.agents.values():
                if self.line and agent.node == self.line.node and agent.serves(waiting.queue, waiting.skills, need):
                    return agent
        raise CannotHappen(f"no agent can answer a caller of queue '{waiting.queue}' with these skills")

    def _come(self, agent: AgentPlan) -> None:
        self.tell(cti.PhoneSeen(cti.NodeId(agent.node), agent.phone, reachable=True))
        if agent.screen != "none":
            self.tell(desk.AgentCameOn(agent.agent))
            self.tell(desk.AgentAskedReady(agent.agent))

    def end(self, cause: int) -> None:
        ring = self.line.ring if self.line else None
        super().end(cause)
        self.run()
        if ring is not None:
            self._go_home(ring)

    def _go_home(self, ring: cti.RingAgent) -> None:
        for agent in self.plan.agents_at(ring.node, ring.phone):
            if agent.screen != "none":
                self.tell(desk.AgentWentOff(agent.agent))
            self.tell(cti.PhoneSeen(cti.NodeId(agent.node), agent.phone, reachable=False))

    # ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _on_the_line(self, wish: str) -> TrialLine:
        if self.line is None:
            raise CannotHappen(f"the call is over: he cannot {wish}")
        return self.line

    def _where(self) -> str:
        return _WHERE[self.awaits].format(source=getattr(self.asked, "source", ""))

    _MOVES: ClassVar[dict[type, Callable[..., None]]] = {
        s.Press: _press,
        s.PressSecret: _press_secret,
        s.SecretIs: _secret_is,
        s.Silence: _silence,
        s.Wait: _wait,
        s.After: _after,
        s.Clock: _clock,
        s.Speak: _speak,
        s.HangUp: _hang_up,
        s.CallAgain: _call_again,
        s.AgentAnswers: _agent_answers,
        s.AgentLetsPass: _agent_lets_pass,
        s.AgentHangsUp: _agent_hangs_up,
        s.QueueLetsGo: _queue_lets_go,
        s.SourceAnswers: _source_answers,
        s.OutsideEnds: _outside_ends,
    }


_WHERE = {
    Awaits.NOBODY: "the call is over",
    Awaits.PROMPT: "he hears a prompt",
    Awaits.KEYS: "the flow waits for keys",
    Awaits.SOURCE: "the flow waits for source '{source}' (write: source {source} answers ..., or hangs)",
    Awaits.VOICE: "the caller is recorded (write: speak 10s, or silence)",
    Awaits.OUTSIDE: "an outside number is called (write: outside answers 2m, or busy)",
    Awaits.AGENT: "he waits in a queue (write: agent answers, wait, or after 4m)",
    Awaits.TALK: "he talks with an agent (write: agent hangs up, or hang up)",
}
