"""A campaign in virtual time: the product's own dialler against customers who are drawn and agents who come and go.

It does not know the law or the pace: the dialler is given to it whole, as the server has it. Nobody is called, nothing
is written.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from math import inf
from typing import Any, ClassVar

from outbound import messages as m
from outbound.campaign import Campaign
from outbound.lead import Outcome
from switchroom.campaign_day.described import CampaignDay
from switchroom.campaign_day.dry_list import DryList
from switchroom.campaign_day.dry_told import FAILED, FIRST, Dial, Dialling, Told
from switchroom.campaign_day.fates import MACHINE, MISHEARD, PERSON, PICKED_UP, Fate, Fates

MESSAGE_LASTS = 12.0  # seconds of the message that an abandoned customer hears, or a machine
LOOKS_FOR = 8.0  # seconds for which an agent looks at the lead that he is shown, before he calls it
SILENCE = 0.6  # seconds of silence after a greeting until it is sure who answered: the law's time runs meanwhile
SAID_AFTER = 1.0  # an agent says his word so long before his wrap-up is over, at most
BY = "dry run"


class DryFloor:
    """Lines, customers and agents around one dialler and one campaign."""

    def __init__(self, dialler: Dialling, campaign: Campaign, leads: DryList, day: CampaignDay, seed: int) -> None:
        self.dialler, self.campaign, self.leads, self.day = dialler, campaign, leads, day
        self.fates = Fates(day.people, campaign.ring_for, seed)
        self.now = 0.0
        self.told = Told(agents=len(day.places))
        self.free: dict[str, float] = {}
        self.there: dict[str, float] = {}
        self.leaving: set[str] = set()
        self.busy: dict[str, float] = {}
        self.lines: dict[str, tuple[Fate, float]] = {}  # attempt: fate, picked up at or inf
        self.waiting: dict[str, float] = {}
        self._heap: list[tuple[float, int, Callable[[Any], None], Any]] = []
        self._number = 0
        self._said: deque[Any] = deque()
        self._over = False

    # ── the clock ──

    def at(self, when: float, do: Callable[[Any], None], what: Any) -> None:
        self._number += 1
        heapq.heappush(self._heap, (when, self._number, do, what))

    @property
    def posix(self) -> float:
        return self.day.opens_at + self.now

    def run(self) -> Told:
        """Until every lead is at its end, or the described time is over."""
        for place in self.day.places:
            for spell in place.there:
                self.at(spell.since, self._comes, place.agent)
                self.at(spell.until, self._goes, place.agent)
        self.tell(m.CampaignPlanned(self.campaign))
        self.tell(m.CampaignStarted(self.campaign.name, BY))
        while not self._over:
            event = self._heap[0][0] if self._heap else inf
            tick = self._tick(event)
            if min(tick, event) >= self.day.seconds:
                break
            if event <= tick:
                self.now, _, do, what = heapq.heappop(self._heap)
                do(what)
            else:
                self.now = tick
                self.tell(m.Tick())
        return self._close()

    def _tick(self, event: float) -> float:
        """When the dialler wants to be woken; while there is nobody to dial or to dial for, not before there is."""
        due = self.dialler.next_deadline()
        if due is None:
            return inf
        tick = max(self.now, due - self.day.opens_at)
        if self.lines:
            return tick
        if not self.there:
            return max(tick, event)
        return tick if self.leads.given else max(tick, min(event, self.leads.due_at() - self.day.opens_at))

    def tell(self, message: Any) -> None:
        """Tell the dialler, and do what it answers; what follows from that is told after it."""
        self._said.append(message)
        if len(self._said) > 1:
            return
        while self._said:
            self.told.count.told += 1
            for answer in self.dialler.handle(self._said[0], self.posix):
                does = self._answers.get(type(answer))
                if does is not None:
                    does(self, answer)
            self._said.popleft()

    # ── lists and lines ──

    def _fetch(self, asked: m.FetchLeads) -> None:
        due = self.leads.fetch(asked.count, asked.held, self.posix)
        self.tell(m.LeadsFetched(asked.campaign, due, self.leads.left))

    def _begun(self, fact: m.AttemptBegun) -> None:
        if len(self.told.dials) < FIRST:
            self.told.dials.append(Dial(self.posix, fact.lead.lead, fact.number, fact.why, fact.tries))

    def _refused(self, fact: m.DialRefused) -> None:
        self.told.refusals[fact.reason] += 1
        if len(self.told.refused) < FIRST:
            self.told.refused.append(
                Dial(self.posix, fact.lead, fact.number, fact.reason, refused=True, until=fact.until)
            )
        self.leads.stands_aside(fact.lead, fact.until)

    def _place(self, asked: m.PlaceCall) -> None:
        self.told.count.dials += 1
        fate = self.fates.next(self.day.people.answer_share(self.now))
        self.lines[asked.attempt] = (fate, inf)
        picked_up = fate.comes_to in PICKED_UP
        self.at(self.now + fate.ring, self._picks_up if picked_up else self._fails, asked.attempt)

    def _fails(self, attempt: m.AttemptId) -> None:
        found = self.lines.pop(attempt, None)
        if found is not None:
            self.tell(m.AttemptFailed(attempt, FAILED.get(found[0].comes_to, Outcome.NO_ANSWER)))

    def _picks_up(self, attempt: m.AttemptId) -> None:
        if attempt not in self.lines:
            return
        fate, _ = self.lines[attempt]
        self.lines[attempt] = (fate, self.now)
        self.tell(m.CustomerAnswered(attempt, self.posix))
        self.at(self.now + fate.ear, self._is_heard, attempt)

    def _is_heard(self, attempt: m.AttemptId) -> None:
        if attempt not in self.lines:
            return
        fate = self.lines[attempt][0]
        self.told.count.misheard += fate.comes_to == MISHEARD
        greeted_at = self.posix - min(fate.ear, SILENCE)
        self.tell(m.CustomerHeard(attempt, "human" if fate.comes_to == PERSON else MACHINE, greeted_at))

    def _hang_up(self, asked: m.EndAttempt) -> None:
        self._gone(asked.attempt)

    def _gone(self, attempt: m.AttemptId) -> None:
        found = self.lines.pop(attempt, None)
        self.waiting.pop(attempt, None)
        if found is None:
            return
        if found[1] < inf:
            self.told.paid_seconds += self.now - found[1]
            self.tell(m.AttemptOver(attempt, self.posix))
        else:
            self.tell(m.AttemptFailed(attempt, Outcome.CANCELLED))

    def _speak(self, asked: m.GiveMessage) -> None:
        self.waiting.pop(asked.attempt, None)
        self.at(self.now + MESSAGE_LASTS, self._has_spoken, asked.attempt)

    def _has_spoken(self, attempt: m.AttemptId) -> None:
        if attempt in self.lines:
            self.tell(m.MessageGiven(attempt))
            self._gone(attempt)

    # ── customers and agents ──

    def _preview(self, asked: m.ShowPreview) -> None:
        taken = m.PreviewTaken(asked.campaign, asked.due.lead.lead, asked.agent, take=True)
        self.at(self.now + LOOKS_FOR, self.tell, taken)

    def _find(self, asked: m.FindAgent) -> None:
        if self.free:
            self._connect(asked.attempt, asked.agent if asked.agent in self.free else next(iter(self.free)))
            return
        self.waiting[asked.attempt] = self.now
        patience = self.day.people.patience.at(self.lines[asked.attempt][0].patience)
        if patience < self.day.wait:
            self.at(self.now + patience, self._gives_up, asked.attempt)

    def _gives_up(self, attempt: m.AttemptId) -> None:
        if attempt in self.waiting:
            self.told.count.lost += 1
            self._gone(attempt)

    def _connect(self, attempt: m.AttemptId, agent: str) -> None:
        self.told.count.idle.append(self.now - self.free.pop(agent))
        self.busy[agent] = self.now
        fate = self.lines[attempt][0]
        self.told.count.waits.append(self.now - self.waiting.pop(attempt, self.now))
        self._does(agent, "talking", attempt)
        self.tell(m.CustomerConnected(attempt, agent, self.posix))
        self.at(self.now + self.day.people.talk.at(fate.talk), self._talked, (agent, attempt, fate))

    def _talked(self, what: tuple[str, m.AttemptId, Fate]) -> None:
        agent, attempt, fate = what
        self._gone(attempt)
        self._does(agent, "wrap_up", attempt)
        wraps = self.day.people.wrap_up.at(fate.wrap_up)
        self.at(self.now + max(0.0, wraps - SAID_AFTER), self._says, (agent, attempt, fate))
        self.at(self.now + wraps, self._is_free, agent)

    def _says(self, what: tuple[str, m.AttemptId, Fate]) -> None:
        agent, attempt, fate = what
        results = self.campaign.results
        if results:
            name = results[min(int(fate.wrap_up * len(results)), len(results) - 1)][0]
            self.tell(m.OutcomeSaid(attempt, agent, name))

    def _is_free(self, agent: str) -> None:
        self.told.count.busy += self.now - self.busy.pop(agent)
        if agent in self.leaving:
            self.leaving.remove(agent)
            self._left(agent)
        else:
            self._ready(agent)

    def _ready(self, agent: str) -> None:
        self.free[agent] = self.now
        self._does(agent, "ready")
        if self.waiting and agent in self.free:
            self._connect(m.AttemptId(next(iter(self.waiting))), agent)

    def _does(self, agent: str, doing: str, attempt: str = "") -> None:
        self.tell(m.AgentSeen(agent, frozenset({self.campaign.name}), doing, self.posix, attempt))

    def _comes(self, agent: str) -> None:
        if agent in self.leaving:
            self.leaving.remove(agent)
            return
        self.there[agent] = self.now
        self._room()
        self._ready(agent)

    def _goes(self, agent: str) -> None:
        if self.free.pop(agent, None) is not None:
            self._left(agent)
        elif agent in self.there:
            self.leaving.add(agent)

    def _left(self, agent: str) -> None:
        self.told.count.present += self.now - self.there.pop(agent)
        self._does(agent, "away")
        self._room()

    def _room(self) -> None:
        self.tell(m.RoomSeen(self.campaign.name, len(self.there), "agents"))

    # ── the end ──

    def _ended(self, fact: m.AttemptEnded) -> None:
        outcomes, count = self.told.outcomes, self.told.count
        outcomes[fact.outcome.value] += 1
        count.connected += fact.outcome is Outcome.CONNECTED
        if fact.outcome in {Outcome.CONNECTED, Outcome.ABANDONED}:
            count.person(self.now, abandoned=fact.outcome is Outcome.ABANDONED)
        self.leads.came_to(fact.lead, fact.outcome, fact.again)

    def _moved(self, fact: m.CampaignMoved) -> None:
        if fact.state == "done":
            self.told.done_at = self.posix
            self._over = True

    def _close(self) -> Told:
        for since in self.busy.values():
            self.told.count.busy += self.now - since
        for since in self.there.values():
            self.told.count.present += self.now - since
        self.told.left, self.told.seconds = self.leads.left, self.now
        return self.told

    _answers: ClassVar[dict[type, Callable[[DryFloor, Any], None]]] = {
        m.FetchLeads: _fetch,
        m.PlaceCall: _place,
        m.FindAgent: _find,
        m.ShowPreview: _preview,
        m.GiveMessage: _speak,
        m.EndAttempt: _hang_up,
        m.AttemptBegun: _begun,
        m.AttemptEnded: _ended,
        m.DialRefused: _refused,
        m.CampaignMoved: _moved,
    }
