"""The single files of a dialplans folder as frozen records: numbers, queues, agents, prompts, customers.

It does not know folders or disks, nor whether the files agree with each other (`floorplan.py` does).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.faults import Faults, Place
from ivr.fields import Fields
from ivr.source import Table, Text, Value, read
from ivr.steps.queue import HIGHEST_LEVEL

NOWHERE = Place()
LONGEST_PROMPT = 1000  # characters
LONGEST_CUSTOMERS = 32 * 1024 * 1024  # bytes
_NUMBER = re.compile(r"\+?[0-9]{1,20}\Z")
_PHONE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}\Z")
_COLUMNS = ["number", "customer", "name", "segment"]
_UNFIT = re.compile("[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Numbers:
    """Called number to flow name; `fallback` is the flow for every other number."""

    flows: Mapping[str, tuple[str, Place]]
    fallback: str
    fallback_at: Place


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """`ring_for`, `wrap_up` and `target` in seconds; after `misses` unanswered offers an agent is set not ready."""

    name: str
    ring_for: float
    wrap_up: float
    misses: int
    record: bool
    target: float


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

    def serves(self, queue: str, demands: tuple[tuple[str, int], ...]) -> bool:
        """Whether the agent works in the queue and has every skill at its level."""
        levels = dict(self.skills)
        in_queue = self.queues is None or queue in self.queues
        return in_queue and all(levels.get(skill, 0) >= level for skill, level in demands)


@dataclass(frozen=True, slots=True)
class CustomerPlan:
    """A known number and whose it is."""

    number: str
    customer: str
    name: str
    segment: str


def parse_numbers(text: bytes, file: str) -> tuple[Numbers, Faults]:
    table, faults = read(text, file)
    fields = Fields(table or Table((), Place()), faults, "numbers", ("numbers", "fallback"), Place())
    if table is None:
        return Numbers({}, "", Place()), faults
    flows: dict[str, tuple[str, Place]] = {}
    for key, value in fields.entries("numbers"):
        if not _NUMBER.match(key.value):
            fields.fault(key.place, "bad-number", f"'{key.value}' is not a number", "write digits, with or without +")
        flows[key.value] = (fields.sound_name(fields.scalar(value, key.value)), value.place)
    return Numbers(flows, fields.name("fallback"), fields.at("fallback")), faults


def parse_queues(text: bytes, file: str) -> tuple[Mapping[str, QueuePlan], Faults]:
    table, faults = read(text, file)
    keys = ("ring_for", "wrap_up", "misses", "record", "target")
    found = {}
    for fields in _records(table, faults, "queue", keys):
        name = fields.owner.split("'")[1]
        found[name] = QueuePlan(
            name,
            float(fields.seconds("ring_for", 3, 300, default=15)),
            float(fields.seconds("wrap_up", 0, 3600, default=30)),
            fields.number("misses", 1, 20, default=2),
            fields.flag("record", default=True),
            float(fields.seconds("target", 1, 3600, default=20)),
        )
    return found, faults


def parse_agents(text: bytes, file: str, queues: Mapping[str, QueuePlan]) -> tuple[Mapping[str, AgentPlan], Faults]:
    table, faults = read(text, file)
    keys = ("name", "phone", "node", "queues", "skills", "screen")
    found = {}
    for fields in _records(table, faults, "agent", keys):
        agent = fields.owner.split("'")[1]
        found[agent] = AgentPlan(
            agent,
            _one_line(fields, "name"),
            _phone(fields),
            _node(fields),
            _agent_queues(fields, queues),
            _agent_skills(fields),
            fields.choice("screen", ("web", "none"), "web"),
            fields.place,
        )
    _flag_shared_phones(found, faults)
    return found, faults


def parse_prompts(text: bytes, file: str) -> tuple[Mapping[str, str], Faults]:
    """Prompt name to the text that is spoken."""
    table, faults = read(text, file)
    found = {}
    for key, value in table.entries if table else ():
        fields = Fields(Table((), key.place), faults, f"prompt '{key.value}'", ())
        fields.sound_name(key)
        spoken = " ".join(fields.scalar(value, key.value).value.split())
        if len(spoken) > LONGEST_PROMPT:
            fields.fault(value.place, "too-long", f"{len(spoken)} characters; a prompt has at most {LONGEST_PROMPT}")
        found[key.value] = spoken
    return found, faults


def parse_customers(raw: bytes, file: str) -> tuple[Mapping[str, CustomerPlan], Faults]:
    """Number to customer, from CSV with the header `number,customer,name,segment`."""
    if len(raw) > LONGEST_CUSTOMERS:
        faults = Faults(file)
        faults.add(Place(), "too-large", f"the file has {len(raw)} bytes; at most {LONGEST_CUSTOMERS} are read")
        return {}, faults
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults = Faults(file, raw.decode("utf-8", errors="replace"))
        line = raw.count(b"\n", 0, error.start) + 1
        faults.add(Place(line), "bad-utf8", f"byte 0x{raw[error.start]:02x} is not UTF-8", "save the file as UTF-8")
        return {}, faults
    faults = Faults(file, text)
    return _customers(text, faults), faults


def _records(table: Table | None, faults: Faults, kind: str, keys: tuple[str, ...]) -> list[Fields]:
    """One `Fields` for every entry of a file of named records."""
    records = []
    for key, value in table.entries if table else ():
        owner = f"{kind} '{key.value}'"
        if not isinstance(value, Table):
            faults.add(value.place, "not-a-mapping", f"{owner} must hold `key: value` lines")
            continue
        fields = Fields(value, faults, owner, keys, key.place)
        if fields.sound_name(key):
            records.append(fields)
    return records


def _one_line(fields: Fields, key: str) -> str:
    text = fields.text(key)
    if _UNFIT.search(text) or len(text) > 80:
        fields.fault(fields.at(key), "bad-text", f"'{key}' must be one line of at most 80 characters")
    return text


def _phone(fields: Fields) -> str:
    phone = fields.text("phone")
    if phone and not _PHONE.match(phone):
        fields.fault(
            fields.at("phone"),
            "bad-phone",
            f"'{phone}' is not a phone's endpoint name",
            "write one like agent1",
        )
    return phone


def _node(fields: Fields) -> str:
    node = fields.text("node", "a1")
    if not _PHONE.match(node):
        fields.fault(fields.at("node"), "bad-node", f"'{node}' is not a node's name", "write one like a1")
    return node


def _agent_queues(fields: Fields, queues: Mapping[str, QueuePlan]) -> tuple[str, ...] | None:
    texts = fields.texts("queues")
    if [text.value for text in texts] == ["all"]:
        return None
    for text in texts:
        fields.known_name(text, "queue", queues)
    return tuple(text.value for text in texts)


def _agent_skills(fields: Fields) -> tuple[tuple[str, int], ...]:
    return tuple((fields.sound_name(key), _level(fields, key, value)) for key, value in fields.entries("skills"))


def _level(fields: Fields, key: Text, value: Value) -> int:
    return fields.whole(fields.scalar(value, key.value), key.value, 1, HIGHEST_LEVEL)


def _flag_shared_phones(agents: Mapping[str, AgentPlan], faults: Faults) -> None:
    owners: dict[tuple[str, str], str] = {}
    for agent in agents.values():
        first = owners.setdefault((agent.node, agent.phone), agent.agent)
        if agent.phone and first != agent.agent:
            message = f"agent '{agent.agent}': phone '{agent.phone}' is already the phone of '{first}'"
            faults.add(agent.place, "shared-phone", message, "every agent needs a phone of his own")


def _customers(text: str, faults: Faults) -> dict[str, CustomerPlan]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: dict[str, CustomerPlan] = {}
    try:
        for row in rows:
            line = rows.line_num
            if line == 1:
                if row != _COLUMNS:
                    faults.add(Place(1), "bad-header", f"the first line must be {','.join(_COLUMNS)}")
                    break
            elif row:
                _customer(row, line, found, faults)
    except csv.Error as error:
        faults.add(Place(max(1, rows.line_num)), "bad-csv", f"not readable as CSV: {error}")
    return found


def _customer(row: list[str], line: int, found: dict[str, CustomerPlan], faults: Faults) -> None:
    if len(row) != len(_COLUMNS):
        faults.add(Place(line), "bad-row", f"{len(row)} values; a line has {len(_COLUMNS)}: {','.join(_COLUMNS)}")
        return
    number, customer, name, segment = (value.strip() for value in row)
    if not _NUMBER.match(number):
        faults.add(
            Place(line, 1, len(number)),
            "bad-number",
            f"'{number}' is not a number",
            "write digits, with or without +",
        )
    elif number in found:
        faults.add(
            Place(line, 1, len(number)),
            "number-twice",
            f"'{number}' belongs to '{found[number].customer}' already",
        )
    elif not customer or any(_UNFIT.search(value) for value in row):
        faults.add(Place(line), "bad-row", "a customer needs an id, and no value may have control characters")
    else:
        found[number] = CustomerPlan(number, customer, name, segment)
