"""Reading `agents.yaml`: who can be rung, where, for which queues, and what he is able to do.

It does not know what a queue asks for, nor who is at his desk. What a supervisor changes while the server runs stands
over this file until the file says something else of that agent (`switchroom/alterations.py`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from acd.needs import ANYBODY, Need
from ivr.faults import Faults, Place
from ivr.fields import Fields
from ivr.source import read
from ivr.steps.queue import HIGHEST_LEVEL
from ivr.steps.verb import Doc
from ivr.written import Table, Text, Value
from switchroom.need_text import ANYBODY_AT_ALL

NOWHERE = Place()
ALL_QUEUES = "all"
_PHONE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}\Z")
_UNFIT = re.compile("[\x00-\x1f\x7f]")
_NO_SKILL = frozenset({"and", "or", "not", ANYBODY_AT_ALL})

AGENT_KEYS = (
    Doc("name", "text", "as screens and reports show him"),
    Doc("phone", "name", "the endpoint of his telephone on the node"),
    Doc("node", "name; a1", "the Asterisk node where his telephone is"),
    Doc("queues", "queue, or list of queues", "the queues that he serves; `all` is every queue"),
    Doc("skills", "skill: level 1 to 9, one a line", "what he is able to do, and how well; 1 is just able, 9 is best"),
    Doc("screen", "`web` or `none`; `web`", "none: nothing but a telephone, ready as soon as it registers"),
    Doc("reserve", "`true` or `false`; `false`", "he is offered callers only when reserves are called in"),
)


@dataclass(frozen=True, slots=True)
class AgentPlan:
    """`agent` is the id. `queues` is None for all queues. `screen`: web, or none (ready when the phone registers)."""

    agent: str
    name: str
    phone: str
    node: str
    queues: tuple[str, ...] | None
    skills: tuple[tuple[str, int], ...]
    screen: str
    place: Place = NOWHERE
    reserve: bool = False

    def serves(self, queue: str, demands: tuple[tuple[str, int], ...], need: Need = ANYBODY) -> bool:
        """Whether the agent works in the queue, has every skill at its level, and meets the queue's own need."""
        levels = dict(self.skills)
        in_queue = self.queues is None or queue in self.queues
        return in_queue and need.meets(levels) and all(levels.get(skill, 0) >= level for skill, level in demands)


def parse_agents(text: bytes, file: str, queues: Collection[str]) -> tuple[Mapping[str, AgentPlan], Faults]:
    """The agents of a file, by id, with every fault in it. `queues` are the names that there are."""
    table, faults = read(text, file)
    found: dict[str, AgentPlan] = {}
    for key, value in table.entries if table else ():
        owner = f"agent '{key.value}'"
        if not isinstance(value, Table):
            faults.add(value.place, "not-a-mapping", f"{owner} must hold `key: value` lines")
            continue
        fields = Fields(value, faults, owner, [doc.key for doc in AGENT_KEYS], key.place)
        if fields.sound_name(key):
            found[key.value] = _agent(fields, key.value, queues)
    _flag_shared_phones(found, faults)
    return found, faults


def _agent(fields: Fields, agent: str, queues: Collection[str]) -> AgentPlan:
    return AgentPlan(
        agent,
        _one_line(fields, "name"),
        _phone(fields),
        _node(fields),
        _agent_queues(fields, queues),
        tuple((_skill(fields, key), _level(fields, key, value)) for key, value in fields.entries("skills")),
        fields.choice("screen", ("web", "none"), "web"),
        fields.place,
        fields.flag("reserve", default=False),
    )


def _one_line(fields: Fields, key: str) -> str:
    text = fields.text(key)
    if _UNFIT.search(text) or len(text) > 80:
        fields.fault(fields.at(key), "bad-text", f"'{key}' must be one line of at most 80 characters")
    return text


def _phone(fields: Fields) -> str:
    phone = fields.text("phone")
    if phone and not _PHONE.match(phone):
        hint = "write one like agent1"
        fields.fault(fields.at("phone"), "bad-phone", f"'{phone}' is not a phone's endpoint name", hint)
    return phone


def _node(fields: Fields) -> str:
    node = fields.text("node", "a1")
    if not _PHONE.match(node):
        fields.fault(fields.at("node"), "bad-node", f"'{node}' is not a node's name", "write one like a1")
    return node


def _agent_queues(fields: Fields, queues: Collection[str]) -> tuple[str, ...] | None:
    texts = fields.texts("queues")
    if [text.value for text in texts] == [ALL_QUEUES]:
        return None
    for text in texts:
        fields.known_name(text, "queue", queues)
    return tuple(text.value for text in texts)


def _skill(fields: Fields, key: Text) -> str:
    name = fields.sound_name(key)
    if name in _NO_SKILL or name.isdigit():
        hint = "choose another name"
        fields.fault(key.place, "bad-name", f"a skill cannot be named '{name}': needs are written with it", hint)
    return name


def _level(fields: Fields, key: Text, value: Value) -> int:
    return fields.whole(fields.scalar(value, key.value), key.value, 1, HIGHEST_LEVEL)


def _flag_shared_phones(agents: Mapping[str, AgentPlan], faults: Faults) -> None:
    owners: dict[tuple[str, str], str] = {}
    for agent in agents.values():
        first = owners.setdefault((agent.node, agent.phone), agent.agent)
        if agent.phone and first != agent.agent:
            message = f"agent '{agent.agent}': phone '{agent.phone}' is already the phone of '{first}'"
            faults.add(agent.place, "shared-phone", message, "every agent needs a phone of his own")
