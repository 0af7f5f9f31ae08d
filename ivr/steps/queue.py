"""The verb `queue`: the caller asks for a person.

It does not know who answers, nor how waiting sounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.expression import fill, references
from ivr.faults import Place, did_you_mean
from ivr.messages import JoinQueue, QueueEnded, Told
from ivr.steps.verb import Doc, Exit, Skills, StepFields, Verb
from ivr.visit import Leave, Outcome, Visit, Wait
from ivr.written import Items, Text, Value

HIGHEST_LEVEL = 9
ANSWERED = "answered"
OTHERS = {"full": "full", "closed": "hours", "no_agent": "no_agent"}  # exit to the rule of the queue that leads to it
_LONGEST = 4 * 3600


@dataclass(frozen=True, slots=True)
class Queue(Verb):
    VERB = "queue"
    SUMMARY = (
        "Lets the caller wait for an agent of a queue who has every skill asked for, at least at its level. `speaks` "
        "adds the skill that the language of the call needs. Callers of a higher priority are served first. Secrets "
        "collected before are forgotten here."
    )
    FIELDS = (
        Doc("queue", "queue", "a queue of `queues.yaml`"),
        Doc("skills", "skill: least level 1 to 9, one a line; none", "a plain list of skills means level 1"),
        Doc("speaks", "language: skill or skill: level; none", "one line for every language of the flow"),
        Doc("priority", "0 to 9; 5", "9 is served first"),
        Doc("agent", "text with names; none", "for whom he waits first, as long as `named_agent` of the queue says"),
        Doc("limit", "1s to 4h", "the longest wait, counted from the first time the caller asked for a person"),
    )
    EXITS = (
        Doc("answered", "step", "the talk with the agent is over and the caller is still there"),
        Doc("timed_out", "step", "the caller waited to the limit, or left the queue by an exit that is not written"),
        Doc("full", "step; where the queue has `full`", "so many wait already that he was not let in"),
        Doc("closed", "step; where the queue has `hours`", "the queue is closed, or was closed while he waited"),
        Doc("no_agent", "step; where the queue has `no_agent`", "nobody who is signed on could ever serve him"),
    )
    EXAMPLE = """
        person:
          queue: cards
          skills:
            cards: 2
          speaks:
            en: english
            zh-CN: mandarin
          priority: 5
          limit: 5m
          answered: goodbye
          timed_out: sorry
          full: sorry
    """
    ASKS = True

    queue: str
    skills: Skills
    speaks: tuple[tuple[str, Skills], ...]
    priority: int
    limit: int
    answered: Exit
    timed_out: Exit
    others: tuple[Exit, ...] = ()
    agent: str = ""

    @classmethod
    def read(cls, fields: StepFields) -> Queue:
        found = fields.value("skills", required=False)
        queue = fields.known("queue", "queue", fields.flow.known.queues)
        named = fields.value("agent", required=False)
        return cls(
            queue,
            read_skills(fields, found, "skills") if found else (),
            read_speaks(fields),
            fields.number("priority", 0, 9, default=5),
            fields.seconds("limit", 1, _LONGEST),
            fields.exit("answered"),
            fields.exit("timed_out"),
            tuple(_others(fields, queue)),
            fields.template(named, "agent") if named else "",
        )

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.answered, self.timed_out, *self.others)

    def silent_exits(self) -> tuple[Exit, ...]:
        return self.others  # taken at once: nobody has waited for anything

    def demands(self, language: str) -> Skills:
        """The skills that a caller of this language needs, the highest level of each."""
        return demanded(self.skills, self.speaks, language)

    def enter(self, visit: Visit) -> Outcome:
        agent = fill(self.agent, visit.lookup)
        return Wait(JoinQueue(self.queue, self.demands(visit.language), self.priority, float(self.limit), agent))

    def reads(self) -> tuple[str, ...]:
        return references(self.agent)

    def resume(self, visit: Visit, told: Told) -> Outcome | None:
        del visit
        if not isinstance(told, QueueEnded):
            return None
        if told.why == ANSWERED:
            return Leave(ANSWERED)
        return Leave(told.why if any(way.name == told.why for way in self.others) else "timed_out")


def _others(fields: StepFields, queue: str) -> Iterator[Exit]:
    """The exits that the queue's rules can lead to, and only these, must be written."""
    can = fields.flow.known.queue_exits.get(queue)
    for name, rule in OTHERS.items():
        if can is None:
            if fields.has(name):
                yield fields.exit(name)
        elif name in can:
            if not fields.has(name):
                message = f"exit '{name}' is not written, and queue '{queue}' has `{rule}`"
                fields.fault(fields.place, "missing-exit", message, f"say where the caller goes then: {name}: ...")
            yield fields.exit(name) if fields.has(name) else Exit(name, "", fields.place)
        elif found := fields.value(name, required=False):
            message = f"'{name}' is never taken: queue '{queue}' has no `{rule}`"
            fields.fault(found.place, "needless-exit", message, "remove the line")


def demanded(skills: Skills, speaks: tuple[tuple[str, Skills], ...], language: str) -> Skills:
    """The skills of a step for a language, the highest level of each."""
    most: dict[str, int] = {}
    for skill, level in (*skills, *dict(speaks).get(language, ())):
        most[skill] = max(level, most.get(skill, 0))
    return tuple(most.items())


def read_speaks(fields: StepFields) -> tuple[tuple[str, Skills], ...]:
    if not fields.has("speaks"):
        return ()
    languages = fields.flow.languages
    found: dict[str, Skills] = {}
    for key, value in fields.entries("speaks"):
        if key.value not in languages:
            message = f"'{key.value}' is not a language of this flow"
            fields.fault(key.place, "unknown-language", message, did_you_mean(key.value, languages))
        found[key.value] = read_skills(fields, value, key.value)
    missing = [language for language in languages if language not in found]
    if missing:
        fields.fault(fields.at("speaks"), "missing-language", f"'speaks' has no line for {', '.join(missing)}")
    return tuple(found.items())


def read_skills(fields: StepFields, value: Value, key: str) -> Skills:
    if isinstance(value, Text):
        return ((_skill(fields, fields.scalar(value, key), value.place), 1),)
    if isinstance(value, Items):
        texts = [fields.scalar(item, key) for item in value.values]
        return tuple((_skill(fields, text, text.place), 1) for text in texts)
    pairs = fields.lines(value, key)
    return tuple(
        (
            _skill(fields, name, name.place),
            fields.whole(fields.scalar(level, name.value), name.value, 1, HIGHEST_LEVEL),
        )
        for name, level in pairs
    )


def _skill(fields: StepFields, text: Text, place: Place) -> str:
    name = fields.sound_name(text)
    names = fields.flow.known.skills
    if name and name not in names:
        fields.fault(place, "unknown-skill", f"no agent has the skill '{name}'", did_you_mean(name, names))
    return name
