"""What supervisors change about agents while the server runs: skills and queues, at once, on record, and undone again.

It does not know who may do it (the desk asks for a supervisor), nor who is offered what afterwards (the router).

Which wins, file or supervisor: whoever spoke last. A change stands over `agents.yaml`, through restarts and through
saves of the file that leave this agent's lines as they are. As soon as the file says something else of his queues or
skills than it did when the change was made, the file counts again, and that is on record too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import journal.facts as facts
from desk.steered import AgentAlterationAsked, AlterationUndoAsked
from desk.vocabulary import Refused
from ivr.fields import NAME
from ivr.steps.queue import HIGHEST_LEVEL
from switchroom import deployment
from switchroom.agentfile import ALL_QUEUES, AgentPlan

if TYPE_CHECKING:
    from switchroom.centre import Centre
    from switchroom.plan import Plan
    from switchroom.turn import Turn

FILE = "agents.yaml"
Levels = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Wish:
    """What an agent shall serve and be able to do from now on, and who wants it why."""

    by: str
    why: str
    queues: tuple[str, ...]
    skills: Levels
    how: str = "altered"
    undoes: int = 0


def agent_altered(centre: Centre, told: AgentAlterationAsked, turn: Turn) -> None:
    """A supervisor wants an agent's skills or queues changed. Raises `Refused` with the reason when it cannot be."""
    agent = centre.plan.agents.get(told.agent)
    if agent is None:
        raise Refused(f"no agent is called '{told.agent}' on this floor")
    queues = _queues(agent) if told.queues is None else _sound_queues(centre, told.queues)
    skills = _sorted(agent.skills) if told.skills is None else _sound_skills(told.skills)
    if (queues, skills) == (_queues(agent), _sorted(agent.skills)):
        raise Refused(f"agent '{told.agent}' has these queues and skills already")
    _alter(centre, agent, _Wish(told.by, told.why, queues, skills), turn)


def alteration_undone(centre: Centre, told: AlterationUndoAsked, turn: Turn) -> None:
    """A supervisor takes the last change of an agent back. Raises `Refused` with the reason when it cannot be."""
    last = centre.altered.get(told.agent)
    agent = centre.plan.agents.get(told.agent)
    if last is None or agent is None:
        raise Refused(f"agent '{told.agent}' has no change that stands; what counts is what {FILE} says")
    if last.change != told.change:
        raise Refused(f"the last change of agent '{told.agent}' is {last.change}, not {told.change}: look again")
    gone = sorted({*last.queues_before} - {*centre.plan.queues, ALL_QUEUES})
    if gone:
        raise Refused(f"queue '{gone[0]}', which he served before, is no more")
    before = _Wish(told.by, told.why, last.queues_before, last.skills_before, "undone", last.change)
    _alter(centre, agent, before, turn)


def upon(plan: Plan, altered: Mapping[str, facts.AgentAltered]) -> Plan:
    """The plan with the changes that stand over its file."""
    agents = {
        name: replace(plan.agents[name], queues=_planned(change.queues), skills=change.skills)
        for name, change in altered.items()
        if name in plan.agents and _stands(change, plan.agents[name])
    }
    return plan.with_agents(agents) if agents else plan


def compare_with_file(centre: Centre, turn: Turn) -> None:
    """Another edition is present: changes of agents of whom the file says something else now are over."""
    filed = centre.editions.present.plan.agents
    for name, change in sorted(centre.altered.items()):
        agent = filed.get(name)
        if agent is not None and _stands(change, agent):
            continue
        queues, skills = (_queues(agent), _sorted(agent.skills)) if agent else ((), ())
        over = facts.AgentAltered(
            turn.now, name, change.change + 1, FILE, "", queues, skills, change.queues, change.skills, queues, skills,
            how="filed",
        )
        turn.fact(over)
        note(centre, over)


def note(centre: Centre, fact: facts.AgentAltered) -> None:
    """Remember a change, live and after a restart; one that gave the word back to the file is only counted."""
    if fact.how == "filed":
        centre.altered.pop(fact.agent, None)
    else:
        centre.altered[fact.agent] = fact
    centre.alterations[fact.agent] = fact.change


def _alter(centre: Centre, agent: AgentPlan, wish: _Wish, turn: Turn) -> None:
    filed = centre.editions.present.plan.agents.get(agent.agent, agent)
    change = centre.alterations.get(agent.agent, 0) + 1
    fact = facts.AgentAltered(
        turn.now, agent.agent, change, wish.by, wish.why, wish.queues, wish.skills, _queues(agent),
        _sorted(agent.skills), _queues(filed), _sorted(filed.skills), wish.how, wish.undoes,
    )
    turn.fact(fact)
    note(centre, fact)
    deployment.put_in_force(centre, turn)


def _stands(change: facts.AgentAltered, filed: AgentPlan) -> bool:
    return (change.filed_queues, change.filed_skills) == (_queues(filed), _sorted(filed.skills))


def _queues(agent: AgentPlan) -> tuple[str, ...]:
    return (ALL_QUEUES,) if agent.queues is None else tuple(sorted(agent.queues))


def _planned(queues: tuple[str, ...]) -> tuple[str, ...] | None:
    return None if queues == (ALL_QUEUES,) else queues


def _sorted(skills: Levels) -> Levels:
    return tuple(sorted(skills))


def _sound_queues(centre: Centre, queues: tuple[str, ...]) -> tuple[str, ...]:
    if queues == (ALL_QUEUES,):
        return queues
    unknown = [queue for queue in queues if queue not in centre.plan.queues]
    if unknown:
        raise Refused(f"there is no queue '{unknown[0]}'; there are {', '.join(sorted(centre.plan.queues))}")
    return tuple(sorted(set(queues)))


def _sound_skills(skills: Levels) -> Levels:
    for name, level in skills:
        if not NAME.match(name) or name.isdigit():
            raise Refused(f"'{name}' is not a skill's name: use small letters, digits and hyphens")
        if not 1 <= level <= HIGHEST_LEVEL:
            raise Refused(f"a level is from 1 to {HIGHEST_LEVEL}, not {level}")
    if len(dict(skills)) != len(skills):
        raise Refused("a skill is named twice")
    return _sorted(skills)
