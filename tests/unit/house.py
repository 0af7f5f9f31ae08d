"""A house whose floor is saved anew under its callers: a centre, its facts, and a clock that the test moves."""

from __future__ import annotations

import small_floor

import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.facts as facts
from switchroom.centre import Centre
from switchroom.edition import Editions, FloorChanged
from switchroom.recovery import restore

NODE = cti.NodeId("a1")


class House:
    """A centre whose floor can be saved anew; `facts` is all that it ever journalled."""

    def __init__(self, folder, version=1, **more):
        self.stage = small_floor.stage_in(folder)
        self.facts: list = []
        self.now = 1000.0
        self.kept = [small_floor.edition(self.stage, version, **more)]
        self.open()

    def open(self):
        present = self.kept[-1]
        older = {("main", one.plan.floor.flows["main"].version): one for one in self.kept}
        self.centre = Centre(present.plan, present.sounds)
        self.centre.editions = Editions(present, older=older)
        restore(self.centre, self.facts)

    def told(self, message, after=0.1):
        self.now += after
        effects = self.centre.handle(message, self.now)
        self.facts += [effect for effect in effects if isinstance(effect, facts.Fact)]
        return effects

    def save(self, version, **more):
        edition = small_floor.edition(self.stage, version, **more)
        self.kept.append(edition)
        self.centre.editions.staged[edition.key] = edition
        return self.told(FloorChanged(edition.key, "anna", "saved"))

    def comes(self, call="a1-1.1"):
        return self.told(cti.CallerArrived(NODE, cti.CallId(call), "13800000001", "", "4008001"))

    def waits(self, call="a1-1.1"):
        self.comes(call)
        self.told(cti.PromptEnded(cti.CallId(call)))
        return self.told(cti.DigitsCollected(cti.CallId(call), "1"))

    def ready(self, agent="ann", phone="agent1"):
        self.told(cti.PhoneSeen(NODE, phone, reachable=True))
        self.told(desk.AgentCameOn(agent))
        return self.told(desk.AgentAskedReady(agent))

    def state(self, agent):
        record = self.centre.router.agents().get(agent)
        return str(record.state) if record else None


def of(kind, effects):
    return [effect for effect in effects if isinstance(effect, kind)]
