"""A failure of a proof as a transcript: the call that shows it, to be tried and played like any other.

It does not know how the failure was found. What a transcript cannot bring about (what customers' data say) is left to
the data; the way is then the shortest, but need not be the one that these data take.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import switchroom.trial.script as s
from ivr.flow import Flow
from ivr.messages import JoinQueue, LookedUp, LookUp, MessageRecorded, QueueEnded, TransferEnded
from ivr.proof import Failure, Passage
from ivr.proof_moves import TALK, Kind
from ivr.visit import Leave, Visit

CALLER = "13800001111"
_HOUR = 3600.0
_HOURS_TRIED = 24 * 14
_TALK_SECONDS = 30.0
_SEGMENT = "customer.segment"


def as_transcript(failure: Failure, flow: Flow, called: str, noon: float, zone: str = "UTC") -> s.Transcript:
    """The call of a failure. `called` leads to the flow; `noon` is the moment to begin with looking for fitting hours.

    The way is played to its end without saying what is heard; `> enter` names the steps that matter.
    """
    passages = (*failure.way, *failure.then)
    segment = _segment(passages, flow)
    opening = s.Opening(called, CALLER, _moment(passages, flow, noon), zone, segment=segment)
    return s.Transcript("", failure.message, opening, tuple(map(s.Line, _lines(passages))))


def _lines(passages: Sequence[Passage]) -> list[s.Move | s.Expected | s.Skip]:
    lines: list[s.Move | s.Expected | s.Skip] = []
    before = 0  # a source must be told what to say before the caller's move that makes the flow ask it
    for passage in passages:
        if isinstance(passage.doing, LookUp) and isinstance(passage.edge.move.told, LookedUp):
            lines.insert(before, s.SourceAnswers(passage.doing.source, passage.edge.move.told.outcome))
            continue
        moves = tuple(_moves(passage))
        if moves:
            before = len(lines)
            lines += (s.Skip(), *moves)
    return [*lines, s.Skip()]


def _moves(passage: Passage) -> Iterator[s.Move]:
    told = passage.edge.move.told
    if passage.keys:
        yield from _pressed(passage)
    elif passage.kind is Kind.SILENCE:
        yield s.Silence()
    elif isinstance(told, MessageRecorded):
        yield s.Speak(told.seconds)
    elif isinstance(told, QueueEnded) and isinstance(passage.doing, JoinQueue):
        if told.why == TALK:
            yield from (s.AgentAnswers(), s.After(_TALK_SECONDS), s.AgentHangsUp())
        elif told.why == "limit":
            yield s.After(passage.doing.limit)
        else:
            yield s.QueueLetsGo(told.why)
    elif isinstance(told, TransferEnded):
        yield s.OutsideEnds(told.why, _TALK_SECONDS if told.why == TALK else 0.0)


def _pressed(passage: Passage) -> Iterator[s.Move]:
    if getattr(passage.doing, "secret", False):
        yield s.SecretIs(passage.step, passage.keys)
        yield s.PressSecret(len(passage.keys), passage.step)
    else:
        yield s.Press(passage.keys)


def _moment(passages: Iterable[Passage], flow: Flow, noon: float) -> float:
    """The first full hour at which each step that asks the hour is left as on the way; `noon` when there is none."""
    asked = [passage for passage in passages if passage.verb == "hours"]
    for hour in range(_HOURS_TRIED):
        now = noon + hour * _HOUR
        if all(_left_at(passage, flow, now) for passage in asked):
            return now
    return noon


def _left_at(passage: Passage, flow: Flow, now: float) -> bool:
    outcome = flow.steps[passage.step].verb.enter(Visit(now, flow.language, 1, lambda _: ""))
    return isinstance(outcome, Leave) and outcome.exit == passage.exit


def _segment(passages: Iterable[Passage], flow: Flow) -> str | None:
    """The customer's segment that the way takes for granted; None when no step asks for it."""
    for passage in passages:
        verb = flow.steps[passage.step].verb
        if verb.VERB == "branch" and verb.reads() == (_SEGMENT,):
            return {"empty": "", "otherwise": "other"}.get(passage.exit, passage.exit)
    return None
