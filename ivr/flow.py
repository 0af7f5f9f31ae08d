"""A flow as frozen records, and reading one from its text with every fault at its line and column.

It does not know files, callers or sessions. What is checked about a flow as a whole is in `ivr/soundness.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from ivr import soundness
from ivr.expression import ATTRIBUTES
from ivr.faults import Fault, Place, did_you_mean
from ivr.fields import Fields
from ivr.known import Known
from ivr.parts import GoesRound, Parts, expanded
from ivr.privacy import private_names
from ivr.promises import NO_PROMISES, Promises, read_promises
from ivr.resume_rules import KEYS, read_resume
from ivr.source import read
from ivr.steps import VERBS
from ivr.steps.verb import FlowScope, StepFields, Verb
from ivr.written import Table, Text, Value

MAX_STEPS = 500


class Resume(StrEnum):
    """Whether a caller may go on at a step after a hang-up."""

    NEVER = "never"
    FREELY = "freely"
    AUTHENTICATED = "authenticated"  # only after he has proved again who he is


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, its verb with its settings, and where it is written.

    `resume` says whether a caller who was cut off here may go on here later, `point` how he is told where he was;
    `goal` is what is reached with this step.
    """

    name: str
    verb: Verb
    place: Place
    resume: Resume = Resume.NEVER
    point: str = ""
    goal: str = ""

    def target(self, leave: str) -> str:
        """The step that exit `leave` leads to."""
        return next(way.step for way in self.verb.exits if way.name == leave)


@dataclass(frozen=True, slots=True)
class Flow:
    """A sound flow. The first language is spoken until a step sets another.

    `version` is the first 12 hex digits of the SHA-256 of the text. `live_secrets` are, for each step, the secret
    variables that the step or one after it may still read: what is not in there is forgotten on entering the step.
    `resume_for` is how many seconds after a hang-up the caller is offered to go on where he was; 0 for never.
    `prompts` are the names of all prompts that its steps may play. `prove_by` are the steps, the first one first, by
    which a caller proves who he is before he goes on where that is asked for. `private` are the variables that nobody
    is told who has not proved who he is. A flow that others call has `parameters`, variables that are set before it
    begins, and `returns`, its ways back.
    """

    name: str
    version: str
    languages: tuple[str, ...]
    start: str
    steps: Mapping[str, Step]
    live_secrets: Mapping[str, frozenset[str]]
    resume_for: int = 0
    prompts: frozenset[str] = frozenset()
    promises: Promises = NO_PROMISES
    prove_by: tuple[str, ...] = ()
    private: frozenset[str] = frozenset()
    parameters: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()

    @property
    def is_part(self) -> bool:
        """Whether the flow can only be called by others."""
        return bool(self.parameters or self.returns)

    @property
    def language(self) -> str:
        return self.languages[0]


_KEYS = ("flow", "languages", "start", *KEYS, "parameters", "promises", "steps")


def parse_flow(
    text: str | bytes, file: str, known: Known, verbs: Mapping[str, type[Verb]] = VERBS
) -> tuple[Flow | None, tuple[Fault, ...]]:
    """The flow in `text`, or None and every fault in it. `file` is the name that the faults carry."""
    table, faults = read(text, file)
    if table is None:
        return None, faults.all()
    fields = Fields(table, faults, "flow", _KEYS, Place())
    name = fields.name("flow")
    written = known.flows.get(name)
    own = written is not None and written.text == text
    if own and known.parts.get(name):
        return known.parts[name]  # type: ignore[no-any-return]  # `Known` may not know what a flow is
    first = name not in known.parts
    known.parts.setdefault(name, None)
    parts = Parts(known, lambda text, file: parse_flow(text, file, known, verbs))
    scope = _scope(fields, known, parts)
    flow = _flow(fields, scope, verbs, _version(text, parts))
    told = tuple(dict.fromkeys((*faults.all(), *parts.faults)))
    result = (None if told else flow), told
    if own:
        known.parts[name] = result
    elif first:
        del known.parts[name]
    return result


def _scope(fields: Fields, known: Known, parts: Parts) -> FlowScope:
    faults = fields.faults
    scope = FlowScope(known, faults, _languages(fields, known), parameters=_parameters(fields))

    def call(name: str, place: Place) -> Flow | None:
        try:
            flow = parts.call(name)
        except GoesRound:
            message = f"flow '{name}' would be called by itself"
            faults.add(place, "subflow-round", message, "a flow cannot call itself, nor one that calls it")
            flow = None
        scope.parts_at_fault = scope.parts_at_fault or flow is None
        if flow and set(flow.languages) != set(scope.languages):
            message = f"flow '{name}' speaks {', '.join(flow.languages)}, and this one {', '.join(scope.languages)}"
            faults.add(place, "other-languages", message, "list the same languages in both")
        return flow

    scope.call = call
    return scope


