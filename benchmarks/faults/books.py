"""What the facts alone must say: of each contact from its start to its end, of each agent, of the sums.

It does not look at the centre, but where agents are compared with it; it reads what is written, as a historian would.

    I2  one end each, with the outcome that the switch knows to be true     I4  an agent has one offer, a call one agent
    I3  a contact moves along GRAPH, never after its end, never back        I5  only the ready and fit are offered
    I9  an agent is in one state, and the times of his states are his day   I10 the wait begins with the first request
    I8  the sums of every interval, by the formulas of the pages, are the calls
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_args

import journal.facts as facts
import journal.outbound_facts as made
from acd.service_level import TARGET
from acd.tally import Wait, rates
from benchmarks.faults.broken import holds
from benchmarks.faults.consulted import is_of_consult
from benchmarks.faults.stories import AGENT_MOVES, GRAPH, LATE, MOVED, SURE, TALKING, AgentDay, Story
from cti import ids

if TYPE_CHECKING:
    from benchmarks.faults.storm import Storm
    from switchroom.centre import Centre

INTERVAL = 900.0
FREE = {facts.CallStarted, facts.RecordingKept, *get_args(made.OutboundFact)}  # told before a contact is, or after

class Books:
    """Everything written so far."""

    def __init__(self, storm: Storm) -> None:
        self.storm = storm
        self.open: dict[str, Story] = {}
        self.ended: dict[str, str] = {}
        self.agents: dict[str, AgentDay] = {}
        self.busy: dict[str, str] = {}
        self.consulted: dict[str, str] = {}  # open offers of consults, and talks about a caller, to agent
        self.made: set[str] = set()
        self.outcomes: Counter[str] = Counter()
        self.waits: list[Wait] = []
        self.in_time = 0
        self.seen: Counter[str] = Counter()
        self._readers: dict[type, Callable[[Any], None]] = {
            facts.CallStarted: self._started,
            facts.CallerQueued: self._queued,
            facts.OfferMade: self._offered,
            facts.OfferClosed: self._closed,
            facts.CallbackDialled: self._dialled,
            facts.AgentAnswered: self._answered,
            facts.TalkEnded: self._talked,
            facts.CallerLeftQueue: self._flowed,
            facts.CallEnded: self._ended,
            facts.ConsultAsked: self._asked,
            facts.ConsultEnded: self._consult_over,
            facts.CallerTransferred: self._passed_on,
            facts.TalkTakenOver: self._taken_over,
            facts.AgentChanged: self._agent,
        }

    def read(self, fact: Any) -> None:
        """One more fact."""
        kind = type(fact)
        self.seen[kind.__name__] += 1
        contact = getattr(fact, "contact", "")
        free = kind in FREE
        if contact and not free and not (is_of_consult(fact) and contact in self.open):
            self._moves(contact, kind, fact)
        if is_of_consult(fact):
            self._of_consult(fact)
            return
        story = self.open.get(contact)
        reader = self._readers.get(kind)
        if reader is not None:
            reader(fact)
        if story is not None:
            story.moved.read(fact)

    def is_open_offer(self, offer: str) -> bool:
        """Whether this offer is written down and not closed."""
        story = self.open.get(ids.call_of(offer))
        return story is not None and (offer in story.offers or offer in self.consulted)

    # ── contacts ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _moves(self, contact: str, kind: type, fact: Any) -> None:
        story = self.open.get(contact)
        if story is None:
            known = contact in self.ended and kind is facts.BreakpointKept
            holds(known, "I3 nothing before the start or after the end", fact)
            return
        holds(fact.at >= (story.sure if kind in LATE else story.last), "I3 times never decrease", fact, story)
        story.last = max(story.last, fact.at)
        if kind in SURE:
            story.sure = fact.at
        if kind in MOVED:
            after = GRAPH.get((story.place, kind))
            holds(after is not None, "I3 a contact moves along the graph", story.place, fact, story)
            story.place = after or ""

    def _started(self, fact: facts.CallStarted) -> None:
        holds(fact.contact not in self.open and fact.contact not in self.ended, "I2 a contact starts once", fact)
        self.open[fact.contact] = Story(fact, fact.at, fact.at)

    def _queued(self, fact: facts.CallerQueued) -> None:
        story = self.open[fact.contact]
        if story.asked is None:
            story.first_asked = fact.at if fact.contact[:2] != "B-" else fact.asked_at
        holds(fact.asked_at == story.first_asked, "I10 the clock starts once", fact, story)
        story.asked = fact

    def _offered(self, fact: facts.OfferMade) -> None:
        story = self.open[fact.contact]
        most = self.storm.group_of(story.asked.queue if story.asked else "")
        holds(len(story.offers) < most, "I4 one agent a call", fact, story)
        holds(fact.agent not in self.busy, "I4 one call an agent", fact, self.busy.get(fact.agent))
        day = self.agents.get(fact.agent)
        is_his = day is not None and day.state == "offered" and day.offer == fact.offer
        holds(is_his, "I5 only the ready are offered", fact, day)
        story.offers[fact.offer] = fact.agent
        self.made.add(fact.offer)
        self.busy[fact.agent] = fact.offer

    def _closed(self, fact: facts.OfferClosed) -> None:
        story = self.open[fact.contact]
        holds(story.offers.pop(fact.offer, "") == fact.agent, "I4 what is closed was open", fact, story)
        holds(self.busy.pop(fact.agent, "") == fact.offer, "I4 what is closed was open", fact)
        story.accepted = "" if story.accepted == fact.offer else story.accepted
        if fact.offer in self.storm.joined:
            link, age = self.storm.links[story.started.node], self.storm.joined[fact.offer]
            taken_back = fact.outcome in {"timed_out", "withdrawn", "not_reached"}
            unnoticed = link.age == age or (not link.up and link.known)  # late, or lost with a link that we think is up
            on_its_way = unnoticed or fact.outcome != "timed_out"
            holds(taken_back and on_its_way, "I2 who talks is not counted as unheard", fact, story)
            self.storm.unsure.add(fact.contact)  # the news of his answer came after the offer was over

    def _dialled(self, fact: facts.CallbackDialled) -> None:
        story = self.open[fact.contact]
        holds(fact.offer in story.offers, "I4 who answers was offered", fact, story)
        story.accepted = fact.offer

    def _answered(self, fact: facts.AgentAnswered) -> None:
        story = self.open[fact.contact]
        holds(fact.offer in story.offers and story.offers[fact.offer] == fact.agent, "I4 who answers was offered", fact)
        holds(story.accepted in ("", fact.offer), "I4 a call has one agent", fact, story)
        waited = max(0.0, fact.at - story.first_asked)
        holds(abs(fact.waited - waited) < 1e-6, "I10 waited since the first request", fact, story)
        is_first, story.accepted, story.answered = not story.answered, fact.offer, True
        if is_first and fact.contact[:2] != "B-":
            self.waits.append(Wait(story.first_asked, max(fact.at, story.first_asked), "answered"))
            whole = round(fact.at * 1000) - round(story.first_asked * 1000)
            self.in_time += whole <= round(TARGET * 1000)

    def _talked(self, fact: facts.TalkEnded) -> None:
        story = self.open[fact.contact]
        holds(story.accepted == fact.offer, "I4 who stops talking was talking", fact, story)
        story.offers.pop(fact.offer, None)
        ours = bool(fact.agent) and not ids.is_listener(fact.offer)  # who is outside, or supervises, is not
        holds(not ours or self.busy.pop(fact.agent, "") == fact.offer, "I4 what is closed was open", fact)
        holds(fact.talked >= 0, "I3 times never decrease", fact)
        story.accepted = ""

    def _flowed(self, fact: facts.CallerLeftQueue) -> None:
        story = self.open[fact.contact]
        holds(not story.offers, "I4 who leaves the queue is rung no more", fact, story)
        holds(abs(fact.waited - (fact.at - story.first_asked)) < 1e-6, "I10 waited since the first request", fact)

    def _ended(self, fact: facts.CallEnded) -> None:
        story = self.open.pop(fact.contact)
        holds(not story.offers, "I4 nothing stays open", fact, story)
        story.moved.end(fact)
        self.ended[fact.contact] = fact.outcome
        self.outcomes[fact.outcome] += 1
        holds((fact.outcome == "answered") == story.answered, "I2 answered means answered", fact, story)
        if fact.contact[:2] == "B-":
            return
        holds(fact.outcome != "abandoned" or story.asked is not None, "I2 only who asked can abandon", fact)
        if story.asked is not None and not story.answered:
            how = {"ended_in_flow": "flowed_out"}.get(fact.outcome, fact.outcome)
            self.waits.append(Wait(story.first_asked, max(fact.at, story.first_asked), how))
        self._true(fact, story)

    def _true(self, fact: facts.CallEnded, story: Story) -> None:
        """The switch knows who was bridged, and whose node died."""
        storm, call = self.storm, story.started.call
        if call in storm.wiped or call in storm.unsure:
            return
        holds(fact.outcome != "lost", "I2 lost only with its node", fact)
        holds(call not in storm.lines, "I2 who has ended is gone", fact)
        holds((fact.outcome == "answered") == (call in storm.bridged), "I2 the outcome is what happened", fact, story)

    # ── talks that are moved ────────────────────────────────────────────────────────────────────────────────────────

    def _of_consult(self, fact: facts.OfferMade | facts.AgentRang | facts.OfferClosed) -> None:
        """Somebody is rung for a consult, or no more."""
        if isinstance(fact, facts.OfferMade):
            holds(self.open[fact.contact].moved.consulting, "T2 who is rung is asked", fact)
            holds(fact.agent not in self.busy, "I4 one call an agent", fact, self.busy.get(fact.agent))
            self.made.add(fact.offer)
            self.busy[fact.agent] = self.consulted[fact.offer] = fact.offer
        elif isinstance(fact, facts.OfferClosed):
            del self.consulted[fact.offer]
            holds(self.busy.pop(fact.agent, "") == fact.offer, "I4 what is closed was open", fact)

    def _asked(self, fact: facts.ConsultAsked) -> None:
        if fact.leg:
            self.made.add(fact.leg)
            self.consulted[fact.leg] = fact.leg

    def _consult_over(self, fact: facts.ConsultEnded) -> None:
        """Who was asked is free; one who never answered is told of by the end of his offer."""
        began = self.open[fact.contact].moved.asked == fact.offer
        if began or not fact.agent:
            self.consulted.pop(fact.offer, "")
        if began and fact.agent:
            holds(self.busy.pop(fact.agent, "") == fact.offer, "I4 what is closed was open", fact)

    def _passed_on(self, fact: facts.CallerTransferred) -> None:
        if fact.warm:
            story = self.open[fact.contact]
            self.consulted.pop(fact.to_offer, "")
            story.place = TALKING
            story.accepted, story.offers = fact.to_offer, {**story.offers, fact.to_offer: fact.to_agent}
            holds(self.busy.get(fact.to_agent, "") == (fact.to_offer if fact.to_agent else ""), "I4 he has him", fact)

    def _taken_over(self, fact: facts.TalkTakenOver) -> None:
        story = self.open[fact.contact]
        story.accepted, story.offers = fact.leg, {**story.offers, fact.leg: fact.by}

    # ── agents ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _agent(self, fact: facts.AgentChanged) -> None:
        day = self.agents.setdefault(fact.agent, AgentDay(since=fact.at, first=fact.at))
        holds(fact.state in AGENT_MOVES[day.state], "I9 an agent moves along the table", day, fact)
        holds(fact.at >= day.since, "I9 times never decrease", day, fact)
        day.spent[day.state] += fact.at - day.since
        day.state, day.since, day.offer = fact.state, fact.at, fact.offer

    def compare_agents(self, centre: Centre) -> None:
        """What is written of each agent is what the router holds, and his times make up his day."""
        for agent, record in centre.router.agents().items():
            day = self.agents.get(agent, AgentDay())
            holds((day.state, day.offer) == (str(record.state), record.offer), "I9 exactly one state", record, day)
            if agent in self.agents:
                whole = sum(day.spent.values()) + self.storm.now - day.since
                holds(abs(whole - (self.storm.now - day.first)) < 1.0, "I9 the times of the states are the day", day)

    # ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def end(self) -> None:
        """All is over: nobody is missing, and the sums are the calls."""
        storm = self.storm
        holds(not self.open, "I2 every contact ends", list(self.open.items())[:3])
        unseen = {call for call in storm.created if not ids.is_dialled(call)} - self.ended.keys()
        holds(unseen <= storm.wiped, "I2 every call that came is counted", sorted(unseen - storm.wiped)[:3])
        calls = {name for name in self.ended if name[:2] != "B-"}
        holds(calls <= storm.created.keys(), "I2 only calls that came are counted", calls - storm.created.keys())
        holds(not self.busy and not self.consulted, "I4 nothing stays open", self.busy, self.consulted)
        self._sums()

    def _sums(self) -> None:
        by_interval: dict[int, list[Wait]] = defaultdict(list)
        for wait in self.waits:
            by_interval[int(wait.asked_at // INTERVAL)].append(wait)
        parts, whole = [rates(waits).counts for waits in by_interval.values()], rates(self.waits).counts
        for name in ("asked", "answered", "answered_in_time", "abandoned", "short_abandoned", "flowed_out", "lost"):
            total = sum(getattr(part, name) for part in parts)
            holds(total == getattr(whole, name), "I8 intervals sum up to the whole", name, total, whole)
        holds(whole.answered_in_time == self.in_time, "I8 in time is what was written", whole, self.in_time)
        talked = sum(1 for name, outcome in self.ended.items() if outcome == "answered" and name[:2] != "B-")
        holds(whole.answered == talked, "I8 the answered are the calls", whole.answered, talked)
        abandoned = self.outcomes["abandoned"]
        holds(whole.abandoned == abandoned, "I8 the abandoned are the calls", whole.abandoned, abandoned)
