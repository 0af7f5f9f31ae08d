"""What is configured, queues and agents, and who can serve what: sets of agents as the bits of a whole number.

It does not know who is here or who waits.

Every agent has a number, in the order of ids. "All who have loans 3 and not trainee" is then a few operations on whole
numbers, however many agents there are; what remains to be done at a call is one `and` with those who are ready.
"""

from __future__ import annotations

from struct import unpack
from typing import TYPE_CHECKING, NamedTuple

from acd.needs import Every, Need, Skill, Some, with_skills
from acd.rules import QueueRules
from acd.strategies import STRATEGIES, Turn, alike, idle_since, scarcities

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from acd.agents import AgentProfile
    from acd.contacts import LineKey
    from acd.messages import AgentId


class Choice(NamedTuple):
    """Who can serve a line of contacts, and how one of them is chosen: the first of `tiers` that has somebody ready.

    `elsewhere` are the sets of agents who can serve something else, where that counts.
    """

    able: int
    tiers: tuple[int, ...]
    turn: Turn
    draws: bool
    elsewhere: tuple[int, ...] = ()


WORD = 64
_FEW = 20  # times so many members: in a longer number they are taken out one by one


def members(bits: int) -> list[int]:
    """Give the numbers of a set, smallest first. Long numbers cost by their length: unless few are in, word by word."""
    found: list[int] = []
    words = (bits.bit_length() + WORD - 1) // WORD
    if words <= 1 or bits.bit_count() * _FEW < words:
        while bits:
            low = bits & -bits
            found.append(low.bit_length() - 1)
            bits ^= low
        return found
    before = -1
    for word in unpack(f"<{words}Q", bits.to_bytes(words * 8, "little")):
        while word:
            low = word & -word
            found.append(low.bit_length() + before)
            word ^= low  # noqa: PLW2901 - a word is taken apart
        before += WORD
    return found


