"""What is worth a second look on a floor that works: warnings, each at its place.

It does not know faults: a floor with faults gets no advice, because half of it would only repeat them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from acd.acts import Kind
from ivr.calendar import parse_calendars
from ivr.faults import Fault, Faults, Place, did_you_mean
from ivr.messages import Collect
from ivr.source import read
from ivr.steps.queue import Queue
from ivr.visit import Visit, Wait

if TYPE_CHECKING:
    from ivr.flow import Flow, Step
    from switchroom.floorplan import FloorPlan

# Prompts that the server itself plays, whichever flow is running.
HOUSE_PROMPTS = re.compile(r"(?:resume|house|say)-")
AUTUMN = 10  # the month from which on the next year is looked at
# What a prompt says that asks for something only its owner may know.
_SECRET_TALK = re.compile(r"\bPINs?\b|\bCV[VC]2?\b|\bpass(?:word|code)\b|密码|口令|安全码", re.IGNORECASE)


def advise(folder: Path, plan: FloorPlan, today: date | None = None) -> tuple[Fault, ...]:
    """Every warning about a sound floor, file by file; with `today`, about the years to come as well."""
    files = _Files(folder)
    found: list[Fault] = []
    for flow in plan.flows.values():
        faults = files.open(f"flows/{flow.name}.yaml")
        _warn_of_open_secrets(flow, plan, faults)
        found.extend(faults.warnings())
    found.extend(parse_calendars(*files.raw("calendars.yaml"), years_in_sight(today))[1].warnings())
    found.extend(_odd_queues(plan, files))
    found.extend(_idle_steps(plan, files))
    found.extend(_unused_flows(plan, files))
    found.extend(_unused_queues(plan, files))
    found.extend(_unused_prompts(plan, files))
    return tuple(found)


def years_in_sight(today: date | None) -> tuple[int, ...]:
    """The years whose days should be known by now: China tells those of the next one in the autumn."""
    if today is None:
        return ()
    return (today.year, today.year + 1) if today.month >= AUTUMN else (today.year,)


class _Files:
    """The files of one folder, read again for the lines that warnings show."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self, name: str) -> Faults:
        return Faults(str(self.folder / name), self._text(name))

    def raw(self, name: str) -> tuple[str, str]:
        """A file's text, and the name that faults carry."""
        return self._text(name), str(self.folder / name)

    def keys(self, name: str) -> dict[str, Place]:
        """Where each key of the file's mapping stands."""
        table, _ = read(self._text(name), name)
        return {key.value: key.place for key, _ in table.entries} if table else {}

    def _text(self, name: str) -> str:
        try:
            return (self.folder / name).read_text(encoding="utf-8", errors="replace")
        except OSError:  # it was there a moment ago: an editor is saving
            return ""


def _warn_of_open_secrets(flow: Flow, plan: FloorPlan, faults: Faults) -> None:
    for step in flow.steps.values():
        asked = _open_question(step, flow.language)
        heard = " ".join(plan.prompts.get((name, flow.language), "") for name in asked)
        said = _SECRET_TALK.search(heard)
        if said:
            message = f"step '{step.name}' asks for '{said[0]}', and what is keyed is recorded and shown"
            faults.warn(step.place, "secret-asked", message, "write `secret: true` if it is one")


def _open_question(step: Step, language: str) -> tuple[str, ...]:
    """The prompts that ask for several keys which are no secret; () when the step does no such thing."""
    if not step.verb.ASKS:
        return ()
    outcome = step.verb.enter(Visit(0.0, language, 1, lambda _: ""))
    answer = outcome.answer if isinstance(outcome, Wait) else None
    if isinstance(answer, Collect) and answer.at_most > 1 and not answer.secret:
        return tuple(name for name in answer.prompts if isinstance(name, str))
    return ()


