"""What is left of a diary while its call is walked again: visits, waits, lookups and transfers, taken one by one.

It does not know the walk: it is told at which step that is, and at which visit to it.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING

from ivr.asking import Question
from ivr.steps.queue import OTHERS
from switchroom.waiting import CALLED_BACK

if TYPE_CHECKING:
    from ivr.flow import Flow
    from journal.facts import LookupDone, TransferMade
    from switchroom.trial.diary import Diary, Queueing, Stay


class Remaining:
    """`stays` are the visits still to come, by step; `now` the one that is walked."""

    def __init__(self, diary: Diary) -> None:
        self.now: Stay | None = None
        self.stays: dict[str, deque[Stay]] = defaultdict(deque)
        for stay in diary.stays:
            self.stays[stay.step].append(stay)
        self._diary = diary
        self._visit: tuple[str, int] = ("", 0)
        self._waits = deque(diary.waits)
        self._transfers = deque(diary.transfers)
        self._lookups: dict[str, deque[LookupDone]] = defaultdict(deque)
        for lookup in diary.lookups:
            self._lookups[lookup.source].append(lookup)

    def gone_in(self) -> tuple[str, int]:
        """The step in which he hung up without being asked anything, and at which visit."""
        last = self._diary.stays[-1] if self._diary.stays else None
        agreed = bool(self._diary.waits) and self._diary.waits[-1].how == CALLED_BACK
        if last is None or last.exit or self._diary.ended is None or agreed:
            return "", 0
        return last.step, sum(stay.step == last.step for stay in self._diary.stays)

    def stay(self, step: str, visit: int) -> Stay | None:
        """This visit to a step, however often it is asked for; None when there was none."""
        if self.now is None or self._visit != (step, visit):
            if not self.stays[step]:
                return None
            self._visit, self.now = (step, visit), self.stays[step].popleft()
        return self.now

    def wait_in(self, queue: str, step: str) -> Queueing | None:
        """His next wait, when it was in this queue."""
        while self._waits and self._waits[0].how in OTHERS and self._waits[0].step != step:
            self._waits.popleft()  # the queue let him go at once, here too
        return self._waits.popleft() if self._waits and self._waits[0].queue == queue else None

    def lookup(self, source: str) -> LookupDone | None:
        """What the source said next."""
        return self._lookups[source].popleft() if self._lookups[source] else None

    def transfer(self) -> TransferMade | None:
        """How the next number outside was done with him."""
        return self._transfers.popleft() if self._transfers else None


def values_of(stay: Stay, flow: Flow) -> tuple[tuple[str, str], ...]:
    """What a source said at a step: the variables that the step set, by the source's names for them, and who he was."""
    step = flow.steps.get(stay.step)
    question = getattr(step.verb, "question", None) if step else None
    kept = dict(stay.kept)
    into = question.into if isinstance(question, Question) else ()
    values = {name: kept[variable] for variable, name in into if variable in kept}
    return tuple({**dict(stay.who), **values}.items())
