"""The choice `sparing`: who is among the last free for something else is kept free, while another can be had."""

from __future__ import annotations

from random import Random

import pytest

from acd import messages as m
from acd.agents import AgentProfile
from acd.router import Router
from acd.rules import QueueRules
from acd.sparing import LAST, least_missed

pytestmark = pytest.mark.unit


def floor(able: dict[str, set[str]], skills: dict[str, dict[str, int]] | None = None) -> Router:
    """Agents who have been ready for longer the earlier they are named."""
    queues = {name: QueueRules(name, choose="sparing") for name in sorted(set().union(*able.values()))}
    profiles = {
        m.AgentId(who): AgentProfile(m.AgentId(who), frozenset(served), (skills or {}).get(who, {}))
        for who, served in able.items()
    }
    router = Router(queues, profiles)
    for second, who in enumerate(profiles):
        for message in (m.PhoneFound(who, "n"), m.AgentSignedOn(who), m.AgentMadeReady(who)):
            router.handle(message, 10.0 + second)
    return router


def rung(router: Router, contact: str, queue: str, skills: tuple[tuple[str, int], ...] = ()) -> str:
    answers = router.handle(m.ContactArrived(m.ContactId(contact), "n", queue, skills, 0, 100.0), 100.0)
    (offer,) = (each for each in answers if isinstance(each, m.MakeOffer))
    return offer.agent


def test_who_can_also_do_what_few_can_is_kept_free():
    router = floor({"both": {"cards", "loans"}, "cards": {"cards"}})
    assert rung(router, "c1", "cards") == "cards", "though the other is idle longer"
    assert rung(router, "c2", "cards") == "both", "nobody waits while somebody fit is ready"


def test_while_plenty_are_free_the_longest_idle_has_his_turn():
    many = {f"loans{n}": {"loans"} for n in range(LAST)}
    router = floor({"both": {"cards", "loans"}, "cards": {"cards"}, **many})
    assert rung(router, "c1", "cards") == "both"
    router = floor({"both": {"cards", "loans"}, "cards": {"cards"}, **dict(list(many.items())[1:])})
    assert rung(router, "c1", "cards") == "cards"


def test_fewest_short_things_first_and_equals_in_turn():
    router = floor({"three": {"cards", "loans", "gold"}, "two": {"cards", "loans"}, "other": {"cards", "gold"}})
    assert [rung(router, f"c{n}", "cards") for n in range(3)] == ["two", "other", "three"]


def test_a_skill_that_the_caller_does_not_ask_for_counts_and_one_that_he_asks_for_does_not():
    able = {"bilingual": {"cards"}, "plain": {"cards"}}
    skills = {"bilingual": {"zh": 3, "en": 3}, "plain": {"en": 3}}
    assert rung(floor(able, skills), "c1", "cards") == "plain"
    both = floor(able, {"bilingual": {"zh": 3, "en": 3}, "plain": {"zh": 3}})
    assert rung(both, "c1", "cards", (("zh", 1), ("en", 1))) == "bilingual"


def test_the_same_as_counting_one_by_one():
    chance = Random(4)  # noqa: S311 - a test wants repeatable chance
    for _ in range(400):
        size = chance.randint(1, 40)
        ready = chance.getrandbits(size) | 1
        among = ready & chance.getrandbits(size) or 1
        elsewhere = [chance.getrandbits(size) & chance.getrandbits(size) for _ in range(chance.randint(0, 9))]
        short = [able & ready for able in elsewhere if (able & ready).bit_count() <= LAST]
        missed = {n: sum(able >> n & 1 for able in short) for n in range(size) if among >> n & 1}
        fewest = min(missed.values())
        assert least_missed(among, ready, elsewhere) == sum(1 << n for n, count in missed.items() if count == fewest)
