"""Random journeys: callers who are cut off or whose server dies at any step, call again, and watch what they are told.

A caller keeps his own ledger: what he answered at which step, in which order, and whether it was private. It is kept
apart from the product: from what he hears, what he keys, and the flow's text. `Broken` names what was done to him.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from journey_flows import AUTHENTICATED, FREELY, NEVER, Drawn, draw

import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.facts as facts
from switchroom.centre import Centre
from switchroom.contact import Place
from switchroom.floorplan import CustomerPlan, FloorPlan
from switchroom.plan import Plan
from switchroom.recovery import restore
from switchroom.resume import remember

NODE, HOTLINE, NUMBER, WITHHELD = cti.NodeId("a1"), "4008001", "13800000001", ""
ME, OTHER = "111111", "222222"  # PINs of two customers
HOURS = 7200.0


class Broken(AssertionError):
    """What a caller may rely on did not hold."""


def holds(claim: bool, name: str, *shown: object) -> None:
    if not claim:
        raise Broken(name, *shown)


# ── one caller ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Ledger:
    """What the caller said in this story, by step, in the order of saying; `values` are his variables."""

    answered: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    way: list[str] = field(default_factory=list)
    unproved: set[str] = field(default_factory=set)  # steps that he came to before he had proved who he is

    def came(self, step: str, proved: bool) -> None:
        if step in self.way:
            self.way.remove(step)
        elif not proved:
            self.unproved.add(step)
        self.way.append(step)

    def lands(self, step: str, order: list[str]) -> None:
        """He goes on at this step: what comes after it may be asked again, and is no part of the way any more."""
        for later in order[order.index(step) :]:
            self.answered.pop(later, None)
        for later in self.way[self.way.index(step) :]:
            self.unproved.discard(later)
        del self.way[self.way.index(step) :]

    def from_step(self, step: str) -> None:
        """What he said at this step and after it need not be known any more: he goes there again."""
        at = self.way.index(step)
        for later in self.way[at:]:
            self.answered.pop(later, None)


class AnySound(dict):
    def __missing__(self, key):
        return "/".join(key)


SOUNDS = AnySound()


@dataclass
class Tally:
    """What happened in all journeys, to see that everything did."""

    journeys: int = 0
    calls: int = 0
    kills: int = 0
    hang_ups: int = 0
    offers: int = 0
    yes: int = 0
    proofs: int = 0
    yes_after_proof: int = 0
    refused: int = 0
    asked_again: int = 0


class Journey:
    """One caller's calls, one after the other, until he has talked to a person or gives up."""

    def __init__(self, floor: FloorPlan, drawn: Drawn, chance: Random, tally: Tally) -> None:
        self.plan, self.drawn, self.chance, self.tally = Plan(floor, "86"), drawn, chance, tally
        self.now, self.facts, self.calls = 1000.0, [], 0
        self.centre = Centre(self.plan, SOUNDS)
        self.ledger, self.point = Ledger(), False
        self.until = 0.0
        self.spent: set[str] = set()
        tally.journeys += 1

    def run(self) -> None:
        for _ in range(self.chance.randint(2, 4)):
            self._call()
            if self.chance.random() < 0.1:
                self.now += HOURS + 60
            if self.chance.random() < 0.2:
                self._die()

    # ── the line ──

    def _told(self, message) -> list:
        self.now += 0.1
        effects = self.centre.handle(message, self.now)
        self.facts += [e for e in effects if isinstance(e, facts.Fact)]
        return effects

    def _die(self) -> None:
        """Kill -9: of what was, the next server has the facts alone, and of ended calls only what it reads."""
        self.tally.kills += 1
        ended = {f.contact for f in self.facts if isinstance(f, facts.CallEnded)}
        before = self.centre
        self.centre = Centre(self.plan, SOUNDS, before.history)  # the server reads it from its journal
        remember(self.centre, self.facts)
        restore(self.centre, [f for f in self.facts if getattr(f, "contact", "") not in ended])
        for name, contact in before.contacts.items():
            same = _known(contact) == _known(self.centre.contacts[name])
            holds(same, "after our death everything is as it was", contact, self.centre.contacts[name])

    def _call(self) -> None:
        self.calls += 1
        self.tally.calls += 1
        self.call = cti.CallId(f"a1-{self.calls}.0")
        self.proved = self.failed = ""
        self.stranger = self.chance.random() < 0.15
        offered = self._offer_expected()
        self._go(cti.CallerArrived(NODE, self.call, NUMBER, "", HOTLINE))
        taken = [f for f in self.facts if isinstance(f, facts.BreakpointTaken) and f.contact == self.call]
        holds(bool(taken) == offered, "who was cut off is offered to go on, and nobody else", taken, offered)
        if taken:
            holds(taken[0].earlier not in self.spent, "a point is offered once", taken)
            self.spent.add(taken[0].earlier)
            self.tally.offers += 1
            if self.chance.random() < 0.1:
                self._second_call()
        else:
            self.ledger = Ledger()
        self._talk()

    def _offer_expected(self) -> bool:
        return self.point and self.now + 0.1 < self.until

    def _second_call(self) -> None:
        """Another call from the same number while this one is being offered the point."""
        other = cti.CallId(f"{self.call}9")
        effects = self._told(cti.CallerArrived(NODE, other, NUMBER, "", HOTLINE))
        holds(not any(isinstance(e, facts.BreakpointTaken) for e in effects), "only one call is offered the point")
        self._told(cti.CallEnded(NODE, other, 16))

    def _go(self, message) -> None:
        """Tell the centre, listen to all that is said, until he is asked or waits."""
        effects = self._told(message)
        self._follow(effects)
        for ask in effects:
            if isinstance(ask, cti.PlayPrompt):
                self._listen(ask.sounds)
                self._go(cti.PromptEnded(ask.call))
            elif isinstance(ask, cti.CollectDigits):
                self._listen(ask.sounds)

    def _follow(self, effects: list) -> None:
        for fact in effects:
            if isinstance(fact, facts.CallerIdentified) and fact.level == "authenticated":
                self.proved = fact.customer
            elif isinstance(fact, facts.CallerIdentified) and fact.level == "failed":
                self.failed = "yes"
            elif isinstance(fact, facts.StepEntered) and not fact.step.startswith("("):
                self.ledger.came(fact.step, bool(self.proved))
            elif isinstance(fact, facts.ResumeOffered):
                self._answered(fact)
            elif isinstance(fact, facts.StepLeft):
                self.tally.asked_again += fact.exit == "asked_again"

    def _answered(self, end: facts.ResumeOffered) -> None:
        self.point = False
        if end.answer != "yes":
            self.tally.refused += end.answer == "refused"
            self.ledger = Ledger()
            return
        self.tally.yes += 1
        self.tally.yes_after_proof += bool(self.proved)
        rule = self.drawn.resume.get(end.step, NEVER)
        holds(rule != NEVER, "nobody lands at a step that may never be resumed", end)
        needs_proof = rule == AUTHENTICATED or end.step in self.drawn.private
        holds(not needs_proof or self.proved == "c-1", "he lands there only after the proof", end)
        self.ledger.lands(end.step, list(self.drawn.flow.steps))

    def _listen(self, sounds: tuple[str, ...]) -> None:
        for sound in sounds:
            step = sound.rpartition("/")[0].partition("-")[2]
            private = step.partition("-")[0] in self.drawn.private
            if private:
                holds(self.proved in ("c-1", "c-2"), "nothing private is told without a proof", sound)
                holds(not self.failed, "nothing private is told after a failed proof", sound)
            if sound.startswith("at-") and private:
                holds(self.proved == "c-1", "his point is told to him alone", sound)

    # ── what he does ──

    def _talk(self) -> None:
        for _ in range(60):
            contact = self.centre.contacts.get(self.call)
            if contact is None:
                return
            if contact.place is Place.WAITING:
                self._wait(contact)
                return
            self._look(contact)
            if self._cut_off():
                return
            if self.chance.random() < 0.12:
                self._die()
                self._go(cti.CallerArrived(NODE, self.call, NUMBER, "", HOTLINE))
                continue
            self._answer(self.centre.contacts[self.call])
        self._hang_up()

    def _cut_off(self) -> bool:
        if self.chance.random() >= 0.1:
            return False
        if self.chance.random() < 0.2:  # while we are dead
            self._die()
            self.now += 5
            end = (cti.CallEnded(NODE, self.call, 16, self.now),)
            self._keep(self._state())
            self._told(cti.NodeSurveyed(NODE, self.now + 1, (), (), end, ()))
            self.point = self.point and self.until > self.now
        else:
            self._hang_up()
        return True

    def _state(self):
        return self.centre.contacts[self.call].session.state

    def _hang_up(self) -> None:
        self._keep(self._state())
        self._told(cti.CallEnded(NODE, self.call, 16))

    def _keep(self, state) -> None:
        """Whether there is a point now, as the flow's text says: reckoned from the way he knows he came."""
        self.tally.hang_ups += 1
        if state.offer is not None:
            self.point = True  # the offer still stands
            return
        mine = not self.failed and self.proved != "c-2"
        self.point = mine and any(self._may_land(step) for step in self.ledger.way)
        self.until = self.now + 0.1 + HOURS

    def _may_land(self, step: str) -> bool:
        rule = self.drawn.resume.get(step, NEVER)
        return rule != NEVER and (self.drawn.provable or (rule == FREELY and step in self.ledger.unproved))

    def _answer(self, contact) -> None:
        step = contact.session.state.step
        if step == "(resume)":
            self._go(cti.DigitsCollected(self.call, self.chance.choice(["1"] * 8 + ["2", "", "7"])))
        elif step == "prove":
            self.tally.proofs += 1
            pin = self.chance.choice([OTHER, "000000"]) if self.stranger else self.chance.choice([ME] * 9 + ["000000"])
            self._go(cti.DigitsCollected(self.call, pin))
        else:
            self._say(step)

    def _say(self, step: str) -> None:
        verb = self.drawn.flow.steps[step].verb
        holds(step not in self.ledger.answered, "nothing is asked twice", step, self.ledger)
        if self.chance.random() < 0.04:
            self._go(cti.DigitsCollected(self.call, ""))
            return
        if verb.VERB == "menu":
            key = self.chance.choice(["1"] * 8 + [way.name for way in verb.keys])
            back = {way.name: way.step for way in verb.keys}[key]
            self.ledger.answered[step] = key
            if back in self.ledger.way and back != "person":
                self.ledger.from_step(back)
            self._go(cti.DigitsCollected(self.call, key))
            return
        value = f"{self.chance.randrange(10_000):04}"
        if step not in self.drawn.secret:
            self.ledger.answered[step] = self.ledger.values[f"v-{step}"] = value
        self._go(cti.DigitsCollected(self.call, value))

    # ── what he may rely on ──

    def _look(self, contact) -> None:
        """Every confirmed fact is there at the step, and nothing that another one told."""
        state = contact.session.state
        known = dict(state.variables)
        if not self.proved:
            private = [name for name in known if name.partition("-")[2].partition("-")[0] in self.drawn.private]
            holds(not private, "nothing private is known before the proof", private)
        if state.offer is not None:
            return
        for step, value in self.ledger.answered.items():
            name = f"v-{step}"
            if name in self.ledger.values and self._may_be_kept(step):
                holds(known.get(name) == value, "what he said is there", step, value, known)
                holds(dict(contact.context.kept).get(name) == value, "the agent has it too", step, value)

    def _may_be_kept(self, step: str) -> bool:
        """Private answers come back with the proof alone; without it he has fallen back before them."""
        return bool(self.proved) or step.partition("-")[0] not in self.drawn.private

    def _wait(self, contact) -> None:
        self._look(contact)
        if self.chance.random() < 0.5:
            self._die()
            contact = self.centre.contacts[self.call]
        if self.chance.random() < 0.7:
            self._hang_up()
            return
        self._told(cti.PhoneSeen(NODE, "agent1", reachable=True))
        self._told(desk.AgentCameOn("li-na"))
        shown = [e for e in self._told(desk.AgentAskedReady("li-na")) if isinstance(e, desk.ShowContact)]
        holds(len(shown) == 1 and shown[0].context == contact.context, "the agent sees him", shown)
        ends = [f for f in self.facts if isinstance(f, facts.ResumeOffered) and f.contact == self.call]
        went_on = bool(ends) and ends[-1].answer == "yes"
        holds(bool(shown[0].context.resumed_from) == went_on, "the agent sees that he went on", shown)
        holds(bool(shown[0].context.earlier_path) == went_on, "the agent sees the way he had come", shown)
        self._told(cti.TalkBegan(self.call, cti.LegId(shown[0].offer)))
        self._told(cti.CallEnded(NODE, self.call, 16))
        self._told(desk.AgentEndedWrapUp("li-na"))
        self._told(desk.AgentWentOff("li-na"))
        self.point = False


def _known(contact) -> tuple:
    return contact.session.state, replace(contact.context, earlier=()), contact.taken, contact.place


def floor_with(floor: FloorPlan, drawn: Drawn) -> FloorPlan:
    """The floor with this flow alone, and the caller's number known."""
    known = {NUMBER: CustomerPlan(NUMBER, "c-1", "Zhao", "")}
    return replace(floor, flows={"card": drawn.flow}, numbers={HOTLINE: "card"}, fallback="card", customers=known)


def travel(floor: FloorPlan, journeys: int, seed: int) -> Tally:
    """So many journeys through random flows, a new flow every fifty; the same seed gives the same journeys."""
    tally, chance = Tally(), Random(seed)  # noqa: S311 - a seeded crowd, no secret
    for n in range(journeys):
        if n % 50 == 0:
            drawn = draw(chance)
            here = floor_with(floor, drawn)
        Journey(here, drawn, Random(f"{seed}/{n}"), tally).run()  # noqa: S311 - as above
    return tally
