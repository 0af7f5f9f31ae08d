"""Finished calls on edited flows: who would end where he ended, who elsewhere, and of whom nobody can know.

It does not read the journal; it is given each call's facts. A pure comparison: nothing is rung or written.

Where a call *ends* is the last thing that was done with the caller: the queue that he was put into with its priority,
the number that he was connected with, the step by which the flow ended, or the step in which he hung up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from switchroom.plan import Plan
from switchroom.trial.again import Walked, walk_again
from switchroom.trial.diary import Diary, diary_of

EXAMPLES = 5


@dataclass(frozen=True, slots=True, order=True)
class End:
    """`kind`: queue, transfer, flow, hung_up or open; `name` is the queue, the number or the step."""

    kind: str
    name: str
    priority: int = 0


@dataclass(slots=True)
class Group:
    """Callers of one kind: how many, and a few of their contacts."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, contact: str) -> None:
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(contact)


@dataclass
class Rehearsal:
    """`elsewhere` by (end then, end now); `unknown` by why nobody can know; `other_way` came to the same end."""

    calls: int = 0
    same: int = 0
    other_way: Group = field(default_factory=Group)
    elsewhere: dict[tuple[End, End], Group] = field(default_factory=dict)
    unknown: dict[str, Group] = field(default_factory=dict)

    @property
    def moved(self) -> int:
        """How many callers would end elsewhere."""
        return sum(group.count for group in self.elsewhere.values())

    def add(self, facts: Iterable[Any], plan: Plan, zone: str) -> None:
        """One contact's facts, in order. What has not ended, or is no call (a call-back), is passed over."""
        diary = diary_of(facts)
        if diary is None or diary.ended is None or not diary.started.call:
            return
        self.calls += 1
        contact = diary.started.contact
        walked = walk_again(diary, plan, zone)
        if walked.stopped:
            self.unknown.setdefault(walked.stopped, Group()).add(contact)
            return
        then, now = end_of(diary), _end_now(walked)
        if then != now:
            self.elsewhere.setdefault((then, now), Group()).add(contact)
        elif diary.way == _way_now(walked):
            self.same += 1
        else:
            self.other_way.add(contact)


def end_of(diary: Diary) -> End:
    """Where the call of a diary ended."""
    last = diary.stays[-1].step if diary.stays else ""
    if diary.waits:
        return End("queue", diary.waits[-1].queue, diary.waits[-1].priority)
    if diary.transfers:
        return End("transfer", diary.transfers[-1].number)
    if not diary.stays:
        return End("hung_up", "")
    return End("flow" if diary.stays[-1].exit else "hung_up", last)


def _end_now(walked: Walked) -> End:
    diary = diary_of(walked.walk.facts)
    return End("open", "") if diary is None else end_of(diary)


def _way_now(walked: Walked) -> tuple[str, ...]:
    diary = diary_of(walked.walk.facts)
    return () if diary is None else diary.way
