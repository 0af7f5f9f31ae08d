"""Reading `queues.yaml`: whom the callers of a queue need, who among them is next, and when nobody can be had.

It does not know agents, flows or calendars beyond their names; `switchroom/floorplan.py` compares the files, and
`switchroom/queue_checks.py` asks whether what is written can be meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from acd.needs import ANYBODY, Every, Need
from acd.orders import ORDERS
from acd.strategies import STRATEGIES
from ivr.calendar import Calendar
from ivr.computed import spot
from ivr.faults import Faults, Place
from ivr.fields import Fields
from ivr.parsing import Malformed
from ivr.source import read
from ivr.steps.verb import Doc
from ivr.waiting.rules import QUIET, WaitRules, read_waiting
from ivr.written import Items, Table, Text, Value
from switchroom.need_text import read_need, skills_in
from switchroom.relax_text import RelaxPlan, Spot, read_relax

SERVE, RELEASE = "serve", "release"
LONGEST_IDLE, OLDEST = "longest_idle", "oldest"
LONGEST_WAIT = 4 * 3600  # seconds

QUEUE_KEYS = (
    Doc("ring_for", "3s to 300s; 15s", "how long an agent's phone rings for one caller"),
    Doc("wrap_up", "0s to 3600s; 30s", "time after a talk before the agent's next caller"),
    Doc("misses", "1 to 20; 2", "offers that an agent may let pass in a row before he is set not ready"),
    Doc("record", "`true` or `false`; `true`", "whether talks are recorded"),
    Doc("target", "1s to 3600s; 20s", "the waiting time that this queue promises"),
    Doc("needs", "need, or list of needs; anybody", "what an agent must be able to do, whatever the flow asks for"),
    Doc("prefers", "skill: weight 1 to 9, one a line; none", "welcome skills: of all who can, who has most of them"),
    Doc("choose", "choice of agent; `longest_idle`", "who is rung when several can answer"),
    Doc("order", "choice of call; `oldest`", "who is served first when several wait"),
    Doc("priority", "segment: 0 to 9, one a line; none", "the least priority of callers of a segment"),
    Doc("ageing", "1s to 600s; 20s", "a wait that weighs as much as one step of priority"),
    Doc("guard", "1s to 3600s; three targets", "who has waited so long is served first, whatever the order says"),
    Doc("relax", "list of steps; none", "what is asked for instead when a caller has waited"),
    Doc("ring_together", "1 to 10; 1", "so many agents are rung at once; the first to answer has the caller"),
    Doc("last_agent", "1s to 600s; never", "how long a caller waits for the agent who served him last"),
    Doc("named_agent", "1s to 600s; never", "how long he waits for the agent whom flow or customer file name"),
    Doc("household", "1s to 600s; never", "how long he waits for who served somebody of his household last"),
    Doc("full", "1 to 10000; never", "with so many waiting, nobody else is let in: exit `full`"),
    Doc("no_agent", "`true` or `false`; `false`", "nobody waits whom no agent signed on could serve: exit `no_agent`"),
    Doc("hours", "calendar; always", "when it is open; callers who come else leave by the exit `closed`"),
    Doc("when_closed", "`serve` or `release`; `serve`", "whether those who wait at closing time are served still"),
    Doc("music", "class of music on hold; the usual one", "what callers hear while they wait"),
    Doc("announce", "after, every, say; nothing", "what they are told meanwhile, and when"),
    Doc("callback", "after, estimate_over, offer, ...; never", "when they are offered to be called back, and how"),
)


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """Times are in seconds; after `misses` unanswered offers an agent is set not ready.

    `full` 0 is never. `last_agent`, `named_agent` and `household` are seconds of patience, 0 for none. `hours` is a
    calendar, "" when always open; `when_closed` says what becomes of those who wait. `asked` are the skills that its
    texts name, `excluded` those that an agent must not have, `segments` the customers that it tells apart.
    """

    name: str
    ring_for: float = 15.0
    wrap_up: float = 30.0
    misses: int = 2
    record: bool = True
    target: float = 20.0
    need: Need = ANYBODY
    prefer: tuple[tuple[str, int], ...] = ()
    choose: str = LONGEST_IDLE
    order: str = OLDEST
    priority: tuple[tuple[str, int], ...] = ()
    guard: float = 60.0
    ageing: float = 20.0
    relax: tuple[RelaxPlan, ...] = ()
    ring_together: int = 1
    last_agent: float = 0.0
    named_agent: float = 0.0
    household: float = 0.0
    full: int = 0
    no_agent: bool = False
    hours: str = ""
    when_closed: str = SERVE
    place: Place = field(default=Place(), compare=False)
    need_place: Place = field(default=Place(), compare=False)
    asked: tuple[Spot, ...] = field(default=(), compare=False)
    excluded: tuple[Spot, ...] = field(default=(), compare=False)
    hours_place: Place = field(default=Place(), compare=False)
    segments: tuple[Spot, ...] = field(default=(), compare=False)
    waiting: WaitRules = QUIET

    @property
    def exits(self) -> frozenset[str]:
        """The exits by which its callers may leave a flow's step, beside `answered` and `timed_out`."""
        can = {"full": self.full > 0, "closed": bool(self.hours), "no_agent": self.no_agent}
        return frozenset(name for name, yes in can.items() if yes)

    def least_priority(self, segment: str, asked: int) -> int:
        """The priority of a caller: what the flow asked for, or more if his segment has more."""
        return max(asked, dict(self.priority).get(segment, 0))


