"""A centre on the waiting floor, told one thing after the other; it may die at any moment."""

from __future__ import annotations

import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.facts as facts
from acd.messages import Tick
from ivr.saying import plain
from switchroom.centre import Centre
from switchroom.plan import Plan
from switchroom.recovery import restore

NODE = cti.NodeId("a1")
NOON = 1_764_561_600.0  # 2025-12-01 12:00 in Shanghai
NUMBER, MANDARIN = "4008001", "4008002"


class AnySound(dict):
    def __missing__(self, key):
        return "/".join(reversed(key))


class World:
    """Callers come, wait and press keys; agents come as the test says."""

    def __init__(self, plan: Plan, now: float = NOON) -> None:
        self.plan, self.now, self.facts, self.asked = plan, now, [], []
        self.estimates: dict[str, tuple[float, float]] = {}
        self.open()
        self.told(cti.NodeFound(NODE, now - 1000.0))

    def open(self) -> None:
        """Our death, and the next server."""
        self.centre = Centre(self.plan, AnySound())
        restore(self.centre, self.facts)
        self.centre.nodes[NODE] = True

    def told(self, message, after: float = 0.0) -> list:
        self.now += after
        effects = self.centre.handle(message, self.now)
        self.facts += [e for e in effects if isinstance(e, facts.Fact)]
        self.asked = [e for e in effects if not isinstance(e, facts.Fact)]
        return effects

    def arrives(self, call: str, called: str = NUMBER, number: str = "13800000001", key: str = "") -> cti.CallId:
        name = cti.CallId(call)
        self.told(cti.CallerArrived(NODE, name, number, "", called, key=key))
        return name

    def until(self, seconds: float) -> list[cti.TellCaller]:
        """Let time pass; what callers are told meanwhile."""
        end, told = self.now + seconds, []
        while (due := self.centre.next_deadline()) is not None and due <= end:
            self.now = max(self.now, due)
            self.told(Tick())
            told += [e for e in self.asked if isinstance(e, cti.TellCaller)]
        self.now = end
        return told

    def agent_ready(self, agent: str = "li-na", phone: str = "agent1") -> None:
        self.told(cti.PhoneSeen(NODE, phone, reachable=True))
        self.told(desk.AgentCameOn(agent))
        self.told(desk.AgentAskedReady(agent))

    def of(self, *kinds) -> list:
        return [f for f in self.facts if isinstance(f, kinds)]

    def one(self, kind):
        [found] = [e for e in self.asked if isinstance(e, kind)]
        return found

    def words(self, told: cti.TellCaller | cti.CollectDigits | cti.PlayPrompt) -> str:
        """The sounds as text."""
        language, parts, run = "", [], []
        for sound in told.sounds:
            language, _, name = sound.partition("/")
            if name.startswith("say/"):
                run.append(name)
            else:
                parts += [*([plain(tuple(run), language)] if run else []), f"[{name}]"]
                run = []
        return " ".join([*parts, *([plain(tuple(run), language)] if run else [])])

    def presses(self, call: str, keys: str, *, complete: bool = True) -> None:
        self.told(cti.DigitsCollected(cti.CallId(call), keys, complete), after=1.0)

    def hangs_up(self, call: str) -> None:
        self.told(cti.CallEnded(NODE, cti.CallId(call), 16, self.now), after=0.5)
