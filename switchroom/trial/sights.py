"""What a session answers, and what is put on record, as the sights of a transcript.

It does not know what was expected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

import ivr.messages as ivr
import journal.facts as facts
from ivr.saying import FRAGMENT, plain
from ivr.waiting.talk import Stage
from switchroom.trial.script import Sight
from switchroom.trial.spelling import span_of


def of_answer(answer: Any) -> Iterable[Sight]:
    """What the caller or an onlooker sees of one answer of a session."""
    reader = _ANSWERS.get(type(answer))
    return reader(answer) if reader else ()


def of_fact(fact: Any) -> Iterable[Sight]:
    """What an onlooker sees of a fact that no session answered."""
    reader = _FACTS.get(type(fact))
    return reader(fact) if reader else ()


def skills_text(skills: Iterable[tuple[str, int]]) -> str:
    """Skills as `> join queue` has them."""
    return ",".join(sorted(f"{skill}:{level}" for skill, level in skills))


def heard(prompts: Iterable[str], language: str) -> Iterator[Sight]:
    """One sight for each prompt, and one for each run of fragments, with the words that they say."""
    for said, names in groupby(prompts, lambda name: name.startswith(FRAGMENT)):
        if said:
            yield Sight("say", (plain(tuple(names), language),), (("language", language),))
        else:
            yield from (Sight("play", (name,), (("language", language),)) for name in names)


def _join(join: ivr.JoinQueue) -> Iterator[Sight]:
    details = [("skills", skills_text(join.skills)), ("priority", str(join.priority)), ("limit", span_of(join.limit))]
    yield Sight("join queue", (join.queue,), tuple(pair for pair in details if pair[1]))


def _callback(asked: ivr.AskCallback) -> Iterator[Sight]:
    details = [("queue", asked.queue), ("skills", skills_text(asked.skills)), ("priority", str(asked.priority))]
    yield Sight("callback", (asked.number,), tuple(pair for pair in details if pair[1]))


def _record(asked: ivr.RecordMessage) -> Iterator[Sight]:
    yield from heard(asked.prompts, asked.language)
    yield Sight("record")


def _entered(step: ivr.StepEntered) -> Iterator[Sight]:
    yield Sight("enter", (step.step,))
    if step.goal:
        yield Sight("goal", (step.goal,))


def _left(step: ivr.StepLeft) -> Iterator[Sight]:
    for name, value in step.kept:
        yield Sight("language", (value,)) if name == "language" else Sight("keep", (name, value))


def _identified(told: ivr.CallerIdentified) -> Iterator[Sight]:
    yield Sight("identified", (told.level,), (("customer", told.customer),) if told.customer else ())


def _talked(fact: facts.CallbackTalked) -> Iterator[Sight]:
    if fact.stage == Stage.AGREED:
        yield Sight("callback", (fact.number,))


def _ended(fact: facts.CallEnded) -> Iterator[Sight]:
    if fact.breakpoint:
        yield Sight("breakpoint", (fact.breakpoint,))
    yield Sight("outcome", (fact.outcome,))


_ANSWERS: dict[type, Callable[[Any], Iterable[Sight]]] = {
    ivr.Play: lambda asked: heard(asked.prompts, asked.language),
    ivr.Collect: lambda asked: heard(asked.prompts, asked.language),
    ivr.JoinQueue: _join,
    ivr.LookUp: lambda asked: (Sight("lookup", (asked.source,)),),
    ivr.RecordMessage: _record,
    ivr.TransferCaller: lambda asked: (Sight("transfer", (asked.number,)),),
    ivr.LeaveMessage: lambda left: (Sight("voicemail", (left.queue,)),),
    ivr.SendMessage: lambda sent: (Sight("message", (sent.channel,), (("to", sent.to), ("text", sent.text))),),
    ivr.RefuseCalls: lambda refused: (Sight("refused_calls", (refused.scope,), (("number", refused.number),)),),
    ivr.AskCallback: _callback,
    ivr.CallerIdentified: _identified,
    ivr.SurveyAnswered: lambda told: (Sight("survey", (told.question, told.score)),),
    ivr.StepEntered: _entered,
    ivr.StepLeft: _left,
}
_FACTS: dict[type, Callable[[Any], Iterable[Sight]]] = {
    facts.OfferMade: lambda fact: (Sight("agent", (fact.agent,)),),
    facts.ResumeOffered: lambda fact: (Sight("resume", (fact.answer,), (("step", fact.step),)),),
    facts.CallerTold: lambda fact: heard(fact.prompts, fact.language),
    facts.CallbackTalked: _talked,
    facts.CallEnded: _ended,
}
