"""Why a caller waits, or has this agent and no other: live, from facts, and told again from the tape of then."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC

import pytest
import small_floor
from house import NODE, House, of

import acd.messages as acd
import cti.vocabulary as cti
import journal.facts as facts
from desk.steered import AgentAlterationAsked
from journal.rows import StoredFact, StoredTape
from switchroom import tape
from switchroom.centre import Centre
from switchroom.commands.why import lines_of
from switchroom.edition import Editions
from switchroom.why import decided, told_again, why_now, with_before

pytestmark = pytest.mark.unit

AGENTS = (
    "ann:\n  name: Ann\n  phone: agent1\n  queues: [cards]\n  skills: {cards: 5}\n"
    "ben:\n  name: Ben\n  phone: agent2\n  queues: [cards]\n  skills: {cards: 2}\n"
    "cid:\n  name: Cid\n  phone: agent3\n  queues: [loans]\n  skills: {cards: 5}\n"
)
QUEUES = small_floor.QUEUES + (
    "  needs: cards 3\n  relax:\n    - {after: 30s, needs: cards}\nloans:\n  ring_for: 9s\n"
)


@pytest.fixture
def house(tmp_path) -> House:
    return House(tmp_path, agents=AGENTS, queues=QUEUES)


def reasons(house: House, contact: str = "a1-1.1") -> dict[str, tuple[str, str]]:
    told = why_now(house.centre, contact, house.now)
    assert told
    return {look.agent: (look.reason, look.detail) for look in told.agents}


def test_a_caller_who_waits_is_told_agent_by_agent(house) -> None:
    house.ready("ben", "agent2")
    house.waits()
    assert reasons(house) == {
        "ann": ("not_signed_on", ""), "ben": ("lacks", "cards 3"), "cid": ("other_queue", "cards"),
    }  # fmt: skip
    told = why_now(house.centre, "a1-1.1", house.now)
    assert told
    assert (told.state, told.queue, told.need, told.stage, told.ahead) == ("waiting", "cards", "cards 3", 0, 0)


def test_what_has_changed_since_changes_the_answer(house) -> None:
    house.ready("ben", "agent2")
    house.waits()
    house.told(AgentAlterationAsked("li", "ben", "passed", None, (("cards", 3),)))
    assert reasons(house)["ben"] == ("chosen", "only")


def test_nobody_knows_of_somebody_who_is_in_no_queue(house) -> None:
    house.comes()
    assert why_now(house.centre, "a1-1.1", house.now) is None
    assert decided("a1-1.1", house.facts) is None
    assert with_before(None, None) is None


@dataclass
class Memory:
    """A journal in memory: the facts that a house has told, and its tape."""

    stored: list[StoredFact] = field(default_factory=list)
    taped: list[StoredTape] = field(default_factory=list)

    def facts(self, *, contact: str | None = None, kinds=None):
        for one in self.stored:
            mine = contact is None or getattr(one.fact, "contact", "") == contact
            if mine and (kinds is None or type(one.fact).__name__ in kinds):
                yield one

    def tape(self):
        yield from self.taped


class Taped(House):
    """A house that keeps its tape, too."""

    def __init__(self, folder, **more) -> None:
        self.memory = Memory([StoredFact(1, facts.ServerStarted(999.0, 1, "now"))])
        super().__init__(folder, **more)

    def told(self, message, after=0.1):
        effects = super().told(message, after)
        for fact in of(facts.Fact, effects):
            self.memory.stored.append(StoredFact(len(self.memory.stored) + 1, fact))
        text = tape.write([(self.now, message)])
        self.memory.taped.append(StoredTape(len(self.memory.taped) + 1, 1, len(self.memory.stored), text))
        return effects

    def begin(self, _edition, _calls) -> Centre:
        centre = Centre(self.kept[0].plan, self.kept[0].sounds)
        centre.editions = Editions(self.kept[0])
        return centre

    def named(self, _edition):
        return None


def test_a_finished_call_is_told_again_from_the_tape_offer_by_offer(tmp_path) -> None:
    house = Taped(tmp_path, agents=AGENTS, queues=QUEUES)
    house.ready("ann", "agent1")
    house.ready("ben", "agent2")
    [ring] = of(cti.RingAgent, house.waits())
    house.told(cti.LegEnded(NODE, ring.leg, 17), after=2)
    due = house.centre.next_deadline()
    effects = house.told(acd.Tick(), after=due - house.now)
    while not of(cti.RingAgent, effects):
        effects = house.told(acd.Tick(), after=house.centre.next_deadline() - house.now)
    [ring] = of(cti.RingAgent, effects)
    house.told(cti.TalkBegan(cti.CallId("a1-1.1"), ring.leg), after=3)
    house.told(cti.LegEnded(NODE, ring.leg, 16), after=60)
    house.told(cti.CallEnded(NODE, cti.CallId("a1-1.1"), 16, house.now))
    house.waits("a1-1.2")
    again = list(told_again(house.memory, house, "a1-1.1"))
    chosen = [next(look.agent for look in view.agents if look.reason == "chosen") for view in again]
    assert chosen == [fact.agent for fact in house.facts if isinstance(fact, facts.OfferMade)][:len(again)]
    assert len(again) == len([f for f in house.facts if isinstance(f, facts.OfferMade) and f.contact == "a1-1.1"])
    first = {look.agent: (look.reason, look.detail) for look in again[0].agents}
    assert first["ben"] == ("lacks", "cards 3")
    assert again[-1].stage == 1, "he was rung after the relaxation"
    past = decided("a1-1.1", house.facts)
    assert past
    told = [one.what for one in past.before]
    assert told[:3] == ["queued", "offered", "closed"]
    assert {"widened", "answered", "ended"} <= set(told)
    text = "\n".join(lines_of([past, *again], UTC))
    assert "asks for a person: queue cards" in text
    assert "is not able to do what is asked for: cards 3" in text


def test_a_caller_who_waits_still_is_told_of_as_he_is_at_the_end_of_the_tape(tmp_path) -> None:
    house = Taped(tmp_path, agents=AGENTS, queues=QUEUES)
    house.ready("ben", "agent2")
    house.waits()
    [last] = told_again(house.memory, house, "a1-1.1")
    assert last.state == "waiting"
    assert {look.agent: look.reason for look in last.agents}["ben"] == "lacks"


def test_every_reason_that_the_router_gives_is_said_in_both_languages() -> None:
    import json  # noqa: PLC0415 - only this test reads the page's words
    from pathlib import Path  # noqa: PLC0415 - the same

    from acd.strategies import STRATEGIES  # noqa: PLC0415 - the same
    from acd.why import Reason  # noqa: PLC0415 - the same
    from switchroom.commands import why  # noqa: PLC0415 - the same

    assert set(why._REASONS) == {str(reason) for reason in Reason}
    for language in ("en", "zh-CN"):
        words = json.loads((Path(why.__file__).parents[2] / "desk/static" / f"words.{language}.json").read_text())
        assert {f"why.reason.{reason}" for reason in Reason if reason is not Reason.CHOSEN} <= set(words)
        assert {f"chose.{name}" for name in (*STRATEGIES, "wanted", "only", "again")} <= set(words)