def _flow(fields: Fields, scope: FlowScope, verbs: Mapping[str, type[Verb]], version: Callable[[], str]) -> Flow:
    """The flow, sound only if there is no fault."""
    steps = expanded(read_steps(fields, scope, verbs), scope)
    start = fields.name("start")
    if start and start not in steps and fields.has("steps"):
        fields.fault(fields.at("start"), "unknown-step", f"'{start}' is not a step", did_you_mean(start, steps))
    resume_for, prove_by = read_resume(fields, steps, scope)
    promises = _promises(fields, steps)
    soundness.check(steps, start, scope, resume_for)
    sound = {name: step for name, step in steps.items() if step is not None} if not scope.faults else {}
    return Flow(
        fields.name("flow"),
        version(),
        scope.languages,
        start,
        sound,
        soundness.live_secrets(sound),
        resume_for,
        frozenset(scope.prompts),
        promises,
        _with_inner(prove_by, sound),
        private_names(sound),
        scope.parameters,
        tuple(scope.returns),
    )


def _with_inner(names: tuple[str, ...], steps: Mapping[str, Step]) -> tuple[str, ...]:
    """The steps, each with the steps of its own behind it."""
    return tuple(step for name in names for step in (name, *(each for each in steps if each.startswith(f"{name}/"))))


def _parameters(fields: Fields) -> tuple[str, ...]:
    names: list[str] = []
    for text in fields.texts("parameters", required=False):
        name = fields.sound_name(text)
        if name in names or name in ATTRIBUTES:
            fields.fault(text.place, "name-twice", f"'{name}' cannot be a parameter twice, nor a name that is taken")
        elif name:
            names.append(name)
    return tuple(names)


def _promises(fields: Fields, steps: Mapping[str, Step | None]) -> Promises:
    ways = {name: tuple(way.name for way in step.verb.exits) if step else () for name, step in steps.items()}
    sound = [step for step in steps.values() if step]
    goals = {step.goal for step in sound if step.goal} if len(sound) == len(steps) else None
    return read_promises(fields, ways, goals)


def _version(text: str | bytes, parts: Parts) -> Callable[[], str]:
    """The hash of the text and of all that it calls, once that is known."""

    def version() -> str:
        told = hashlib.sha256(text.encode() if isinstance(text, str) else text)
        for name, flow in sorted(parts.found.items()):
            told.update(f"\n{name} {flow.version}".encode())
        return told.hexdigest()[:12]

    return version


def _languages(fields: Fields, known: Known) -> tuple[str, ...]:
    languages: list[str] = []
    for text in fields.texts("languages"):
        if text.value and text.value not in known.prompts:
            hint = did_you_mean(text.value, known.prompts) or f"add prompts/{text.value}.yaml"
            fields.fault(text.place, "unknown-language", f"there are no prompts in '{text.value}'", hint)
        elif text.value in languages:
            fields.fault(text.place, "language-twice", f"'{text.value}' is listed twice")
        elif text.value:
            languages.append(text.value)
    return tuple(languages)


def read_steps(fields: Fields, scope: FlowScope, verbs: Mapping[str, type[Verb]]) -> dict[str, Step | None]:
    """Every step by name; None stands for a step at fault, whose name is still good as a target."""
    entries = fields.entries("steps")
    if len(entries) > MAX_STEPS:
        fields.fault(fields.at("steps"), "too-many-steps", f"{len(entries)} steps; a flow has at most {MAX_STEPS}")
        return {}
    for key, _ in entries:
        Fields(Table((), key.place), scope.faults, "step", ()).sound_name(key)
    steps: dict[str, Step | None] = {}
    for key, value in entries:
        step = steps[key.value] = _step(key, value, scope, verbs)
        if step:
            steps |= {name: replace(step, name=name, verb=part, goal="") for name, part in scope.parts}
        scope.parts.clear()
    return steps


def _step(key: Text, value: Value, scope: FlowScope, verbs: Mapping[str, type[Verb]]) -> Step | None:
    owner = f"step '{key.value}'"
    if not isinstance(value, Table):
        scope.faults.add(value.place, "not-a-mapping", f"{owner} must hold `key: value` lines")
        return None
    found = [name for name, _ in value.entries if name.value in verbs]
    if not found:
        first = value.entries[0][0] if value.entries else key
        hint = did_you_mean(first.value, verbs)
        scope.faults.add(first.place, "no-verb", f"{owner} has no verb; it begins with '{first.value}'", hint)
        return None
    if len(found) > 1:
        names = " and ".join(f"'{name.value}'" for name in found)
        scope.faults.add(found[1].place, "two-verbs", f"{owner} has the verbs {names}", "a step has exactly one verb")
        return None
    verb = verbs[found[0].value]
    fields = StepFields(key, value, verb, scope)
    chosen = fields.choice("resume", tuple(Resume), "never")
    resume = Resume(chosen) if chosen in tuple(Resume) else Resume.NEVER
    point = fields.prompts("point", required=resume is not Resume.NEVER)
    return Step(key.value, verb.read(fields), key.place, resume, "".join(point[:1]), fields.name("goal", ""))
