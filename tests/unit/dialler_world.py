"""A floor for the dialler alone: customers who answer or do not, agents who talk, a list, and a judge beside it all.

Everything random comes from one seed. The judge knows the promises and nothing of how they are kept.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Callable
from random import Random
from typing import Any

import outbound.messages as out
from outbound.campaign import Campaign, Mode, Retry
from outbound.dialler import Dialler
from outbound.lead import Due, Lead, Outcome
from outbound.permission import Lawless
from outbound.trunk import House
from outbound.verdict import Allowed, Reason, Refused, Verdict

RETRIES = {Outcome.BUSY: Retry(60, 3), Outcome.NO_ANSWER: Retry(120, 3), Outcome.MACHINE: Retry(300, 2)}


def campaign(name: str = "cards", mode: Mode = Mode.PROGRESSIVE, **more: Any) -> Campaign:
    """A campaign with everything that it needs."""
    given = {"queue": "sales", "lists": ("l",), "law": "cn", "message": "sorry", "numbers": ("4001",), **more}
    return Campaign(name, mode, retries=RETRIES, **given)


def lead(row: int, **more: Any) -> Lead:
    """One person of list `l`."""
    return Lead(f"l.{row}", f"p{row}", f"+86138{row:08d}", f"Person {row}", **more)


class StrictLaw(Lawless):
    """Nobody of a blocked number, and no number whose last digit is the minute's (its hours are closed)."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: set[str] = set()

    def forbids(self, number: str, now: float) -> Reason | None:
        """The rule itself, asked by the judge as well."""
        if number in self.blocks:
            return Reason.BLOCKED
        return Reason.HOURS if int(number[-1]) == int(now // 60) % 10 else None

    def may_dial(self, lead: Lead, number: str, campaign: Campaign, now: float, promised: float = 0.0) -> Verdict:
        del lead, campaign, promised
        why = self.forbids(number, now)
        if why is None:
            return Allowed("strict.1")
        return Refused(why, 0.0 if why is Reason.BLOCKED else now + 60, "strict.1")

    def blocked(self, block: out.BlockKept, at: float) -> None:
        del at
        (self.blocks.discard if block.lifted else self.blocks.add)(block.number)


class Judge:
    """Holds what comes out against the promises; `faults` are those that were broken."""

    def __init__(self, house: House, law: StrictLaw) -> None:
        self.house, self.law = house, law
        self.faults: list[str] = []
        self.alive: dict[str, out.PlaceCall] = {}
        self.dialled: deque[float] = deque()
        self.persons: dict[str, float] = {}  # attempts of persons without agent or message, until when
        self.ended: Counter[str] = Counter()
        self.unknown: set[str] = set()

    def see(self, answer: Any, now: float) -> None:
        """One answer of the dialler."""
        if isinstance(answer, out.PlaceCall):
            self._placed(answer, now)
        elif isinstance(answer, out.AttemptEnded):
            self.ended[answer.attempt] += 1
            if self.ended[answer.attempt] > 1:
                self.faults.append(f"I15 {answer.attempt} ended twice")
        elif isinstance(answer, out.GiveMessage | out.EndAttempt):
            self.persons.pop(answer.attempt, None)

    def _placed(self, call: out.PlaceCall, now: float) -> None:
        if self.law.forbids(call.number, now):
            self.faults.append(f"I12 {call.number} dialled at {now}")
        if any(other.lead.person == call.lead.person for other in self.alive.values()):
            self.faults.append(f"I15 {call.lead.person} is in two attempts")
        self.alive[call.attempt] = call
        if len(self.alive) > self.house.lines:
            self.faults.append(f"I14 {len(self.alive)} lines at {now}")
        while self.dialled and self.dialled[0] <= now - 1.0:
            self.dialled.popleft()
        self.dialled.append(now)
        if len(self.dialled) > self.house.rate:
            self.faults.append(f"I14 {len(self.dialled)} dials in a second at {now}")

    def look(self, now: float) -> None:
        """Time has passed."""
        for attempt, until in [*self.persons.items()]:
            if until < now:
                self.faults.append(f"I16 {attempt} hears nothing since {until}")
                del self.persons[attempt]


class World:
    """Plays `dialler` against customers and agents in virtual time."""

    def __init__(self, seed: int, dialler: Dialler, law: StrictLaw, leads: int = 200, agents: int = 6) -> None:
        self.random = Random(seed)  # noqa: S311 - a simulation wants repeatable chance, not secrecy
        self.dialler, self.law = dialler, law
        self.judge = Judge(dialler.trunk.house, law)
        self.now = 1_700_000_000.0
        self.list = {f"l.{row}": Due(lead(row)) for row in range(1, leads + 1)}
        self.due_at = dict.fromkeys(self.list, 0.0)
        self.agents = {f"a{n}": "ready" for n in range(agents)}
        self.answers: list[Any] = []
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._waiting: deque[str] = deque()

    def after(self, delay: float, do: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._heap, (self.now + delay, self._count, do))

    def tell(self, *told: Any) -> list[Any]:
        """Tell, and carry out."""
        all_of_it: list[Any] = []
        for message in told:
            answers = self.dialler.handle(message, self.now)
            all_of_it += answers
            for answer in answers:
                self.judge.see(answer, self.now)
                self._do(answer)
        self.answers += all_of_it
        return all_of_it

    def run(self, seconds: float) -> None:
        """Until then, or until nothing more happens."""
        end = self.now + seconds
        while True:
            due = self.dialler.next_deadline()
            at = self._heap[0][0] if self._heap else None
            if due is not None and due <= end and (at is None or due <= at):
                self.now = max(self.now, due)
                self.tell(out.Tick())
            elif at is not None and at <= end:
                self.now, _, do = heapq.heappop(self._heap)
                do()
            else:
                self.now = end
                return
            self.judge.look(self.now)

    def open(self, *campaigns: Campaign) -> None:
        """Plan and start them, with all agents there."""
        for one in campaigns:
            self.tell(out.CampaignPlanned(one), out.RoomSeen(one.name, 1000, "agents"))
        names = frozenset(one.name for one in campaigns)
        for agent in self.agents:
            self.tell(out.AgentSeen(agent, names, "ready", self.now))
        for one in campaigns:
            self.tell(out.CampaignStarted(one.name, "boss"))

    # ── the world ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _do(self, answer: Any) -> None:
        if isinstance(answer, out.FetchLeads):
            asked = answer
            self.after(0.01, lambda: self._fetched(asked))
        elif isinstance(answer, out.PlaceCall):
            self._ring(answer.attempt)
        elif isinstance(answer, out.FindAgent):
            self._waiting.append(answer.attempt)
            self.after(0.05, self._match)
        elif isinstance(answer, out.GiveMessage):
            self._leave(answer.attempt)
            self._over(answer.attempt, 8.0)
        elif isinstance(answer, out.EndAttempt):
            self._leave(answer.attempt)
            self._hung_up(answer.attempt)
        elif isinstance(answer, out.AttemptEnded):
            self._came_to(answer)
        elif isinstance(answer, out.DialRefused):
            self.due_at[answer.lead] = answer.until or 1e18

    def _fetched(self, asked: out.FetchLeads) -> None:
        due = [name for name, at in self.due_at.items() if at <= self.now and name not in asked.held][: asked.count]
        left = sum(at < 1e18 for at in self.due_at.values())
        self.tell(out.LeadsFetched(asked.campaign, tuple(self.list[name] for name in due), left))

    def _came_to(self, ended: out.AttemptEnded) -> None:
        due = self.list.get(ended.lead)
        if due is not None:
            charged = ended.outcome not in {Outcome.CONGESTION, Outcome.CANCELLED}
            self.list[ended.lead] = Due(due.lead, due.tries + charged, ended.outcome)
            self.due_at[ended.lead] = ended.again or 1e18

    def _ring(self, name: str) -> None:
        attempt, mood = out.AttemptId(name), self.random.random()
        if mood < 0.45:
            self.after(self.random.uniform(2, 15), lambda: self._answers(attempt))
        elif mood < 0.5:
            self.after(self.random.uniform(30, 60), lambda: self._unknown(attempt))
        else:
            outcome = self.random.choice((Outcome.BUSY, Outcome.NO_ANSWER, Outcome.CONGESTION, Outcome.BAD_NUMBER))
            self.after(self.random.uniform(0.1, 25), lambda: self._fails(attempt, outcome))

    def _fails(self, attempt: out.AttemptId, outcome: Outcome) -> None:
        if self.judge.alive.pop(attempt, None):
            self.tell(out.AttemptFailed(attempt, outcome, 17))
            if self.random.random() < 0.1:
                self.tell(out.AttemptFailed(attempt, outcome, 17))

    def _unknown(self, attempt: out.AttemptId) -> None:
        if self.judge.alive.pop(attempt, None):
            self.tell(out.AttemptUnknown(attempt))

    def _answers(self, attempt: out.AttemptId) -> None:
        if attempt not in self.judge.alive:
            return
        self.tell(out.CustomerAnswered(attempt, self.now))
        heard = self.random.choice(("human", "human", "unsure", "machine", "fax"))
        self.after(self.random.uniform(0.3, 1.0), lambda: self._heard(attempt, heard))

    def _heard(self, attempt: out.AttemptId, heard: str) -> None:
        if attempt not in self.judge.alive:
            return
        if heard in {"human", "unsure"}:
            self.judge.persons[attempt] = self.now + 2.0
        self.tell(out.CustomerHeard(attempt, heard, self.now))
        if self.random.random() < 0.05:
            self._over(attempt, 0.5)

    def _match(self) -> None:
        free = [agent for agent, state in self.agents.items() if state == "ready"]
        while free and self._waiting:
            attempt, agent = self._waiting.popleft(), free.pop(0)
            if attempt in self.judge.alive:
                self._talk(out.AttemptId(attempt), agent)

    def _talk(self, attempt: out.AttemptId, agent: str) -> None:
        self._becomes(agent, "talking", attempt)
        self.judge.persons.pop(attempt, None)
        self.tell(out.CustomerConnected(attempt, agent, self.now))
        length = self.random.expovariate(1 / 40)
        self._over(attempt, length)
        self.after(length, lambda: self._becomes(agent, "wrap_up", attempt))
        self.after(length + 5, lambda: self._becomes(agent, "ready", ""))
        self.after(length + 5, self._match)

    def _becomes(self, agent: str, doing: str, attempt: str) -> None:
        self.agents[agent] = doing
        names = frozenset(self.dialler.campaigns)
        self.tell(out.AgentSeen(agent, names, doing, self.now, attempt))

    def _leave(self, attempt: str) -> None:
        if attempt in self._waiting:
            self._waiting.remove(attempt)

    def _hung_up(self, attempt: out.AttemptId) -> None:
        known = self.dialler.attempts.get(attempt)
        if known is None or not known.answered_at:
            self.after(0.1, lambda: self._fails(attempt, Outcome.CANCELLED))
        else:
            self._over(attempt, 0.1)

    def _over(self, attempt: str, delay: float) -> None:
        def gone() -> None:
            if self.judge.alive.pop(attempt, None):
                self.judge.persons.pop(attempt, None)
                self._leave(attempt)
                self.tell(out.AttemptOver(out.AttemptId(attempt), self.now))

        self.after(delay, gone)
