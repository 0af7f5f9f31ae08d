"""What a caller did in a finished call, told from its facts: keys by step, waits, talks, answers of sources, the end.

It does not know flows. Of secret keys it knows how many there were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from journal import facts as f


@dataclass(slots=True)
class Stay:
    """One visit to one step. `exit` is "" when the caller was gone before he left it; times are POSIX seconds.

    `asked` tells that a source was asked there, `spoke` for how many seconds he spoke, `who` who he was found to be.
    """

    step: str
    verb: str
    tries: int
    entered_at: float
    left_at: float = 0.0
    exit: str = ""
    keys: str = ""
    secret: bool = False
    key_count: int = 0
    kept: tuple[tuple[str, str], ...] = ()
    asked: bool = False
    spoke: float = 0.0
    who: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Queueing:
    """One wait for a person. `how`: answered, limit, closed, or "" when the caller hung up; `agent` who answered.

    `ended_by` and `talked` tell the talk. `keyed` is when he keyed what, when he was offered to be called back.
    """

    step: str
    queue: str
    priority: int
    at: float
    waited: float = 0.0
    how: str = ""
    agent: str = ""
    ended_by: str = ""
    talked: float = 0.0
    keyed: tuple[tuple[float, str], ...] = ()


@dataclass
class Diary:
    """Everything of one contact, each kind in its order; `ended` is None while the call goes on."""

    started: f.CallStarted
    stays: list[Stay] = field(default_factory=list)
    waits: list[Queueing] = field(default_factory=list)
    lookups: list[f.LookupDone] = field(default_factory=list)
    transfers: list[f.TransferMade] = field(default_factory=list)
    taken: f.BreakpointTaken | None = None
    ended: f.CallEnded | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """The steps in order, each once however often it was tried."""
        return tuple(stay.step for stay in self.stays if stay.tries == 1)

    @property
    def way(self) -> tuple[str, ...]:
        """The path without a hang-up at its end: after a talk Asterisk may do that without asking the flow."""
        ended = bool(self.stays) and self.stays[-1].verb == "hangup"
        return self.path[:-1] if ended else self.path


def diary_of(facts: Iterable[Any]) -> Diary | None:
    """Fold one contact's facts, in order. None when they do not begin with `CallStarted`."""
    diary: Diary | None = None
    for fact in facts:
        if isinstance(fact, f.CallStarted):
            diary = Diary(fact)
        elif diary is not None and type(fact) in _READERS:
            _READERS[type(fact)](diary, fact)
    return diary


def _entered(diary: Diary, fact: f.StepEntered) -> None:
    diary.stays.append(Stay(fact.step, fact.verb, fact.tries, fact.at))


def _left(diary: Diary, fact: f.StepLeft) -> None:
    if diary.stays and diary.stays[-1].step == fact.step:
        stay = diary.stays[-1]
        stay.left_at, stay.exit, stay.keys, stay.kept = fact.at, fact.exit, fact.keys, fact.kept
        stay.secret, stay.key_count = fact.secret, fact.key_count


def _queued(diary: Diary, fact: f.CallerQueued) -> None:
    step = diary.stays[-1].step if diary.stays else ""
    last = diary.waits[-1] if diary.waits else None
    goes_on_waiting = last is not None and not last.how and (last.step, last.queue) == (step, fact.queue)
    if not goes_on_waiting:
        diary.waits.append(Queueing(step, fact.queue, fact.priority, fact.at))


def _looked_up(diary: Diary, fact: f.LookupDone) -> None:
    diary.lookups.append(fact)
    if diary.stays:
        diary.stays[-1].asked = True


def _left_message(diary: Diary, fact: f.MessageLeft) -> None:
    if diary.stays:
        diary.stays[-1].spoke = fact.seconds


def _identified(diary: Diary, fact: f.CallerIdentified) -> None:
    if diary.stays:
        names = (("customer", fact.customer), ("name", fact.customer_name), ("segment", fact.segment))
        diary.stays[-1].who = tuple(pair for pair in names if pair[1])


def _taken(diary: Diary, fact: f.BreakpointTaken) -> None:
    diary.taken = fact


def _answered(diary: Diary, fact: f.AgentAnswered) -> None:
    _wait(diary, fact.at, "answered", fact.agent)


def _gave_up(diary: Diary, fact: f.CallerLeftQueue) -> None:
    _wait(diary, fact.at, fact.why)


def _wait(diary: Diary, at: float, how: str, agent: str = "") -> None:
    if diary.waits:
        wait = diary.waits[-1]
        diary.waits[-1] = replace(wait, waited=max(0.0, at - wait.at), how=how, agent=agent)


def _talked(diary: Diary, fact: f.TalkEnded) -> None:
    if diary.waits:
        wait = diary.waits[-1]
        diary.waits[-1] = replace(wait, ended_by=fact.ended_by, talked=fact.talked)


def _keyed(diary: Diary, fact: f.CallbackTalked) -> None:
    if diary.waits:
        wait = diary.waits[-1]
        diary.waits[-1] = replace(wait, keyed=(*wait.keyed, (fact.at, fact.keys)))


def _ended(diary: Diary, fact: f.CallEnded) -> None:
    diary.ended = fact
    if diary.waits and not diary.waits[-1].how:
        _wait(diary, fact.at, "")


_READERS: dict[type, Callable[[Diary, Any], None]] = {
    f.StepEntered: _entered,
    f.StepLeft: _left,
    f.CallerQueued: _queued,
    f.AgentAnswered: _answered,
    f.CallerLeftQueue: _gave_up,
    f.TalkEnded: _talked,
    f.CallbackTalked: _keyed,
    f.CallEnded: _ended,
    f.LookupDone: _looked_up,
    f.TransferMade: lambda diary, fact: diary.transfers.append(fact),
    f.MessageLeft: _left_message,
    f.CallerIdentified: _identified,
    f.BreakpointTaken: _taken,
}
