"""A floor whose callers key secrets while everything breaks, and every place in which a secret could have come to lie.

It does not judge. The turns are those of the service's own loop, with its tape, a journal on the disk, its log, and
screens of a supervisor and of each agent; the telephones are simulated. Callers hang up in the instant in which they
have keyed, so that the end is heard before the keys; the server dies before and after its commits.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from secret_flow import CORE, SECRETS, WRONG, AnySound

import cti.vocabulary as cti
import customers.messages as customers
from desk.live import LiveDesk, Screen, frame
from desk.story import tell_story
from desk.vocabulary import ClearContact, ShowContact
from journal.store import Journal
from switchroom.centre import Centre
from switchroom.loop import Loop, _Waiting
from switchroom.plan import Plan
from switchroom.publishing import published
from switchroom.recovery import restore
from switchroom.resume import remember
from switchroom.simulated import Line, Weather
from switchroom.simulator import Simulator

NUMBERS = ("4008001",)
WEATHER = Weather(
    calls_per_second=1.0, patience=60.0, talk=20.0, gives_up_in_flow=0.1, source_down=0.05, not_found=0.3,
    told_twice=0.1, death=0.01, numbers=NUMBERS,
)  # fmt: skip

class AtOnce:
    """The journal as the loop knows it; nothing waits for the disk."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def at_once(self, facts, tape):
        return self._journal.append(facts, tape)


class NoBus:
    """It would read the journal's rows, which are looked at as they are."""

    def wake(self) -> None:
        """Nothing."""