class House:
    """The queues' rules and the agents' profiles."""

    def __init__(self, queues: Mapping[str, QueueRules], profiles: Mapping[AgentId, AgentProfile]) -> None:
        self.queues, self.profiles = dict(queues), dict(profiles)
        self.names: tuple[AgentId, ...] = tuple(sorted(self.profiles))
        self.number = {name: number for number, name in enumerate(self.names)}
        self.bit = {name: 1 << number for name, number in self.number.items()}
        self.everybody = (1 << len(self.names)) - 1
        self.reserve = self.bits(name for name, profile in self.profiles.items() if profile.reserve)
        self._defaults: dict[str, QueueRules] = {}
        self.turns = tuple(dict.fromkeys(self._turn(rules) for rules in [QueueRules(""), *self.queues.values()]))
        self._known: dict[tuple[str, int], int] = {}
        self._openings: dict[tuple[str, int], int] = {}
        self._scarcity: Mapping[AgentId, int] = {}  # this and the next two are worked out when first asked for
        self._served_by: Mapping[str, int] = {}
        self._held_by: Mapping[str, Mapping[int, int]] = {}

    def rules(self, queue: str) -> QueueRules:
        """Give a queue's rules; one that is no longer configured ends its contacts by the default rules."""
        known = self.queues.get(queue) or self._defaults.get(queue)
        if known is None:
            known = self._defaults[queue] = QueueRules(queue)
        return known

    def bits(self, agents: Iterable[AgentId]) -> int:
        """Give the set of these agents; who has no profile is in no set."""
        found = 0
        for agent in agents:
            found |= self.bit.get(agent, 0)
        return found

    def need(self, key: LineKey) -> Need:
        """Give all that a line asks for: what the queue needs at this stage, and the callers' own skills."""
        _, queue, skills, stage, _ = key
        rules = self.rules(queue)
        begun = rules.relax[:stage]  # fewer than `stage` when the rules were changed over a stop
        if not begun:
            return with_skills(rules.need, skills)
        return begun[-1].need if begun[-1].drop else with_skills(begun[-1].need, skills)

    def able(self, key: LineKey) -> int:
        """Give all whose profile serves the line, for whomever it waits."""
        _, queue, skills, stage, _ = key
        begun = self.rules(queue).relax[:stage]
        found = self._open_to(queue, len(begun))
        if not (begun and begun[-1].drop):
            for name, least in skills:
                found &= self._having(name, least)
        return found

    def meeting(self, need: Need) -> int:
        """Give all who meet a need."""
        if isinstance(need, Skill):
            return self._having(need.name, need.least)
        if isinstance(need, Every):
            found = self.everybody
            for part in need.parts:
                found &= self.meeting(part)
            return found
        if isinstance(need, Some):
            found = 0
            for part in need.parts:
                found |= self.meeting(part)
            return found
        return self.everybody & ~self.meeting(need.part)

    def choice(self, key: LineKey, able: int) -> Choice:
        """Put those who can serve a line into tiers, by what its queue prefers and by its strategy."""
        rules = self.rules(key[1])
        strategy = STRATEGIES[rules.choose]
        if not rules.prefer and strategy.tier is alike:
            elsewhere = self._elsewhere(key, able) if strategy.spares else ()
            return Choice(able, (able,), strategy.turn, strategy.drawn, elsewhere)
        asked = frozenset(_names(self.need(key)))
        ranked: dict[tuple[int, int], int] = {}
        for number in members(able):
            profile = self.profiles[self.names[number]]
            rank = (-wish(profile, rules), strategy.tier(profile, asked, self.scarcity(profile.agent)))
            ranked[rank] = ranked.get(rank, 0) | 1 << number
        tiers = tuple(ranked[rank] for rank in sorted(ranked))
        elsewhere = self._elsewhere(key, able) if strategy.spares else ()
        return Choice(able, tiers, strategy.turn, strategy.drawn, elsewhere)

    def _elsewhere(self, key: LineKey, able: int) -> tuple[int, ...]:
        """Give the sets of those who serve another queue or have a skill that is not asked for, each set once."""
        asked = frozenset(_names(self.need(key)))
        served = {agents for other, agents in self._servers().items() if other != key[1]}
        having = {self._having(skill, 0) for skill in self._holders() if skill not in asked}
        return tuple(sorted(agents for agents in served | having if agents & able))

    def scarcity(self, agent: AgentId) -> int:
        """Rate how rare what an agent can do is."""
        self._scarcity = self._scarcity or scarcities(self.profiles)
        return self._scarcity[agent]

    def _servers(self) -> Mapping[str, int]:
        """Give the set of agents who serve each queue."""
        if not self._served_by:
            served: dict[str, int] = dict.fromkeys(self.queues, 0)
            for name, profile in self.profiles.items():
                for queue in profile.queues:
                    served[queue] = served.get(queue, 0) | self.bit[name]
            self._served_by = served
        return self._served_by

    def _holders(self) -> Mapping[str, Mapping[int, int]]:
        """Give the sets of agents who have each skill, by level."""
        if not self._held_by:
            found: dict[str, dict[int, int]] = {}
            for name, profile in self.profiles.items():
                for skill, level in profile.skills.items():
                    levels = found.setdefault(skill, {})
                    levels[level] = levels.get(level, 0) | self.bit[name]
            self._held_by = found
        return self._held_by

    def _having(self, skill: str, least: int) -> int:
        """Give all who have a skill at this level or above."""
        known = self._known.get((skill, least))
        if known is None:
            known = 0
            for level, agents in self._holders().get(skill, {}).items():
                known |= agents if level >= least else 0
            self._known[skill, least] = known
        return known

    def _open_to(self, queue: str, begun: int) -> int:
        """Give all who serve a queue and have what it needs itself, when so many relaxations have begun."""
        known = self._openings.get((queue, begun))
        if known is None:
            known = self._servers().get(queue, 0) & self.meeting(self.need(("", queue, (), begun, "")))
            self._openings[queue, begun] = known
        return known

    def _turn(self, rules: QueueRules) -> Turn:
        return STRATEGIES[rules.choose].turn if rules.name else idle_since


def wish(profile: AgentProfile, rules: QueueRules) -> int:
    """Rate how well an agent is what the queue prefers."""
    return sum(weight * profile.skills.get(skill, 0) for skill, weight in rules.prefer)


def _names(need: Need) -> Iterator[str]:
    """Give the skills that a need asks for; what it wants to be without is not asked for."""
    if isinstance(need, Skill):
        yield need.name
    elif isinstance(need, Every | Some):
        for part in need.parts:
            yield from _names(part)