def _odd_queues(plan: FloorPlan, files: _Files) -> Iterator[Fault]:
    """Words of `queues.yaml` that nothing else on the floor knows: most are typing errors."""
    faults = files.open("queues.yaml")
    skills = {skill for agent in plan.agents.values() for skill, _ in agent.skills}
    segments = _segments(plan)
    for queue in plan.queues.values():
        for spot in queue.excluded:
            if spot.name not in skills:
                message = f"queue '{queue.name}': no agent has the skill '{spot.name}' that is excluded"
                faults.warn(spot.place, "nobody-excluded", message, did_you_mean(spot.name, skills))
        for spot in queue.segments:
            if segments is not None and spot.name not in segments:
                message = f"queue '{queue.name}': no customer is of the segment '{spot.name}'"
                faults.warn(spot.place, "unknown-segment", message, did_you_mean(spot.name, segments))
    yield from faults.warnings()


def _idle_steps(plan: FloorPlan, files: _Files) -> Iterator[Fault]:
    """Steps of the autopilot that can do nothing on this floor."""
    if not plan.autopilot.spots:
        return
    faults = files.open("autopilot.yaml")
    for name, step, place in plan.autopilot.spots:
        queue = plan.queues[name]
        reserve = any(agent.reserve and agent.serves(name, ()) for agent in plan.agents.values())
        idle = {
            Kind.RELAX: not queue.relax and "it has no `relax:` in queues.yaml",
            Kind.RESERVE: not reserve and "no agent of it has `reserve: true` in agents.yaml",
            Kind.CALLBACKS: queue.waiting.callback is None and "it has no `callback:` in queues.yaml",
        }.get(step.kind)
        if idle:
            faults.warn(place, "idle-step", f"queue '{name}': {step.kind} can do nothing, for {idle}")
    yield from faults.warnings()


def _segments(plan: FloorPlan) -> set[str] | None:
    """Every segment that a customer can have; None where a source outside tells it."""
    known = {customer.segment for customer in plan.customers.values()}
    for source in plan.sources.values():
        if "segment" in source.returns and not source.table:
            return None
    return known | {row["segment"] for table in plan.tables.values() for row in table.values() if "segment" in row}


def _unused_flows(plan: FloorPlan, files: _Files) -> Iterator[Fault]:
    called = {plan.fallback, *plan.numbers.values(), *_subflows(plan.flows.values()), *_told_to_customers(plan)}
    for name in plan.flows:
        if name not in called:
            faults = files.open(f"flows/{name}.yaml")
            faults.warn(Place(), "unused-flow", f"no number leads to flow '{name}'", "add one to numbers.yaml")
            yield from faults.warnings()


def _told_to_customers(plan: FloorPlan) -> Iterator[str]:
    """The flows of campaigns."""
    for one in plan.calling.campaigns.values():
        yield from (one.campaign.message, one.campaign.machine)


def _subflows(flows: Iterable[Flow]) -> Iterator[str]:
    for flow in flows:
        for step in flow.steps.values():
            if step.verb.VERB == "subflow":
                yield str(getattr(step.verb, "flow", ""))


def _unused_queues(plan: FloorPlan, files: _Files) -> Iterator[Fault]:
    verbs = [step.verb for flow in plan.flows.values() for step in flow.steps.values()]
    led_to = {verb.queue for verb in verbs if isinstance(verb, Queue)} | {getattr(verb, "queue", "") for verb in verbs}
    led_to |= {one.campaign.queue for one in plan.calling.campaigns.values()}
    return _unused(files, "queues.yaml", [name for name in plan.queues if name not in led_to], "unused-queue")


def _unused_prompts(plan: FloorPlan, files: _Files) -> Iterator[Fault]:
    played = frozenset().union(*(flow.prompts for flow in plan.flows.values()))
    played |= {name for queue in plan.queues.values() if (says := queue.waiting.announce) for name, _ in says.prompts}
    lost = {name for name, _ in plan.prompts if name not in played and not HOUSE_PROMPTS.match(name)}
    for language in sorted({language for _, language in plan.prompts}):
        names = [name for name, spoken in plan.prompts if name in lost and spoken == language]
        yield from _unused(files, f"prompts/{language}.yaml", names, "unused-prompt")


def _unused(files: _Files, file: str, names: list[str], code: str) -> Iterator[Fault]:
    if not names:
        return
    places, faults = files.keys(file), files.open(file)
    kind = code.removeprefix("unused-")
    for name in names:
        faults.warn(places.get(name, Place()), code, f"no flow uses {kind} '{name}'", "remove it, or correct its name")
    yield from faults.warnings()