class SecretFloor(Simulator):
    """`seen` are the texts of every place by its name; the journal's file is looked at by itself."""

    def __init__(self, plan: Plan, folder: Path, seed: int) -> None:
        self.plan = plan
        self.journal = Journal.open(f"sqlite:///{folder / f'{seed}.db'}", holder="test", now=1.0)
        self.live = LiveDesk(lambda: self.now)
        self.seen: dict[str, list[str]] = {"screens": [], "actions": [], "answers of the desk": []}
        self.keyed = self.late = self.life = 0
        self.recorded: dict[cti.LegId, str] = {}
        self.overheard: list[str] = []
        for agent in ("boss", *plan.agents):
            self.live.join(self._screen(agent))
        super().__init__(lambda: Centre(plan, AnySound()), WEATHER, seed)
        self._begin()

    def _screen(self, user: str) -> Screen:
        screen = Screen(user, user == "boss", "", lambda content: self.seen["screens"].append(content.decode()),
                        lambda: 0, lambda: None)  # fmt: skip
        screen.release()
        return screen

    def _begin(self) -> None:
        """A server of ours: a loop around this centre."""
        self.life += 1
        publish = published(self.live, NoBus(), ())  # type: ignore[arg-type]

        def told(seq, fact):
            self.facts.append(fact)
            publish(seq, fact)

        kinds: Any = AllKinds(self._soon)
        self.loop = Loop(self.centre, AtOnce(self.journal), lambda: self.now, kinds, told)  # type: ignore[arg-type]
        self.loop._arm = lambda: None  # the simulator keeps the clock

    # ── one turn of the service ──

    def tell(self, message) -> None:
        self.turns += 1
        self.loop._decide(_Waiting(message))
        mood = self.random.random()
        if mood < self.weather.death / 2:
            self._die()
            return
        self.loop._commit()
        if mood < self.weather.death:
            self._die()

    def _soon(self, action) -> None:
        """Done behind the turn; what a dead server had asked for and not done is not done."""
        life = self.life
        self._look_at(action)
        self.after(0.0, lambda: self._act(action) if self.life == life else None)

    def _look_at(self, action) -> None:
        asked = action.keys if isinstance(action, customers.LookUp) else action  # its secrets are for the source alone
        self.seen["actions"].append(repr(asked))
        if type(action) in SHOWN:
            SHOWN[type(action)](self.live, action)

    def _die(self) -> None:
        self.deaths += 1
        self.centre = self.new_centre()
        ended = {fact.contact for fact in self.facts if type(fact).__name__ == "CallEnded"}
        remember(self.centre, self.facts)
        ends = [fact for fact in self.facts if type(fact).__name__ == "CallEnded"]
        still_open = [fact for fact in self.facts if getattr(fact, "contact", "") not in ended]
        restore(self.centre, [*ends, *still_open], self.now)
        self._begin()
        self._find_nodes()
        for call, line in list(self.lines.items()):
            if line.place == "flow":
                self.arrives(call)

    # ── the people ──

    def _act(self, action) -> None:
        if not isinstance(action, cti.CollectDigits):
            super()._act(action)
            return
        asked = next((sound.partition("/")[0] for sound in action.sounds if sound.startswith("secret-")), "")
        keys = self._secret(asked) if asked else self._key(action)
        self.keyed += bool(asked and keys)
        if asked and keys:
            self._overhears(action.call)
        if asked and keys and self.random.random() < 0.2:
            self._keys_and_goes(action.call, keys)
        else:
            self._flow_answer(action.call, cti.DigitsCollected(action.call, keys), 1.0)

    def _key(self, action) -> str:
        return self.random.choice("1123456") if action.at_most == 1 else self._keys(action.at_most)

    def _secret(self, asked: str) -> str:
        mood = self.random.random()
        return "" if mood < 0.05 else WRONG[asked] if mood < 0.25 else SECRETS[asked]

    def _keys_and_goes(self, call: cti.CallId, keys: str) -> None:
        """His keys come over one connection, his end over another, and the end is first."""
        life = self.life
        self._hang_up(call)
        self.late += 1
        self.after(0.5, lambda: self.tell(cti.DigitsCollected(call, keys)) if self.life == life else None)

    def _overhears(self, call: cti.CallId) -> None:
        """What records him while he keys."""
        for leg, it in self.legs.items():
            if it.call == call and it.state == "talk" and self.recorded.get(leg):
                self.overheard.append(f"{leg} is recorded while its caller keys a secret")
        line = self.lines.get(call)
        if line is not None and line.place == "away":
            self.overheard.append(f"{call} is recorded while he keys a secret")

    def _ring(self, ring: cti.RingAgent) -> None:
        self.recorded[ring.leg] = ring.recording
        super()._ring(ring)

    def _call(self) -> cti.CallId:
        self._count += 1
        call = cti.CallId(f"a1-{self._count}.{self.seed}")
        number = f"+861380000{self.random.randrange(60):04d}"
        self.lines[call] = Line(number, self.random.choice(NUMBERS), self.nodes[0])
        self.arrives(call)
        self.after(30 + self.random.expovariate(1 / self.weather.patience), lambda: self.loses_patience(call))
        return call

    # ── what can be looked at ──

    def look(self) -> None:
        """What the desk tells and shows now."""
        view = self.loop.look()
        self.live._pulse(view) if self.live._before else self.live._seed(view)
        self.seen["answers of the desk"].append(frame("floor", view).decode())

    def stories(self) -> None:
        """The story of every contact, and the rows of lists, as the desk answers them."""
        self.journal.project()
        of = {}
        for fact in self.facts:
            of.setdefault(getattr(fact, "contact", ""), []).append(fact)
        said = self.seen["answers of the desk"]
        said += [frame("story", tell_story(facts)).decode() for facts in of.values()]
        said += [frame("rows", self.journal.contacts(limit=10_000)).decode()]

    def day(self, seconds: float) -> None:
        """Callers come for so long, and go home."""
        for at in range(0, int(seconds), 20):
            self.after(at, self.look)
        self.run(seconds, drain=900.0)
        self.stories()


class AllKinds(dict[type, Any]):
    """One doer for every kind of action."""

    def __init__(self, do) -> None:
        super().__init__()
        self._do = do

    def __missing__(self, kind: type):
        return self._do


SHOWN = {ShowContact: LiveDesk.show, ClearContact: LiveDesk.clear}


def places(floor: SecretFloor, folder: Path, logged: str) -> list[str]:
    """Where a secret has come to lie, and whether anything recorded it."""
    floor.journal.close()
    found = [f"the journal's file {path.name}" for path in sorted(folder.glob(f"{floor.seed}.db*"))
             if any(secret in path.read_bytes() for secret in (CORE.encode(), CORE[::-1].encode()))]  # fmt: skip
    for place, texts in {**floor.seen, "log": [logged]}.items():
        found += [place] if any(CORE in text or CORE[::-1] in text for text in texts) else []
    return [*found, *floor.overheard[:1]]
