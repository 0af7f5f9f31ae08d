"""Whether what `queues.yaml` says can be meant: needs that nobody meets, steps that tighten, hours that never come.

It does not read any file; it compares the queues with the agents and calendars that others have read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import TYPE_CHECKING

from acd.needs import ANYBODY, Need, in_words
from ivr.faults import Faults, did_you_mean
from switchroom.need_logic import can_be_met, lets_all

if TYPE_CHECKING:
    from ivr.calendar import Calendar
    from switchroom.agentfile import AgentPlan
    from switchroom.queuefile import QueuePlan
    from switchroom.relax_text import RelaxPlan


def check_queues(
    queues: Mapping[str, QueuePlan],
    agents: Mapping[str, AgentPlan],
    calendars: Mapping[str, Calendar],
    faults: Faults,
) -> None:
    """Tell `faults` all that is wrong with the queues beside these agents and calendars."""
    skills = {skill for agent in agents.values() for skill, _ in agent.skills}
    for queue in queues.values():
        _check_skills(queue, skills, faults)
        _check_needs(queue, agents.values(), faults)
        _check_relax(queue, faults)
        _check_hours(queue, calendars, faults)


def needs_of(queue: QueuePlan) -> tuple[Need, ...]:
    """The queue's need, and every one that a step of `relax` puts in its place."""
    return (queue.need, *(step.need for step in queue.relax))


def _check_skills(queue: QueuePlan, skills: set[str], faults: Faults) -> None:
    for spot in queue.asked:
        if spot.name and spot.name not in skills:
            message = f"queue '{queue.name}': no agent has the skill '{spot.name}'"
            faults.add(spot.place, "unknown-skill", message, did_you_mean(spot.name, skills))


def _check_needs(queue: QueuePlan, agents: Iterable[AgentPlan], faults: Faults) -> None:
    owner = f"queue '{queue.name}'"
    for need, place in ((queue.need, queue.need_place), *((step.need, step.place) for step in queue.relax)):
        if not can_be_met(need):
            message = f"{owner}: nobody can ever meet '{in_words(need)}'"
            faults.add(place, "need-impossible", message, "it asks for a skill and excludes it at once")
            return
    asked_for = {spot.name for spot in queue.asked}
    known = {skill for agent in agents for skill, _ in agent.skills}
    if queue.need != ANYBODY and asked_for <= known and not any(a.serves(queue.name, (), queue.need) for a in agents):
        message = f"{owner}: none of its agents meets '{in_words(queue.need)}'"
        faults.add(queue.need_place, "nobody-fits", message, "ask for less, or give the skills to an agent")


def _check_relax(queue: QueuePlan, faults: Faults) -> None:
    """No step may shut out anybody whom an earlier one, or the queue itself, lets in."""
    for number, step in enumerate(queue.relax, 1):
        owner = f"queue '{queue.name}', relax step {number}"
        if not lets_all(step.need, queue.need):
            message = f"{owner}: '{in_words(step.need)}' shuts out agents who meet '{in_words(queue.need)}'"
            faults.add(step.place, "relax-tightens", message, "write `or` and what was asked before")
        elif lets_all(queue.need, step.need) and not step.drop_asked:
            message = f"{owner}: '{in_words(step.need)}' lets in nobody whom the queue does not let in"
            faults.add(step.place, "relax-nothing", message, "ask for less, or remove the step")
    for before, after in combinations(queue.relax, 2):
        if _may_both_count(before, after) and not lets_all(after.need, before.need):
            message = (
                f"queue '{queue.name}': after {after.after:.0f}s '{in_words(after.need)}' shuts out agents who meet "
                f"'{in_words(before.need)}', let in after {before.after:.0f}s"
            )
            faults.add(after.place, "relax-tightens", message, "write `or` and what was asked before")


def _may_both_count(before: RelaxPlan, after: RelaxPlan) -> bool:
    """Whether one and the same caller can come to both steps."""
    if before.segments and after.segments and not before.segments & after.segments:
        return False
    if before.between is None or after.between is None or before.zone != after.zone:
        return True
    return bool(_minutes(before.between) & _minutes(after.between))


def _minutes(between: tuple[int, int]) -> set[int]:
    start, end = between
    return set(range(start, end)) if start < end else {*range(start, 24 * 60), *range(end)}


def _check_hours(queue: QueuePlan, calendars: Mapping[str, Calendar], faults: Faults) -> None:
    if not queue.hours:
        return
    calendar = calendars.get(queue.hours)
    if calendar is None:
        message = f"queue '{queue.name}': calendar '{queue.hours}' does not exist"
        faults.add(queue.hours_place, "unknown-calendar", message, did_you_mean(queue.hours, calendars))
    elif not any(calendar.week) and not calendar.make_up:
        message = f"queue '{queue.name}': calendar '{queue.hours}' is never open"
        faults.add(queue.hours_place, "never-open", message, "write its hours, or remove the queue")
