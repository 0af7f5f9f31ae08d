"""Needs: trees of skills, what meets them, what of them is lacking, and how they read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.agents import AgentProfile
from acd.house import House, members
from acd.messages import AgentId
from acd.needs import ANYBODY, Every, Skill, Some, Without, in_words, with_skills
from acd.ready import drawn

pytestmark = pytest.mark.unit

NAMES = ("en", "zh", "loans")
SKILL = st.builds(Skill, st.sampled_from(NAMES), st.integers(0, 4))
NEED = st.recursive(
    SKILL,
    lambda parts: st.one_of(
        st.builds(Every, st.lists(parts, max_size=3).map(tuple)),
        st.builds(Some, st.lists(parts, max_size=3).map(tuple)),
        st.builds(Without, parts),
    ),
    max_leaves=6,
)
LEVELS = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 4))


@given(NEED, st.lists(LEVELS, max_size=12))
def test_the_set_of_those_who_meet_a_need_is_the_set_of_each_who_does(need, people):
    names = [AgentId(f"a{number:02}") for number in range(len(people))]
    profiles = {name: AgentProfile(name, frozenset(), has) for name, has in zip(names, people, strict=True)}
    house = House({}, profiles)
    found = [house.names[number] for number in members(house.meeting(need))]
    assert found == [name for name in sorted(profiles) if need.meets(profiles[name].skills)]


@given(NEED, LEVELS)
def test_something_is_lacking_when_it_is_not_met_and_nothing_when_it_is(need, levels):
    assert bool(list(need.lacking(levels))) is not need.meets(levels)


def test_anybody_is_met_by_everybody_and_no_alternative_by_nobody():
    assert ANYBODY.meets({})
    assert not Some(()).meets({"en": 5})


def test_a_need_reads_as_it_is_written():
    need = Every((Skill("loans", 3), Some((Skill("en"), Skill("zh", 2))), Without(Skill("trainee"))))
    assert in_words(need) == "loans 3 and (en 1 or zh 2) and not trainee 1"
    assert (in_words(ANYBODY), in_words(Some(()))) == ("anybody", "nobody")
    assert in_words(Without(Every((Skill("a"), Skill("b"))))) == "not (a 1 and b 1)"


def test_skills_that_a_flow_asks_for_are_added():
    assert with_skills(ANYBODY, ()) is ANYBODY
    assert with_skills(ANYBODY, (("en", 2),)) == Every((Skill("en", 2),))
    assert with_skills(Skill("loans"), (("en", 2),)) == Every((Skill("loans"), Skill("en", 2)))


@given(st.sets(st.integers(0, 5000), min_size=1, max_size=200))
def test_the_numbers_of_a_set_come_in_order_and_each_can_be_drawn(numbers):
    bits = sum(1 << number for number in numbers)
    assert members(bits) == sorted(numbers)
    assert [drawn(bits, lot) for lot in range(len(numbers))] == sorted(numbers)
    assert drawn(bits, len(numbers)) == min(numbers)