def parse_queues(
    text: str | bytes, file: str, calendars: Mapping[str, Calendar] | None = None
) -> tuple[Mapping[str, QueuePlan], Faults]:
    """The queues of a file, by name, with every fault that the file alone can tell."""
    table, faults = read(text, file)
    found = {}
    for key, value in table.entries if table else ():
        owner = f"queue '{key.value}'"
        if not isinstance(value, Table):
            faults.add(value.place, "not-a-mapping", f"{owner} must hold `key: value` lines")
            continue
        fields = Fields(value, faults, owner, [doc.key for doc in QUEUE_KEYS], key.place)
        if fields.sound_name(key):
            found[key.value] = replace(_queue(fields, key.value), waiting=read_waiting(fields, calendars or {}))
    return found, faults


def _queue(fields: Fields, name: str) -> QueuePlan:
    named: list[Spot] = []
    excluded: list[Spot] = []
    need = needs_at(fields, "needs", named, excluded) if fields.has("needs") else ANYBODY
    hours = fields.value("hours", required=False)
    relax = read_relax(fields, lambda step, key: needs_at(step, key, named, excluded), zone_known=hours is not None)
    lines = fields.entries("priority", required=False)  # any text may be a segment: customer files have their own words
    target = fields.seconds("target", 1, 3600, default=20)
    return QueuePlan(
        name,
        float(fields.seconds("ring_for", 3, 300, default=15)),
        float(fields.seconds("wrap_up", 0, 3600, default=30)),
        fields.number("misses", 1, 20, default=2),
        fields.flag("record", default=True),
        float(target),
        need,
        tuple(_weights(fields, named)),
        fields.choice("choose", STRATEGIES, LONGEST_IDLE),
        fields.choice("order", ORDERS, OLDEST),
        tuple((key.value, _level(fields, key, value, 0)) for key, value in lines),
        float(_guard(fields, target)),
        float(fields.seconds("ageing", 1, 600, default=20)),
        relax,
        fields.number("ring_together", 1, 10, default=1),
        float(_patience(fields, "last_agent")),
        float(_patience(fields, "named_agent")),
        float(_patience(fields, "household")),
        fields.number("full", 1, 10_000, default=0) if fields.has("full") else 0,
        fields.flag("no_agent", default=False),
        fields.name("hours", ""),
        _when_closed(fields),
        fields.place,
        fields.at("needs"),
        tuple(named),
        tuple(excluded),
        fields.at("hours"),
        (*(Spot(key.value, key.place) for key, _ in lines), *(spot for step in relax for spot in step.spots)),
    )


def needs_at(fields: Fields, key: str, named: list[Spot], excluded: list[Spot]) -> Need:
    """The need at a key: one text, or a list of texts that all count. Its skills are noted where they belong."""
    found = fields.value(key, required=True)
    values = found.values if isinstance(found, Items) else (() if found is None else (found,))
    if isinstance(found, Items) and not values:
        fields.fault(found.place, "empty", f"'{key}' is an empty list")
    needs = [need for value in values if (need := _need(fields, fields.scalar(value, key), named, excluded))]
    return ANYBODY if not needs else needs[0] if len(needs) == 1 else Every(tuple(needs))


def _need(fields: Fields, text: Text, named: list[Spot], excluded: list[Spot]) -> Need | None:
    if not text.value:
        return None
    need = read_need(text.value)
    if isinstance(need, Malformed):
        fields.fault(spot(text, need.at, need.width), "bad-need", need.message, need.hint)
        return None
    for one in skills_in(text.value):
        (excluded if one.excluded else named).append(Spot(one.skill, spot(text, one.at, len(one.skill))))
    return need


def _weights(fields: Fields, named: list[Spot]) -> list[tuple[str, int]]:
    found = []
    for key, value in fields.entries("prefers", required=False):
        name = fields.sound_name(key)
        named.append(Spot(name, key.place))
        found.append((name, _level(fields, key, value, 1)))
    return found


def _level(fields: Fields, key: Text, value: Value, least: int) -> int:
    return fields.whole(fields.scalar(value, key.value), key.value, least, 9)


def _patience(fields: Fields, key: str) -> int:
    return fields.seconds(key, 1, 600, default=0) if fields.has(key) else 0


def _guard(fields: Fields, target: int) -> int:
    guard = fields.seconds("guard", 1, 3600, default=min(3600, 3 * target))
    if guard < target:
        message = f"'guard' ({guard}s) ends before the target ({target}s): the order would count for nobody in time"
        fields.fault(fields.at("guard"), "guard-early", message, "write a longer one; three targets are usual")
    return guard


def _when_closed(fields: Fields) -> str:
    chosen = fields.choice("when_closed", (SERVE, RELEASE), SERVE)
    if fields.has("when_closed") and not fields.has("hours"):
        message = "'when_closed' says what happens at closing time, and the queue has no 'hours'"
        fields.fault(fields.at("when_closed"), "not-here", message, "write hours, or remove the line")
    return chosen
