"""The router's policy the plain way: after every message each waiting contact is held against each ready agent.

It knows nothing of bits, lines, or what a message touched. It is the same router in all that is not the search, so its
answers must be the same to the letter; tests and the benchmark hold the two against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd.agents import AgentRecord, AgentState
from acd.checks import fits
from acd.contacts import ContactRecord, ContactState
from acd.floor import Floor
from acd.house import House, wish
from acd.matching import lot
from acd.needs import Every, Need, Skill, Some
from acd.places import place
from acd.router import Router
from acd.sparing import LAST
from acd.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from acd.messages import AgentId, ContactId


class ScanningFloor(Floor):
    """A floor that looks at everybody each time."""

    def offer_all(self, agents: Iterable[AgentId], contacts: Iterable[ContactId], now: float) -> None:
        """Make the offers one after the other, each found by a walk through all."""
        del agents, contacts
        while pair := self._first_pair(now):
            self.make_offer(*pair, now)

    def first_fit(self, contact: ContactRecord) -> tuple[AgentId, str] | None:
        """Walk through all agents for somebody who has just come."""
        ready = [each for each in self.board.agents.values() if each.state is AgentState.READY and each.node]
        fit = [agent for agent in ready if self._may_serve(agent, contact)]
        return self._best(fit, contact) if fit else None

    def might_be_left(self) -> Iterable[ContactId]:
        """Give all: it is worked out for each whether anybody can serve it."""
        return list(self.board.contacts)

    def _first_pair(self, now: float) -> tuple[ContactRecord, AgentId, str] | None:
        ready = [each for each in self.board.agents.values() if each.state is AgentState.READY and each.node]
        if not ready:
            return None
        line = [each for each in self.board.contacts.values() if self._in_line(each)]
        for contact in sorted(line, key=lambda each: place(each, self.house.rules(each.queue), now)):
            fit = [agent for agent in ready if self._may_serve(agent, contact)]
            if fit:
                return contact, *self._best(fit, contact)
        return None

    def _in_line(self, contact: ContactRecord) -> bool:
        if contact.state is ContactState.OFFERED and not contact.singly:
            return len(contact.offers) < self.house.rules(contact.queue).group
        return contact.state is ContactState.WAITING

    def _may_serve(self, agent: AgentRecord, contact: ContactRecord) -> bool:
        profile = self.house.profiles.get(agent.agent)
        if profile is None or agent.node != contact.node or not fits(agent, profile, contact, self.house):
            return False
        return not profile.reserve or bool(contact.only) or self.board.calls_reserve(contact.queue)

    def _best(self, fit: list[AgentRecord], contact: ContactRecord) -> tuple[AgentId, str]:
        """Rank them all, and say why the first is the first."""
        rules = self.house.rules(contact.queue)
        if len(fit) == 1:
            return fit[0].agent, "wanted" if contact.only else "only"
        fresh = [agent for agent in fit if agent.agent not in contact.tried]
        reason = rules.choose if fresh else "again"
        strategy = STRATEGIES[rules.choose]
        asked = frozenset(_names(self.house.need(contact.line)))

        def tier(agent: AgentRecord) -> tuple[int, int]:
            profile = self.house.profiles[agent.agent]
            return -wish(profile, rules), strategy.tier(profile, asked, self.house.scarcity(agent.agent))

        best = min(tier(agent) for agent in fresh or fit)
        equal = [agent for agent in fresh or fit if tier(agent) == best]
        if strategy.spares:
            equal = self._spared(equal, contact, asked)
        if strategy.drawn:
            equal.sort(key=lambda agent: agent.agent)
            return equal[lot(rules.seed, contact.contact, contact.made) % len(equal)].agent, reason
        return min(equal, key=lambda agent: (strategy.turn(agent), agent.idle_since, agent.agent)).agent, reason


    def _spared(self, equal: list[AgentRecord], contact: ContactRecord, asked: frozenset[str]) -> list[AgentRecord]:
        """Leave those who are among the last who are ready for the fewest other things."""
        here = [each for each in self.board.agents.values() if each.state is AgentState.READY]
        ready = {each.agent for each in here if each.node == contact.node} & self.house.profiles.keys()
        profiles = self.house.profiles.values()
        skills = {skill for profile in profiles for skill in profile.skills} - asked
        others = {queue for profile in profiles for queue in profile.queues} - {contact.queue}
        things = {frozenset(each.agent for each in profiles if skill in each.skills) for skill in skills}
        things |= {frozenset(each.agent for each in profiles if queue in each.queues) for queue in others}
        short = [agents & ready for agents in things if len(agents & ready) <= LAST]
        counts = {agent.agent: sum(agent.agent in agents for agents in short) for agent in equal}
        return [agent for agent in equal if counts[agent.agent] == min(counts.values())]


class ScanningRouter(Router):
    """The router that scans."""

    def _open(self, house: House) -> Floor:
        return ScanningFloor(house, self._likely)


def _names(need: Need) -> set[str]:
    if isinstance(need, Skill):
        return {need.name}
    return {name for part in need.parts for name in _names(part)} if isinstance(need, Every | Some) else set()
